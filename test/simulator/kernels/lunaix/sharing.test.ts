// I9, I14, I15: whatever is written, forked and ended in whatever order, everyone reads what the modes of 4.9 promise.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readBytes, writeBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

const call = kernelFunctionOf(lunaix);
const PAGES = 3;
const ANON = 0x20;
const FIXED = 0x40;
/** Exclusive, private, shared. */
const MODES = [0, 1, 2] as const;
const AT = 0x3000_0000;

type Action =
  | {
      readonly kind: 'write' | 'read';
      readonly who: number;
      readonly mode: number;
      readonly page: number;
      readonly value: number;
    }
  | { readonly kind: 'fork' | 'exit' | 'drop'; readonly who: number; readonly mode: number; readonly page: number };

const place = { who: fc.nat(5), mode: fc.nat(2), page: fc.nat(PAGES - 1) };
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), ...place, value: fc.integer({ min: 1, max: 255 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), ...place, value: fc.constant(0) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fork' as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exit' as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), ...place }) },
); // prettier-ignore

/** A page as its process sees it: null before the first touch, "gone" after munmap. */
type Cell = { value: number } | null | 'gone';

class Model {
  readonly processes = new Map<Process, Cell[][]>();

  start(process: Process): void {
    this.processes.set(
      process,
      MODES.map(() => Array.from({ length: PAGES }, () => null)),
    );
  }

  fork(parent: Process, child: Process): void {
    const cells = this.processes.get(parent) as Cell[][];
    const copy = cells.map((pages, mode) =>
      pages.map((cell): Cell => {
        if (cell === null || cell === 'gone') return cell;
        return mode === 0 ? null : mode === 1 ? { value: cell.value } : cell;
      }),
    );
    this.processes.set(child, copy);
  }
}

function addressOf({ mode, page }: Action): number {
  return AT + (mode * 16 + page) * 0x1000;
}

function* mapAll(here: Parameters<typeof call>[0]): ReturnType<typeof call> {
  for (const mode of MODES) {
    const options = ANON | FIXED | mode;
    const prot = { read: true, write: true, execute: false };
    yield* call(here, 'sys_mmap', {
      addr: AT + mode * 0x1_0000,
      length: PAGES * 0x1000,
      prot,
      fd: -1,
      offset: 0,
      options,
    });
  }
  return null;
}

function perform(driver: KernelDriver, model: Model, process: Process, step: Action): void {
  const thread = driver.mainOf(process);
  const cells = (model.processes.get(process) as Cell[][])[step.mode] as Cell[];
  const cell = cells[step.page] as Cell;
  switch (step.kind) {
    case 'write':
    case 'read': {
      const access = step.kind === 'write' ? Access.write : Access.read;
      const pa = driver.tryAccess(thread, addressOf(step), access);
      if (cell === 'gone') {
        assert.ok(typeof pa !== 'number' && pa.error === 'SEGV');
        return;
      }
      assert.ok(typeof pa === 'number');
      const own = cell ?? { value: 0 };
      cells[step.page] = own;
      assert.equal(readBytes(driver.machine, pa, 1)[0], own.value);
      if (step.kind === 'write') {
        writeBytes(driver.machine, pa, Uint8Array.of(step.value));
        own.value = step.value;
      }
      return;
    }
    case 'fork': {
      if (model.processes.size >= 6) return;
      const child = driver.run(
        thread,
        (here) => lunaix.operations.fork?.(here, { cluster: null, core: null }) as never,
      );
      assert.equal(typeof child, 'object');
      model.fork(process, child as Process);
      return;
    }
    case 'drop':
      driver.run(thread, (here) => lunaix.operations.munmap(here, { address: addressOf(step), length: 0x1000 }));
      cells[step.page] = 'gone';
      return;
    case 'exit':
      driver.run(thread, (here) => lunaix.operations.exit(here, { code: 0 }));
      model.processes.delete(process);
  }
}

describe('lunaix: sharing', () => {
  it('I9, I14, I15: everyone reads the last value that its mode lets it see, and all frames come back', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 60 }), (script) => {
        const driver = new KernelDriver(lunaix);
        const free = driver.freeFrames();
        const model = new Model();
        const first = driver.createProcess('P') as Process;
        driver.run(driver.mainOf(first), mapAll);
        model.start(first);
        for (const step of script) {
          const living = [...model.processes.keys()];
          const process = living[step.who % Math.max(1, living.length)];
          if (process !== undefined) perform(driver, model, process, step);
        }
        for (const process of [...model.processes.keys()])
          driver.run(driver.mainOf(process), (here) => lunaix.operations.exit(here, { code: 0 }));
        assert.deepEqual(driver.freeFrames(), free);
      }),
      { seed: 2112, numRuns: 200 },
    );
  });
});
