// What the kernel keeps of processes that are gone: nothing but their names on the disk.
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { LunaixState, Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

/** Objects that can be reached from the kernel's state. */
function sizeOf(state: unknown): number {
  const seen = new Set<object>();
  const open: unknown[] = [state];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) continue;
    seen.add(value);
    open.push(...(value instanceof Map ? [...value].flat() : value instanceof Set ? value : Object.values(value)));
  }
  return seen.size;
}

type Life = (driver: KernelDriver, child: Process) => void;

function exec(driver: KernelDriver, child: Process): void {
  const sizes = { code: 0x1000, data: 0x1000 };
  driver.run(driver.mainOf(child), (here) => lunaix.operations.exec?.(here, sizes) as KernelGenerator<unknown>);
}

function exit(driver: KernelDriver, process: Process): void {
  driver.run(driver.mainOf(process), (here) => lunaix.operations.exit(here, { code: 0 }));
}

function fork(driver: KernelDriver, parent: Process): Process {
  const place = { cluster: null, core: null };
  const body = (here: Activation) => lunaix.operations.fork?.(here, place) as KernelGenerator<unknown>;
  return driver.run(driver.mainOf(parent), body) as Process;
}

/** Forks a child, lets it live, buries it. */
function bury(driver: KernelDriver, parent: Process, live: Life): Process {
  const child = fork(driver, parent);
  child.name = 'child';
  live(driver, child);
  exit(driver, child);
  const buried = driver.run(driver.mainOf(parent), (here) => lunaix.operations.wait(here));
  assert.equal(buried, child);
  return child;
}

/** A child of a child, whose parent ends first. */
function orphan(driver: KernelDriver, child: Process): void {
  exit(driver, fork(driver, child));
}

const lives: Readonly<Record<string, Life>> = {
  'exits at once': () => undefined,
  'runs another program': exec,
  'leaves a dead child behind': orphan,
};

describe('lunaix: dead processes', () => {
  for (const [what, live] of Object.entries(lives)) {
    it(`one that ${what} leaves nothing in the kernel once it is buried`, () => {
      const driver = new KernelDriver(lunaix);
      const state = driver.state as LunaixState;
      const parent = driver.createProcess('P') as Process;
      bury(driver, parent, live);
      const size = sizeOf(state);
      const free = driver.freeFrames();
      for (let round = 0; round < 20; round++) {
        const child = bury(driver, parent, live);
        assert.equal(child.pid, 2);
        assert.equal(child.state, 'buried');
        assert.equal(child.mm, null);
      }
      assert.deepEqual(state.processes, [parent]);
      assert.equal(sizeOf(state), size);
      assert.deepEqual(driver.freeFrames(), free);
    });
  }

  it('one that nobody waits for keeps its pid and its memory', () => {
    const driver = new KernelDriver(lunaix);
    const parent = driver.createProcess('P') as Process;
    const first = fork(driver, parent);
    exit(driver, first);
    const second = fork(driver, parent);
    assert.deepEqual([first.pid, second.pid], [2, 3]);
    assert.notEqual(first.mm, null);
    assert.deepEqual((driver.state as LunaixState).processes, [parent, first, second]);
  });
});
