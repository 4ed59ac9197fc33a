/** The end of the thread that runs a block: by exec, which goes on as another, or for good. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { Run } from './run.ts';

/** Nothing more can happen as this thread. In a block that another one has cut off, this is no failure. */
export class ThreadEnded extends ScenarioFailure {
  constructor(thread: ThreadObject, range: SourceRange) {
    super('WALK210', `${endedName(thread)} has ended: no statement can run as it`, range);
  }
}

/** `process shell`, `thread helper`: what ended. */
export function endedName({ name, process }: ThreadObject): string {
  return process.alive ? `thread ${name}` : `process ${process.name}`;
}

/** For a thread that runs a statement. */
export function requireAlive(thread: ThreadObject | null, range: SourceRange): void {
  if (thread !== null && !thread.alive) throw new ThreadEnded(thread, range);
}

/** After an exec a block goes on as the new image's thread: that one. Null where the thread lives or has not execed. */
export function imageThread({ kernel }: Run, thread: ThreadObject): ThreadObject | null {
  if (thread.alive || !thread.process.alive) return null;
  const main = kernel.mainThread(thread.process);
  return main !== null && main.core === thread.core && main.name === thread.name ? main : null;
}

/** Has it ended for good? */
export function hasEnded(run: Run, thread: ThreadObject): boolean {
  return !thread.alive && imageThread(run, thread) === null;
}
