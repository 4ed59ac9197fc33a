/** How fast lackey logs are read: bytes and accesses a second, median of five, over a synthetic log of a real mix. */
import { LackeyParser } from '../../simulator/recording/logs/lackey-parser.ts';
import type { BenchResult } from '../result.ts';

const CHUNK = 4 << 20;

/** As many fetches, loads, stores and modifies as /bin/true has: 76, 17, 6 and 1 in a hundred. */
export function syntheticLog(accesses: number): Uint8Array {
  const header = '==7== Lackey, an example Valgrind tool\n==7== Command: ./synthetic\n==7== Parent PID: 1\n';
  const lines: string[] = [];
  let state = 407;
  for (let index = 0; index < 100_000; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const mix = (state >>> 8) % 100;
    const offset = (state >>> 12) & 0xffff;
    if (mix < 76) lines.push(`I  ${(0x40_1000 + offset).toString(16).padStart(8, '0')},${String((mix % 7) + 1)}`);
    else if (mix < 93) lines.push(` L ${(0x1f_fefe_0000 + offset).toString(16)},8`);
    else lines.push(` ${mix < 99 ? 'S' : 'M'} ${(0x483_5000 + offset).toString(16).padStart(8, '0')},4`);
  }
  const part = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const repeats = Math.ceil(accesses / lines.length);
  const head = new TextEncoder().encode(header);
  const tail = new TextEncoder().encode('==7== Exit code:       0\n');
  const log = new Uint8Array(head.length + repeats * part.length + tail.length);
  log.set(head);
  for (let repeat = 0; repeat < repeats; repeat++) log.set(part, head.length + repeat * part.length);
  log.set(tail, log.length - tail.length);
  return log;
}

export async function parserBench(): Promise<BenchResult[]> {
  const log = syntheticLog(10_000_000);
  const rates: { megabytes: number; accesses: number }[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const parser = new LackeyParser('synthetic.7.log');
    for (let at = 0; at < log.length; at += CHUNK) parser.push(log.subarray(at, Math.min(at + CHUNK, log.length)));
    const read = parser.finish();
    const seconds = (performance.now() - start) / 1000;
    rates.push({ megabytes: log.length / 1e6 / seconds, accesses: read.accesses.length / 1e6 / seconds });
  }
  rates.sort((a, b) => a.megabytes - b.megabytes);
  const median = rates[2] as { megabytes: number; accesses: number };
  const note = `median of 5, ${(log.length / 1e6).toFixed(0)} MB in pieces of 4 MiB`;
  return Promise.resolve([
    { name: 'lackey parser', unit: 'MB/s', value: median.megabytes, note },
    { name: 'lackey parser, accesses', unit: 'million/s', value: median.accesses, note },
  ]);
}

if (import.meta.main) console.log(await parserBench());
