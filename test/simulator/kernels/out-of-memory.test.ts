// Whichever allocation, descriptor or disk operation of a call fails: no invariant breaks and no frame is lost.
import { strict as assert } from 'node:assert';
import { KernelPanic } from '../../../simulator/execution/panic.ts';
import type { Activation, KernelGenerator } from '../../../simulator/execution/activation.ts';
import { addFile } from '../../../simulator/hardware/block-device.ts';
import { Access } from '../../../simulator/hardware/machine.ts';
import type { MmapArgs, ThreadObject } from '../../../simulator/kernels/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import type { Process as LunaixProcess } from '../../../simulator/kernels/lunaix/state.ts';
import type { Process } from '../../../simulator/kernels/vm-region/state.ts';
import { KernelDriver } from '../../support/kernel-driver.ts';
import { kernelFunctionOf } from '../../support/kernel-functions.ts';

type Step = (driver: KernelDriver, thread: ThreadObject, here: Activation) => KernelGenerator<unknown>;

const MOST_OPERATIONS = 60;
const rw = { read: true, write: true, execute: false };
const anywhere: MmapArgs = {
  length: 0x3000, protection: rw, kind: 'anon', file: null, offset: 0, at: null, hint: null, replace: false, cluster: null,
}; // prettier-ignore

/** A process with pages of every kind resident: anonymous, shared, of a file, heap and stack. */
function* populate(driver: KernelDriver, thread: ThreadObject, here: Activation): KernelGenerator<number[]> {
  const { operations } = driver.kernel;
  const places: number[] = [];
  for (const request of [
    {},
    { kind: 'shared' },
    { kind: 'shared', file: '/f' },
    { kind: 'file', file: '/f' },
  ] as const) {
    const address = yield* operations.mmap(here, { ...anywhere, ...request });
    assert.equal(typeof address, 'number');
    places.push(address as number);
    yield* driver.access(here, thread, address as number, Access.write);
    yield* driver.access(here, thread, (address as number) + 0x1000, Access.read);
  }
  const end = (yield* operations.brk?.(here, { address: 0 }) ?? none()) as number;
  yield* operations.brk?.(here, { address: end + 0x1000 }) ?? none();
  return places;
}

function* none(): KernelGenerator<null> {
  yield* [];
  return null;
}

const start = (places: readonly number[], index: number): number => places[index] ?? 0;

/** Each performs one call; `places` are what `populate` mapped. */
const calls: Readonly<Record<string, (places: readonly number[]) => Step>> = {
  'mmap in a new table': () => (driver, _thread, here) =>
    driver.kernel.operations.mmap(here, { ...anywhere, length: 0x80_0000, at: 0x5000_0000 }),
  'mmap of a file': () => (driver, _thread, here) =>
    driver.kernel.operations.mmap(here, { ...anywhere, kind: 'file', file: '/f' }),
  'mmap over a middle': (places) => (driver, _thread, here) =>
    driver.kernel.operations.mmap(here, { ...anywhere, length: 0x1000, at: start(places, 0) + 0x1000, replace: true }),
  'munmap of a middle': (places) => (driver, _thread, here) =>
    driver.kernel.operations.munmap(here, { address: start(places, 2) + 0x1000, length: 0x1000 }),
  'munmap of everything': (places) => (driver, _thread, here) =>
    driver.kernel.operations.munmap(here, { address: start(places, 0), length: 0xc000 }),
  'mprotect of a middle': (places) => (driver, _thread, here) =>
    driver.kernel.operations.mprotect?.(here, {
      address: start(places, 0) + 0x1000, length: 0x1000, protection: { ...rw, write: false },
    }) ?? none(), // prettier-ignore
  brk: () =>
    function* (driver, _thread, here) {
      const end = (yield* driver.kernel.operations.brk?.(here, { address: 0 }) ?? none()) as number;
      return yield* driver.kernel.operations.brk?.(here, { address: end + 0x1_0000 }) ?? none();
    },
  fork: () => (driver, _thread, here) => driver.kernel.operations.fork?.(here, { cluster: null, core: null }) ?? none(),
  'a write after fork': (places) =>
    function* (driver, thread, here) {
      yield* driver.kernel.operations.fork?.(here, { cluster: null, core: null }) ?? none();
      return yield* driver.access(here, thread, start(places, 0), Access.write);
    },
  'a first write': (places) => (driver, thread, here) =>
    driver.access(here, thread, start(places, 0) + 0x2000, Access.write),
  'a first read of a file': (places) => (driver, thread, here) =>
    driver.access(here, thread, start(places, 2) + 0x2000, Access.read),
  'exec of sizes': () => (driver, _thread, here) =>
    driver.kernel.operations.exec?.(here, { code: 0x3000, data: 0x2000 }) ?? none(),
  'exec of a path': () => (driver, _thread, here) =>
    driver.kernel.operations.exec?.(here, { path: '/bin/A' }) ?? none(),
  'a new thread': () => (driver, thread, here) =>
    driver.kernel.createThread(here, { name: 'A2', process: thread.process, core: 1 }),
  'a new process': () => (driver, _thread, here) =>
    driver.kernel.createProcess(here, {
      name: 'B', core: 0, image: { kind: 'sizes', code: 0x1000, data: 0x1000 }, imageCluster: 0,
    }), // prettier-ignore
  exit: () => (driver, _thread, here) => driver.kernel.operations.exit(here, { code: 0 }),
};

