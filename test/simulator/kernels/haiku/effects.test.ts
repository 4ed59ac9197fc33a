// What single steps do that no scenario can ask for: roots of cores, marks of freed objects, barriers, undone creations.
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { pageTableRoot } from '../../../../simulator/hardware/core.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { isEvent } from '../../../../simulator/hardware/trace-event.ts';
import type { MmapArgs } from '../../../../simulator/kernels/kernel.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type {
  HaikuState,
  Process,
  Thread,
  VmAddressSpace,
  VmRegion,
} from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { exec, fork } from './process-calls.ts';

type Args = Readonly<Record<string, unknown>>;
const call = kernelFunctionOf(haiku);
const ALL = { write: true, read: true, execute: false };
const request: MmapArgs = {
  length: 0x2000, protection: ALL, kind: 'anon', file: null, offset: 0, at: 0x40_0000, hint: null, replace: false, cluster: null,
}; // prettier-ignore

class Setup {
  readonly driver = new KernelDriver(haiku, { config: { coresPerCluster: 2 } });
  readonly state = this.driver.state as HaikuState;
  readonly process = this.driver.createProcess('p') as Process;
  readonly thread = this.driver.mainOf(this.process) as Thread;

  get aspace(): VmAddressSpace {
    assert.ok(this.process.aspace !== null);
    return this.process.aspace;
  }

  call(name: string, args: Args): unknown {
    return this.driver.run(null, (here) => call(here, name, args));
  }

  perform(body: (here: Activation) => KernelGenerator<unknown>): unknown {
    return this.driver.run(this.thread, body);
  }

  map(args: Partial<MmapArgs> = {}): number {
    return this.perform((here) => haiku.operations.mmap(here, { ...request, ...args })) as number;
  }

  regionAt(address: number): VmRegion {
    const found = this.aspace.virtual_map.region_list.find(({ base }) => base === address);
    assert.ok(found !== undefined);
    return found;
  }

  /** Leaves this much of max_commit. */
  leave(bytes: number): void {
    const size = this.state.max_commit - bytes;
    this.call('vm_create_anonymous_region', {
      aid: 0, name: 'rest', address: 0, addr_type: 0, size, wiring: 0, lock: 3,
    }); // prettier-ignore
    assert.equal(this.state.max_commit, bytes);
  }
}

describe('haiku: address spaces of cores', () => {
  for (const name of ['vm_aspace_swap', 'arch_vm_aspace_swap'])
    it(`${name} loads the page directory, and empties the core's TLB`, () => {
      const { driver, aspace } = new Setup();
      const { machine } = driver;
      driver.run(null, (here) => call(here, name, { aspace }));
      assert.equal(pageTableRoot(machine, 0), aspace.translation_map.pgdir_phys / 0x1000);
    });

  it('13.5: the core of a dead process leaves its tables, though somebody keeps them', () => {
    const setup = new Setup();
    const { driver, state, aspace, thread } = setup;
    setup.map();
    driver.tryAccess(thread, 0x40_0000, Access.write);
    const held = setup.regionAt(0x40_0000);
    held.ref_count += 1;
    held.held += 1;
    setup.perform((here) => haiku.operations.exit(here, { code: 0 }));
    assert.equal(aspace.freed, null);
    const kernels = (state.kernel_aspace?.translation_map.pgdir_phys ?? 0) / 0x1000;
    assert.equal(pageTableRoot(driver.machine, thread.core), kernels);
    held.held -= 1;
    setup.call('vm_put_region', { region: held });
    assert.equal(held.freed, '_vm_put_region step 14');
    assert.equal(aspace.freed, 'vm_put_aspace step 8');
  });

  it('13.5: the stack goes first', () => {
    const setup = new Setup();
    const { trace } = setup.driver.machine;
    setup.map();
    trace.on = true;
    setup.perform((here) => haiku.operations.exit(here, { code: 0 }));
    const removals = trace.events.flatMap((event) => (isEvent(event, 'region-remove') ? [event.fields.start] : []));
    assert.equal(removals[0], 0x7ffd_f000);
    assert.equal(removals.length, 4);
  });
});

