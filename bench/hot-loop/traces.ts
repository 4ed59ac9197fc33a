import type { AccessBatch } from '../../simulator/hardware/access-batch.ts';
import { createBatch, pushAccess } from '../../simulator/hardware/access-batch.ts';
import { setPageTableRoot } from '../../simulator/hardware/core.ts';
import { presets } from '../../simulator/hardware/machine-config.ts';
import { Access, createMachine } from '../../simulator/hardware/machine.ts';
import type { Machine } from '../../simulator/hardware/machine.ts';
import { entryAddress, readEntry, writeEntry } from '../../simulator/hardware/page-table-walker.ts';
import { zeroFrame } from '../../simulator/hardware/physical-memory.ts';
import { nextRandom } from '../../simulator/hardware/random.ts';

/** 1 GiB of small pages, x86-64 tables, one core with 8x8 TLB entries; the frames are those of a 256 MiB bank, in turn. */
export const PAGES = 262_144;
const BASE_VPN = 0x7_f120_0000;
const BANK = 65_536;
const ROOT = 1;
const FIRST_DATA_FRAME = 1024;

export type TraceName = 'sequential' | 'zipf' | 'chase';
export const traceNames: readonly TraceName[] = ['sequential', 'zipf', 'chase'];

export function benchMachine(): Machine {
  const machine = createMachine({ ...presets['x86-64'], coresPerCluster: 1, memoryBytes: BANK * 4096 });
  zeroFrame(machine, ROOT);
  let nextTable = ROOT + 1;
  for (let page = 0; page < PAGES; page++) {
    let table = ROOT;
    for (let level = 1; level < 4; level++) {
      const address = entryAddress(machine, table, level, BASE_VPN + page);
      if (readEntry(machine, address, level)[0] === 0) {
        zeroFrame(machine, nextTable);
        writeEntry(machine, address, level, [nextTable++ * 4096 + 7, 0]);
      }
      table = readEntry(machine, address, level)[0] >>> 12;
    }
    const frame = FIRST_DATA_FRAME + (page % (BANK - FIRST_DATA_FRAME));
    writeEntry(machine, entryAddress(machine, table, 4, BASE_VPN + page), 4, [frame * 4096 + 7, 0]);
  }
  setPageTableRoot(machine, 0, ROOT);
  return machine;
}

/** Every fourth access writes; eight bytes each, never across a page. */
export function trace(machine: Machine, name: TraceName, length: number): AccessBatch {
  const batch = createBatch(length);
  const page = pageSource(machine, name);
  for (let index = 0; index < length; index++) {
    const offset = name === 'sequential' ? (64 * index) % 4096 : 8 * nextRandom(machine, 512);
    pushAccess(batch, (BASE_VPN + page(index)) * 4096 + offset, index % 4 === 3 ? Access.write : Access.read, true, 8);
  }
  return batch;
}

/** Sequential: 64-byte strides. Chase: a random permutation, page by page. Zipf: exponent 0.99 over that permutation. */
function pageSource(machine: Machine, name: TraceName): (index: number) => number {
  if (name === 'sequential') return (index) => Math.floor(index / 64) % PAGES;
  const permutation = Uint32Array.from({ length: PAGES }, (_, index) => index);
  for (let last = PAGES - 1; last > 0; last--) {
    const other = nextRandom(machine, last + 1);
    const moved = permutation[last] as number;
    permutation[last] = permutation[other] as number;
    permutation[other] = moved;
  }
  if (name === 'chase') return (index) => permutation[index % PAGES] as number;
  const cumulative = new Float64Array(PAGES);
  let sum = 0;
  for (let rank = 0; rank < PAGES; rank++) cumulative[rank] = sum += 1 / (rank + 1) ** 0.99;
  return () => permutation[rankOf(cumulative, (nextRandom(machine, 2 ** 32) / 2 ** 32) * sum)] as number;
}

function rankOf(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
