// Cases of the specification's list that no scenario can express: null out-parameters, a boot without type_init, events' fields,
// and calls on objects whose last handle goes meanwhile.
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { ownFields } from '../../../support/own-event.ts';
import type { ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { vmRegionEvents } from '../../../../simulator/kernels/vm-region/events.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import type { VmrState } from '../../../../simulator/kernels/vm-region/state.ts';

const RWU = 0xb;
const RW = 0x3;
const RWXU = 0xf;
const call = kernelFunctionOf(vmRegion);

function fresh(): { driver: KernelDriver; state: VmrState } {
  const driver = new KernelDriver(vmRegion, { config: { coresPerCluster: 2 } });
  return { driver, state: driver.state as VmrState };
}

function make(driver: KernelDriver, name: string, args: Record<string, unknown>): unknown {
  return driver.run(null, (here) => call(here, name, args));
}

function chunksOf({ machine }: KernelDriver) {
  return ownFields(machine.trace.events, vmRegionEvents, 'copy.chunk');
}

const out = (made: unknown): number => (made as { out: number }).out;

/** S0: R, A and O, by their handles. */
function setUp(driver: KernelDriver): { R: number; A: number; O: number } {
  const root = { parent: null, name: 'root', offset: 0x1000n, region_len: 0x7fff_ffff_e000, prot: RWXU };
  const R = out(make(driver, 'vm_region_create', root));
  const a = { parent: R, name: 'a', offset: 0xff000n, region_len: 0x10000, prot: RWU };
  const A = out(make(driver, 'vm_region_create', a));
  const O = out(make(driver, 'vm_object_create', { name: 'o', size: 0x4000, prot: RW }));
  return { R, A, O };
}

describe('vm-region: cases without a scenario', () => {
  it('3: create with out null is INVALID_ARGUMENT, before everything else', () => {
    const { driver, state } = fresh();
    const { R } = setUp(driver);
    const regions = state.regions.size;
    const args = { parent: R, name: 'b', offset: 0x200000n, region_len: 0x1000, prot: RWU, out: null };
    assert.equal(make(driver, 'vm_region_create', args), 'INVALID_ARGUMENT');
    assert.equal(state.regions.size, regions);
  });

  it('12: create before vm_region_type_init is BAD_STATE; type_init works once', () => {
    const { driver, state } = fresh();
    state.isTypeRegistered = false;
    const args = { parent: null, name: 'r', offset: 0x1000n, region_len: 0x1000, prot: RWU };
    assert.equal(make(driver, 'vm_region_create', args), 'BAD_STATE');
    assert.equal(state.regions.size, 0);
    assert.equal(make(driver, 'vm_region_type_init', {}), undefined);
    assert.equal(make(driver, 'vm_region_type_init', {}), 'ALREADY_EXISTS');
    assert.equal(out(make(driver, 'vm_region_create', args)), 1);
  });

  it('43: the chunks of memmove: 0x400, 0x400, 0xC00, 0x400', () => {
    const { driver } = fresh();
    const { A, O } = setUp(driver);
    const S = out(
      make(driver, 'vm_region_create', { parent: null, name: 'b', offset: 0x200000n, region_len: 0x10000, prot: RWU }),
    );
    const Q = out(make(driver, 'vm_object_create', { name: 'q', size: 0x4000, prot: RW }));
    const whole = { region_offset: 0n, object_offset: 0n, length: 0x4000, prot: RWU };
    make(driver, 'vm_region_map_object', { region: A, object: O, ...whole });
    make(driver, 'vm_region_map_object', { region: S, object: Q, ...whole });
    driver.machine.trace.on = true;
    const args = { dest_region: S, dest_ptr: 0x200c00, src_region: A, src_ptr: 0x100800, count: 0x1800 };
    assert.deepEqual(make(driver, 'vm_region_memmove', args), { nr_moved: 0x1800 });
    assert.deepEqual(
      chunksOf(driver).map(({ dst, src, len }) => [dst, src, len]),
      [
        [0x200c00, 0x100800, 0x400],
        [0x201000, 0x100c00, 0x400],
        [0x201400, 0x101000, 0xc00],
        [0x202000, 0x101c00, 0x400],
      ],
    );
  });

  it('V6: backwards the chunks end where the rest ends', () => {
    const { driver } = fresh();
    const { A, O } = setUp(driver);
    make(driver, 'vm_region_map_object', {
      region: A, object: O, region_offset: 0n, object_offset: 0n, length: 0x4000, prot: RWU,
    }); // prettier-ignore
    driver.machine.trace.on = true;
    const args = { dest_region: A, dest_ptr: 0x100010, src_region: A, src_ptr: 0x100000, count: 0x2000 };
    assert.deepEqual(make(driver, 'vm_region_memmove', args), { nr_moved: 0x2000 });
    assert.deepEqual(
      chunksOf(driver).map(({ dst, src, len }) => [dst, src, len]),
      [
        [0x102000, 0x101ff0, 0x10],
        [0x101010, 0x101000, 0xff0],
        [0x101000, 0x100ff0, 0x10],
        [0x100010, 0x100000, 0xff0],
      ],
    );
  });

  it('41: read_kernel says from where each chunk came', () => {
    const { driver } = fresh();
    const { A, O } = setUp(driver);
    make(driver, 'vm_region_map_object', {
      region: A, object: O, region_offset: 0n, object_offset: 0n, length: 0x4000, prot: RWU,
    }); // prettier-ignore
    driver.machine.trace.on = true;
    make(driver, 'vm_region_read_kernel', { src_region: A, src_ptr: 0x100ff0, count: 0x20 });
    assert.deepEqual(
      chunksOf(driver).map(({ src, len }) => [src, len]),
      [
        [0x100ff0, 0x10],
        [0x101000, 0x10],
      ],
    );
  });

  it('49: an object whose last handle is closed while a call uses it lives until that returns', () => {
    for (const name of ['vm_region_map_object', 'vm_object_read', 'vm_object_clone']) {
      for (let turn = 0; turn < 14; turn++) {
        const { driver, state } = fresh();
        const { A, O } = setUp(driver);
        make(driver, 'vm_object_write', { obj: O, off: 0, buf: 'abc' });
        const args = {
          region: A, region_offset: 0n, object: O, obj: O, object_offset: 0n, length: 0x1000, prot: RWU, off: 0,
          len: 0x1000,
        }; // prettier-ignore
        const free = driver.freeFrames()[0] ?? 0;
        const [used] = interleave(
          driver,
          turn,
          (here) => call(here, name, args),
          (here) => close(here, O),
        );
        const isMapped = name === 'vm_region_map_object' && typeof used !== 'string';
        assert.equal(state.objects.has(3), isMapped, `${name}, turn ${String(turn)}`);
        if (name === 'vm_object_read') assert.equal(driver.freeFrames()[0], free + 1);
      }
    }
  });

  it('V3: a child is killed while its parent loses its last handle: nothing is left', () => {
    for (let turn = 0; turn < 24; turn++) {
      const { driver, state } = fresh();
      const { R, A, O } = setUp(driver);
      make(driver, 'handle_close', { h: O });
      interleave(
        driver,
        turn,
        (here) => call(here, 'region_kill', { handle: A }),
        (here) => close(here, R),
      );
      make(driver, 'handle_close', { h: A });
      assert.deepEqual([state.regions.size, state.tables], [0, 0], `turn ${String(turn)}`);
    }
  });

  it('7: one thread forks while another ends the task: a whole child, or none', () => {
    const results = new Set<string>();
    for (let turn = 0; turn < 60; turn += 3) {
      const { driver, state } = fresh();
      const process = driver.createProcess('P');
      const main = driver.mainOf(process);
      const { operations } = vmRegion;
      const second = driver.run(main, (here) => vmRegion.createThread(here as never, { name: 'T', process, core: 1 }));
      driver.engine.yieldAt = 0;
      let turns = 0;
      driver.engine.policy = { choose: (runnable) => (turns++ >= turn ? runnable.at(-1) : runnable[0]) as never };
      const forked = driver.start(main, 0, (here) => operations.fork?.(here, { cluster: null, core: null }) as never);
      driver.start(second as ThreadObject, 1, (here) => operations.exit(here, { code: 0 }));
      assert.equal(driver.finish(), 'done');
      driver.engine.yieldAt = Number.POSITIVE_INFINITY;
      results.add(typeof forked.result === 'string' ? forked.result : 'a child');
      for (const { alive, main: thread } of [...state.processes])
        if (alive) driver.run(thread, (here) => operations.exit(here, { code: 0 }));
      assert.deepEqual([state.regions.size, state.objects.size, state.tables], [0, 0, 0], `turn ${String(turn)}`);
    }
    assert.deepEqual([...results].sort(), ['BAD_STATE', 'a child']);
  });

  it('39, V3: a child and its parent are killed at once', () => {
    const results = new Set<string>();
    for (let turn = 0; turn < 24; turn++) {
      const { driver, state } = fresh();
      const { R, A } = setUp(driver);
      const kill = (region: number) => (here: Activation) => call(here, 'region_kill', { handle: region });
      const [child, parent] = interleave(driver, turn, kill(A), kill(R));
      assert.equal(parent, undefined);
      results.add(String(child));
      assert.equal([...state.regions.values()].filter(({ vr_status }) => vr_status === 0).length, 2);
      make(driver, 'handle_close', { h: R });
      make(driver, 'handle_close', { h: A });
      assert.equal(state.regions.size, 0);
    }
    assert.deepEqual([...results].sort(), ['BAD_STATE', 'undefined']);
  });
});

function* close(here: Activation, h: number): KernelGenerator<unknown> {
  return yield* call(here, 'handle_close', { h });
}

/** The first runs alone up to a turn, then the second to its end, then the first again. */
function interleave(driver: KernelDriver, turn: number, first: Body, second: Body): unknown[] {
  let turns = 0;
  const { engine } = driver;
  engine.yieldAt = 0;
  engine.policy = { choose: (runnable) => (turns++ >= turn ? runnable.at(-1) : runnable[0]) as never };
  const activities = [driver.start(null, 0, first), driver.start(null, 1, second)];
  // Locks know their holders by name, and both run for the kernel.
  activities.forEach((activity, index) => Object.assign(activity, { agent: `kernel ${String(index)}` }));
  assert.equal(driver.finish(), 'done');
  engine.yieldAt = Number.POSITIVE_INFINITY;
  return activities.map(({ result }) => result);
}

type Body = (here: Activation) => KernelGenerator<unknown>;
