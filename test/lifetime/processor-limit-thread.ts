// See processor-limit.ts.
import { parentPort, workerData } from 'node:worker_threads';

const { seconds } = workerData as { seconds: number };
let begun: NodeJS.CpuUsage | null = null;

parentPort?.on('message', (message: 'begin' | 'end') => {
  begun = message === 'begin' ? process.cpuUsage() : null;
});

setInterval(() => {
  if (begun === null) return;
  const { user, system } = process.cpuUsage(begun);
  if (user + system > seconds * 1e6) process.kill(process.pid, 'SIGKILL');
}, 1000);
