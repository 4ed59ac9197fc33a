// What a refused call leaves behind: nothing but the id that it took (4.8). Heap calls in their order (2.12), and 6.6 step by step.
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { KernelPanic } from '../../../../simulator/execution/panic.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type { HaikuState } from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

type Args = Readonly<Record<string, unknown>>;
type Callable = (here: Activation, args: Args) => KernelGenerator<unknown>;

class Kernel {
  readonly driver = new KernelDriver(haiku);
  readonly state = this.driver.state as HaikuState;

  constructor() {
    addFile(this.driver.machine, { name: '/f', cluster: 0, size: 0x3000, contents: { kind: 'fill', byte: 7 } });
    this.call('vm_create_aspace', { name: 'u1', base: 0x10_0000, size: 0x7fef_0000 });
  }

  entry(name: string): Callable {
    const found = haiku.functions.find(({ info }) => info.name === name);
    assert.ok(found !== undefined, name);
    return found as unknown as Callable;
  }

  call(name: string, args: Args): unknown {
    return this.driver.run(null, (here) => this.entry(name)(here, args));
  }

  /** Everything that a creation makes or takes, but for ids. */
  summary(): unknown {
    const { region_table, aspace_table, cache_refs, vnodes, tmap_list, max_commit, pages } = this.state;
    return {
      regions: [...region_table.values()].map(({ id, ref_count }) => [id, ref_count]),
      spaces: [...aspace_table.values()].map(({ id, ref_count, virtual_map }) => [id, ref_count, virtual_map.change_count]),
      caches: [...cache_refs.values()].map(({ id, ref_count }) => [id, ref_count]),
      vnodes: [...vnodes.values()].map(({ path, ref_count }) => [path, ref_count]),
      maps: tmap_list.length, max_commit, free: pages.queues.page_free_queue.count,
    }; // prettier-ignore
  }
}

const place = { aid: 1, name: 'r', address: 0, addr_type: 0, size: 0x3000, lock: 1 };
const anonymous: [string, Args] = ['vm_create_anonymous_region', { ...place, wiring: 0 }];
const physical: [string, Args] = ['vm_map_physical_memory', { ...place, phys_addr: 0xb_8000 }];
const none: [string, Args] = ['vm_create_null_region', place];
const sharedFile: [string, Args] = ['vm_map_file', { ...place, mapping: 0, path: '/f', offset: 0 }];
const privateFile: [string, Args] = ['vm_map_file', { ...place, mapping: 1, path: '/f', offset: 0 }];
const sharedClone: [string, Args] = ['vm_clone_region', { ...place, source_region: 12, mapping: 0 }];
const privateClone: [string, Args] = ['vm_clone_region', { ...place, source_region: 12, mapping: 1 }];

describe('haiku: refused calls leave nothing', () => {
  const refusals: readonly (readonly [
    row: string,
    call: readonly [string, Args],
    change: Args,
    error: string,
    inject?: string,
  ])[] = [
    ['16', anonymous, { address: 0x10_2000, addr_type: 1, size: 0x1000 }, 'ERR_VM_NO_REGION_SLOT'],
    ['17', anonymous, { address: 0x10_0800, addr_type: 1 }, 'ERR_VM_BAD_ADDRESS'],
    ['17', anonymous, { size: 0 }, 'ERR_VM_BAD_ADDRESS'],
    ['18', none, { addr_type: 7 }, 'ERR_INVALID_ARGS'],
    ['18', anonymous, { wiring: 9 }, 'ERR_INVALID_ARGS'],
    ['20', anonymous, { size: 0x1ae_2000 }, 'ERR_VM_WOULD_OVERCOMMIT'],
    ['21', privateClone, { source_region: 13 }, 'ERR_VM_WOULD_OVERCOMMIT'],
    ['21', sharedClone, { source_region: 13 }, 'ERR_VM_WOULD_OVERCOMMIT'],
    ...[anonymous, physical, none, sharedFile, privateFile, sharedClone, privateClone].map(
      (call) => ['22', call, { aid: 99 }, 'ERR_VM_INVALID_ASPACE'] as const,
    ),
    ['24', sharedFile, {}, 'ERR_NO_MEMORY', 'commit'],
    ['26', anonymous, { wiring: 3 }, 'ERR_NO_MEMORY', 'page-alloc'],
    ['31', privateClone, { source_region: 14 }, 'ERR_INVALID_ARGS'],
    ['35', sharedFile, { path: '/none' }, 'ERR_VFS_PATH_NOT_FOUND'],
    ['36', sharedClone, { source_region: 99 }, 'ERR_VM_INVALID_REGION'],
    ['D21', privateFile, { address: 0x10_0001, addr_type: 1 }, 'ERR_VM_BAD_ADDRESS'],
  ];

  for (const [row, [name, args], change, error, inject] of refusals)
    it(`${row}: ${name} ${JSON.stringify(change)}: ${error}`, () => {
      const kernel = new Kernel();
      kernel.call(...anonymous);
      kernel.call('vm_create_anonymous_region', { ...anonymous[1], size: 0x100_0000 });
      kernel.call(...none);
      const before = kernel.summary();
      if (inject !== undefined) kernel.driver.bound.inject({ kind: inject, cluster: null, after: 0 });
      const answer = kernel.call(name, { ...args, ...change });
      assert.equal(answer, error);
      // Row 26: two changes of the list, in and out again.
      if (row === '26')
        for (const space of kernel.state.aspace_table.values()) if (space.id === 1) space.virtual_map.change_count -= 2;
      assert.deepEqual(kernel.summary(), before);
    });
});