describe('haiku: the kernel says', () => {
  it('4.51 step 4: which fault it did not resolve, and nothing of the others', () => {
    const { driver, thread, process } = new Setup();
    driver.tryAccess(thread, process.dataStart, Access.write);
    assert.deepEqual(driver.machine.terminal.lines, []);
    driver.tryAccess(thread, 0x30_0010, Access.write);
    driver.tryAccess(thread, 0x9000_0000, Access.read);
    assert.deepEqual(driver.machine.terminal.lines, [
      'vm_page_fault: ERR_VM_PF_BAD_ADDRESS at 0x00300010, ip 0x00000000, write, user, p',
      'vm_page_fault: ERR_VM_PF_FATAL at 0x90000000, ip 0x00000000, read, user, p',
    ]);
  });
});

describe('haiku: fork', () => {
  it('H13: no other thread accesses the memory of the parent meanwhile', () => {
    const setup = new Setup();
    const { driver, thread } = setup;
    setup.map();
    driver.tryAccess(thread, 0x40_0000, Access.write);
    const other = driver.run(null, (here) =>
      haiku.createThread(here, { name: 'other', process: setup.process, core: 1 }),
    ) as Thread;
    driver.engine.yieldAt = 0;
    const isBarred = (): boolean => driver.bound.accessBarrier(other) !== null;
    assert.equal(isBarred(), false);
    const seen: boolean[] = [];
    driver.start(thread, thread.core, fork);
    while (driver.engine.advance().kind === 'ran') seen.push(isBarred());
    const [first, last] = [seen.indexOf(true), seen.lastIndexOf(true)];
    assert.ok(first >= 0 && last - first > 50);
    assert.ok(seen.slice(first, last).every(Boolean));
    assert.equal(isBarred(), false);
  });

  it('13.7, 15.5: where a wired page cannot be faulted in again, fork fails, and no child is left', () => {
    const setup = new Setup();
    const { driver, state, aspace } = setup;
    addFile(driver.machine, { name: '/f', cluster: 0, size: 0x1000, contents: { kind: 'fill', byte: 7 } });
    setup.map({ kind: 'file', file: '/f', length: 0x1000 });
    // A private file map, and wired: no call of a user's makes it, map_backing_store does.
    Object.assign(setup.regionAt(0x40_0000), { wiring: 1 });
    const { length: processes } = state.processes;
    driver.bound.inject({ kind: 'file-read', cluster: null, after: 0 });
    const answer = setup.perform(fork);
    assert.equal(answer, 'ERR_IO_ERROR');
    assert.equal(state.processes.length, processes);
    assert.deepEqual([...state.aspace_table.keys()], [0, aspace.id]);
    const pa = driver.tryAccess(setup.thread, 0x40_0000, Access.read);
    assert.equal(typeof pa, 'number');
  });
});

