/** How fast a recording of ten million accesses is replayed on almos-mkh, faults and TLB misses included. */
import { createMachine } from '../../simulator/hardware/machine.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { LackeyParser } from '../../simulator/recording/logs/lackey-parser.ts';
import type { Layout } from '../../simulator/recording/logs/layout-parser.ts';
import { assembleRecording, type Recording } from '../../simulator/recording/logs/recording.ts';
import { RecordingReplayer, scenarioOfRecording } from '../../simulator/recording/replay/replayer.ts';
import { prepareProgram } from '../../simulator/session/scenario/configuration.ts';
import { createRun } from '../../simulator/session/state/run.ts';
import { createScript } from '../../simulator/session/state/script.ts';
import type { BenchResult } from '../result.ts';

const ACCESSES = 10_000_000;
const PART = 100_000;
const ROUNDS = 3;
const HEADER = '==7== Lackey, an example Valgrind tool\n==7== Command: ./synthetic\n==7== Parent PID: 1\n';
const END = 'SYSCALL[7,1](231) exit_group( 0 ) --> [pre-success] Success(0x0) \n==7== Exit code:       0\n';
const MMAP = 'SYSCALL[7,1](9) sys_mmap ( 0x0, 4194304, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4801000) \n';

/** Fetches that walk through 32 pages of code, data accesses to a stack of two pages and, one in eight, anywhere in 4 MiB. */
function syntheticRecording(): Recording {
  const lines: string[] = [];
  let state = 407;
  for (let index = 0; index < PART; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const mix = (state >>> 8) % 100;
    if (mix < 76) lines.push(`I  ${(0x40_1000 + ((index * 4) & 0x1_ffff)).toString(16).padStart(8, '0')},4`);
    else if (mix < 97) lines.push(` L ${(0x1f_ff00_0000 - 0x2000 + (state & 0x1ff8)).toString(16)},8`);
    else lines.push(` S ${(0x480_1000 + ((state >>> 4) & 0x3f_fff8)).toString(16).padStart(8, '0')},8`);
  }
  const encoder = new TextEncoder();
  const part = encoder.encode(`${lines.join('\n')}\n`);
  const parser = new LackeyParser('synthetic.7.log');
  parser.push(encoder.encode(HEADER + MMAP));
  for (let done = 0; done < ACCESSES; done += PART) parser.push(part);
  parser.push(encoder.encode(END));
  return assembleRecording('synthetic', [parser.finish()], [layout]);
}

const layout: Layout = {
  file: 'synthetic.layout.txt',
  pid: 7,
  rows: [
    {
      kind: 'file',
      start: 0x40_0000,
      end: 0x44_0000,
      read: true,
      write: false,
      execute: true,
      offset: 0,
      path: '/synthetic',
      line: 1,
    },
  ],
  stack: { start: 0x1f_f000_0000, end: 0x1f_ff00_0000 },
  heap: null,
};

function replayOnce(recording: Recording): number {
  const kernel = almosMkh as unknown as Kernel;
  const prepared = prepareProgram({ scenario: scenarioOfRecording('synthetic'), kernel, assets: {} });
  if (!('program' in prepared)) throw new Error('the default machine was refused');
  const { program } = prepared;
  const machine = createMachine(program.config);
  const replayer = new RecordingReplayer(() => recording);
  const run = createRun(
    program,
    { machine, kernelState: kernel.boot(machine, program.options), script: createScript(0) },
    replayer,
  );
  const range = { file: 'bench', line: 1, column: 1, endLine: 1, endColumn: 1 };
  const start = performance.now();
  const activity = run.engine.spawn({ agent: 'kernel', core: 0, owner: 0, thread: null, line: 1 }, (here) =>
    replayer.replay(run, here, { path: 'synthetic', name: null, range }),
  );
  while (activity.state === 'running') run.engine.advance();
  if (activity.state === 'failed') throw activity.error;
  return ACCESSES / 1e6 / ((performance.now() - start) / 1000);
}

export async function replayBench(): Promise<BenchResult[]> {
  const recording = syntheticRecording();
  const rates = Array.from({ length: ROUNDS }, () => replayOnce(recording)).sort((a, b) => a - b);
  const note = `median of ${String(ROUNDS)}, ten million accesses over 1060 pages, planning included`;
  return Promise.resolve([
    { name: 'replay on almos-mkh', unit: 'million accesses/s', value: rates[1] as number, note },
  ]);
}

if (import.meta.main) console.log(await replayBench());
