// See processor-limit.ts.
import { parentPort } from 'node:worker_threads';

let begun: NodeJS.CpuUsage | null = null;
let limit = 0;

parentPort?.on('message', (seconds: number | null) => {
  begun = seconds === null ? null : process.cpuUsage();
  limit = seconds ?? 0;
});

setInterval(() => {
  if (begun === null) return;
  const { user, system } = process.cpuUsage(begun);
  if (user + system > limit * 1e6) process.kill(process.pid, 'SIGKILL');
}, 200);