describe('haiku: creations that fail half-way', () => {
  it('13.3 step 2: no commitment for the stack', () => {
    const setup = new Setup();
    setup.leave(0x1_0000);
    const free = setup.driver.freeFrames();
    const image = { kind: 'sizes', code: 0, data: 0 } as const;
    const answer = setup.driver.run(null, (here) =>
      haiku.createProcess(here, { name: 'q', core: 0, image, imageCluster: 0 }),
    );
    assert.equal(answer, 'ERR_VM_WOULD_OVERCOMMIT');
    assert.equal(setup.state.aspace_table.size, 2);
    assert.equal(setup.state.max_commit, 0x1_0000);
    assert.deepEqual(setup.driver.freeFrames(), free);
  });

  it('13.3: no commitment for another thread’s stack', () => {
    const setup = new Setup();
    setup.leave(0xf000);
    const answer = setup.driver.run(null, (here) =>
      haiku.createThread(here, { name: 't', process: setup.process, core: 1 }),
    );
    assert.equal(answer, 'ERR_VM_WOULD_OVERCOMMIT');
    assert.equal(setup.state.threads.length, 1);
    assert.equal(setup.state.max_commit, 0xf000);
  });

  it('13.4 step 2: no memory for the new stack: the process ends with that error', () => {
    const setup = new Setup();
    setup.driver.bound.inject({ kind: 'kmalloc', cluster: null, after: 3 });
    const answer = setup.perform(exec(setup.process.path));
    assert.equal(answer, 'ERR_NO_MEMORY');
    assert.deepEqual([setup.process.alive, setup.process.exit], [false, 'ERR_NO_MEMORY']);
    assert.equal(setup.state.aspace_table.size, 1);
  });

  it('13.4: the stack is the thread’s from then on, and that of the other threads is gone', () => {
    const setup = new Setup();
    const { driver, process, thread } = setup;
    const other = driver.run(null, (here) => haiku.createThread(here, { name: 't', process, core: 1 })) as Thread;
    setup.perform(exec(process.path));
    assert.equal(thread.stack_region, setup.regionAt(process.stackStart).id);
    assert.equal(other.stack_region, -1);
    const regions = setup.aspace.virtual_map.region_list.length;
    setup.perform((here) => haiku.operations.thread_exit(here));
    assert.equal(setup.aspace.virtual_map.region_list.length, regions - 1);
  });

  it('4.12 step 9e: a wired region that another thread deletes meanwhile is an error, and gone', () => {
    const setup = new Setup();
    const { driver, state } = setup;
    const before = { commit: state.max_commit, free: driver.freeFrames()[0] ?? 0, references: setup.aspace.ref_count };
    const rid = state.next_region_id;
    const args = { aid: 1, name: 'w', address: 0x40_0000, addr_type: 1, size: 0x8000, wiring: 1, lock: 1 };
    driver.engine.yieldAt = 0;
    const made = driver.start(null, 0, (here) => call(here, 'vm_create_anonymous_region', args));
    while ((state.region_table.get(rid)?.cache_ref?.cache.page_list.length ?? 0) < 3) driver.engine.advance();
    driver.engine.policy = { choose: (runnable) => runnable.at(-1) as Activity };
    driver.start(setup.thread, 1, (here) => call(here, 'vm_delete_region', { aid: 1, rid }));
    driver.finish();
    assert.equal(made.result, 'ERR_VM_PF_BAD_ADDRESS');
    assert.equal(state.region_table.has(rid), false);
    assert.equal(state.max_commit, before.commit);
    // A page table stays with the address space.
    assert.equal(driver.freeFrames()[0], before.free - 1);
    assert.equal(setup.aspace.ref_count, before.references);
  });

  /** Lets a kernel call go on until it has made a stack of that id, and another thread delete it. */
  function deleteStack(setup: Setup, aid: number, body: (here: Activation) => KernelGenerator<unknown>): unknown {
    const { driver, state } = setup;
    const rid = state.next_region_id;
    driver.engine.yieldAt = 0;
    const activity = driver.start(setup.thread, 0, body);
    while ((state.region_table.get(rid)?.ref_count ?? 0) === 0) driver.engine.advance();
    driver.engine.policy = { choose: (runnable) => runnable.at(-1) as Activity };
    driver.start(null, 1, (here) => call(here, 'vm_delete_region', { aid, rid }));
    driver.finish();
    return activity.result;
  }

  it('13.4 step 2a: the new stack goes while its arguments are written: the process ends', () => {
    const setup = new Setup();
    const { process } = setup;
    const answer = deleteStack(setup, 1, exec(process.path));
    assert.equal(answer, 'ERR_VM_PF_BAD_ADDRESS');
    assert.equal(process.exit, 'ERR_VM_PF_BAD_ADDRESS');
    assert.equal(setup.state.aspace_table.size, 1);
  });

  it('13.3 step 2a: the same of a new process: there is none', () => {
    const setup = new Setup();
    const image = { kind: 'sizes', code: 0, data: 0 } as const;
    const free = setup.driver.freeFrames();
    const answer = deleteStack(setup, 2, (here) =>
      haiku.createProcess(here, { name: 'q', core: 0, image, imageCluster: 0 }),
    );
    assert.equal(answer, 'ERR_VM_PF_BAD_ADDRESS');
    assert.equal(setup.state.processes.length, 1);
    assert.equal(setup.state.aspace_table.size, 2);
    assert.deepEqual(setup.driver.freeFrames(), free);
  });
});
