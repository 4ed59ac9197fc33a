import { strict as assert } from 'node:assert';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import { excerptsOf } from '../../../simulator/recording/order/find-excerpts.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { Harness } from './harness.ts';
import { callsOf, toyKernel } from './toy-kernel.ts';
import { anon, call, recordingOf, toy } from './tiny-recordings.ts';

describe('a recording that does not fit', () => {
  function failure(body: () => void): ScenarioFailure {
    try {
      body();
    } catch (error) {
      assert.ok(error instanceof ScenarioFailure, String(error));
      return error;
    }
    throw new Error('nothing failed');
  }

  it('says which region is too large, with sizes and a remedy', () => {
    const failed = failure(() => toy([anon('0x4801000', 1 << 19)]).finish());
    assert.equal(failed.code, 'WALK204');
    assert.match(
      failed.message,
      /tiny\.100\.log:4: mmap of 2048 MiB does not fit: toy answers EFULL on 1 cluster of 32 MiB, \d+ frames free; give the machine more memory/,
    );
  });

  it('says that a call is beyond all addresses', () => {
    for (const line of [
      anon('0x4801000', 2 ** 51),
      call('munmap', '0x4801000, 9223372036854775808', '0x0'),
      call('mremap', '0x4801000, 4096, 9223372036854775808, 1', '0x4801000'),
      call('brk', '0x7fffffffffffffff', '0x7fffffffffffffff'),
    ])
      assert.throws(() => toy([line]).finish(), /tiny\.100\.log:4: \w+ of memory that no address reaches .* damaged/);
  });

  it('says how many mappings there may be', () => {
    const lines = Array.from({ length: 40 }, (_, index) => anon(`0x${(0x480_1000 + index * 0x2000).toString(16)}`, 1));
    const bounds = { ...standardBounds, recordedMappings: 20 };
    assert.throws(() => excerptsOf(recordingOf(lines), bounds), /more than 20 mappings at once; .*--recorded-mappings/);
  });

  it('says at which access memory ran out, after the kernel has killed the process', () => {
    const harness = toy(
      [
        anon('0x4801000', 40),
        ...Array.from({ length: 40 }, (_, page) => ` S ${(0x4801000 + page * 4096).toString(16).padStart(8, '0')},8`),
      ],
      { frames: 40 },
    );
    const failed = failure(() => harness.finish());
    assert.match(
      failed.message,
      /tiny\.100\.log:\d+: OOM \(EFULL\): recorded write at 0x400\w+: no memory is left for the page or its page tables of region [^;]*\(1 cluster[^)]*\); give the machine more memory/,
    );
    assert.ok(failed.range.line > 4 && failed.range.line < 45);
    assert.deepEqual(callsOf(harness.run.world.kernelState).slice(-1), ['kill tiny']);
    assert.deepEqual([harness.count('segv'), harness.count('oom')], [1, 1]);
  });

  it('says that a kernel has no fork', () => {
    const lines = [
      'SYSCALL[100,1](57) sys_fork ( )   fork: process 100 created child 101 --> [pre-success] Success(0x65) ',
    ];
    const recording = recordingOf(lines, { 101: ['I  00401000,4'] });
    assert.match(
      failure(() => new Harness(recording, { kernel: toyKernel({ fork: false }) }).finish()).message,
      /tiny\.100\.log:4: fork: the toy has no children; it cannot be emulated/,
    );
  });
});
