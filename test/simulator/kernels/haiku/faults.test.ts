/** What no scenario can set up: a fault handler of a thread's own; dirty bits that arrive late. */
import { strict as assert } from 'node:assert';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import { pageFault } from '../../../../simulator/kernels/haiku/regions/page-fault.ts';
import type { Here, Thread } from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

describe('haiku: faults', () => {
  it('45: in kernel mode a bad address resumes at the handler; a good one does not', () => {
    const driver = new KernelDriver(haiku);
    const process = driver.createProcess('p');
    const thread = driver.mainOf(process) as Thread;
    thread.fault_handler = 0x8000_1234;
    const fault = (address: number): { result: number; newip: number } =>
      driver.run(thread, (here) =>
        pageFault(here as Here, { address, fault_address: 0x8000_0000, is_write: false, is_user: false }),
      );
    assert.equal(fault(0x7000_0000).newip, 0x8000_1234);
    assert.deepEqual(fault(process.dataStart), { result: 0, newip: 0 });
  });
});
