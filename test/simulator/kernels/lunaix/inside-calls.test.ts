// What only somebody inside a call of the kernel can see: which step refuses, what stands between two
// steps, and faults that no scenario nests.
import { strict as assert } from 'node:assert';
import { kernelFunction, type Activation, type KernelGenerator } from '../../../../simulator/execution/activation.ts';
import {
  ANON,
  KERNEL_EXEC,
  RSHARED,
  TYPE_GENERAL,
  USR_EXEC,
  VMS_SELF,
} from '../../../../simulator/kernels/lunaix/constants.ts';
import { intr_routine_page_fault } from '../../../../simulator/kernels/lunaix/fault.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { LunaixState, Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';

const call = kernelFunctionOf(lunaix);

/** So many activations of the fault handler in each other, the last of which is the kernel's own. */
const nest = kernelFunction<number, unknown, unknown>(
  intr_routine_page_fault.info,
  function* (here: Activation, depth: number): KernelGenerator<unknown> {
    return depth > 1
      ? yield* nest(here, depth - 1)
      : yield* call(here, 'intr_routine_page_fault', { err: 4, va: 0x40_0000 });
  },
);

describe('lunaix: inside a call', () => {
  it('4.10 step 1: a fault that is nested more than ten deep is a panic', () => {
    const driver = new KernelDriver(lunaix);
    const thread = driver.mainOf(driver.createProcess('P'));
    assert.equal(
      driver.run(thread, (here) => nest(here, 9)),
      undefined,
    );
    assert.throws(() => driver.run(thread, (here) => nest(here, 10)), /pf depth/);
  });

  it('4.7 step 4e: where no gap is large enough, the search itself refuses', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    const proct = { read: true, write: true, execute: false };
    const range = { range_start: USR_EXEC, range_end: KERNEL_EXEC };
    const request = { vms_mnt: VMS_SELF, pvms: process.mm, offset: 0, mlen: 0xc000_0000, proct, flags: ANON | RSHARED };
    const param = { ...request, type: TYPE_GENERAL, ...range };
    const activity = driver.start(driver.mainOf(process), 0, (here) =>
      call(here, 'mem_map', { addr: 0x3000_0000, file: null, param }),
    );
    driver.finish();
    assert.equal(activity.result, 'ENOMEM');
    assert.equal(activity.origin?.step, '4e');
  });

  it('4.3 step 1: until its regions are copied, the double names the heap of its source', () => {
    const driver = new KernelDriver(lunaix);
    const source = driver.createProcess('P') as Process;
    const state = driver.state as LunaixState;
    driver.engine.yieldAt = 0;
    const activity = driver.start(driver.mainOf(source), 0, (here) => call(here, 'sys_fork', {}));
    const isAt = (step: string) => activity.top.info.name === 'procvm_dup' && activity.top.label === step;
    for (let turns = 0; turns < 10_000 && !isAt('2'); turns++) driver.engine.advance();
    assert.ok(isAt('2'));
    const double = state.processes.find(({ parent }) => parent === source)?.mm;
    assert.ok(source.mm?.heap);
    assert.equal(double?.heap, source.mm.heap);
    driver.engine.yieldAt = Infinity;
    driver.finish();
    assert.notEqual(double?.heap, source.mm.heap);
    assert.equal(double?.regions.items.includes(double.heap as never), true);
  });
});
