// See processor-limit.ts.
import { parentPort } from 'node:worker_threads';

let begun: NodeJS.CpuUsage | null = null;
let limit = 0;
/** Of the whole process: a loop that takes memory can stop using the processor once the machine has none left. */
const MOST_BYTES = 4 * 2 ** 30;

parentPort?.on('message', (seconds: number | null) => {
  begun = seconds === null ? null : process.cpuUsage();
  limit = seconds ?? 0;
});

setInterval(() => {
  if (begun === null) return;
  const { user, system } = process.cpuUsage(begun);
  if (user + system > limit * 1e6 || process.memoryUsage.rss() > MOST_BYTES) process.kill(process.pid, 'SIGKILL');
}, 200);
