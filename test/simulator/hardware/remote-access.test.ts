import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { AccessBatch } from '../../../simulator/hardware/access-batch.ts';
import { createBatch, pushAccess } from '../../../simulator/hardware/access-batch.ts';
import { addDevice } from '../../../simulator/hardware/device-window.ts';
import { setPageTableRoot } from '../../../simulator/hardware/core.ts';
import { coreIndex } from '../../../simulator/hardware/machine-config.ts';
import { memoryEquals } from '../../../simulator/hardware/memory-snapshot.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { accessBatch, REFUSED, translate } from '../../../simulator/hardware/mmu.ts';
import { clusterOfPpn, ppnAt, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { isEvent } from '../../../simulator/hardware/trace-event.ts';
import { fetch, machineOf, mapTsar, read, refusal, setEntry32, tsarRoot, write } from './tables.ts';

/** `remote-access`: one per access of a core whose frame lies in another cluster (walk language 13.7). */

const RWXU = 0x8700_0000;
const LOCAL = 0x400;
const REMOTE = 0x401;

/** A TSAR machine of 2x2 clusters; core 0 sees a local page at LOCAL and two remote ones after it. */
function tsarMesh(): Machine {
  const machine = machineOf('tsar');
  tsarRoot(machine);
  mapTsar(machine, 0x100, 0x110, LOCAL, RWXU, 0x200);
  mapTsar(machine, 0x100, 0x110, REMOTE, RWXU, ppnAt(machine, 2, 0x200));
  mapTsar(machine, 0x100, 0x110, REMOTE + 1, RWXU, ppnAt(machine, 3, 0x200));
  return machine;
}

const remotes = (machine: Machine, cluster?: number): number =>
  countOf(machine, 'remote-access', cluster === undefined ? {} : { cluster });

function perform(machine: Machine, batch: AccessBatch, core = 0): number {
  return accessBatch(machine, core, batch, 0, batch.length);
}

describe('remote accesses', () => {
  it('are loads, stores and fetches, whether the TLB hits or misses', () => {
    const machine = tsarMesh();
    translate(machine, 0, LOCAL * 4096, write, true);
    assert.equal(remotes(machine), 0);
    translate(machine, 0, REMOTE * 4096, read, true);
    translate(machine, 0, REMOTE * 4096 + 8, read, true);
    translate(machine, 0, REMOTE * 4096, write, true);
    translate(machine, 0, REMOTE * 4096, fetch, true);
    assert.deepEqual([remotes(machine), remotes(machine, 0), remotes(machine, 2)], [4, 4, 0]);
  });

  it('are seen from the core: its own bank is local to a core of the other cluster', () => {
    const machine = tsarMesh();
    const core = coreIndex(machine.config, 2, 0);
    setPageTableRoot(machine, core, 0x100);
    translate(machine, core, REMOTE * 4096, read, true);
    assert.equal(remotes(machine), 0);
    translate(machine, core, LOCAL * 4096, read, true);
    assert.deepEqual([remotes(machine), remotes(machine, 2)], [1, 1]);
  });

  it('a refused access is none', () => {
    const machine = tsarMesh();
    mapTsar(machine, 0x100, 0x110, REMOTE, 0x8100_0000, ppnAt(machine, 2, 0x200));
    refusal(machine, REMOTE * 4096, write);
    assert.equal(remotes(machine), 0);
  });

  it('an access across a page counts for each part that is remote', () => {
    for (const [page, expected] of [[LOCAL, 1], [REMOTE, 2]] as const) {
      const machine = tsarMesh();
      const batch = createBatch(1);
      pushAccess(batch, page * 4096 + 4094, read, true, 4);
      assert.equal(perform(machine, batch), 1);
      assert.equal(remotes(machine), expected);
    }
  }); // prettier-ignore

  it('in a big page that spans banks each access counts by its own frame', () => {
    const machine = machineOf('i386', { mesh: { width: 2, height: 1 }, memoryBytes: 2 ** 21 });
    zeroFrame(machine, 1);
    setPageTableRoot(machine, 0, 1);
    setEntry32(machine, 1, 0, 0x87);
    const batch = createBatch(6);
    for (const va of [0, 8, 0x1f_fffc, 0x20_0000, 0x20_0004, 0x10]) pushAccess(batch, va, read, true, 4);
    assert.equal(perform(machine, batch), 6);
    assert.equal(remotes(machine), 2);
  });

  it('a device outside the mesh is no frame of another cluster', () => {
    const machine = tsarMesh();
    addDevice(machine, { name: 'lamp', ppn: 0xff0_0000, pages: 1 });
    mapTsar(machine, 0x100, 0x110, LOCAL, RWXU, 0xff0_0000);
    assert.notEqual(translate(machine, 0, LOCAL * 4096, read, true), REFUSED);
    assert.equal(remotes(machine), 0);
  });

  it('who listens hears each, with the cluster it went to', () => {
    const machine = tsarMesh();
    machine.trace.on = true;
    translate(machine, 0, REMOTE * 4096, read, true);
    const [event, ...others] = machine.trace.events.filter((one) => isEvent(one, 'remote-access'));
    assert.deepEqual([event?.cluster, event?.fields.to, others.length], [0, 2, 0]);
  });

  it('batches count as single accesses do, listened to or not', () => {
    const item = fc.record({
      page: fc.nat(9),
      offset: fc.constantFrom(0, 8, 4092, 4094),
      access: fc.constantFrom(read, write, fetch),
      user: fc.boolean(),
      repeats: fc.nat(3),
    });
    const frames = fc.array(fc.record({ cluster: fc.nat(3), frame: fc.nat(3) }), { minLength: 8, maxLength: 8 });
    const property = fc.property(frames, fc.array(item, { minLength: 5, maxLength: 40 }), fc.nat(3), (places, items, cluster) => {
      const build = (): Machine => {
        // Two TLB entries in all, so that pages come and go.
        const machine = machineOf('tsar', { tlb: { sets: 1, ways: 2 } });
        tsarRoot(machine, 0x100, coreIndex(machine.config, cluster, 0));
        places.forEach((place, index) => mapTsar(machine, 0x100, 0x110, LOCAL + index, RWXU, ppnAt(machine, place.cluster, 0x200 + place.frame)));
        return machine;
      };
      const batch = createBatch(200);
      for (const { page, offset, access, user, repeats } of items) {
        for (let round = 0; round <= repeats; round++) pushAccess(batch, (LOCAL + page) * 4096 + offset, access, user, 4);
      }
      const [quick, heard, single] = [build(), build(), build()];
      heard.trace.on = true;
      const core = coreIndex(quick.config, cluster, 0);
      for (const machine of [quick, heard]) {
        for (let at = 0; at < batch.length; at++) at = accessBatch(machine, core, batch, at, batch.length);
      }
      let expected = 0;
      for (const { page, offset, access, user, repeats } of items) {
        for (let round = 0; round <= repeats; round++) {
          const parts = offset === 4094 ? [0, 2] : [0];
          const reached = parts.map((part) => translate(single, core, (LOCAL + page) * 4096 + offset + part, access, user));
          if (reached.includes(REFUSED)) continue;
          expected += reached.filter((pa) => clusterOfPpn(single, Math.floor(pa / 4096)) !== cluster).length;
        }
      }
      assert.deepEqual([remotes(quick), remotes(heard)], [expected, expected]);
      assert.equal(heard.trace.events.filter(({ name }) => name === 'remote-access').length, expected);
      assert.equal(quick.trace.sequence, heard.trace.sequence);
      assert.ok(memoryEquals(quick.memory, heard.memory));
    }); // prettier-ignore
    fc.assert(property, { numRuns: 150, seed: 23 });
  });
});
