// 2.7: which locks each call takes, in order. Where one is missing, only two calls at the right moment would tell.
import { strict as assert } from 'node:assert';
import { VM_REGION_ANY_OFFSET } from '../../../../simulator/kernels/vm-region/constants.ts';
import { vmRegionEvents } from '../../../../simulator/kernels/vm-region/events.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { ownFields } from '../../../support/own-event.ts';

const call = kernelFunctionOf(vmRegion);
const RWXU = 0xf;
const RW = 0x3;
const READ = 1;

type Args = Readonly<Record<string, unknown>>;

/** R is the root, A a child of it at 0x100000, with O mapped from its beginning and Q behind that, two pages each. */
class Tree {
  readonly driver = new KernelDriver(vmRegion);
  readonly R: number;
  readonly A: number;
  readonly O: number;
  readonly Q: number;
  /** As large as A, and mapped nowhere. */
  readonly big: number;

  constructor() {
    const out = (made: unknown): number => (made as { out: number }).out;
    const region = (name: string, args: Args): number =>
      out(this.call('vm_region_create', { name, prot: RWXU, ...args }));
    this.R = region('R', { parent: null, offset: 0x1000n, region_len: 0x7fff_ffff_e000 });
    this.A = region('A', { parent: this.R, offset: 0xff000n, region_len: 0x10000 });
    this.O = out(this.call('vm_object_create', { name: 'O', size: 0x2000, prot: RW }));
    this.Q = out(this.call('vm_object_create', { name: 'Q', size: 0x2000, prot: RW }));
    this.big = out(this.call('vm_object_create', { name: 'big', size: 0x10000, prot: RW }));
    const whole = { region: this.A, object_offset: 0n, length: 0x2000, prot: RW | 0x8 };
    this.call('vm_region_map_object', { ...whole, object: this.O, region_offset: 0n });
    this.call('vm_region_map_object', { ...whole, object: this.Q, region_offset: 0x2000n });
  }

  call(name: string, args: Args): unknown {
    return this.driver.run(null, (here) => call(here, name, args));
  }

  /** What a call locks, in order: `R A O`; all of it is given back. */
  locksOf(name: string, args: Args): string {
    const { machine } = this.driver;
    machine.trace.on = true;
    machine.trace.events = [];
    this.call(name, args);
    machine.trace.on = false;
    const names = (kind: 'lock.acquire' | 'lock.release'): string[] =>
      ownFields(machine.trace.events, vmRegionEvents, kind).map(({ object }) => this.nameOf(object));
    const taken = names('lock.acquire');
    assert.deepEqual(names('lock.release').sort(), [...taken].sort(), `${name} gives back what it has taken`);
    return taken.join(' ');
  }

  private nameOf(lock: string): string {
    const id = /^the lock of vm-(?:region|object) #(\d+)$/.exec(lock)?.[1];
    if (id !== undefined) return ['', 'R', 'A', 'O', 'Q', 'big'][Number(id)] ?? lock;
    return lock.startsWith('the pmap') ? 'pmap' : lock;
  }
}

describe('vm-region: locks', () => {
  const cases: readonly (readonly [string, (tree: Tree) => Args, string])[] = [
    [
      'vm_region_map_object',
      ({ R, O }) => ({ region: R, region_offset: 0x104000n, object: O, object_offset: 0n, length: 0x1000, prot: RW }),
      'R A O',
    ],
    // Refused for want of a gap, with the region locked.
    [
      'vm_region_map_object',
      ({ A, big }) => ({
        region: A,
        region_offset: BigInt(VM_REGION_ANY_OFFSET),
        object: big,
        object_offset: 0n,
        length: 0x10000,
        prot: RW,
      }),
      'A',
    ],
    ['vm_region_demand_map', ({ R }) => ({ region: R, addr: 0x100000, flags: 0 }), 'R A O pmap'],
    ['vm_region_unmap', ({ R }) => ({ region: R, region_offset: 0xff000n, length: 0x1000 }), 'R A O pmap'],
    ['vm_region_validate_access', ({ R }) => ({ region: R, offset: 0xff000, len: 0x1000, prot: READ }), 'R A'],
    ['vm_region_read_kernel', ({ R }) => ({ src_region: R, src_ptr: 0x100000, count: 1 }), 'R A O'],
    [
      'vm_region_memmove',
      ({ R }) => ({ dest_region: R, dest_ptr: 0x102000, src_region: R, src_ptr: 0x100000, count: 1 }),
      'vm_pair_lock R A O Q',
    ],
    [
      'vm_region_memmove',
      ({ R, A }) => ({ dest_region: R, dest_ptr: 0x100000, src_region: A, src_ptr: 0x102000, count: 1 }),
      'vm_pair_lock R A O Q',
    ],
    [
      'vm_region_memmove_v',
      ({ A }) => ({
        dest_region: A,
        dest_offset: 0,
        dest: [{ io_base: 0x100000, io_len: 1 }],
        src_region: A,
        src_offset: 0,
        src: [{ io_base: 0x102000, io_len: 1 }],
        bytes_to_move: 1,
      }),
      'vm_pair_lock A O Q',
    ],
    ['vm_region_dump', ({ R }) => ({ region: R }), 'R A'],
    ['region_kill', ({ A }) => ({ handle: A }), 'A R A O pmap Q pmap'],
    ['vm_object_get_page', ({ O }) => ({ obj: O, off: 0, flags: 0 }), 'O'],
    ['vm_object_read', ({ O }) => ({ obj: O, off: 0, len: 1 }), 'O'],
    ['vm_object_write', ({ O }) => ({ obj: O, off: 0, buf: 'a' }), 'O'],
    ['vm_object_clone', ({ O }) => ({ obj: O, off: 0, len: 0x1000 }), 'O'],
    ['vm_object_truncate', ({ O }) => ({ obj: O, new_size: 0x3000 }), 'O'],
    ['vm_object_truncate', ({ O }) => ({ obj: O, new_size: 0x1000 }), 'O pmap'],
  ];

  for (const [name, args, expected] of cases) {
    it(`${name} takes ${expected}`, () => {
      const tree = new Tree();
      assert.equal(tree.locksOf(name, args(tree)), expected);
    });
  }
});
