// 2.8, X1, L11: the kernel's one lock, and who stands in its queue.
import { strict as assert } from 'node:assert';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import type { Activation } from '../../../../simulator/execution/activation.ts';
import type { MmapArgs, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { LunaixState } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';

const call = kernelFunctionOf(lunaix);
const request: MmapArgs = {
  length: 0x4000, protection: { read: true, write: true, execute: false }, kind: 'anon', file: null, offset: 0, at: null, hint: null,
  replace: false, cluster: null,
}; // prettier-ignore

interface World {
  readonly driver: KernelDriver;
  readonly state: LunaixState;
  readonly threads: readonly ThreadObject[];
  readonly ended: string[];
}

/** One thread a core. */
function build(): World {
  const driver = new KernelDriver(lunaix, { config: { coresPerCluster: 3 } });
  const process = driver.createProcess('P');
  const more = [1, 2].map((core) =>
    driver.run(null, (here) => driver.kernel.createThread(here, { name: `T${String(core)}`, process, core })),
  );
  const threads = [driver.mainOf(process), ...more] as ThreadObject[];
  // Whoever came last goes on until it waits.
  driver.engine.policy = { choose: (runnable) => runnable.at(-1) as Activity };
  return { driver, state: driver.state as LunaixState, threads, ended: [] };
}

/** A system call of a thread; its end is noted. */
function start({ driver, threads, ended }: World, index: number): Activity {
  const thread = threads[index] as ThreadObject;
  return driver.start(thread, index, function* (here: Activation) {
    const place = yield* lunaix.operations.mmap(here, request);
    ended.push(thread.name);
    return place;
  });
}

/** Turns of the engine until something is so. */
function until({ driver }: World, isSo: () => boolean): void {
  for (let turns = 0; turns < 10_000 && !isSo(); turns++) driver.engine.advance();
  assert.ok(isSo());
}

describe('lunaix: vm_klock', () => {
  it('goes to who asked first, says whom it is waited for, and is free at the end', () => {
    const world = build();
    const { driver, state } = world;
    driver.engine.yieldAt = 0;
    start(world, 0);
    until(world, () => state.klock.agent === 'P');
    const late = start(world, 2);
    until(world, () => state.klock.waiters.length === 1);
    start(world, 1);
    until(world, () => state.klock.waiters.length === 2);
    assert.deepEqual(
      state.klock.waiters.map(({ agent }) => agent),
      ['T2', 'T1'],
    );
    assert.equal(late.wait?.description(), 'vm_klock, held by P');
    driver.engine.yieldAt = Number.POSITIVE_INFINITY;
    assert.equal(driver.finish(), 'done');
    assert.deepEqual(world.ended, ['P', 'T2', 'T1']);
    assert.deepEqual({ ...state.klock }, { core: -1, agent: null, opener: null, depth: 0, waiters: [] });
  });

  it('is not taken past the queue by one that comes late', () => {
    const world = build();
    const { driver, state } = world;
    driver.engine.yieldAt = 0;
    start(world, 0);
    until(world, () => state.klock.agent === 'P');
    const first = start(world, 1);
    until(world, () => state.klock.waiters.length === 1);
    // Free, but promised: what a newcomer is told while the first in the queue has not come yet.
    state.klock.core = -1;
    state.klock.agent = null;
    const late = start(world, 2);
    until(world, () => late.wait !== null || world.ended.includes('T2'));
    assert.equal(late.wait?.description(), 'vm_klock, held by nobody, and T1 comes first');
    assert.equal(first.wait?.ready(), true);
    assert.equal(late.wait.ready(), false);
  });

  it('forgets a waiter that is ended while it waits', () => {
    const world = build();
    const { driver, state } = world;
    driver.engine.yieldAt = 0;
    start(world, 0);
    until(world, () => state.klock.agent === 'P');
    const waiting = start(world, 1);
    until(world, () => state.klock.waiters.length === 1);
    waiting.wait?.withdraw?.();
    assert.deepEqual(state.klock.waiters, []);
  });

  it('names who opened the transaction that keeps it', () => {
    const world = build();
    const { driver, state, threads } = world;
    const [thread] = threads;
    assert.ok(thread !== undefined);
    const mm = state.processes[0]?.mm;
    const args = { mm, vm_mnt: 0xffc0_0000, remote_base: 0xbfff_f000, size: 0x10 };
    driver.run(thread, (here) => call(here, 'procvm_enter_remote_transaction', args));
    assert.equal(state.klock.agent, null);
    assert.equal(state.klock.opener, 'P');
    const waiting = start(world, 1);
    until(world, () => waiting.wait !== null);
    assert.equal(waiting.wait?.description(), 'vm_klock, held by P, whose remote transaction is open');
  });
});

describe('lunaix: reserved frames', () => {
  it('are taken as next fit would, without contents, and given back', () => {
    const { driver } = build();
    const free = driver.freeFrames()[0] as number;
    assert.equal(driver.bound.reserveFrames(0, free + 1), null);
    const frames = driver.bound.reserveFrames(0, 2) ?? [];
    assert.equal(frames.length, 2);
    for (const ppn of frames) {
      const { state: use, refs } = driver.bound.frame(ppn);
      assert.deepEqual([use, refs], ['reserved', 1]);
    }
    driver.check();
    driver.bound.returnFrames(frames);
    for (const ppn of frames) {
      const { state: use, refs } = driver.bound.frame(ppn);
      assert.deepEqual([use, refs], ['free', 0]);
    }
    assert.equal(driver.freeFrames()[0], free);
    driver.check();
  });
});
