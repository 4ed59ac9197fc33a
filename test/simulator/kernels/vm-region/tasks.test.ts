// What tasks are refused, what a fault costs, and what of an address space is remembered.
import { strict as assert } from 'node:assert';
import { cycles } from '../../../../simulator/hardware/core.ts';
import { presets } from '../../../../simulator/hardware/machine-config.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { blameFor } from '../../../../simulator/hardware/region-log.ts';
import { USER_END, USER_START } from '../../../../simulator/kernels/vm-region/constants.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import type { VmrState } from '../../../../simulator/kernels/vm-region/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';

const call = kernelFunctionOf(vmRegion);

const PAGE = 0x1000;
const anonymous = {
  protection: { read: true, write: true, execute: false }, kind: 'anon', file: null, offset: 0, at: null, hint: null, replace: false,
  cluster: null,
} as const; // prettier-ignore

/** A program of one page of code at an address. */
function create(driver: KernelDriver, address: number): unknown {
  const protection = { read: true, write: false, execute: true };
  const segment = { address, memorySize: PAGE, fileOffset: 0, fileSize: PAGE, protection };
  const image = { kind: 'elf', entry: address, bytes: new Uint8Array(PAGE), segments: [segment] } as const;
  return driver.run(null, (here) =>
    vmRegion.createProcess(here as never, { name: 'P', core: 0, image, imageCluster: 0 }),
  );
}

describe('vm-region: tasks', () => {
  it('7: a program beyond the user half is refused, and one for which the pool has no object', () => {
    const driver = new KernelDriver(vmRegion);
    const state = driver.state as VmrState;
    assert.equal(create(driver, USER_END - PAGE / 2), 'INVALID_ARGUMENT');
    assert.equal(create(driver, USER_START - PAGE), 'INVALID_ARGUMENT');
    driver.bound.inject({ kind: 'object-alloc', cluster: null, after: 0 });
    assert.equal(create(driver, 0x400000), 'NO_MEMORY');
    assert.deepEqual([state.processes.length, state.regions.size, state.objects.size, state.tables], [0, 0, 0, 0]);
    assert.equal(typeof create(driver, 0x400000), 'object');
  });

  it('4.9: a fault costs the entry into the kernel and, where it is resolved, the way back', () => {
    const costOf = (change: object, va: number): number => {
      const driver = new KernelDriver(vmRegion, { config: { cost: { ...presets['x86-64'].cost, ...change } } });
      const main = driver.mainOf(driver.createProcess('P'));
      const before = cycles(driver.machine, main.core);
      driver.tryAccess(main, va, Access.read);
      return cycles(driver.machine, main.core) - before;
    };
    const { T_EXC, T_ERET } = presets['x86-64'].cost;
    for (const [va, isResolved] of [
      [0x400000, true],
      [0x300000, false],
    ] as const) {
      const usual = costOf({}, va);
      assert.equal(costOf({ T_EXC: T_EXC + 1000 }, va), usual + 1000);
      assert.equal(costOf({ T_ERET: T_ERET + 1000 }, va), usual + (isResolved ? 1000 : 0));
    }
  });

  it('4.7: what is cut off a mapping is noted for its task, whoever cuts', () => {
    for (const [from, to] of [
      [0, 1],
      [2, 3],
      [1, 2],
    ] as const) {
      const driver = new KernelDriver(vmRegion);
      const process = driver.createProcess('P');
      const main = driver.mainOf(process);
      const start = driver.run(main, (here) => vmRegion.operations.mmap(here, { ...anonymous, length: 3 * PAGE }));
      assert.equal(typeof start, 'number');
      const at = (page: number): number => Number(start) + page * PAGE;
      // By the kernel's own thread, in the task's root region.
      const region = 0x8000_0000 + process.pid;
      const region_offset = BigInt(at(from) - USER_START);
      driver.run(null, (here) => call(here, 'vm_region_unmap', { region, region_offset, length: (to - from) * PAGE }));
      const isNoted = [0, 1, 2].map((page) => blameFor(driver.machine, ['unmapped'], process.owner, at(page)) !== null);
      assert.deepEqual(isNoted, [0, 1, 2].map((page) => page >= from && page < to)); // prettier-ignore
    }
  });
});