/** Calls of one kernel's functions by their names. What they take is given back at the process's end. */
const byName: Readonly<Record<string, Readonly<Record<string, (places: readonly number[]) => Step>>>> = {
  'vm-region': {
    'a root, a child, an object and a mapping': () =>
      function* (driver, thread, here) {
        const { region } = thread.process as Process;
        const parent = { parent: region, name: 'c', offset: 0x7000_0000n, region_len: 0x10000, prot: 0xb };
        const made = [
          yield* call(driver, here, 'vm_region_create', { ...parent, parent: null }),
          yield* call(driver, here, 'vm_region_create', parent),
          yield* call(driver, here, 'vm_object_create', { name: 'o', size: 0x4000, prot: 3 }),
        ];
        const [, child, object] = made.map((one) => (one as { out?: number }).out);
        if (child === undefined || object === undefined) return null;
        const place = { region: child, region_offset: 0n, object, object_offset: 0n, length: 0x4000, prot: 0xb };
        yield* call(driver, here, 'vm_region_map_object', place);
        yield* call(driver, here, 'vm_object_write', { obj: object, off: 0xfff, buf: 'ab' });
        yield* call(driver, here, 'vm_region_demand_map', { region: child, addr: 0x7000_1000, flags: 6 });
        yield* call(driver, here, 'vm_object_clone', { obj: object, off: 0, len: 0x4000 });
        const move = {
          dest_region: child,
          dest_ptr: 0x7000_3000,
          src_region: child,
          src_ptr: 0x7000_1000,
          count: 0x1000,
        };
        yield* call(driver, here, 'vm_region_memmove', move);
        yield* call(driver, here, 'vm_region_unmap', { region: child, region_offset: 0x1000n, length: 0x1000 });
        yield* call(driver, here, 'vm_object_truncate', { obj: object, new_size: 0x1000 });
        return yield* call(driver, here, 'region_kill', { handle: child });
      },
    'a read of a file by the kernel': (places) => (driver, thread, here) =>
      call(driver, here, 'vm_region_read_kernel', {
        src_region: (thread.process as Process).region, src_ptr: start(places, 2) + 0x1800, count: 0x1000,
      }), // prettier-ignore
  },
  lunaix: {
    'a remote transaction': (places) =>
      function* (driver, thread, here) {
        const { mm } = thread.process as LunaixProcess;
        const args = { mm, vm_mnt: 0xffc0_0000, remote_base: start(places, 0) + 0x1000, size: 0x1800 };
        const entered = yield* call(driver, here, 'procvm_enter_remote_transaction', args);
        const { rvmctx } = entered as { rvmctx: unknown };
        return yield* call(driver, here, 'procvm_exit_remote_transaction', { rvmctx });
      },
    'a heap': () =>
      function* (driver, thread, here) {
        const { mm } = thread.process as LunaixProcess;
        assert.ok(mm?.heap);
        yield* call(driver, here, 'mem_unmap_region', { mnt: 0xffc0_0000, r: mm.heap });
        yield* call(driver, here, 'sys_brk', { addr: 0x5000_0000 });
        return yield* call(driver, here, 'sys_brk', { addr: 0x5000_8000 });
      },
  },
};

function call(
  driver: KernelDriver,
  here: Activation,
  name: string,
  args: Record<string, unknown>,
): KernelGenerator<unknown> {
  return kernelFunctionOf(driver.kernel)(here, name, args);
}

function stepOf(kernel: Kernel, name: string, places: readonly number[]): Step {
  const step = (calls[name] ?? byName[kernel.name]?.[name])?.(places);
  assert.ok(step !== undefined, name);
  return step;
}

function endAll(driver: KernelDriver): void {
  const { kernel } = driver;
  for (let left = 100; left > 0; left--) {
    const thread = driver.bound.threads().find(({ alive, process }) => alive && process.alive);
    if (thread === undefined) return;
    driver.run(thread, (here) => kernel.operations.exit(here, { code: 0 }));
  }
  throw new Error('processes do not end');
}

