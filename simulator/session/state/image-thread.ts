import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Run } from './run.ts';

/** After an exec a block goes on as the new image's thread: that one. Null where the thread lives or has not execed. */
export function imageThread({ kernel }: Run, thread: ThreadObject): ThreadObject | null {
  if (thread.alive || !thread.process.alive) return null;
  const main = kernel.mainThread(thread.process);
  return main !== null && main.core === thread.core && main.name === thread.name ? main : null;
}
