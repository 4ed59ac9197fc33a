/**
 * A recording as a program for a session: one step for every system call and every run of accesses between two.
 * The replay itself never changes; all that does is in the state.
 */
import {
  type AccessBatch,
  createBatch,
  type Activation,
  type KernelGenerator,
  performBatch,
  type ThreadObject,
} from '../../session/calls/replay-host.ts';
import type { Run } from '../../session/state/run.ts';
import type { SourceRange } from '../../session/scenario/scenario.ts';
import { emptyMap, findPiece, insertPieces } from '../order/address-map.ts';
import { excerptsOf } from '../order/find-excerpts.ts';
import { noteHandled } from './signals.ts';
import { performEvent } from './event-step.ts';
import { mapDeepStack, mapOtherRows, performExec, startProcess } from './process-calls.ts';
import { lineOfAccess, type LogEvent, type ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import { allowedKinds, type Obstacle, Relocator } from './relocation.ts';
import { accessFailure, emulate, type ReplayContext, threadOf } from './replay-context.ts';
import { layoutOf, makePlan, type ReplayPlan } from '../order/replay-plan.ts';
import type { ReplayState } from '../order/replay-state.ts';
import { LONGEST_RUN, nextTurn, takeTurn, type Turn } from '../order/turns.ts';

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
  /** Room for accesses that are being performed; no state. */
  private readonly scratch: { readonly batch: AccessBatch; readonly relocator: Relocator }[] = [];

  constructor(recording: Recording) {
    this.recording = recording;
    this.plan = makePlan(recording, excerptsOf(recording));
  }

  /** Changes nothing. Null at the end of the recording. `limit`: the position at which it stops within accesses. */
  next(state: ReplayState, limit = Infinity): ReplayStep | null {
    const next = nextTurn(this.recording, state, limit);
    if (next === null) return null;
    const { self, log, kind, from, to, event: index } = next;
    const thread = self.process === null ? null : threadOf(self);
    switch (kind) {
      case 'start':
        return { range: linesOf(log, 1, 1), thread, title: `start ${log.command}` };
      case 'layout':
        return {
          range: linesOf(log, 1, 1),
          thread,
          title: self.parent === null ? 'lay out memory' : `exec ${log.command}`,
        };
      case 'accesses':
        return { range: linesOf(log, lineOfAccess(log, from), lineOfAccess(log, to - 1)), thread, title: 'accesses' };
      case 'event': {
        const event = log.events[index];
        const line = event?.line ?? log.lines;
        return {
          range: linesOf(log, line, line),
          thread,
          title: event === undefined ? 'end of the log' : titleOf(log, event),
        };
      }
    }
  }

  /** Performs what `next` says, as that thread, and moves the state on. `view`: where findings are told. */
  *run(
    run: Run,
    here: Activation,
    state: ReplayState,
    limit = Infinity,
    view: SourceRange | null = null,
  ): KernelGenerator<void> {
    const turn = takeTurn(this.recording, state, limit);
    const context = this.contextOf(run, here, state, turn, view);
    switch (turn.kind) {
      case 'start':
        return yield* startProcess(context);
      case 'layout':
        return yield* this.layOut(context);
      case 'accesses':
        return yield* this.runAccesses(context);
      case 'event':
        return yield* performEvent(context);
    }
  }

  private contextOf(
    run: Run,
    here: Activation,
    state: ReplayState,
    turn: Turn,
    view: SourceRange | null,
  ): ReplayContext {
    const { recording, plan } = this;
    const { self, log, kind, event: index } = turn;
    const event = log.events[index];
    const isBeginning = kind === 'start' || kind === 'layout';
    const line = isBeginning ? 1 : (event?.line ?? log.lines);
    const call = event === undefined || isBeginning ? 'start' : titleOf(log, event);
    return { run, here, recording, plan, state, turn, self, log, event: index, line, call, view };
  }

  private *layOut(context: ReplayContext): KernelGenerator<void> {
    const { self, log, recording } = context;
    const layout = layoutOf(recording, log);
    if (layout === null) throw new Error(`internal: ${log.file} has no layout`);
    if (self.parent !== null) yield* performExec(context, layout);
    yield* mapDeepStack(context, layout);
    yield* mapOtherRows(context, layout);
  }

  private *runAccesses(context: ReplayContext): KernelGenerator<void> {
    const { self, state, log, turn } = context;
    const scratch = this.scratch.pop() ?? { batch: createBatch(MOST_PAGES * LONGEST_RUN), relocator: new Relocator() };
    const { batch, relocator } = scratch;
    relocator.use(self.map);
    const skipped: Obstacle[] = [];
    const refused: Obstacle[] = [];
    for (let from = turn.from; from < turn.to;) {
      const obstacle = relocator.fill(batch, log.accesses, from, turn.to);
      const stop = obstacle?.access ?? turn.to;
      yield* this.runBatch(context, relocator, batch, from);
      state.performed += stop - from;
      from = stop;
      if (obstacle === null) continue;
      refused.push(obstacle);
      yield* this.meet(context, obstacle, skipped);
      from++;
    }
    noteSkipped(context, skipped);
    noteHandled(
      context,
      refused.filter(({ access }) => !isFatal(context, access)),
    );
    this.scratch.push(scratch);
  }

  private *runBatch(
    context: ReplayContext,
    relocator: Relocator,
    batch: AccessBatch,
    from: number,
  ): KernelGenerator<void> {
    const { run, here, self, log } = context;
    if (batch.length === 0) return;
    const thread = threadOf(self);
    const end = yield* performBatch(run, here, thread, batch);
    if (end === null) return;
    const line = lineOfAccess(log, from + relocator.accessesBefore(end.index));
    const failure = accessFailure({ ...context, line, call: 'access' }, end.refusal);
    yield* run.kernel.kill(here, thread, end.refusal.refused);
    throw failure;
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
    const map = emptyMap();
    insertPieces(map, [{ ...piece, rights: 7 }]);
    relocator.use(map);
    const batch = createBatch(MOST_PAGES);
    relocator.fill(batch, log.accesses, obstacle.access, obstacle.access + 1);
    const end = yield* performBatch(run, here, threadOf(self), batch);
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

/** The process's last access, which a signal ended. */
function isFatal({ log, turn }: ReplayContext, access: number): boolean {
  return log.events[turn.event]?.kind === 'killed' && access === turn.to - 1;
}

function linesOf(log: ProcessLog, line: number, endLine: number): SourceRange {
  return { file: log.file, line, column: 1, endLine, endColumn: 1 };
}

function titleOf(log: ProcessLog, event: LogEvent): string {
  if (event.kind === 'call') return event.name;
  if (event.kind === 'switch') return `thread ${String(event.tid)}`;
  if (event.kind === 'killed') return event.name;
  if (event.kind === 'signal') return 'signal';
  const call = log.events[event.call];
  return call?.kind === 'call' ? call.name : 'completion';
}