interface Attempt {
  readonly hasFailed: boolean;
  readonly hasPanicked: boolean;
  readonly free: number[];
}

/** A fresh machine, in which the (after + 1)-th operation of a kind fails during one call. */
function attempt(kernel: Kernel, name: string, kind: string, after: number): Attempt {
  const driver = new KernelDriver(kernel, { config: { coresPerCluster: 2 } });
  addFile(driver.machine, { name: '/f', cluster: 0, size: 0x3000, contents: { kind: 'fill', byte: 7 } });
  const thread = driver.mainOf(driver.createProcess('A'));
  const places = driver.run(thread, (here) => populate(driver, thread, here));
  kernel.on({ machine: driver.machine, kernelState: driver.state }).inject({ kind, cluster: null, after });
  const step = stepOf(kernel, name, places);
  const before = regionsOf(driver, thread);
  try {
    const result = driver.run(thread, (here) => step(driver, thread, here));
    if (typeof result === 'string' && !gradual.includes(name))
      assert.deepEqual(regionsOf(driver, thread), before, result);
  } catch (error) {
    if (!(error instanceof KernelPanic)) throw error;
    return { hasFailed: true, hasPanicked: true, free: [] };
  }
  const hasFailed = kernel.on({ machine: driver.machine, kernelState: driver.state }).pendingInjections().length === 0;
  kernel.on({ machine: driver.machine, kernelState: driver.state }).clearInjections();
  endAll(driver);
  return { hasFailed, hasPanicked: false, free: driver.freeFrames() };
}

/** Calls that a failure leaves half done: unmap and map are two, and a program's segments replace what was there one by one. */
const gradual = ['a heap', 'mmap over a middle', 'exec of sizes', 'exec of a path'];

function regionsOf({ bound }: KernelDriver, { process }: ThreadObject): unknown[] {
  return bound.regions(process, 0).map(({ start: from, end, protection, name }) => ({ from, end, protection, name }));
}

/** What a kernel stops for when memory is short, by its specification. */
const panics: Readonly<Record<string, readonly string[]>> = {
  // Haiku 7.6: there is no swap, and page allocation never fails; 3.2, 4.10, 4.12: stores and caches must be had.
  haiku: [
    'mmap in a new table object-alloc',
    'mmap of a file object-alloc',
    'mmap over a middle object-alloc',
    'brk object-alloc',
    'fork object-alloc',
    'a write after fork page-alloc',
    'a write after fork object-alloc',
    'a first write page-alloc',
    'a first read of a file page-alloc',
    'exec of sizes object-alloc',
    'exec of a path object-alloc',
    'a new thread object-alloc',
    'a new process object-alloc',
    // R30: the argument block takes a page and a page table.
    'exec of sizes page-alloc',
    'exec of a path page-alloc',
    'a new process page-alloc',
  ],
  lunaix: [
    'fork object-alloc',
    'a write after fork object-alloc',
    'a new process object-alloc',
    'a remote transaction page-alloc',
  ],
};

for (const name of ['haiku', 'lunaix', 'vm-region']) {
  describe(`out of memory: ${name}`, () => {
    const kernel = findKernel(name);
    assert.ok(kernel !== null);
    const failed = new Set<string>();
    for (const call of [...Object.keys(calls), ...Object.keys(byName[name] ?? {})]) {
      it(`${call}, at every operation`, () => {
        const { free } = attempt(kernel, call, 'page-alloc', 1_000_000);
        for (const kind of ['page-alloc', 'object-alloc', 'file-read', 'file-write']) {
          for (let after = 0; after < MOST_OPERATIONS; after++) {
            const made = attempt(kernel, call, kind, after);
            if (!made.hasFailed) break;
            failed.add(`${call} ${kind}`);
            const where = `${kind} after ${String(after)}`;
            if (made.hasPanicked) assert.ok(panics[name]?.includes(`${call} ${kind}`), `${where} panics`);
            else assert.deepEqual(made.free, free, where);
            assert.notEqual(after, MOST_OPERATIONS - 1, `${kind}: more operations than are tried`);
          }
        }
      });
    }
    it('something failed of every kind', () => {
      for (const kind of ['page-alloc', 'object-alloc', 'file-read', 'file-write'])
        assert.ok(
          [...failed].some((one) => one.endsWith(kind)),
          kind,
        );
      for (const call of ['fork', 'a first write', 'exec of sizes', 'a new process', 'mmap of a file'])
        assert.ok(
          [...failed].some((one) => one.startsWith(call)),
          call,
        );
    });
  });
}
