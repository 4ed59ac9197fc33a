/** Chapter 9: start-up stage by stage, on the reference machine and on others. */
import { strict as assert } from 'node:assert';
import { Engine } from '../../../../simulator/execution/engine.ts';
import { createMachine, type Machine } from '../../../../simulator/hardware/machine.ts';
import { presets, type MachineConfig } from '../../../../simulator/hardware/machine-config.ts';
import { getRegionById } from '../../../../simulator/kernels/haiku/regions/aspaces.ts';
import { vm_init, vm_init_postsem, vm_init_postthread } from '../../../../simulator/kernels/haiku/boot.ts';
import { checkInvariants } from '../../../../simulator/kernels/haiku/views/invariants.ts';
import { machineProblems } from '../../../../simulator/kernels/machine-fit.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type { HaikuState, VmRegion } from '../../../../simulator/kernels/haiku/base/state.ts';

const MIB = 2 ** 20;

function start(config: Partial<MachineConfig> = {}): { machine: Machine; state: HaikuState } {
  const machine = createMachine({ ...presets.i386, ...config });
  return { machine, state: vm_init(machine, {}) };
}

function regionById(machine: Machine, state: HaikuState, rid: number): VmRegion | null {
  const engine = new Engine(machine, state, 0);
  const activity = engine.spawn({ agent: 'kernel', core: 0, owner: 0, thread: null, line: 0 }, (here) =>
    getRegionById(here, { rid }),
  );
  while (engine.advance().kind !== 'idle');
  return activity.result as VmRegion | null;
}

describe('haiku: start-up', () => {
  it('5: there are no semaphores before vm_init_postsem, and lookups work all the same', () => {
    const { machine, state } = start();
    assert.equal(state.region_hash_sem.id, -1);
    assert.equal(state.aspace_hash_sem.id, -1);
    assert.equal(state.kernel_aspace?.virtual_map.sem.id, -1);
    assert.ok([...state.cache_refs.values()].every(({ lock }) => lock.sem === -1));
    const region = regionById(machine, state, 6);
    assert.equal(region?.name, 'kernel_heap');
    assert.equal(region.ref_count, 2);
    region.ref_count = 1;

    vm_init_postsem(state);
    assert.ok(state.region_hash_sem.id >= 0 && state.aspace_hash_sem.id >= 0);
    assert.equal(haiku.on({ machine, kernelState: state }).readField(state.region_hash_sem, 'count'), 1024);
    assert.equal(haiku.on({ machine, kernelState: state }).readField(state.aspace_hash_sem, 'count'), 1024);
    const ids = [...state.cache_refs.values()].map(({ lock }) => lock.sem);
    assert.ok(ids.every((id) => id >= 0) && new Set(ids).size === ids.length);
    assert.deepEqual(checkInvariants(state, machine), []);
  });

  it('takes no simulated time, counts nothing and prints nothing', () => {
    const { machine } = start();
    assert.equal(machine.counters.byOwner.size, 0);
    assert.deepEqual(machine.terminal.lines, []);
  });

  it('water marks are an eighth and a quarter of memory, daemons paused, unless told', () => {
    const { machine, state } = start();
    vm_init_postthread(state, machine, {});
    assert.equal(state.free_memory_low_water, 1024);
    assert.equal(state.free_memory_high_water, 2048);
    assert.ok(Object.values(state.daemons).every(({ on }) => !on));
    vm_init_postthread(state, machine, { lowWater: 7, highWater: 9, 'page-scrubber': 'on' });
    assert.deepEqual([state.free_memory_low_water, state.free_memory_high_water], [7, 9]);
    assert.deepEqual(state.daemons['page-scrubber'], { on: true, busy: false, due: 10_000_000 });
  });

  for (const [title, config] of Object.entries({
    'a mesh of four banks': { mesh: { width: 2, height: 2 }, memoryBytes: 8 * MIB },
    'many cores': { mesh: { width: 4, height: 4 }, coresPerCluster: 8, memoryBytes: 8 * MIB },
    'the least memory': { memoryBytes: 8 * MIB },
    'the most memory': { mesh: { width: 4, height: 3 }, memoryBytes: 256 * MIB },
  } satisfies Record<string, Partial<MachineConfig>>))
    it(`follows the same rules on ${title}`, () => {
      const full = { ...presets.i386, ...config };
      assert.deepEqual(machineProblems(haiku, full), []);
      const machine = createMachine(full);
      const state = haiku.boot(machine, {});
      assert.deepEqual(haiku.on({ machine, kernelState: state }).invariants(), []);
      const { num_pages, queues } = state.pages;
      const clusters = full.mesh.width * full.mesh.height;
      assert.equal(num_pages, (clusters * full.memoryBytes) / 4096);
      const stacks = [...state.region_table.values()].filter(({ name }) => name.endsWith('_kstack'));
      assert.equal(stacks.length, clusters * full.coresPerCluster);
      let promised = 0;
      for (const { cache } of state.cache_refs.values()) promised += cache.virtual_size;
      assert.equal(state.max_commit, num_pages * 4096 - promised);
      const free = Array.from({ length: clusters }, (_, cluster) =>
        haiku.on({ machine, kernelState: state }).freeFrames(cluster),
      );
      assert.equal(
        free.reduce((sum, count) => sum + count, 0),
        queues.page_free_queue.count,
      );
    });

  it('refuses a machine that it cannot start on', () => {
    const problems = machineProblems(haiku, { ...presets.i386, memoryBytes: 4 * MIB });
    assert.deepEqual(
      problems.map(({ setting }) => setting),
      ['memory'],
    );
    assert.match(problems[0]?.message ?? '', /use 8MiB or more/);
    assert.equal(machineProblems(haiku, presets['x86-64'])[0]?.setting, 'preset');
  });
});
