import { noBreaks, type StepKind, type StepRequest, type Stop } from '../../../simulator/session/moves/stop.ts';
import { MAIN } from '../../../simulator/session/moves/timeline.ts';
import type { ReplayStep } from '../../../simulator/session/state/replayer.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Program } from '../program/launch.ts';
import { summaryOf, testsLeft } from '../program/summary.ts';
import { breaksOf } from './breakpoint-filter.ts';
import { countHits, noteCounted, type HitCounting } from './hit-counting.ts';
import { reportOf, type StopReport } from './stop-report.ts';
import { WaitingMoves } from './waiting-moves.ts';

/** Micro-steps between two looks at the clock: below a millisecond even where every step is slow. */
const CHUNK_STEPS = 2000;
/** How long the loop runs before it lets requests in. Short enough for a pause to feel immediate. */
const SLICE_MS = 15;

/**
 * Moves the simulation in slices, so that requests are answered in between, and announces where it stops.
 * At most one move is in progress; a newer one, a halt or the end makes an older one void.
 */
/** Of a recording: its first line of source, or what follows the making of its first process. */
function isFirstLine({ makes, source }: ReplayStep, { steppedBySource }: Program): boolean {
  return steppedBySource ? source !== null : makes === null;
}

export class Runner {
  private readonly debuggee: Debuggee;
  /** Number of the move in progress. */
  private move = 0;
  private isPauseWanted = false;
  /** The move in progress leads to where the session stops first. */
  private isEntering = false;
  /** The move in progress ends by itself after a step. */
  private isStep = false;
  /** The thread that the client named for the move in progress. */
  private asked: number | undefined;
  /** Number of the request that the move in progress belongs to; null if none asked for it. */
  private request: number | null = null;
  private readonly waiting = new WaitingMoves();
  private threads = new Map<number, string>();
  /** The stop that the simulation stands at, if it is an exception. */
  exception: NonNullable<Stop['exception']> | null = null;
  /** The worst of the file and its tests so far. */
  private exitCode = 0;
  /** All statements have been executed; the session lingers so that the last effects can be looked at. */
  isAtEnd = false;

  constructor(debuggee: Debuggee) {
    this.debuggee = debuggee;
  }

  /** From the very beginning, where nobody has stopped: a breakpoint on the first statement counts. */
  start(): void {
    const move = this.depart();
    this.slice(move, { kind: 'continue', isFirst: true });
  }

  /** To where a session stops first, unless a breakpoint or an exception comes before. */
  enter(): void {
    const move = this.depart();
    this.isEntering = true;
    this.slice(move, { kind: 'continue', isFirst: true });
  }

  /** A recording that is run by itself makes its first process in a step of its own. */
  private isAtEntry(): boolean {
    const { program, simulation } = this.debuggee;
    const statement = simulation?.statement ?? null;
    if (program === null || statement === null) return false;
    if (program.launched === null) return statement.kind === 'replay-step' && isFirstLine(statement, program);
    return statement === simulation?.entry;
  }

  run(kind: StepKind, thread?: number): void {
    const { isAtEnd } = this;
    const move = this.depart(kind !== 'continue', thread);
    if (isAtEnd) this.finishSoon(move);
    else this.slice(move, { kind, ...(thread === undefined ? {} : { thread }) });
  }

  /**
   * Keys come faster than stops: a move asked for while a step is under way begins where that one ends, in the thread at
   * which that one stops if it names the same. Resolves when it begins; null if no step is under way.
   */
  follow(command: string, asked: number | undefined, begin: (thread?: number) => void): Promise<void> | null {
    if (this.debuggee.phase !== 'running' || !this.isStep) return null;
    return this.waiting.add(command, this.debuggee.request, () => {
      begin(asked === this.asked ? this.debuggee.simulation?.currentThreadId : asked);
      this.asked = asked;
    });
  }

  /** Goes back in slices: `step` searches a little and gives the stop once it is there. */
  driveBack(step: () => StopReport | null, isStep: boolean, thread?: number): void {
    const counting = countHits(this.debuggee);
    if (counting === null) {
      this.drive(step, isStep, thread);
      return;
    }
    this.count(this.depart(isStep, thread), counting, () => {
      this.drive(step, isStep, thread);
    });
  }

