// Whatever programs do, each kernel keeps its invariants after every operation, and loses no frame when all have ended.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activity } from '../../../simulator/execution/activity.ts';
import type { Activation, KernelGenerator } from '../../../simulator/execution/activation.ts';
import { addFile } from '../../../simulator/hardware/block-device.ts';
import type { Access } from '../../../simulator/hardware/machine.ts';
import type { ThreadObject } from '../../../simulator/kernels/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { KernelDriver } from '../../support/kernel-driver.ts';

/** Numbers are taken modulo what there is at that time. */
type Action =
  | { readonly kind: 'mmap'; readonly pages: number; readonly how: number }
  | { readonly kind: 'munmap'; readonly region: number; readonly from: number; readonly pages: number }
  | { readonly kind: 'access'; readonly region: number; readonly page: number; readonly access: Access }
  | { readonly kind: 'brk'; readonly pages: number }
  | { readonly kind: 'mprotect'; readonly region: number; readonly write: boolean }
  | { readonly kind: 'fork' | 'thread' | 'exec' | 'thread_exit' | 'exit' };

const small = fc.nat(7);
const access = fc.constantFrom<Access>(0 as Access, 1 as Access, 1 as Access, 1 as Access, 2 as Access);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('mmap' as const), pages: fc.integer({ min: 1, max: 9 }), how: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('munmap' as const), region: small, from: small, pages: small }) },
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('access' as const), region: fc.nat(15), page: small, access }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('brk' as const), pages: small }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mprotect' as const), region: small, write: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'fork' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'thread' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'exec' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'thread_exit' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'exit' as const }) },
); // prettier-ignore

function regionOf(
  driver: KernelDriver,
  { process, core }: ThreadObject,
  index: number,
): { start: number; end: number } {
  const regions = driver.kernel
    .on({ machine: driver.machine, kernelState: driver.state })
    .regions(process, driver.clusterOf(core));
  return regions[index % Math.max(1, regions.length)] ?? { start: 0x7000_0000, end: 0x7000_1000 };
}

function* perform(
  driver: KernelDriver,
  here: Activation,
  thread: ThreadObject,
  step: Action,
): KernelGenerator<unknown> {
  const { kernel, machine, engine } = driver;
  const { operations } = kernel;
  switch (step.kind) {
    case 'mmap': {
      const kind = (['anon', 'anon', 'shared', 'file', 'shared'] as const)[step.how] ?? 'anon';
      return yield* operations.mmap(here, {
        length: step.pages * 4096, protection: { read: true, write: step.pages !== 5, execute: false }, kind,
        file: step.how >= 3 ? '/f' : null, offset: 0, at: null, hint: null, replace: false, cluster: null,
      }); // prettier-ignore
    }
    case 'munmap': {
      const { start } = regionOf(driver, thread, step.region);
      return yield* operations.munmap(here, { address: start + step.from * 4096, length: step.pages * 4096 });
    }
    case 'access': {
      const { start, end } = regionOf(driver, thread, step.region);
      const pages = (end - start) / 4096 + 1;
      return yield* driver.access(here, thread, start + (step.page % pages) * 4096, step.access);
    }
    case 'brk': {
      const now = yield* operations.brk?.(here, { address: 0 }) ?? none();
      if (typeof now !== 'number') return null;
      return yield* operations.brk?.(here, { address: now + (step.pages - 3) * 4096 }) ?? none();
    }
    case 'mprotect': {
      const { start, end } = regionOf(driver, thread, step.region);
      const protection = { read: true, write: step.write, execute: false };
      return yield* operations.mprotect?.(here, { address: start, length: end - start, protection }) ?? none();
    }
    case 'fork':
      return yield* operations.fork?.(here, { cluster: null, core: null }) ?? none();
    case 'thread': {
      const core = (thread.core + 1) % machine.memory.map.cores;
      return yield* kernel.createThread(here, { name: `t${String(engine.steps)}`, process: thread.process, core });
    }
    case 'exec':
      return yield* operations.exec?.(here, { path: '/bin/A' }) ?? none();
    case 'thread_exit':
      return yield* operations.thread_exit(here);
    case 'exit':
      return yield* operations.exit(here, { code: 0 });
  }
}

function* none(): KernelGenerator<null> {
  yield* [];
  return null;
}