describe('haiku: heap calls in their order', () => {
  const P = 'panic';
  const N = 'ERR_NO_MEMORY';
  const orders: readonly (readonly [call: readonly [string, Args], answers: readonly string[]])[] = [
    [anonymous, [P, P, P, N, N]],
    [physical, [P, P, P, N, N]],
    [none, [P, P, P, N, N]],
    [sharedFile, [P, P, P, N, N]],
    [privateFile, [P, P, P, N, N, P, P, P]],
    [sharedClone, [N, N]],
    [privateClone, [N, N, P, P, P]],
    [
      ['vm_create_aspace', { name: 'x', base: 0x10_0000, size: 0x7fef_0000 }],
      [N, N, N, N],
    ],
    [
      ['vm_create_aspace', { name: 'x', base: 0x8000_0000, size: 0x1000, kernel: true }],
      [N, N, N],
    ],
  ];
  for (const [[name, args], answers] of orders)
    it(`${name} ${JSON.stringify(args)} makes ${String(answers.length)}`, () => {
      for (const [after, expected] of [...answers, 'none'].entries()) {
        const kernel = new Kernel();
        kernel.call(...anonymous);
        const before = kernel.summary();
        kernel.driver.bound.inject({ kind: 'kmalloc', cluster: null, after });
        let answer: unknown;
        try {
          answer = kernel.call(name, args);
        } catch (error) {
          if (!(error instanceof KernelPanic)) throw error;
          answer = P;
        }
        assert.equal(answer === P || answer === N ? answer : 'none', expected, `call ${String(after + 1)}`);
        if (answer === N) assert.deepEqual(kernel.summary(), before);
      }
    });
});

describe('haiku: references of a shared file mapping', () => {
  it('33: at each point of 6.6', () => {
    const kernel = new Kernel();
    const { driver, state } = kernel;
    driver.engine.yieldAt = 0;
    const seen: string[] = [];
    driver.start(null, 0, (here) => kernel.entry('vm_map_file')(here, sharedFile[1]));
    while (driver.engine.advance().kind === 'ran') {
      const vnode = state.vnodes.get('/f');
      if (vnode === undefined) continue;
      const ref = [...state.cache_refs.values()].find(({ cache }) => cache.store.vnode === vnode);
      const now = `vnode ${String(vnode.ref_count)} cache ${ref === undefined ? 'none' : String(ref.ref_count)}`;
      if (seen.at(-1) !== now) seen.push(now);
    }
    assert.deepEqual(seen, [
      'vnode 1 cache none', 'vnode 1 cache 1', 'vnode 1 cache 2', 'vnode 2 cache 3', 'vnode 2 cache 2', 'vnode 1 cache 2',
    ]); // prettier-ignore
    driver.engine.yieldAt = Number.POSITIVE_INFINITY;
    assert.deepEqual(driver.bound.invariants(), []);
    kernel.call(...sharedFile);
    const vnode = state.vnodes.get('/f');
    assert.deepEqual([vnode?.ref_count, vnode?.cache?.ref_count], [2, 3]);
    kernel.call('vm_delete_region', { aid: 1, rid: 12 });
    assert.deepEqual([vnode?.ref_count, vnode?.cache?.ref_count], [1, 2]);
    kernel.call('vm_delete_region', { aid: 1, rid: 13 });
    assert.equal(state.vnodes.size, 0);
    assert.ok([...state.cache_refs.values()].every(({ cache }) => cache.store.kind !== 'vnode'));
  });
});
