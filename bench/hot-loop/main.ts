import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessBatch } from '../../simulator/hardware/access-batch.ts';
import { CoreWord, cycles, setCycles, wordOf } from '../../simulator/hardware/core-registers.ts';
import { pageTableRoot } from '../../simulator/hardware/core.ts';
import { latency } from '../../simulator/hardware/interconnect.ts';
import { usedBytes } from '../../simulator/hardware/linear-memory.ts';
import { memorySnapshot, restoreMemory } from '../../simulator/hardware/memory-snapshot.ts';
import type { Machine } from '../../simulator/hardware/machine.ts';
import { accessBatch } from '../../simulator/hardware/mmu.ts';
import { tlbWord } from '../../simulator/hardware/tlb.ts';
import { countOf } from '../../simulator/hardware/counters.ts';
import { benchMachine, trace, traceNames } from './traces.ts';
import type { TraceName } from './traces.ts';
import type { BenchResult } from '../result.ts';

const ROUNDS = 5;
/** Before them, until the engine's optimiser has done its work. */
const WARM_UP = 3;
const ACCESSES = 2_000_000;

/** What one run of the loop did: equal between the two languages, or the comparison means nothing. */
interface Outcome {
  readonly seconds: number;
  readonly done: number;
  readonly hits: number;
  readonly misses: number;
  readonly cycles: number;
  readonly memory: Buffer;
}

/**
 * Accesses a second of the TypeScript loop, and as a ratio to the same loop in C (gcc -O2), each trace: round by
 * round one after the other, so that both see the same state of the computer; medians of the rounds' ratios.
 */
export async function hotLoopBench(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pagewalk-hot-loop-'));
  try {
    const program = compile(folder);
    const machine = benchMachine();
    const results: BenchResult[] = [];
    for (const name of traceNames) results.push(...(await benchTrace(machine, name, folder, program)));
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Null where there is no gcc. */
function compile(folder: string): string | null {
  if (spawnSync('gcc', ['--version']).status !== 0) return null;
  const program = join(folder, 'hot-loop');
  execFileSync('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'hot-loop.c')]);
  return program;
}

async function benchTrace(
  machine: Machine,
  name: TraceName,
  folder: string,
  program: string | null,
): Promise<BenchResult[]> {
  const batch = trace(machine, name, ACCESSES);
  const start = memorySnapshot(machine.memory);
  writeFileSync(join(folder, 'image'), bytesOf(machine));
  writeFileSync(join(folder, 'trace'), new Uint8Array(batch.records.buffer));
  const speeds: number[] = [];
  const ratios: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    restoreMemory(machine.memory, start);
    const own = runTypeScript(machine, batch);
    const other = program === null ? null : runC(machine, program, folder);
    if (other !== null) demandEqual(name, own, other);
    if (round < 0) continue;
    speeds.push(ACCESSES / own.seconds / 1e6);
    if (other !== null) ratios.push(other.seconds / own.seconds);
    await new Promise((resolve) => setImmediate(resolve));
  }
  restoreMemory(machine.memory, start);
  const speed = {
    name: `hot loop, ${name}`,
    unit: 'M accesses/s',
    value: median(speeds),
    note: `TypeScript, median of ${ROUNDS}`,
  };
  if (program === null) return [{ ...speed, note: `${speed.note}; no gcc here, so no ratio` }];
  return [
    speed,
    {
      name: `hot loop, ${name}, to C`,
      unit: 'ratio',
      value: median(ratios),
      note: `gcc -O2, same memory after it, median of ${ROUNDS}`,
    },
  ];
}

function bytesOf(machine: Machine): Buffer {
  return Buffer.from(machine.memory.buffer.slice(0, usedBytes(machine.memory)));
}

function runTypeScript(machine: Machine, batch: AccessBatch): Outcome {
  const before = {
    hits: countOf(machine, 'tlb-hit'),
    misses: countOf(machine, 'tlb-miss'),
    cycles: cycles(machine, 0),
  };
  const from = process.hrtime.bigint();
  const done = accessBatch(machine, 0, batch, 0, batch.length);
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  const spent = cycles(machine, 0) - before.cycles;
  setCycles(machine, 0, before.cycles); // the C program returns its cycles, and leaves the clock as it was
  return {
    seconds, done, hits: countOf(machine, 'tlb-hit') - before.hits, misses: countOf(machine, 'tlb-miss') - before.misses,
    cycles: spent, memory: bytesOf(machine),
  }; // prettier-ignore
}

function runC(machine: Machine, program: string, folder: string): Outcome {
  const { memory, config } = machine;
  const parameters = [
    memory.map.tlbWays, memory.map.tlbSets, tlbWord(memory, 0, false), wordOf(machine, 0, CoreWord.tlbClock),
    wordOf(machine, 0, CoreWord.dataSizes), memory.map.directoryWord, memory.map.framesPerCluster, pageTableRoot(machine, 0),
    latency(config, 0, 0),
  ]; // prettier-ignore
  const result = join(folder, 'result');
  const files = [join(folder, 'image'), join(folder, 'trace'), result];
  const printed = execFileSync(program, [...files, ...parameters.map(String)], { encoding: 'utf8' });
  const [seconds, done, hits, misses, spent] = printed.trim().split(' ').map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { seconds, done, hits, misses, cycles: spent, memory: readFileSync(result) };
}

function demandEqual(name: TraceName, own: Outcome, other: Outcome): void {
  for (const key of ['done', 'hits', 'misses', 'cycles'] as const) {
    if (own[key] !== other[key])
      throw new Error(`hot loop, ${name}: ${key} ${own[key]} in TypeScript, ${other[key]} in C`);
  }
  if (!own.memory.equals(other.memory)) throw new Error(`hot loop, ${name}: the two memories differ afterwards`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

if (process.argv[1] === import.meta.filename) console.table(await hotLoopBench());
