/** Listens to one run: what every line counts, and what every statement did, as text that can be compared. */
import { cycles } from '../../hardware/core.ts';
import { clusterCount, coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { framesPerCluster } from '../../hardware/physical-memory.ts';
import { countOf } from '../../hardware/counters.ts';
import { isEvent, type CommonEvent, type TraceEvent } from '../../hardware/trace-event.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import type { World } from '../../session/state/world.ts';
import { EpisodeBuilder, isCompared, signatureOf, type EpisodeRun } from './behaviour.ts';
import { countedEvents, type CountedEvent, type Counts } from './models.ts';
import { tableFramesInUse } from './table-frames.ts';

/** Times that page tables are searched in the middle of a run. */
const MOST_SEARCHES = 20_000;

/** What happened on behalf of each line of a statement: interleaved blocks and recordings have several. */
export type Units = ReadonlyMap<number, readonly EpisodeRun[]>;

export interface StatementRecord {
  readonly line: number;
  /** Of its units, in the order in which they began; null for statements whose behaviour is not compared. */
  readonly behaviour: string | null;
}

export interface LineRecord {
  runs: number;
  counts: Map<CountedEvent, number>;
  soFar: Counts;
  cycles: number;
  framesInUse: number;
  tableFrames: number;
}

/** The moment between two statements. */
interface Boundary {
  readonly line: number;
  /** The line runs once more; not so where it goes on with a further step of its recording. */
  readonly isRun: boolean;
  /** Id of the first event after it. */
  readonly sequence: number;
  readonly cycles: number;
  readonly framesInUse: number;
  readonly tableFrames: number;
}

export interface RecorderOptions {
  /** Lines of statements that fork. */
  readonly forkLines: ReadonlySet<number>;
  /** Lines of statements that build something of the kernel's own making: not compared. */
  readonly silentLines: ReadonlySet<number>;
  /** Lines inside statements that run several blocks at once: events count for these. */
  readonly innerLines: ReadonlySet<number>;
  /** Statements whose behaviour is remembered; of further ones only the counts. */
  readonly mostStatements: number;
}

/** A simulation where it stands now. */
export interface Moved {
  readonly kernel: BoundKernel;
  readonly world: World;
}

export class Recorder {
  readonly statements: StatementRecord[] = [];
  /** Statements whose behaviour is not remembered any more. */
  moreStatements = 0;
  readonly lines = new Map<number, LineRecord>();
  readonly bootFrames: number;
  peakFrames: number;
  peakTableFrames = 0;
  readonly options: RecorderOptions;
  private readonly pending: Boundary[] = [];
  private current: Boundary;
  private units = new Map<number, EpisodeBuilder>();
  private readonly total = new Map<CountedEvent, number>();
  private transient: { inUse: number; peak: number };
  private searches = 0;
  private lastSearch = { key: '', frames: 0 };

  constructor(moved: Moved, line: number, options: RecorderOptions) {
    this.options = options;
    this.current = this.boundaryAt(line, moved, true);
    this.bootFrames = this.current.framesInUse;
    this.peakFrames = this.bootFrames;
    this.transient = { inUse: this.bootFrames, peak: this.bootFrames };
  }

  /** A statement is about to begin. The events of those before it may still be to come. */
  boundary(line: number, moved: Moved, isRun: boolean): void {
    this.pending.push(this.boundaryAt(line, moved, isRun));
  }

  events(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.passBoundaries(event.id);
      this.event(event);
    }
  }

  /** In the middle of a long statement: of a recording, this is all that is seen before its processes have ended. */
  glance({ kernel, world: { machine } }: Moved): void {
    this.peakTableFrames = Math.max(this.peakTableFrames, tableFramesInUse(machine, kernel));
    this.peakFrames = Math.max(this.peakFrames, framesInUse(machine, kernel));
  }

  /** All events have come: closes every statement that has begun, the last one as well. */
  finish(moved: Moved): void {
    this.pending.push(this.boundaryAt(0, moved, false));
    this.passBoundaries(Infinity);
  }

  private boundaryAt(line: number, { kernel, world: { machine } }: Moved, isRun: boolean): Boundary {
    const inUse = framesInUse(machine, kernel);
    return {
      line,
      isRun,
      sequence: machine.trace.sequence,
      cycles: cyclesOfAllCores(machine),
      framesInUse: inUse,
      tableFrames: this.tableFrames(machine, kernel, inUse),
    };
  }

  /** A table comes and goes with a frame. */
  private tableFrames(machine: Machine, kernel: BoundKernel, inUse: number): number {
    const key = `${String(inUse)} ${String(countOf(machine, 'page-alloc'))} ${String(countOf(machine, 'page-free'))}`;
    if (key === this.lastSearch.key || this.searches >= MOST_SEARCHES) return this.lastSearch.frames;
    this.searches++;
    this.lastSearch = { key, frames: tableFramesInUse(machine, kernel) };
    return this.lastSearch.frames;
  }

  private passBoundaries(id: number): void {
    for (let next = this.pending[0]; next !== undefined && next.sequence <= id; next = this.pending[0]) {
      this.pending.shift();
      this.close(next);
      this.current = next;
    }
  }

  private event(event: TraceEvent): void {
    const name = event.name as CountedEvent;
    if (countedEvents.includes(name)) {
      this.total.set(name, (this.total.get(name) ?? 0) + 1);
      const line = this.options.innerLines.has(event.line) ? event.line : this.current.line;
      const { counts } = this.line(line);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    if (isEvent(event, 'page-alloc', 'page-free')) this.follow(event);
    if (!isCompared(event)) return;
    let unit = this.units.get(event.line);
    if (unit === undefined) {
      unit = new EpisodeBuilder(this.options.forkLines.has(event.line));
      this.units.set(event.line, unit);
    }
    unit.add(event);
  }

  /** Frames in use inside a statement, as the allocator's events tell. */
  private follow({ name, fields }: CommonEvent<'page-alloc' | 'page-free'>): void {
    this.transient.inUse += name === 'page-alloc' ? fields.pages : -fields.pages;
    this.transient.peak = Math.max(this.transient.peak, this.transient.inUse);
  }

  private close(next: Boundary): void {
    const { line, isRun } = this.current;
    const record = this.line(line);
    if (isRun) record.runs++;
    record.cycles += next.cycles - this.current.cycles;
    record.framesInUse = next.framesInUse;
    record.tableFrames = next.tableFrames;
    record.soFar = Object.fromEntries(this.total);
    this.closeUnits(line);
    // Where the events do not add up, some frames changed hands without one, and only the ends are known.
    const isExact = this.transient.inUse === next.framesInUse;
    this.peakFrames = Math.max(this.peakFrames, next.framesInUse, isExact ? this.transient.peak : 0);
    this.peakTableFrames = Math.max(this.peakTableFrames, next.tableFrames);
    this.transient = { inUse: next.framesInUse, peak: next.framesInUse };
  }

  private closeUnits(line: number): void {
    if (this.statements.length >= this.options.mostStatements) this.moreStatements++;
    else {
      const behaviour = this.options.silentLines.has(line) ? null : behaviourText(closedUnits(this.units));
      this.statements.push({ line, behaviour });
    }
    this.units = new Map();
  }

  private line(line: number): LineRecord {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const record = { runs: 0, counts: new Map(), soFar: {}, cycles: 0, framesInUse: 0, tableFrames: 0 };
    this.lines.set(line, record);
    return record;
  }
}

/** In the order of lines: interleaved blocks may begin in another order. */
export function closedUnits(builders: ReadonlyMap<number, EpisodeBuilder>): Units {
  const units = new Map<number, readonly EpisodeRun[]>();
  for (const [line, builder] of [...builders].sort(([one], [other]) => one - other)) {
    builder.close();
    if (builder.runs.length > 0) units.set(line, builder.runs);
  }
  return units;
}

function behaviourText(units: Units): string {
  return [...units].map(([line, runs]) => `${String(line)}: ${signatureOf(runs)}`).join(', ');
}

function cyclesOfAllCores(machine: Machine): number {
  let sum = 0;
  for (let core = 0; core < coreCount(machine.config); core++) sum += cycles(machine, core);
  return sum;
}

export function framesInUse(machine: Machine, kernel: BoundKernel): number {
  const clusters = clusterCount(machine.config);
  let free = 0;
  for (let cluster = 0; cluster < clusters; cluster++) free += kernel.freeFrames(cluster);
  return clusters * framesPerCluster(machine) - free;
}
