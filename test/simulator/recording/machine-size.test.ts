import { strict as assert } from 'node:assert';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { haiku } from '../../../simulator/kernels/haiku/kernel.ts';
import { lunaix } from '../../../simulator/kernels/lunaix/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { makeTimeline } from '../../../simulator/recording/order/timeline.ts';
import { defaultSettings } from '../../../simulator/recording/order/replay-state.ts';
import { RecordingReplayer, scenarioOfRecording } from '../../../simulator/recording/replay/replayer.ts';
import type { MemoryNeed } from '../../../simulator/session/scenario/sized-machine.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { anon, call, recordingOf } from './tiny-recordings.ts';

const MiB = 2 ** 20;
const PAGE = 4096;

function needOf(lines: readonly string[], children: Readonly<Record<number, readonly string[]>> = {}): MemoryNeed {
  return makeTimeline(recordingOf(lines, children), defaultSettings).need;
}

/** Bytes of memory of a cluster, and how the run ended. */
function runOn(
  kernel: Kernel,
  lines: readonly string[],
  children: Readonly<Record<number, readonly string[]>> = {},
  machine?: string,
): { readonly memory: number; readonly errors: readonly string[] } {
  const recording = recordingOf(lines, children);
  const created = Simulation.create({
    scenario: scenarioOfRecording('tiny'),
    kernel,
    machine,
    assets: {},
    replayer: new RecordingReplayer(() => recording),
  });
  if (!('simulation' in created)) throw new Error(created.diagnostics.map(({ message }) => message).join('; '));
  const { simulation } = created;
  while (!simulation.isAtEnd) {
    const breakpoints = { lines: [], functions: [], exceptions: [] };
    if (simulation.advance({ kind: 'continue', breakpoints }, 1_000_000).reason !== 'budget') break;
  }
  return {
    memory: simulation.world.machine.config.memoryBytes,
    errors: simulation.world.script.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message),
  };
}

const touchAll = (pages: number): string[] =>
  Array.from({ length: pages }, (_, page) => ` S ${(0x480_1000 + page * PAGE).toString(16).padStart(8, '0')},8`);

describe('what a recording needs of a machine', () => {
  const empty = needOf([]);

  it('counts pages that are touched, and mappings with any right, at the same time', () => {
    const need = needOf([
      anon('0x4801000', 10),
      ' S 04801000,8',
      call('munmap', '0x4801000, 40960', '0x0'),
      anon('0x4901000', 4, 0),
      anon('0x4a01000', 8),
      call('mprotect', '0x4901000, 8192, 3', '0x0'),
      ' S 04a01000,8',
      ' S 04a02000,8',
    ]);
    assert.equal(need.promised - empty.promised, 10 * PAGE);
    assert.equal(need.touched - empty.touched, 2 * PAGE);
  });

  it('counts what a fork may have to copy, for as long as both live', () => {
    const fork =
      'SYSCALL[100,1](57) sys_fork ( )   fork: process 100 created child 101 --> [pre-success] Success(0x65) ';
    const need = needOf([anon('0x4801000', 10), ...touchAll(10), fork], { 101: touchAll(3) });
    const alone = needOf([anon('0x4801000', 10), ...touchAll(10)]);
    assert.equal(need.touched, 2 * alone.touched + 3 * PAGE);
    assert.equal(need.promised, 3 * alone.promised);
  });
});

describe('a machine for a recording', () => {
  const thread = (at: number): string[] => [
    anon(`0x${at.toString(16)}`, 2049, 0),
    call('mprotect', `0x${(at + PAGE).toString(16)}, 8388608, 3`, '0x0'),
    ` S ${(at + 0x80_0000).toString(16).padStart(8, '0')},8`,
  ];
  const threads = [0x480_0000, 0x580_0000, 0x680_0000, 0x780_0000].flatMap(thread);

  it('is large enough for the stacks of threads where a kernel promises memory', () => {
    assert.deepEqual(runOn(haiku, threads), { memory: 64 * MiB, errors: [] });
  });

  it('is the kernel’s own where nothing more is needed', () => {
    assert.deepEqual(runOn(lunaix, threads), { memory: 16 * MiB, errors: [] });
  });

  it('is the user’s where one is named, and the message says what to set', () => {
    const { memory, errors } = runOn(haiku, threads, {}, 'i386');
    assert.equal(memory, presets.i386.memoryBytes);
    assert.match(errors.join(), /does not fit: haiku answers ERR_VM_WOULD_OVERCOMMIT .*give the machine more memory/);
  });

  it('holds a program and its fork', () => {
    const fork =
      'SYSCALL[100,1](57) sys_fork ( )   fork: process 100 created child 101 --> [pre-success] Success(0x65) ';
    const lines = [anon('0x4801000', 5000), ...touchAll(5000), fork];
    for (const kernel of [haiku, lunaix]) assert.deepEqual(runOn(kernel, lines, { 101: touchAll(5000) }).errors, []);
  });
});