  /** Runs something else in slices: `step` moves a little and gives the stop once it is there. */
  drive(step: () => StopReport | null, isStep = false, thread?: number): void {
    const move = this.depart(isStep, thread);
    const next = (): void => {
      if (move !== this.move) return;
      const report = this.guarded(step);
      if (report === undefined) return;
      if (report !== null) this.announce(report);
      else this.debuggee.host.defer(next);
    };
    this.debuggee.host.defer(next);
  }

  pause(): void {
    this.isPauseWanted = true;
  }

  /**
   * Gives up the move that a request began: it stops where it is. Other requests are answered at once: a client that
   * cancels one of them has only not read its answer yet, as VS Code does with the questions of a stop when a run goes on.
   */
  cancel(request: number): void {
    this.waiting.cancel(request);
    if (this.debuggee.phase === 'running' && this.request === request) this.isPauseWanted = true;
  }

  get isPausing(): boolean {
    return this.isPauseWanted;
  }

  /** Makes the move in progress void without announcing anything; what waits behind it is refused for the reason. */
  halt(why: string): void {
    this.move++;
    this.waiting.refuseAll(why);
    this.exitCode = 0;
    this.isAtEnd = false;
    this.exception = null;
  }

  announce({ reason, description, thread, text, hits, exception }: StopReport): void {
    const { debuggee } = this;
    this.exception = exception ?? null;
    debuggee.phase = 'stopped';
    debuggee.output.flush();
    debuggee.launchedText.check();
    debuggee.inspector?.noteStop();
    this.reportThreads();
    const branch = debuggee.simulation?.branch.name ?? MAIN;
    debuggee.send('stopped', {
      reason,
      description: branch === MAIN ? description : `${description}, on ${branch}`,
      threadId: thread ?? debuggee.simulation?.currentThreadId ?? 1,
      allThreadsStopped: true,
      ...(text === undefined ? {} : { text }),
      ...(hits === undefined || hits.length === 0 ? {} : { hitBreakpointIds: hits }),
    });
    this.reportMemory();
    this.reportPosition();
    const isOver = this.isPauseWanted || this.isAtEnd || (reason !== 'step' && reason !== 'goto');
    if (isOver) this.waiting.refuseAll(`the simulation has stopped before it (${description})`);
    else this.request = this.waiting.beginNext()?.request ?? null;
  }

  /** The run has been changed where it stands: what is shown of it is read anew. */
  announceEdit(): void {
    const { format, send, inspector } = this.debuggee;
    inspector?.noteStop();
    this.reportThreads();
    if (format.knowsInvalidation) send('invalidated', { areas: ['all'] });
    this.reportMemory();
    this.reportPosition();
  }

  private depart(isStep = false, thread?: number): number {
    const { debuggee } = this;
    debuggee.phase = 'running';
    this.isStep = isStep;
    this.asked = thread;
    this.request = debuggee.request;
    debuggee.variables.clear();
    debuggee.entries = [];
    debuggee.gotoLines = [];
    this.exception = null;
    this.isAtEnd = false;
    this.isPauseWanted = false;
    this.isEntering = false;
    return ++this.move;
  }

  private slice(move: number, wanted: StepRequest, isBegun = false): void {
    // In the middle of a step nothing can be counted: its origin would be lost.
    const counting = isBegun && wanted.kind !== 'continue' ? null : countHits(this.debuggee);
    if (counting !== null) {
      this.count(move, counting, () => {
        this.slice(move, isBegun ? { ...wanted, isFirst: true } : wanted, isBegun);
      });
      return;
    }
    this.debuggee.host.defer(() => {
      if (move !== this.move) return;
      const stop = this.guarded(() => this.advance(wanted));
      if (stop === undefined || move !== this.move) return;
      this.debuggee.output.flush();
      if (stop.reason !== 'budget') this.arrive(stop, wanted.kind);
      else if (this.isPauseWanted) this.announce({ reason: 'pause', description: 'Paused' });
      else this.slice(move, wanted, true);
    });
  }

