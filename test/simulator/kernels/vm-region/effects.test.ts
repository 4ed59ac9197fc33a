// What single steps do that no scenario shows: allocations, what is undone, notes, shootdowns, entries that were changed.
import { strict as assert } from 'node:assert';
import { inspectEntry } from '../../../../simulator/hardware/entry-view.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { ppnOf } from '../../../../simulator/hardware/word.ts';
import { readFrame32, writeFrame32 } from '../../../../simulator/hardware/physical-memory.ts';
import { blameFor } from '../../../../simulator/hardware/region-log.ts';
import { invalidateTlb } from '../../../../simulator/hardware/tlb.ts';
import type { ProcessObject } from '../../../../simulator/kernels/kernel.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import type { VmrState } from '../../../../simulator/kernels/vm-region/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';

const PAGE = 0x1000;
const call = kernelFunctionOf(vmRegion);
const anonymous = {
  protection: { read: true, write: true, execute: false }, kind: 'anon', file: null, offset: 0, at: null, hint: null, replace: false,
  cluster: null,
} as const; // prettier-ignore

interface World {
  readonly driver: KernelDriver;
  readonly state: VmrState;
  readonly process: ProcessObject;
  readonly root: number;
  readonly mmap: (length: number) => number;
}

function world(code = 2 * PAGE): World {
  const driver = new KernelDriver(vmRegion);
  const process = driver.createProcess('P', code, code);
  const main = driver.mainOf(process);
  const mmap = (length: number): number =>
    driver.run(main, (here) => driver.kernel.operations.mmap(here, { ...anonymous, length })) as number;
  return { driver, state: driver.state as VmrState, process, root: 0x8000_0000 + process.pid, mmap };
}

/** Everything that a failure may leave behind. */
function takenIn({ driver, state }: World): readonly unknown[] {
  return [state.regions.size, state.objects.size, state.processes.length, state.threads.length, driver.freeFrames()];
}

function fork({ driver, process }: World): ProcessObject | string {
  const args = { cluster: null, core: null };
  return driver.run(driver.mainOf(process), (here) => driver.kernel.operations.fork?.(here, args) ?? assert.fail());
}

describe('vm-region: what single steps do', () => {
  it('task_create 1: the task is one object of the pool, before its regions, objects and mappings', () => {
    const isMadeAfter = (after: number): KernelDriver | null => {
      const driver = new KernelDriver(vmRegion);
      driver.bound.inject({ kind: 'object-alloc', cluster: null, after });
      const image = { kind: 'sizes', code: PAGE, data: PAGE } as const;
      const made = driver.run(null, (here) =>
        vmRegion.createProcess(here as never, { name: 'P', core: 0, image, imageCluster: 0 }),
      );
      return typeof made === 'object' ? driver : null;
    };
    let after = 0;
    let made = isMadeAfter(after);
    for (; made === null && after < 100; made = isMadeAfter(after)) after += 1;
    const { regions, objects } = made?.state as VmrState;
    const mappings = [...objects.values()].reduce((sum, { vo_mappings }) => sum + vo_mappings.length, 0);
    assert.equal(after, 1 + regions.size + objects.size + mappings);
  });

  it('task_exit 4: an ended task is no task any more', () => {
    const { driver, state, process } = world();
    driver.run(driver.mainOf(process), (here) => driver.kernel.operations.exit(here, { code: 0 }));
    assert.deepEqual([state.processes.length, driver.bound.processes().length], [0, 0]);
  });

  for (const code of [2 * PAGE, 0])
    it(`task_fork 2: wherever the pool runs out, everything is undone (${String(code)} bytes of code)`, () => {
      for (let after = 0; after < 100; after++) {
        const one = world(code);
        const before = takenIn(one);
        one.driver.bound.inject({ kind: 'object-alloc', cluster: null, after });
        if (typeof fork(one) === 'object') {
          assert.ok(after > 3);
          return;
        }
        assert.deepEqual(takenIn(one), before, `after ${String(after)}`);
      }
      assert.fail('the fork never succeeds');
    });

  it('task_fork 5: what the parent mapped is noted for the child', () => {
    const one = world();
    const start = one.mmap(PAGE);
    const child = fork(one);
    assert.ok(typeof child === 'object');
    assert.notEqual(blameFor(one.driver.machine, ['mapped'], child.owner, start), null);
  });

  it('vm_object_truncate 2: a mapping of what stays is left alone', () => {
    const { driver, state, root } = world();
    const make = (name: string, args: Record<string, unknown>): unknown =>
      driver.run(null, (here) => call(here, name, args));
    const { out: object } = make('vm_object_create', { name: 'o', size: 4 * PAGE, prot: 3 }) as { out: number };
    make('vm_region_map_object', {
      region: root,
      object,
      region_offset: 0x100_0000n,
      object_offset: 0n,
      length: PAGE,
      prot: 0xb,
    });
    const labels: string[] = [];
    const { engine } = driver;
    engine.yieldAt = 0;
    const activity = driver.start(null, 0, (here) =>
      call(here, 'vm_object_truncate', { obj: object, new_size: 2 * PAGE }),
    );
    while (engine.advance().kind === 'ran') labels.push(`${activity.top.info.name} ${activity.top.label}`);
    assert.equal([...state.objects.values()].find(({ vo_size }) => vo_size === 2 * PAGE)?.vo_kind, 'ANON');
    assert.ok(labels.some((label) => label.startsWith('vm_object_truncate ')));
    assert.deepEqual(
      labels.filter((label) => label.startsWith('pmap_remove')),
      [],
    );
  });

  it('vm_region_memmove 3: where ranges overlap, nothing is moved unless both are valid as a whole', () => {
    const { driver, process, root, mmap } = world();
    const main = driver.mainOf(process);
    const start = mmap(4 * PAGE);
    for (let page = 0; page < 4; page++) driver.tryAccess(main, start + page * PAGE, Access.write);
    // The page before the mapping is in no mapping; backwards it would come last.
    const moved = driver.run(main, (here) =>
      call(here, 'vm_region_memmove', {
        dest_region: root,
        dest_ptr: start,
        src_region: root,
        src_ptr: start - PAGE,
        count: 3 * PAGE,
      }),
    );
    assert.deepEqual(moved, { error: 'MEMORY_FAULT', nr_moved: 0 });
  });

  it('vm_region_demand_map 9b: an entry that says something else is entered anew', () => {
    const { driver, process, mmap } = world();
    const { machine } = driver;
    const main = driver.mainOf(process);
    const start = mmap(PAGE);
    assert.equal(typeof driver.tryAccess(main, start, Access.write), 'number');
    const root = driver.bound.tables(process)[0]?.root ?? 0;
    const address = inspectEntry(machine, root, start)?.address ?? 0;
    const [frame, offset] = [ppnOf(address), address % PAGE];
    const word = readFrame32(machine, frame, offset);
    writeFrame32(machine, frame, offset, word & ~2);
    invalidateTlb(machine, main.core, Math.floor(start / PAGE));
    assert.equal(typeof driver.tryAccess(main, start, Access.write), 'number');
    assert.equal(readFrame32(machine, frame, offset) & 2, 2);
  });
});
