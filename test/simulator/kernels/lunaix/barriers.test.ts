// Who has to wait, and who is too late.
import { strict as assert } from 'node:assert';
import type { KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

/** Where in the fork the barrier stands: at which of its own steps. */
function barriersDuringFork(driver: KernelDriver, process: Process): Map<string, boolean> {
  const thread = driver.mainOf(process);
  const seen = new Map<string, boolean>();
  const place = { cluster: null, core: null };
  driver.engine.yieldAt = 0;
  const activity = driver.start(thread, 0, function* (here) {
    const fork = lunaix.operations.fork?.(here, place) as KernelGenerator<unknown>;
    for (let next = fork.next(); next.done !== true; next = fork.next()) {
      const { info, label } = activity.top;
      seen.set(`${info.name} ${label}`, driver.bound.accessBarrier(thread) !== null);
      yield;
    }
  });
  driver.finish();
  driver.engine.yieldAt = Number.POSITIVE_INFINITY;
  return seen;
}

describe('lunaix: barriers', () => {
  it('L8: from step 3 to the end of step 6 of a fork the other threads of the parent touch no memory', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    const seen = barriersDuringFork(driver, process);
    assert.equal(seen.get('sys_fork 1'), false);
    assert.equal(seen.get('sys_fork 2'), false);
    for (const step of [
      'procvm_dup 2',
      'procvm_dup 3b',
      'region_copy_mm 7a',
      'dup_active_thread 5b',
      'region_maybe_cow 6b',
    ])
      assert.equal(seen.get(step), true, step);
    assert.equal(seen.get('sys_fork 7'), false);
    assert.equal(driver.bound.accessBarrier(driver.mainOf(process)), null);
  });

  it('L8: a wait that has begun ends with the fork', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    process.forking = true;
    const wait = driver.bound.accessBarrier(driver.mainOf(process));
    assert.equal(wait?.ready(), false);
    assert.equal(wait?.description(), 'the fork of P');
    process.forking = false;
    assert.equal(wait?.ready(), true);
  });

  it('a fault of a process that has ended meanwhile makes no page', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    const thread = driver.mainOf(process);
    const free = driver.freeFrames();
    process.state = 'terminated';
    const fault = {
      kind: 'absent',
      core: 0,
      va: process.dataStart,
      access: Access.write,
      user: true,
      code: 6,
      level: 2,
    } as const;
    const outcome = driver.run(null, (here) => lunaix.handleFault(here as never, thread, fault));
    process.state = 'running';
    assert.deepEqual([outcome.kind, 'reason' in outcome && outcome.reason], ['refused', 'ESRCH']);
    assert.deepEqual(driver.freeFrames(), free);
  });
});