  /** Goes on once every hit before the present position is counted. */
  private count(move: number, counting: HitCounting, then: () => void): void {
    this.debuggee.host.defer(() => {
      if (move !== this.move) return;
      if (this.isPauseWanted) {
        counting.abandon();
        this.announce({ reason: 'pause', description: 'Paused while hits were counted' });
        return;
      }
      const isDone = this.guarded(() => counting.advance());
      if (isDone === undefined) return;
      if (isDone) then();
      else this.count(move, counting, then);
    });
  }

  private advance(wanted: StepRequest): Stop {
    const { host, settings, simulation } = this.debuggee;
    if (simulation === null) throw new Error('there is no simulation');
    const own = settings?.noDebug === true ? noBreaks : breaksOf(this.debuggee);
    const breakpoints = this.isEntering ? { ...own, watch: () => this.isAtEntry() } : own;
    const request = { ...wanted, breakpoints };
    const until = host.now() + SLICE_MS;
    const from = simulation.position;
    let stop = simulation.advance(request, CHUNK_STEPS);
    while (stop.reason === 'budget' && host.now() < until) stop = simulation.advance(request, CHUNK_STEPS);
    noteCounted(this.debuggee, from);
    const isEntry = this.isEntering && stop.reason === 'breakpoint' && this.isAtEntry();
    return isEntry ? { ...stop, reason: 'entry', description: 'Paused on entry' } : stop;
  }

  /** A bug of ours in the simulation ends the session with a message instead of leaving the client waiting. */
  private guarded<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.debuggee.output.write('stderr', `Internal error of Pagewalk: ${text}`);
      this.terminate(3);
      return undefined;
    }
  }

  private arrive(stop: Stop, kind: StepKind): void {
    if (stop.reason === 'end') {
      this.isAtEnd = true;
      if (kind === 'continue') this.finish();
      else this.announce({ reason: 'step', description: 'Paused at the end of the scenario' });
      return;
    }
    this.announce(reportOf(stop));
  }

  /** The answer to the request goes first. */
  private finishSoon(move: number): void {
    this.debuggee.host.defer(() => {
      if (move === this.move) this.finish();
    });
  }

  private finish(): void {
    const { debuggee } = this;
    debuggee.output.flush(true);
    if (debuggee.simulation === null) return;
    const { text, exitCode } = summaryOf(debuggee.simulation);
    debuggee.output.write(
      exitCode === 0 ? 'information' : 'stderr',
      debuggee.test === null ? text : `test "${debuggee.test}": ${text}`,
    );
    const tests = debuggee.program?.scenario.tests.length ?? 0;
    if (tests > 0 && debuggee.test === null && debuggee.settings?.noDebug === false)
      debuggee.output.write('information', testsLeft(tests));
    this.exitCode = Math.max(this.exitCode, exitCode);
    // A failure in the common part fails every test: they need not run to say so.
    if (this.exitCode !== 0 && debuggee.test === null) this.terminate(exitCode);
    else if (debuggee.startNextTest()) {
      const isPauseWanted = this.isPauseWanted;
      this.start();
      this.isPauseWanted = isPauseWanted;
    } else this.terminate(this.exitCode);
  }

  private terminate(exitCode: number): void {
    this.debuggee.send('exited', { exitCode });
    this.debuggee.send('terminated');
    this.debuggee.end();
  }

  private reportThreads(): void {
    const now = new Map((this.debuggee.simulation?.threads() ?? []).map(({ id, name }) => [id, name]));
    for (const threadId of now.keys())
      if (!this.threads.has(threadId)) this.debuggee.send('thread', { reason: 'started', threadId });
    for (const threadId of this.threads.keys())
      if (!now.has(threadId)) this.debuggee.send('thread', { reason: 'exited', threadId });
    this.threads = now;
  }

  /** Memory views are read once and refreshed only when told. */
  private reportMemory(): void {
    const { format, seenMemory, send } = this.debuggee;
    if (!format.knowsMemoryEvents) return;
    for (const [memoryReference, { offset, count }] of seenMemory) send('memory', { memoryReference, offset, count });
  }

  private reportPosition(): void {
    const { simulation, program } = this.debuggee;
    if (simulation === null || program === null) return;
    this.debuggee.send('pagewalk/position', {
      kernel: program.kernel.name,
      position: simulation.position,
      branch: simulation.branch.name,
      branches: simulation.branches().length,
      ...simulation.clock(),
    });
  }
}