function start(kernel: Kernel): KernelDriver {
  const driver = new KernelDriver(kernel, { config: { coresPerCluster: 2 } });
  addFile(driver.machine, { name: '/f', cluster: 0, size: 9 * 4096, contents: { kind: 'fill', byte: 7 } });
  driver.createProcess('A');
  driver.createProcess('B');
  return driver;
}

function endAll(driver: KernelDriver): void {
  const { kernel } = driver;
  for (let left = 1000; left > 0; left--) {
    const thread = driver.bound.threads().find(({ alive, process }) => alive && process.alive);
    if (thread === undefined) return;
    driver.run(thread, (here) => kernel.operations.exit(here, { code: 0 }));
  }
  throw new Error('processes do not end');
}

/** What a machine has free after the same programs were installed and ended without doing anything. */
function idleFree(kernel: Kernel): number[] {
  const driver = start(kernel);
  endAll(driver);
  return driver.freeFrames();
}

for (const kernel of kernels.filter(({ name }) => name !== 'almos-mkh')) {
  describe(`random operations: ${kernel.name}`, () => {
    const expected = idleFree(kernel);

    it('one after the other, they keep every invariant and lose no frame', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(), action), { minLength: 1, maxLength: 60 }), (script) => {
          const driver = start(kernel);
          for (const [who, step] of script) {
            const threads = kernel
              .on({ machine: driver.machine, kernelState: driver.state })
              .threads()
              .filter(({ process }) => process.alive);
            const thread = threads[who % Math.max(1, threads.length)];
            if (thread === undefined) break;
            driver.run(thread, (here) => perform(driver, here, thread, step));
          }
          endAll(driver);
          assert.deepEqual(driver.freeFrames(), expected);
        }),
        { seed: 1121, numRuns: 120 },
      );
    });

    it('side by side at micro-steps, they keep every invariant and lose no frame', () => {
      const actor = fc.array(action, { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(
          fc.array(actor, { minLength: 2, maxLength: 4 }),
          fc.array(fc.nat(15), { minLength: 1, maxLength: 40 }),
          (actors, choices) => {
            const driver = start(kernel);
            const { engine } = driver;
            for (const process of [...kernel.on({ machine: driver.machine, kernelState: driver.state }).processes()]) {
              const main = driver.mainOf(process);
              driver.run(main, (here) => kernel.createThread(here, { name: `${process.name}2`, process, core: 1 }));
            }
            let turn = 0;
            engine.yieldAt = 0;
            engine.policy = {
              choose: (runnable) =>
                runnable[(choices[turn++ % choices.length] as number) % runnable.length] as Activity,
            };
            const threads = [...kernel.on({ machine: driver.machine, kernelState: driver.state }).threads()];
            actors.forEach((steps, index) => {
              const thread = threads[index];
              if (thread !== undefined) driver.start(thread, thread.core, (here) => act(driver, here, thread, steps));
            });
            assert.equal(driver.finish(1_000_000), 'done');
            engine.yieldAt = Number.POSITIVE_INFINITY;
            endAll(driver);
            assert.deepEqual(driver.freeFrames(), expected);
          },
        ),
        { seed: 407, numRuns: 80 },
      );
    });

    it('a clone of the state goes on as the original does', () => {
      const driver = start(kernel);
      const A = driver.kernel.on({ machine: driver.machine, kernelState: driver.state }).threads()[0] as ThreadObject;
      driver.run(A, (here) => perform(driver, here, A, { kind: 'mmap', pages: 3, how: 0 }));
      for (let region = 0; region < 6; region++)
        driver.run(A, (here) => perform(driver, here, A, { kind: 'access', region, page: 0, access: 1 as Access }));
      const copy = structuredClone({ machine: driver.machine, state: driver.state });
      assert.deepEqual(kernel.on({ machine: copy.machine, kernelState: copy.state }).invariants(), []);
      assert.deepEqual(copy.state, driver.state);
    });
  });
}

function* act(
  driver: KernelDriver,
  here: Activation,
  thread: ThreadObject,
  steps: readonly Action[],
): KernelGenerator<void> {
  for (const step of steps) {
    if (!thread.alive || !thread.process.alive) return;
    yield* perform(driver, here, thread, step);
  }
}
