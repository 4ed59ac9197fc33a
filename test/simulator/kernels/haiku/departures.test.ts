// What the kernel panel and SOURCES.md say of differences from the real kernel.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ViewTable } from '../../../../simulator/kernels/kernel-view.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

describe('haiku: departures', () => {
  it('stand in the kernel panel, all and in order, and in SOURCES.md where the real kernel showed them', () => {
    const view = new KernelDriver(haiku).bound.views(null).find(({ id }) => id === 'departures');
    assert.ok(view !== undefined);
    const tags = (view as ViewTable).rows.map(({ id }) => id);
    assert.deepEqual(
      tags,
      Array.from({ length: 28 }, (_, index) => `D${String(index + 1)}`),
    );
    const file = path.join(import.meta.dirname, '../../../../simulator/kernels/haiku/SOURCES.md');
    const listed = [...readFileSync(file, 'utf8').matchAll(/^\| (D\d+) \|/gm)].map(([, tag]) => tag);
    assert.deepEqual(listed, tags.slice(26));
  });
});
