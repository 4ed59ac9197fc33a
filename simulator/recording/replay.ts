/**
 * A recording as a program for a session: one step for every system call and every run of accesses between two.
 * The replay itself never changes; all that does is in the state.
 */
import {
  type AccessBatch,
  createBatch,
  type Frame,
  type KernelGenerator,
  memoryInWords,
  performBatch,
  type ThreadObject,
} from '../session/replay-host.ts';
import type { Run } from '../session/run.ts';
import type { SourceRange } from '../session/scenario.ts';
import { findPiece } from './address-map.ts';
import { performEvent } from './event-step.ts';
import { mapOtherRows, performExec, startProcess } from './process-calls.ts';
import { lineOfAccess, type LogEvent, type ProcessLog } from './process-log.ts';
import type { Recording } from './recording.ts';
import { allowedKinds, type Obstacle, Relocator } from './relocation.ts';
import { emulate, failForAccess, type ReplayContext, threadOf } from './replay-context.ts';
import { layoutOf, makePlan, type ReplayPlan } from './replay-plan.ts';
import {
  createReplayState,
  currentProcess,
  type ReplayProcess,
  type ReplaySettings,
  type ReplayState,
} from './replay-state.ts';
import { schedule } from './scheduler.ts';

/** Accesses of one step at most, so that a step is never long. */
const LONGEST_RUN = 1 << 14;
/** Pages that one recorded access may touch: 16383 bytes from the last byte of a page. */
const MOST_PAGES = 5;

/** What runs next. */
export interface ReplayStep {
  /** The log, and its lines from `line` to `endLine`. */
  readonly range: SourceRange;
  /** Who performs it; null while there is no process yet. */
  readonly thread: ThreadObject | null;
  /** One line for a stack trace: `mmap`, `accesses`. */
  readonly title: string;
}

export class Replay {
  readonly recording: Recording;
  readonly plan: ReplayPlan;

  constructor(recording: Recording) {
    this.recording = recording;
    this.plan = makePlan(recording);
  }

  begin(name: string, settings: ReplaySettings): ReplayState {
    return createReplayState(name, settings);
  }

  /** Changes nothing. Null at the end of the recording. */
  next(state: ReplayState): ReplayStep | null {
    const self = currentProcess(state);
    if (self.status === 'ended') return null;
    const log = this.logOf(self);
    const thread = self.process === null ? null : threadOf(self);
    if (self.status === 'new') return { range: linesOf(log, 1, 1), thread, title: `start ${log.command}` };
    if (self.status === 'loaded')
      return {
        range: linesOf(log, 1, 1),
        thread,
        title: self.parent === null ? 'lay out memory' : `exec ${log.command}`,
      };
    const end = this.endOfRun(state, self);
    if (end > self.access) {
      return {
        range: linesOf(log, lineOfAccess(log, self.access), lineOfAccess(log, end - 1)),
        thread,
        title: 'accesses',
      };
    }
    const event = log.events[self.event];
    const line = event?.line ?? log.lines;
    return {
      range: linesOf(log, line, line),
      thread,
      title: event === undefined ? 'end of the log' : titleOf(log, event),
    };
  }

  /** Performs what `next` says, as that thread, and moves the state on. */
  *run(run: Run, here: Frame, state: ReplayState): KernelGenerator<void> {
    const self = currentProcess(state);
    const log = this.logOf(self);
    const context = this.contextOf(run, here, state, self, log);
    if (self.status === 'new') {
      yield* startProcess(context);
    } else if (self.status === 'loaded') {
      yield* this.layOut(context);
    } else if (this.endOfRun(state, self) > self.access) {
      yield* this.runAccesses(context);
    } else {
      yield* performEvent(context);
    }
    schedule(this.recording, state);
  }

  private logOf(self: ReplayProcess): ProcessLog {
    return this.recording.processes[self.log] as ProcessLog;
  }

  private contextOf(run: Run, here: Frame, state: ReplayState, self: ReplayProcess, log: ProcessLog): ReplayContext {
    const { recording, plan } = this;
    const event = log.events[self.event];
    const line = self.status === 'ready' ? (event?.line ?? log.lines) : 1;
    const call = event !== undefined && self.status === 'ready' ? titleOf(log, event) : 'start';
    return { run, here, recording, plan, state, self, log, event: self.event, line, call };
  }

