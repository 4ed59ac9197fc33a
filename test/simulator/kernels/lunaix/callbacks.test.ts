// Cases of the specification's list about the callbacks of a region, which are pointers to kernel code: no scenario can set one.
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import type { MmapArgs, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { lunaixEvents } from '../../../../simulator/kernels/lunaix/events.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { MmRegion, Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { ownFields } from '../../../support/own-event.ts';

const request: MmapArgs = {
  length: 0x3000, protection: { read: true, write: true, execute: false }, kind: 'file', file: '/f', offset: 0, at: 0x3000_0000,
  hint: null, replace: false, cluster: null,
}; // prettier-ignore

interface World {
  readonly driver: KernelDriver;
  readonly process: Process;
  readonly thread: ThreadObject;
  /** Of a file, with both callbacks. */
  readonly region: MmRegion;
}

function build(): World {
  const driver = new KernelDriver(lunaix);
  addFile(driver.machine, { name: '/f', cluster: 0, size: 0x4000, contents: { kind: 'fill', byte: 7 } });
  const process = driver.createProcess('P') as Process;
  const thread = driver.mainOf(process);
  driver.run(thread, (here) => lunaix.operations.mmap(here, request));
  const region = process.mm?.regions.items[3];
  assert.ok(region !== undefined);
  region.region_copied = 'notify';
  region.destruct_region = 'notify';
  driver.machine.trace.on = true;
  return { driver, process, thread, region };
}

function munmap({ driver, thread }: World, address: number, length: number): void {
  driver.run(thread, (here) => lunaix.operations.munmap(here, { address, length }));
}

/** `[region, callback]` of the calls since the last time. */
function callbacks({ driver }: World): [number, string][] {
  const called = ownFields(driver.machine.trace.events, lunaixEvents, 'callback');
  driver.machine.trace.events = [];
  return called.map(({ region, callback }) => [region, callback]);
}

function fork({ driver, thread }: World): Process {
  const body = (here: Activation): KernelGenerator<unknown> =>
    lunaix.operations.fork?.(here, { cluster: null, core: null }) as never;
  return driver.run(thread, body) as Process;
}

describe('lunaix: callbacks of regions', () => {
  it('37: destruct_region runs when a region goes whole, and on no cut', () => {
    const world = build();
    munmap(world, 0x3000_0000, 0x1000);
    munmap(world, 0x3000_2000, 0x1000);
    assert.deepEqual(callbacks(world), []);
    munmap(world, 0x3000_1000, 0x1000);
    assert.deepEqual(callbacks(world), [[world.region.id, 'destruct_region']]);
  });

  it('37: the parts of a middle cut go one by one, each with its callback', () => {
    const world = build();
    munmap(world, 0x3000_1000, 0x1000);
    assert.deepEqual(callbacks(world), []);
    const upper = world.process.mm?.regions.items[4];
    assert.equal(upper?.start, 0x3000_2000);
    munmap(world, 0x3000_0000, 0x3000);
    assert.deepEqual(callbacks(world), [
      [world.region.id, 'destruct_region'],
      [upper.id, 'destruct_region'],
    ]);
  });

  it('37: destruct_region runs before the file is closed', () => {
    const world = build();
    const { driver, thread, region } = world;
    const seen = watch(driver, region);
    driver.engine.yieldAt = 0;
    driver.run(thread, (here) => seen(lunaix.operations.munmap(here, { address: region.start, length: 0x3000 })));
    driver.engine.yieldAt = Number.POSITIVE_INFINITY;
    assert.deepEqual(seen.counts, [1]);
    assert.equal(region.mfile?.ref_count, 0);
  });

  it('10: cleanup calls destruct_region once for every region that has one, before its file is closed', () => {
    const world = build();
    const { driver, thread, process } = world;
    const child = fork(world);
    const copy = child.mm?.regions.items[3];
    assert.ok(copy !== undefined && child.mm !== null);
    const file = copy.mfile;
    assert.equal(file?.ref_count, 2);
    callbacks(world);
    const seen = watch(driver, copy);
    driver.run(driver.mainOf(child), (here) => lunaix.operations.exit(here, { code: 0 }));
    assert.deepEqual(callbacks(world), []);
    driver.engine.yieldAt = 0;
    driver.run(thread, (here) => seen(lunaix.operations.wait(here)));
    driver.engine.yieldAt = Number.POSITIVE_INFINITY;
    assert.deepEqual(callbacks(world), [[copy.id, 'destruct_region']]);
    assert.deepEqual(seen.counts, [2]);
    assert.equal(file.ref_count, 1);
    assert.equal(child.mm, null);
    assert.equal(process.mm?.regions.items[3], world.region);
  });

  it('8: region_copied is called once a copy, which belongs to the child already', () => {
    const world = build();
    const { driver } = world;
    const child = fork(world);
    const copies = child.mm?.regions.items ?? [];
    const heap = copies.find((region) => region === child.mm?.heap);
    const mapped = copies[3];
    assert.ok(heap !== undefined && mapped !== undefined);
    // In the order of the list; the heap's callback finds proc_vms, or mm.heap would be the parent's.
    const called = driver.machine.trace.events.filter(({ name }) => name === 'callback' || name === 'index');
    assert.deepEqual(
      called.map((event) => [event.name, event.isOwn ? event.fields['region'] : null]),
      [
        ['callback', heap.id],
        ['index', heap.id],
        ['callback', mapped.id],
      ],
    );
    assert.equal(heap.proc_vms, child.mm);
    assert.deepEqual(heap.index, { object: child.mm, field: 'heap' });
  });
});

/** Runs a generator and notes the references of a region's file at each callback. */
function watch(driver: KernelDriver, region: MmRegion): Watch {
  const counts: number[] = [];
  const run = function* (generator: KernelGenerator<unknown>): KernelGenerator<unknown> {
    let known = 0;
    for (;;) {
      const next = generator.next();
      const called = driver.machine.trace.events.filter(({ name }) => name === 'callback').length;
      if (called > known) counts.push(region.mfile?.ref_count ?? -1);
      known = called;
      if (next.done === true) return next.value;
      yield;
    }
  };
  return Object.assign(run, { counts });
}

interface Watch {
  (generator: KernelGenerator<unknown>): KernelGenerator<unknown>;
  readonly counts: number[];
}
