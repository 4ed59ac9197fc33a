/** A statement in progress: the activities that perform it, and what follows when they have ended. Not state. */
import { clusterOfCore, coreIndex } from '../../hardware/machine-config.ts';
import type { Activity } from '../../execution/activity.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import { NO_CAUSE } from '../../execution/engine.ts';
import { KernelPanic } from '../../execution/panic.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { report, roundsIn } from '../state/findings.ts';
import type { Run } from '../state/run.ts';
import { diagnostic, ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange, Statement } from '../scenario/scenario.ts';
import type { InterleavedBlock } from './block-progress.ts';
import { handlersOf } from './handlers.ts';
import { tellStatement, type Told } from './statement-events.ts';

export interface PendingStatement {
  readonly statement: Statement;
  /** Its own activities; servers and others that they start are not among them. */
  readonly activities: readonly Activity[];
  /** Every micro-step is a decision of the scheduler. */
  readonly isInterleaved: boolean;
  /** Those that its activities run, where they are interleaved. */
  readonly blocks: readonly InterleavedBlock[];
  /** An activity of its own ended, well or with an error. */
  finished(activity: Activity): void;
  /** Nothing is in progress any more. */
  completed(): void;
  /** Everybody waits for ever. */
  deadlocked(waiting: readonly Activity[]): void;
}

/** Name of the activity that runs statements outside `as`. */
export const KERNEL_AGENT = 'kernel';

/** Starts the part of a statement that one thread performs; null is the kernel's own thread on core 0 of (0,0). */
export function spawnFor(
  run: Run,
  thread: ThreadObject | null,
  told: Told,
  body: (here: Activation) => KernelGenerator<unknown>,
): Activity {
  const { kernel, machine, engine } = run;
  const core = thread?.core ?? coreIndex(machine.config, 0, 0);
  const who = {
    agent: thread?.name ?? KERNEL_AGENT,
    core,
    owner: thread?.process.owner ?? 0,
    thread,
    line: told.range.line,
  };
  engine.attribute(who);
  machine.cause.event = tellStatement(machine, clusterOfCore(machine.config, core), told);
  engine.hosted = handlersOf(run);
  // The TLB that a switch empties is this statement's doing.
  kernel.activate(thread, core);
  const activity = engine.spawn(who, body);
  machine.cause.event = NO_CAUSE;
  return activity;
}

/** Stops the run with what went wrong; a bug of ours is thrown on. */
export function failRun(run: Run, error: unknown, range: SourceRange): void {
  const { script } = run;
  script.ended = true;
  const rounds = roundsIn(script.control);
  if (error instanceof ScenarioFailure) {
    run.stoppedBy ??= error;
    error.rounds = [...rounds, ...error.rounds];
    report(run, error.toDiagnostic(), error.rounds);
  } else if (error instanceof KernelPanic) {
    script.broken = true;
    report(run, diagnostic('WALK208', 'error', `kernel panic: ${error.message}`, range), rounds);
  } else {
    throw error;
  }
}

export function deadlockMessage(waiting: readonly Activity[]): string {
  const who = waiting.map(({ agent, wait }) => `${agent} waits for ${wait?.description() ?? 'nothing'}`);
  return `deadlock: ${who.join('; ')}`;
}

/** Nobody will ever go on: what they hold stays held. */
export function breakOff(run: Run): void {
  run.engine.abandon();
  run.script.broken = true;
}
