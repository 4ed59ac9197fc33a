// 4.12, L6: what the loader makes of a program's segments, and what is left when it cannot.
import { strict as assert } from 'node:assert';
import type { ElfSegment, ProgramImage } from '../../../../simulator/kernels/kernel.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { LunaixState, Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

const text: ElfSegment = {
  address: 0x40_0000, memorySize: 0x1000, fileOffset: 0, fileSize: 0x1000, protection: { read: true, write: false, execute: true },
}; // prettier-ignore

/** Variables of 0x1800 bytes in the file, and a bss up to 0x3400. */
const data: ElfSegment = {
  address: 0x40_1000, memorySize: 0x3400, fileOffset: 0x1000, fileSize: 0x1800, protection: { read: true, write: true, execute: false },
}; // prettier-ignore

function image(segments: readonly ElfSegment[]): ProgramImage {
  return { kind: 'elf', entry: 0x40_0000, bytes: new Uint8Array(0x4000).fill(0xaa), segments };
}

function spawn(driver: KernelDriver, name: string, segments: readonly ElfSegment[]): Process | string {
  const args = { name, core: 0, image: image(segments), imageCluster: 0 };
  return driver.run(null, (here) => driver.kernel.createProcess(here, args)) as Process | string;
}

function byteAt(driver: KernelDriver, process: Process, va: number): number {
  const pa = driver.tryAccess(driver.mainOf(process), va, Access.read);
  assert.equal(typeof pa, 'number');
  return readBytes(driver.machine, pa as number, 1)[0] as number;
}

describe('lunaix: programs', () => {
  it('R15: a bss is zero: the tail of the last file page, then anonymous pages', () => {
    const driver = new KernelDriver(lunaix);
    const process = spawn(driver, 'P', [text, data]) as Process;
    const regions = (process.mm?.regions.items ?? []).map(({ start, end, attr }) => [start, end, attr]);
    assert.deepEqual(regions, [
      [0x40_0000, 0x40_1000, 0x1_0015],
      [0x40_1000, 0x40_3000, 0x1_000d],
      [0x40_3000, 0x40_5000, 0x1_002d],
      [0x40_5000, 0x40_6000, 0x3_002d],
      [0xbffc_0000, 0xc000_0000, 0x4_002d],
    ]);
    assert.equal(byteAt(driver, process, 0x40_27ff), 0xaa);
    assert.equal(byteAt(driver, process, 0x40_2800), 0);
    assert.equal(byteAt(driver, process, 0x40_2fff), 0);
    assert.equal(byteAt(driver, process, 0x40_3000), 0);
    assert.equal(byteAt(driver, process, 0x40_43ff), 0);
    assert.equal(process.codeStart, 0x40_0000);
    assert.equal(process.dataStart, 0x40_1000);
  });

  it('a bss that ends in the last file page is no region of its own', () => {
    const driver = new KernelDriver(lunaix);
    const process = spawn(driver, 'P', [{ ...data, fileSize: 0x1800, memorySize: 0x1a00 }]) as Process;
    assert.equal(process.mm?.regions.items.length, 3);
    assert.equal(byteAt(driver, process, 0x40_2900), 0);
    assert.equal(process.mm?.heap?.start, 0x40_3000);
  });

  it('a segment without memory is none, and the heap is behind the last one, not in a gap between them', () => {
    const driver = new KernelDriver(lunaix);
    const far = { ...data, address: 0x50_0000, memorySize: 0x1000, fileSize: 0x1000 };
    const empty = { ...data, address: 0x60_0000, memorySize: 0, fileSize: 0 };
    const process = spawn(driver, 'P', [text, far, empty]) as Process;
    assert.equal(process.mm?.regions.items.length, 4);
    assert.equal(process.mm.heap?.start, 0x50_1000);
  });

  it('a bss without a descriptor is ENOMEM', () => {
    const driver = new KernelDriver(lunaix);
    // The process's, procvm_create's, the stack's, the thread's, the text's, the data's; then the bss's.
    driver.bound.inject({ kind: 'object-alloc', cluster: null, after: 6 });
    assert.equal(spawn(driver, 'P', [text, data]), 'ENOMEM');
    assert.deepEqual((driver.state as LunaixState).processes, []);
  });

  it('a file page whose tail cannot be zeroed is no program', () => {
    const driver = new KernelDriver(lunaix);
    driver.bound.inject({ kind: 'file-read', cluster: null, after: 0 });
    assert.equal(spawn(driver, 'P', [text, data]), 'ENOMEM');
  });

  it('segments beyond user space are no program', () => {
    const driver = new KernelDriver(lunaix);
    assert.equal(spawn(driver, 'P', [{ ...text, address: 0x3f_f000 }]), 'ENOEXEC');
    assert.equal(spawn(driver, 'P', [{ ...text, address: 0xbfff_f000, memorySize: 0x2000 }]), 'ENOEXEC');
    assert.deepEqual((driver.state as LunaixState).processes, []);
  });

  it('whichever frame a spawn does not get, nothing is left of it', () => {
    const driver = new KernelDriver(lunaix);
    const free = driver.freeFrames();
    let failed = 0;
    for (let after = 0; after < 20; after++) {
      driver.bound.inject({ kind: 'page-alloc', cluster: null, after });
      const process = spawn(driver, 'P', [text, data]);
      driver.bound.clearInjections();
      if (typeof process !== 'string') {
        assert.equal(process.pid, 1);
        break;
      }
      failed += 1;
      assert.equal(process, 'ENOMEM');
      assert.deepEqual(driver.freeFrames(), free);
      assert.deepEqual((driver.state as LunaixState).processes, []);
    }
    // L1, L2[767], the stack's top page, the kernel stack's two frames at once, L2[0], L2[1], the page with the bss's tail.
    assert.equal(failed, 7);
  });

  it('whichever frame a thread does not get, its process is as before', () => {
    const driver = new KernelDriver(lunaix);
    const process = spawn(driver, 'P', [text]) as Process;
    const free = driver.freeFrames();
    const regions = process.mm?.regions.items.length;
    const create = (name: string) =>
      driver.run(null, (here) => driver.kernel.createThread(here, { name, process, core: 0 }));
    for (const after of [0, 1]) {
      driver.bound.inject({ kind: 'page-alloc', cluster: null, after });
      assert.equal(create('T'), 'ENOMEM');
      assert.deepEqual(driver.freeFrames(), free);
      assert.equal(process.mm?.regions.items.length, regions);
      assert.equal(process.threads.length, 1);
    }
    assert.equal(typeof create('T'), 'object');
  });

  it('R12: 255 kernel stacks, the lowest at 0x102000; the next thread is ENOMEM', () => {
    const driver = new KernelDriver(lunaix);
    const process = spawn(driver, 'P', [text]) as Process;
    driver.run(null, function* (here) {
      for (let thread = 1; thread < 255; thread++) {
        const name = `T${String(thread)}`;
        assert.equal(typeof (yield* driver.kernel.createThread(here, { name, process, core: 0 })), 'object', name);
      }
    });
    assert.equal(process.threads.at(-1)?.kstack, 254);
    const free = driver.freeFrames();
    const more = driver.run(null, (here) => driver.kernel.createThread(here, { name: 'T255', process, core: 0 }));
    assert.equal(more, 'ENOMEM');
    assert.deepEqual(driver.freeFrames(), free);
  });
});
