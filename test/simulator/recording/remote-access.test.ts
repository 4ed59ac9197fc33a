import { strict as assert } from 'node:assert';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { isEvent, type CommonEvent, type TraceEvent } from '../../../simulator/hardware/trace-event.ts';
import { clusterOfPpn } from '../../../simulator/hardware/physical-memory.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import { Harness } from './harness.ts';
import { loadExample } from './recordings.ts';

/** A recording's accesses count as `remote-access` as any core's do (walk language 13.7). */

const mesh = { width: 2, height: 2 };

function replayOn(kernel: Kernel, isHeard: boolean): { harness: Harness; events: TraceEvent[] } {
  const harness = new Harness(loadExample('guard_page'), { kernel, config: { mesh } });
  const events: TraceEvent[] = [];
  harness.run.machine.trace.on = isHeard;
  while (harness.step() !== null) events.push(...harness.run.machine.trace.events.splice(0));
  return { harness, events };
}

describe('remote accesses of a recording', () => {
  for (const name of ['almos-mkh', 'lunaix']) {
    it(`${name}: one after each access to another cluster's frame, heard or not`, () => {
      const kernel = findKernel(name);
      assert.ok(kernel !== null);
      const heard = replayOn(kernel, true);
      const { machine } = heard.harness.run;
      const following = new Map(heard.events.map((event) => [event.id, event]));
      const accesses = heard.events.filter((event) => isEvent(event, 'access'));
      const isRemote = ({ fields, cluster }: CommonEvent<'access'>): boolean =>
        clusterOfPpn(machine, Math.floor(fields.pa / 4096)) !== cluster;
      const isNoted = (event: TraceEvent): boolean => following.get(event.id + 1)?.name === 'remote-access';
      assert.ok(accesses.filter(isRemote).length > 100 || name === 'lunaix');
      assert.deepEqual(accesses.filter(isNoted), accesses.filter(isRemote));
      const quick = replayOn(kernel, false).harness.run.machine;
      for (const event of ['access', 'remote-access'])
        assert.equal(countOf(quick, event), countOf(machine, event), event);
    });
  }
});
