/** `npm run bench`: every yardstick in one run, as a table or, with --json, as JSON. Ratios count; absolute figures are this machine's. */
import { debuggerBench } from './debugger/debugger-bench.ts';
import { hotLoopBench } from './hot-loop/main.ts';
import { kernelBench } from './kernel/kernel-bench.ts';
import { parserBench } from './parser/parser-bench.ts';
import { replayBench } from './replay/replay-bench.ts';
import type { BenchResult } from './result.ts';

const suites: readonly (() => BenchResult[] | Promise<BenchResult[]>)[] = [
  hotLoopBench,
  kernelBench,
  parserBench,
  replayBench,
  debuggerBench,
];

const results: BenchResult[] = [];
for (const suite of suites) results.push(...(await suite()));

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ version: 1, results }));
} else {
  const widest = Math.max(...results.map(({ name }) => name.length));
  for (const { name, value, unit, note } of results) {
    console.log(`${name.padEnd(widest)}  ${value.toLocaleString('en').padStart(12)} ${unit.padEnd(14)} ${note}`);
  }
}
