/**
 * What only the whole recording tells, found before the first step: how deep the stack goes, how far each break is
 * moved, and of each mapping where it will be cut and which rights it will ever have.
 */
import { type AddressMap, copyMap, emptyMap, findPiece, insertPieces, piecesIn, removeRange } from './address-map.ts';
import type { Layout, LayoutRow } from '../logs/layout-parser.ts';
import { decodeCall, type MemoryCall, pageDown } from '../logs/memory-call.ts';
import type { LogEvent, ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import type { LogExcerpts, TouchList } from '../logs/touch-list.ts';

export interface MappingPlan {
  /** Recorded addresses inside the mapping at which later calls cut it, ascending. */
  readonly cuts: readonly number[];
  /** Every right that any of its pages ever has. */
  readonly rights: number;
}

export interface ReplayPlan {
  /** By `originOf` the call. */
  readonly mappings: ReadonlyMap<string, MappingPlan>;
  /** By heap: the highest break. */
  readonly heapEnds: ReadonlyMap<string, number>;
  /** By index of the log: the lowest page of the stack that is accessed. */
  readonly stackStarts: readonly number[];
  /** Rows of the layouts, beside program, heap and stack, that are accessed at all. */
  readonly usedRows: ReadonlySet<LayoutRow>;
}

/** The key of a mapping: the call that makes it. */
export function originOf(log: ProcessLog, event: number): string {
  return `${String(log.pid)}#${String(event)}`;
}

/** The layout that a log begins with: its program's own, or none where it goes on from a fork. */
export function layoutOf(recording: Recording, log: ProcessLog): Layout | null {
  return recording.layouts.findLast((layout) => layout.pid === log.pid) ?? null;
}

/** Memory calls take effect where they complete. */
export function effectOf(
  log: ProcessLog,
  event: LogEvent,
): { readonly call: Extract<LogEvent, { kind: 'call' }>; readonly effect: MemoryCall } | null {
  if (event.kind === 'call') return event.completion === null ? { call: event, effect: decodeCall(event) } : null;
  if (event.kind !== 'completion') return null;
  const call = log.events[event.call];
  if (call?.kind !== 'call') throw new Error('internal: a completion without its call');
  return { call, effect: decodeCall(call) };
}

export function makePlan(recording: Recording, excerpts: readonly LogExcerpts[]): ReplayPlan {
  const touches = excerpts.map((one) => one.touches);
  const planner = new Planner(recording);
  planner.followAll();
  const stacks = recording.processes.map((log) => layoutOf(recording, log)?.stack ?? rootStack(recording));
  return {
    mappings: new Map(
      [...planner.mappings].map(([origin, { cuts, rights }]) => [
        origin,
        { cuts: [...cuts].sort((left, right) => left - right), rights },
      ]),
    ),
    heapEnds: planner.heapEnds,
    stackStarts: recording.processes.map((_log, index) =>
      lowestTouch(touches[index] as TouchList, stacks[index] ?? null),
    ),
    usedRows: rowsInUse(recording, touches),
  };
}

function rootStack(recording: Recording): Layout['stack'] {
  return recording.layouts[0]?.stack ?? null;
}

/** A process to follow, with the memory that its parent had at the fork. */
interface Followed {
  readonly log: number;
  readonly map: AddressMap;
  readonly heap: string;
}

class Planner {
  readonly mappings = new Map<string, { readonly cuts: Set<number>; rights: number }>();
  readonly heapEnds = new Map<string, number>();
  private readonly recording: Recording;
  private readonly indices: ReadonlyMap<number, number>;
  private readonly ahead: Followed[] = [{ log: 0, map: emptyMap(), heap: '' }];

  constructor(recording: Recording) {
    this.recording = recording;
    this.indices = new Map(recording.processes.map(({ pid }, index) => [pid, index]));
  }

  followAll(): void {
    for (let next = this.ahead.pop(); next !== undefined; next = this.ahead.pop()) this.follow(next);
  }

  /** Runs a process's calls on a map that holds recorded addresses only. */
  private follow({ log: index, map, heap }: Followed): void {
    const log = this.recording.processes[index] as ProcessLog;
    const heapId = layoutOf(this.recording, log) === null ? heap : heapOf(log);
    for (const [at, event] of log.events.entries()) {
      const effect = effectOf(log, event)?.effect;
      if (effect !== undefined) this.apply(log, at, effect, map, heapId);
    }
  }

  private apply(log: ProcessLog, event: number, effect: MemoryCall, map: AddressMap, heap: string): void {
    switch (effect.kind) {
      case 'mmap':
        this.map(map, originOf(log, event), effect.address, effect.length, effect.rights);
        break;
      case 'munmap':
        this.cut(map, effect.address, effect.length);
        removeRange(map, effect.address, effect.address + effect.length);
        break;
      case 'discard':
        this.cut(map, effect.address, effect.length);
        break;
      case 'mprotect':
        this.cut(map, effect.address, effect.length);
        for (const piece of piecesIn(map, effect.address, effect.address + effect.length)) {
          const mapping = this.mappings.get(piece.origin);
          if (mapping !== undefined) mapping.rights |= effect.rights;
        }
        break;
      case 'mremap':
        this.cut(map, effect.from, effect.oldLength);
        this.move(map, originOf(log, event), effect);
        break;
      case 'brk':
        this.heapEnds.set(heap, Math.max(this.heapEnds.get(heap) ?? 0, effect.end));
        break;
      case 'fork':
        this.ahead.push({ log: this.indices.get(effect.child) as number, map: copyMap(map), heap });
        break;
      default:
        break;
    }
  }

  private map(map: AddressMap, origin: string, start: number, length: number, rights: number): void {
    this.cut(map, start, length);
    this.mappings.set(origin, { cuts: new Set<number>(), rights });
    const end = start + length;
    insertPieces(map, [{ start, end, base: null, rights, simulatedRights: 0, kind: 'anon', origin, file: null }]);
  }

  private move(map: AddressMap, origin: string, effect: Extract<MemoryCall, { kind: 'mremap' }>): void {
    const old = piecesIn(map, effect.from, effect.from + effect.oldLength);
    const rights = old.reduce((union, piece) => union | (this.mappings.get(piece.origin)?.rights ?? piece.rights), 0);
    removeRange(map, effect.from, effect.from + effect.oldLength);
    this.map(map, origin, effect.to, effect.newLength, rights);
  }

  /** Notes the ends of a range on every mapping that they fall into. */
  private cut(map: AddressMap, start: number, length: number): void {
    for (const piece of piecesIn(map, start, start + length)) {
      const mapping = this.mappings.get(piece.origin);
      const whole = findPiece(map, piece.start);
      if (mapping === undefined || whole === null) continue;
      for (const at of [piece.start, piece.end]) if (at > whole.start && at < whole.end) mapping.cuts.add(at);
    }
  }
}

export function heapOf(log: ProcessLog): string {
  return `heap of ${String(log.pid)}`;
}

/** Lowest page of the stack's room that is touched, or the stack's end. */
function lowestTouch(touches: TouchList, stack: Layout['stack']): number {
  if (stack === null) return 0;
  let lowest = stack.end;
  for (let place = 0; place < touches.length; place++) {
    const { address } = touches.accessAt(place);
    if (address >= stack.start && address < lowest) lowest = address;
  }
  return pageDown(lowest);
}

/** Rows of the layouts in which any process touches anything. */
function rowsInUse({ layouts }: Recording, touches: readonly TouchList[]): Set<LayoutRow> {
  const rows = layouts.flatMap((layout) => layout.rows);
  const used = new Set<LayoutRow>();
  for (const list of touches) {
    for (let place = 0; place < list.length; place++) {
      const { address, size } = list.accessAt(place);
      for (const row of rows) if (address < row.end && address + size > row.start) used.add(row);
    }
  }
  return used;
}
