// R30 and 13.3: the order in which a new process gets its memory, and what one that fails leaves behind.
import { strict as assert } from 'node:assert';
import type { ProgramImage } from '../../../../simulator/kernels/kernel.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import { PAGE_STATE_WIRED } from '../../../../simulator/kernels/haiku/base/constants.ts';
import type { HaikuState, Process } from '../../../../simulator/kernels/haiku/base/state.ts';
import { query } from '../../../../simulator/kernels/haiku/memory/translation-map.ts';
import { readBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

const BLOCK = 0x7ffe_f000;
const DATA = 0x40_0000;

/** One writable segment: 100 bytes of the file, and bss to the end of the second page. */
const image: ProgramImage = {
  kind: 'elf',
  entry: DATA,
  bytes: new Uint8Array(0x1000).fill(0xee),
  segments: [
    {
      address: DATA, memorySize: 0x2000, fileOffset: 0, fileSize: 100,
      protection: { read: true, write: true, execute: false },
    },
  ],
}; // prettier-ignore

function create(driver: KernelDriver, name: string): Process | string {
  return driver.run(null, (here) => haiku.createProcess(here, { name, core: 0, image, imageCluster: 0 })) as
    Process | string;
}

function bytesAt(driver: KernelDriver, { aspace }: Process, va: number, length: number): number[] {
  assert.ok(aspace !== null);
  const { pa } = query(driver.machine, aspace.translation_map, va);
  return [...readBytes(driver.machine, pa + (va % 0x1000), length)];
}

function frameAt(driver: KernelDriver, { aspace }: Process, va: number): number {
  assert.ok(aspace !== null);
  return query(driver.machine, aspace.translation_map, va).pa / 0x1000;
}

describe('haiku: a process is made', () => {
  it('R30: its argument block is written before its program is loaded', () => {
    const driver = new KernelDriver(haiku);
    const process = create(driver, 'p') as Process;
    // The block, its page table; then the file's page, its copy, the page table.
    assert.equal(frameAt(driver, process, BLOCK), 0x6a1);
    assert.equal((driver.state as HaikuState).pages.state[0x6a2], PAGE_STATE_WIRED);
    assert.equal(frameAt(driver, process, DATA), 0x6a4);
    assert.deepEqual(bytesAt(driver, process, DATA + 98, 4), [0xee, 0xee, 0, 0]);
  });

  it('R30: names and paths are cut to their fields, and end with a 0', () => {
    const driver = new KernelDriver(haiku);
    const process = create(driver, 'n'.repeat(600)) as Process;
    const n = 'n'.charCodeAt(0);
    assert.deepEqual(bytesAt(driver, process, BLOCK + 29, 5), [n, n, 0, '/'.charCodeAt(0), 'b'.charCodeAt(0)]);
    assert.deepEqual(bytesAt(driver, process, BLOCK + 541, 4), [n, n, 0, 1]);
    const argument = bytesAt(driver, process, BLOCK + 568, 513);
    assert.equal(argument.indexOf(0), 511);
  });

  for (const [kind, after, error] of [
    ['object-alloc', 0, 'ERR_NO_MEMORY'],
    ['kmalloc', 0, 'ERR_NO_MEMORY'],
    ['kmalloc', 3, 'ERR_NO_MEMORY'],
    ['kmalloc', 7, 'ERR_NO_MEMORY'],
    ['file-read', 0, 'ERR_IO_ERROR'],
  ] as const)
    it(`one that fails for ${kind}, ${String(after)} later, leaves nothing behind`, () => {
      const driver = new KernelDriver(haiku);
      const state = driver.state as HaikuState;
      // The program's file is on the disk from the first time on.
      const process = create(driver, 'p') as Process;
      driver.run(driver.mainOf(process), (here) => haiku.operations.exit(here, { code: 0 }) as never);
      const { max_commit } = state;
      const free = driver.freeFrames();
      driver.bound.inject({ kind, cluster: null, after });
      assert.equal(create(driver, 'p'), error);
      assert.equal(state.max_commit, max_commit);
      assert.deepEqual(driver.freeFrames(), free);
      assert.deepEqual([state.aspace_table.size, state.region_table.size, state.tmap_list.length], [1, 12, 1]);
      assert.equal(state.vnodes.size, 0);
    });
});
