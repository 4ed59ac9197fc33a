// Ends a run of tests that hangs. In a thread of its own, since an endless loop in a test stops everything else.
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { signalTree } from './signals.ts';
import type { WatchdogLimits, WatchdogMessage } from './watchdog-message.ts';

const limits = workerData as WatchdogLimits;
let what = 'starting';
let limit = limits.test;
let seconds = 0;
let passed = 0;
let failed = 0;
let alive: Extract<WatchdogMessage, { type: 'alive' }>['started'] = [];
let resources: readonly string[] | null = null;

parentPort?.on('message', (message: WatchdogMessage) => {
  if (message.type === 'alive') {
    alive = message.started;
    return;
  }
  seconds = 0;
  if (message.type === 'begin') {
    what = message.what;
    limit = message.seconds;
  } else if (message.type === 'count') {
    passed = message.passed;
    failed = message.failed;
  } else {
    resources = message.resources;
    limit = limits.end;
  }
});

// Seconds in which this thread came to run: a machine that is slow, or sleeps, gives the tests more time.
setInterval(() => {
  if (++seconds >= limit) endRun();
}, 1000);

function endRun(): void {
  const lines =
    resources === null
      ? [`The run of tests hangs, and is ended: nothing has ended for ${String(limit)} s.`, `It was at: ${what}`]
      : [
          `The tests are over, but the process does not end: it is ended after ${String(limit)} s.`,
          `Node waits for: ${resources.join(', ')}`,
        ];
  for (const started of alive) lines.push(`Still alive: ${started.what}`);
  writeSync(2, `\n${lines.join('\n')}\n`);
  for (const { pid } of alive) if (pid !== undefined) signalTree(pid, 'SIGKILL');
  writeSync(1, `\n${String(passed)} passed, ${String(failed + 1)} failed\n`);
  // Nothing milder ends a process whose main thread is in a loop.
  process.kill(process.pid, 'SIGKILL');
}