  /** Accesses up to the next event, the end of the turn, or as many as one step may hold. */
  private endOfRun(state: ReplayState, self: ReplayProcess): number {
    const log = this.logOf(self);
    const next = log.events[self.event]?.at ?? log.accesses.length;
    const turn = state.settings.order === 'round-robin' ? state.turn : LONGEST_RUN;
    return Math.min(next, self.access + Math.min(turn, LONGEST_RUN));
  }

  private *layOut(context: ReplayContext): KernelGenerator<void> {
    const { self, log, recording } = context;
    const layout = layoutOf(recording, log);
    if (layout === null) throw new Error(`internal: ${log.file} has no layout`);
    if (self.parent !== null) yield* performExec(context, layout);
    yield* mapOtherRows(context, layout);
    self.status = 'ready';
  }

  private *runAccesses(context: ReplayContext): KernelGenerator<void> {
    const { self, state, log } = context;
    const end = this.endOfRun(state, self);
    const batch = createBatch(MOST_PAGES * (end - self.access));
    const relocator = new Relocator();
    relocator.use(self.map);
    const skipped: Obstacle[] = [];
    while (self.access < end) {
      const obstacle = relocator.fill(batch, log.accesses, self.access, end);
      const stop = obstacle?.access ?? end;
      yield* this.runBatch(context, relocator, batch);
      state.performed += stop - self.access;
      state.turn -= stop - self.access;
      self.access = stop;
      if (obstacle === null) continue;
      yield* this.meet(context, obstacle, skipped);
      state.turn--;
      self.access++;
    }
    noteSkipped(context, skipped);
  }

  private *runBatch(context: ReplayContext, relocator: Relocator, batch: AccessBatch): KernelGenerator<void> {
    const { run, here, self, log } = context;
    if (batch.length === 0) return;
    const from = self.access;
    const thread = threadOf(self);
    const lineAt = (index: number): number => lineOfAccess(log, from + relocator.accessesBefore(index));
    const end = yield* performBatch(run, here, thread, batch, 0, lineAt);
    if (end === null) return;
    const memory = memoryInWords(run);
    yield* run.kernel.kill(here, thread, end.refusal.refused);
    failForAccess({ ...context, line: lineAt(end.index), call: 'access' }, end.refusal, memory);
  }

  /**
   * An access that the recorded machine refused. Where this kernel refuses it as well it is performed, as a fault
   * that the program survives; where the kernel lacks what made it so, it is not performed either.
   */
  private *meet(context: ReplayContext, obstacle: Obstacle, skipped: Obstacle[]): KernelGenerator<void> {
    const { run, here, self, state, log } = context;
    state.refused++;
    const piece = findPiece(self.map, obstacle.address);
    const isAllowedHere = piece !== null && ((allowedKinds(piece.simulatedRights) >>> obstacle.kind) & 1) !== 0;
    if (piece === null || piece.base === null || isAllowedHere) {
      if (state.settings.strict) noteSkipped(context, [obstacle]);
      skipped.push(obstacle);
      return;
    }
    const relocator = new Relocator();
    relocator.use({ pieces: [{ ...piece, rights: 7 }] });
    const batch = createBatch(MOST_PAGES);
    relocator.fill(batch, log.accesses, obstacle.access, obstacle.access + 1);
    const end = yield* performBatch(run, here, threadOf(self), batch, 0, () => lineOfAccess(log, obstacle.access));
    if (end === null) throw new Error(`internal: ${run.kernel.name} allowed an access that its own mapping forbids`);
  }
}

function noteSkipped(context: ReplayContext, skipped: readonly Obstacle[]): void {
  const [first] = skipped;
  if (first === undefined) return;
  const { log, run } = context;
  const count = skipped.length === 1 ? 'an access' : `${String(skipped.length)} accesses`;
  const how = `${count} that the program’s own machine refused, the first at 0x${first.address.toString(16)}, not performed either`;
  emulate(
    { ...context, line: lineOfAccess(log, first.access), call: 'access' },
    how,
    `${run.kernel.name} would allow it`,
  );
}

function linesOf(log: ProcessLog, line: number, endLine: number): SourceRange {
  return { file: log.file, line, column: 1, endLine, endColumn: 1 };
}

function titleOf(log: ProcessLog, event: LogEvent): string {
  if (event.kind === 'call') return event.name;
  if (event.kind === 'switch') return `thread ${String(event.tid)}`;
  if (event.kind === 'killed') return event.name;
  const call = log.events[event.call];
  return call?.kind === 'call' ? call.name : 'completion';
}
