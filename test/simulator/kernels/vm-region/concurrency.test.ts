// Calls of every kind side by side at micro-steps, on one tree: nobody deadlocks, no invariant breaks, nothing is left.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import type { Access } from '../../../../simulator/hardware/machine.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import type { Process, Thread, VmrState } from '../../../../simulator/kernels/vm-region/state.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

const call = kernelFunctionOf(vmRegion);
const { operations } = vmRegion;
const PAGE = 0x1000;
const BASE = 0x7000_0000;
const RWU = 0xb;

const kinds = [
  'create', 'map', 'unmap', 'move', 'gather', 'read', 'truncate', 'clone', 'kill', 'close', 'open', 'access', 'access', 'munmap',
  'mprotect', 'fork', 'exec', 'exit', 'thread',
] as const; // prettier-ignore
type Kind = (typeof kinds)[number];

/** `page` in the region “a”, which begins at BASE; 1 and 2 are handles of “a” and “b” in it, 3 and 4 of objects. */
interface Action {
  readonly kind: Kind;
  readonly region: number;
  readonly object: number;
  readonly page: number;
  readonly pages: number;
}

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom(...kinds),
  region: fc.nat(2),
  object: fc.integer({ min: 3, max: 4 }),
  page: fc.nat(15),
  pages: fc.integer({ min: 1, max: 4 }),
});

function* setUp(here: Activation, process: Process): KernelGenerator<unknown> {
  const a = { parent: process.region, name: 'a', offset: BigInt(BASE - PAGE), region_len: 16 * PAGE, prot: RWU };
  yield* call(here, 'vm_region_create', a);
  yield* call(here, 'vm_region_create', { parent: 1, name: 'b', offset: 0x4000n, region_len: 8 * PAGE, prot: RWU });
  for (const name of ['o', 'p']) yield* call(here, 'vm_object_create', { name, size: 8 * PAGE, prot: 3 });
  for (const [region, object] of [[1, 3], [2, 4]]) // prettier-ignore
    yield* call(here, 'vm_region_map_object', {
      region, region_offset: 0n, object, object_offset: 0n, length: 3 * PAGE, prot: RWU,
    }); // prettier-ignore
  return null;
}

function perform(driver: KernelDriver, thread: Thread, here: Activation, step: Action): KernelGenerator<unknown> {
  const { object, page, pages } = step;
  const region = [1, 2, 0x8000_0000 + thread.process.pid][step.region];
  const start = [BASE, BASE + 4 * PAGE, PAGE][step.region] ?? PAGE;
  const address = BASE + page * PAGE;
  const region_offset = BigInt(Math.max(0, address - start));
  const length = pages * PAGE;
  const other = step.page % 2 === 0 ? 1 : 2;
  const source = { src_region: region, src_ptr: address + 5 };
  switch (step.kind) {
    case 'create':
      return call(here, 'vm_region_create', {
        parent: region,
        name: 'c',
        offset: region_offset,
        region_len: PAGE,
        prot: RWU,
      });
    case 'map':
      return call(here, 'vm_region_map_object', {
        region,
        region_offset,
        object,
        object_offset: 0n,
        length,
        prot: RWU,
      });
    case 'unmap':
      return call(here, 'vm_region_unmap', { region, region_offset, length });
    case 'move':
      return call(here, 'vm_region_memmove', { dest_region: other, dest_ptr: BASE + 0x4800, ...source, count: length });
    case 'gather': {
      const vectors = { dest: [{ io_base: BASE + 0x4000, io_len: 9 }], src: [{ io_base: address, io_len: length }] };
      const args = {
        dest_region: other,
        dest_offset: 0,
        src_region: region,
        src_offset: 0,
        bytes_to_move: 7,
        ...vectors,
      };
      return call(here, 'vm_region_memmove_v', args);
    }
    case 'read':
      return call(here, 'vm_region_read_kernel', { ...source, count: length });
    case 'truncate':
      return call(here, 'vm_object_truncate', { obj: object, new_size: (pages + 3) * PAGE });
    case 'clone':
      return call(here, 'vm_object_clone', { obj: object, off: 0, len: length });
    case 'kill':
      return call(here, 'region_kill', { handle: other });
    case 'close':
      return call(here, 'handle_close', { h: (page % 5) + 1 });
    case 'open':
      return call(here, 'handle_dup', { h: (page % 5) + 1 });
    case 'access':
      return driver.access(here, thread, address, (pages % 2) as Access);
    case 'munmap':
      return operations.munmap(here, { address, length });
    case 'mprotect': {
      const protection = { read: true, write: pages % 2 === 0, execute: false };
      return operations.mprotect?.(here, { address, length, protection }) as KernelGenerator<unknown>;
    }
    case 'fork':
      return operations.fork?.(here, { cluster: null, core: null }) as KernelGenerator<unknown>;
    case 'exec':
      return operations.exec?.(here, { code: PAGE, data: PAGE }) as KernelGenerator<unknown>;
    case 'thread':
      return operations.thread_exit(here);
    case 'exit':
      return operations.exit(here, { code: 0 });
  }
}

function* act(driver: KernelDriver, thread: Thread, here: Activation, steps: readonly Action[]): KernelGenerator<void> {
  for (const step of steps) {
    if (!thread.alive || !thread.process.alive) return;
    yield* perform(driver, thread, here, step);
  }
}

function endAll(driver: KernelDriver): void {
  for (let left = 100; left > 0; left--) {
    const thread = driver.bound.threads().find(({ process }) => process.alive);
    if (thread === undefined) return;
    driver.run(thread, (here) => operations.exit(here, { code: 0 }));
  }
}

describe('vm-region: calls side by side', () => {
  it('V4, X1: three threads on one tree come to their ends', () => {
    const actors = fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 });
    const choices = fc.array(fc.nat(5), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(actors, choices, (scripts, turns) => {
        const driver = new KernelDriver(vmRegion, { config: { coresPerCluster: 3 } });
        const state = driver.state as VmrState;
        const process = driver.createProcess('A') as Process;
        const main = driver.mainOf(process) as Thread;
        driver.run(main, (here) => setUp(here, process));
        const made = [1, 2].map((core) =>
          driver.run(main, (here) => vmRegion.createThread(here as never, { name: `T${String(core)}`, process, core })),
        );
        let turn = 0;
        driver.engine.yieldAt = 0;
        driver.engine.policy = {
          choose: (runnable) => runnable[(turns[turn++ % turns.length] as number) % runnable.length] as Activity,
        };
        [main, ...(made as Thread[])].forEach((thread, index) => {
          driver.start(thread, thread.core, (here) => act(driver, thread, here, scripts[index] ?? []));
        });
        assert.equal(driver.finish(500_000), 'done');
        driver.engine.yieldAt = Number.POSITIVE_INFINITY;
        endAll(driver);
        assert.deepEqual([state.regions.size, state.objects.size, state.mappings, state.tables], [0, 0, 0, 0]);
      }),
      { seed: 4711, numRuns: 600 },
    );
  });
});
