// What a fault, a page and the disk cost: each entry of the cost table counts as often as its work is done.
import { strict as assert } from 'node:assert';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { cycles } from '../../../../simulator/hardware/core.ts';
import { latency } from '../../../../simulator/hardware/interconnect.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { defaultCost, type CostTable } from '../../../../simulator/hardware/machine-config.ts';
import type { KernelGenerator } from '../../../../simulator/execution/activation.ts';
import type { MmapArgs, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { MS_SYNC } from '../../../../simulator/kernels/lunaix/constants.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';

const AT = 0x3000_0000;
const call = kernelFunctionOf(lunaix);
const request: MmapArgs = {
  length: 0x1000, protection: { read: true, write: true, execute: false }, kind: 'anon', file: null, offset: 0, at: AT, hint: null,
  replace: false, cluster: null,
}; // prettier-ignore

type Work = (driver: KernelDriver, thread: ThreadObject) => void;

/** The work alone; what `prepare` does before it is free. */
function cyclesOf(cost: Partial<CostTable>, prepare: Work, work: Work): number {
  const driver = new KernelDriver(lunaix, { config: { cost: { ...defaultCost, ...cost } } });
  addFile(driver.machine, { name: '/f', cluster: 0, size: 0x1000, contents: { kind: 'fill', byte: 7 } });
  const thread = driver.mainOf(driver.createProcess('P'));
  prepare(driver, thread);
  const before = cycles(driver.machine, 0);
  work(driver, thread);
  return cycles(driver.machine, 0) - before;
}

/** How often the work pays an entry of the table. */
function timesPaid(entry: keyof CostTable, prepare: Work, work: Work): number {
  const more = { [entry]: defaultCost[entry] + 1 };
  return cyclesOf(more, prepare, work) - cyclesOf({}, prepare, work);
}

function map(change: Partial<MmapArgs>): Work {
  return (driver, thread) => {
    driver.run(thread, (here) => lunaix.operations.mmap(here, { ...request, ...change }));
  };
}

function touch(access: Access): Work {
  return (driver, thread) => {
    driver.tryAccess(thread, AT, access);
  };
}

function fork(driver: KernelDriver, thread: ThreadObject): void {
  const place = { cluster: null, core: null };
  driver.run(thread, (here) => lunaix.operations.fork?.(here, place) as KernelGenerator<unknown>);
}

function sync(driver: KernelDriver, thread: ThreadObject): void {
  driver.run(thread, (here) => call(here, 'msync', { addr: AT, length: 0x1000, flags: MS_SYNC }));
}

function all(...works: readonly Work[]): Work {
  return (driver, thread) => {
    for (const work of works) work(driver, thread);
  };
}

describe('lunaix: costs', () => {
  it('a fault is one entry and one return; one that is refused returns nowhere', () => {
    assert.equal(timesPaid('T_EXC', map({}), touch(Access.read)), 1);
    assert.equal(timesPaid('T_ERET', map({}), touch(Access.read)), 1);
    const nothing: Work = () => undefined;
    assert.equal(timesPaid('T_EXC', nothing, touch(Access.read)), 1);
    assert.equal(timesPaid('T_ERET', nothing, touch(Access.read)), 0);
  });

  it('a page is cleared line by line, a copy reads one and writes one', () => {
    const line = latency(new KernelDriver(lunaix).machine.config, 0, 0);
    assert.equal(timesPaid('PAGE_LINES', map({}), touch(Access.write)), line);
    assert.equal(timesPaid('PAGE_LINES', all(map({}), touch(Access.write), fork), touch(Access.write)), 2 * line);
  });

  it('a page of a file is one turn of the disk, its way back another', () => {
    const shared = map({ kind: 'shared', file: '/f' });
    assert.equal(timesPaid('T_IOC', shared, touch(Access.write)), 1);
    assert.equal(timesPaid('T_IOC', all(shared, touch(Access.write)), sync), 1);
    assert.equal(timesPaid('T_IOC', all(shared, touch(Access.read)), sync), 0);
  });
});
