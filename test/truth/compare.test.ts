import { strict as assert } from 'node:assert';
import path from 'node:path';
import { loadRecording } from '../../simulator/files/recording-files.ts';
import { findKernel } from '../../simulator/kernels/registry.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { compare, reasonFor, unusedReasons } from './compare.ts';
import { recordedFigures, spoken } from './replayed.ts';

const said = spoken(
  '{"who":"child","label":"read","faults":0}\n{"who":"main","label":"end","resident":16,"shared":0}\n',
);

describe('figures of Linux beside those of a kernel', () => {
  it('are equal, differ for a reason, or differ without one', () => {
    const measured = compare('cow_read', 'haiku', said, [{ faults: 16 }, { resident: 16, shared: 3 }]);
    assert.deepEqual(
      measured.map(({ who, figure, linux, here }) => [who, figure, linux, here]),
      [
        ['child', 'faults', 0, 16],
        ['main', 'resident', 16, 16],
        ['main', 'shared', 0, 3],
      ],
    );
    assert.match(reasonFor(measured[0] as (typeof measured)[number]) ?? '', /fork takes the pages out/);
    const [other] = compare('first_touch', 'haiku', said, [{ faults: 16 }]);
    assert.ok(other !== undefined);
    assert.equal(reasonFor(other), null);
    assert.ok(unusedReasons([]).length > unusedReasons(measured).length);
  });

  it('need every place of the program to be recorded', async () => {
    const folder = path.join(import.meta.dirname, '..', '..', 'examples', 'recordings');
    const recording = await loadRecording(path.join(folder, 'mmap_split.layout.txt.gz'));
    assert.throws(
      () => recordedFigures(recording, findKernel('haiku') as Kernel, said),
      /nothing was recorded for child, read/,
    );
  });
});
