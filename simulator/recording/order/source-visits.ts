/**
 * Follows every log through the source of its program: which line each instruction belongs to, and who called whom. A call is
 * seen by the return address that it stores on the stack, a return by the instruction at which the program goes on.
 */
import { ModuleMap } from './source-modules.ts';
import { PlaceTable } from './source-places.ts';
import type { AccessColumns } from '../logs/access-columns.ts';
import { AccessKind, BLOCK_SHIFT, MAX_ACCESS_SIZE, SIZE_BITS } from '../logs/access-columns.ts';
import { type LineTable, type LineVisits, NOWHERE } from '../logs/source-lines.ts';
import type { ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import type { FindModule } from './source-modules.ts';
import { effectOf, layoutOf } from './replay-plan.ts';

export interface FollowedSources {
  readonly table: LineTable;
  readonly visits: readonly LineVisits[];
  /** Paths, by the numbers that places use. */
  readonly files: readonly string[];
}

/** A function that has been called and has not returned. */
interface Frame {
  readonly function: object;
  /** Where its return address is; infinite where nobody saw it. */
  readonly slot: number;
  readonly returnTo: number;
  /** Place of the call. */
  readonly caller: number;
}

interface ThreadState {
  frames: Frame[];
  place: number;
}

const newThread = (): ThreadState => ({ frames: [], place: NOWHERE });

/** `most`: visits of lines that are told apart, in all logs together. */
export function followSources(recording: Recording, findModule: FindModule, most: number): FollowedSources | null {
  const places = new PlaceTable();
  const inherited = new Map<number, { readonly thread: ThreadState; readonly modules: ModuleMap }>();
  let left = most;
  let isCut = false;
  const shared = ModuleMap.sharing(findModule);
  const visits = recording.processes.map((log) => {
    const layout = layoutOf(recording, log);
    const parent = inherited.get(log.pid);
    const modules = layout === null && parent !== undefined ? parent.modules : shared.empty();
    for (const row of layout?.rows ?? [])
      if (row.kind === 'file' && row.path !== null) modules.add(row.path, row.start, row.end, row.offset);
    const thread = layout === null && parent !== undefined ? parent.thread : newThread();
    const follower = new Follower(log, modules, places, thread, left);
    follower.follow((child, state) => inherited.set(child, state));
    left -= follower.count;
    isCut ||= follower.isCut;
    return follower.visits();
  });
  if (shared.isEmpty) return null;
  return { table: { modules: shared.columns(places), places: places.list, isCut }, visits, files: places.files };
}

type Fork = (child: number, state: { readonly thread: ThreadState; readonly modules: ModuleMap }) => void;

class Follower {
  isCut = false;
  private readonly log: ProcessLog;
  private readonly modules: ModuleMap;
  private readonly places: PlaceTable;
  private readonly threads = new Map<number, ThreadState>();
  private readonly descriptors = new Map<number, string>();
  private readonly accesses: number[] = [];
  private readonly words: number[] = [];
  private readonly most: number;
  private thread: ThreadState;
  /** Instructions `[start, end)` that need no look: they go on with the line of the last one. */
  private start = 0;
  private end = 0;
  private entry = -1;
  private returnTo = -1;
  /** End of the last instruction, and where it stored 8 bytes; -1 where it did not. */
  private last = -1;
  private pushed = -1;
  private isKnown = false;
  /** The last call out of known code: into a stub that leads to another file, perhaps. */
  private leaving: { readonly slot: number; readonly returnTo: number } | null = null;

  constructor(log: ProcessLog, modules: ModuleMap, places: PlaceTable, thread: ThreadState, most: number) {
    this.log = log;
    this.modules = modules;
    this.places = places;
    this.thread = thread;
    this.most = most;
    this.threads.set(1, thread);
  }

  get count(): number {
    return this.accesses.length;
  }

  visits(): LineVisits {
    return { accesses: Float64Array.from(this.accesses), places: Uint32Array.from(this.words) };
  }

  follow(fork: Fork): void {
    const { log } = this;
    if (this.thread.place !== NOWHERE) this.note(0, this.thread.place, true);
    let from = 0;
    for (const event of log.events) {
      this.pass(log.accesses, from, event.at);
      from = event.at;
      if (event.kind === 'switch') this.switchTo(event.tid);
      const effect = effectOf(log, event)?.effect;
      if (effect?.kind === 'open') this.descriptors.set(effect.descriptor, effect.path);
      if (effect?.kind === 'mmap' && effect.descriptor !== null) {
        const path = this.descriptors.get(effect.descriptor);
        if (path !== undefined && (effect.rights & 4) !== 0) {
          this.modules.add(path, effect.address, effect.address + effect.length, effect.offset);
          this.forget();
        }
      }
      if (effect?.kind === 'fork') {
        const thread = { frames: [...this.thread.frames], place: this.thread.place };
        fork(effect.child, { thread, modules: this.modules.copy() });
      }
    }
    this.pass(log.accesses, from, log.accesses.length);
  }

  private switchTo(tid: number): void {
    const known = this.threads.get(tid) ?? newThread();
    this.threads.set(tid, known);
    this.thread = known;
    this.last = -1;
    this.pushed = -1;
    this.leaving = null;
    this.isKnown = false;
    this.forget();
  }

  /** The next instruction is looked at. */
  private forget(): void {
    this.start = 0;
    this.end = 0;
  }

  /** The hot loop: tens of millions of times. */
  private pass(columns: AccessColumns, from: number, to: number): void {
    for (let at = from; at < to;) {
      const number = at >>> BLOCK_SHIFT;
      const { low, high, meta } = columns.block(number);
      const base = number << BLOCK_SHIFT;
      const end = Math.min(to - base, meta.length);
      for (let index = at - base; index < end; index++) {
        const word = meta[index] as number;
        const kind = word >>> SIZE_BITS;
        const address = (high[index] as number) * 0x1_0000_0000 + (low[index] as number);
        if (kind === AccessKind.fetch) {
          if (
            address < this.start ||
            address >= this.end ||
            ((address === this.entry || address === this.returnTo) && address !== this.last)
          )
            this.look(address, base + index);
          this.last = address + (word & MAX_ACCESS_SIZE);
          this.pushed = -1;
        } else if (kind === AccessKind.store && (word & MAX_ACCESS_SIZE) === 8) this.pushed = address;
      }
      at = base + end;
    }
  }

  private look(address: number, access: number): void {
    const { thread } = this;
    const top = thread.frames.at(-1);
    const isReturn = top !== undefined && address === top.returnTo && address !== this.last;
    if (isReturn) thread.frames.pop();
    const found = this.modules.find(address);
    this.start = found.start;
    this.end = found.end;
    const { spot } = found;
    if (spot === null) {
      if (this.isKnown && !isReturn && this.pushed >= 0) this.leaving = { slot: this.pushed, returnTo: this.last };
      this.isKnown = false;
      this.entry = -1;
      // Back in a library that has called: it works for the line that called it.
      if (isReturn && thread.place !== top.caller) this.come(access, top.caller, true);
    } else this.enter(address, access, spot, isReturn ? top.caller : null);
    this.returnTo = thread.frames.at(-1)?.returnTo ?? -1;
  }

  private enter(
    address: number,
    access: number,
    spot: NonNullable<ReturnType<ModuleMap['find']>['spot']>,
    calledAt: number | null,
  ): void {
    const { thread } = this;
    this.entry = spot.entry;
    let isBack = calledAt !== null;
    const wasKnown = this.isKnown;
    this.isKnown = true;
    if (address === spot.entry && address !== this.last) {
      this.call(spot.function, wasKnown);
      isBack = false;
    } else if (thread.frames.at(-1)?.function !== spot.function) {
      isBack = thread.frames.some((frame) => frame.function === spot.function);
      while (isBack && thread.frames.at(-1)?.function !== spot.function) thread.frames.pop();
      if (!isBack) thread.frames = [{ function: spot.function, slot: Infinity, returnTo: -1, caller: NOWHERE }];
    }
    this.leaving = null;
    const caller = thread.frames.at(-1)?.caller ?? NOWHERE;
    const place = this.places.placeOf(spot, caller);
    if (place === thread.place) return;
    // Where a call was the last thing of its line, its return is the beginning of the next one.
    const isBeginning = address === spot.start && spot.isStatement;
    if (isBeginning && place !== calledAt) isBack = false;
    this.come(access, place, isBack || !(isBeginning || address === spot.entry));
  }

  private call(target: object, wasKnown: boolean): void {
    const { thread } = this;
    const { frames } = thread;
    const isDirect = this.pushed >= 0;
    const slot = isDirect ? this.pushed : (this.leaving?.slot ?? -1);
    if (slot < 0) {
      const top = frames.at(-1);
      // A jump in place of a call and a return takes the caller over; a handler of a signal is called by nobody.
      if (wasKnown && top !== undefined) frames[frames.length - 1] = { ...top, function: target };
      else frames.push({ function: target, slot: Infinity, returnTo: -1, caller: thread.place });
      return;
    }
    const returnTo = isDirect ? this.last : (this.leaving?.returnTo ?? -1);
    while (frames.length > 0 && (frames.at(-1) as Frame).slot <= slot) frames.pop();
    const caller = frames.length === 0 ? NOWHERE : thread.place;
    frames.push({ function: target, slot, returnTo, caller });
  }

  private come(access: number, place: number, isBack: boolean): void {
    this.thread.place = place;
    this.note(access, place, isBack);
  }

  private note(access: number, place: number, isBack: boolean): void {
    if (this.accesses.length >= this.most) {
      this.isCut = true;
      return;
    }
    const word = place * 2 + (isBack ? 1 : 0);
    if (this.accesses.at(-1) === access) this.words[this.words.length - 1] = word;
    else {
      this.accesses.push(access);
      this.words.push(word);
    }
  }
}
