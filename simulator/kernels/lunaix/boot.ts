/** L7: what the boot loader and the kernel's start leave: the image's frames, the kernel's L1 and its shared L2 tables. */
import type { Machine } from '../../hardware/machine.ts';
import { writeFrame32, zeroFrame } from '../../hardware/physical-memory.ts';
import { registerEvents } from '../../hardware/own-events.ts';
import {
  FIRST_DATA_FRAME, FIRST_FREE_FRAME, FIRST_IMAGE_FRAME, FIRST_TABLE_FRAME, L1_KERNEL, L1_MOUNT_1, L1_SELF, PAGE_SIZE, PTE_P, PTE_W, PTE_WT,
  SELF_FLAGS,
} from './constants.ts'; // prettier-ignore
import { lunaixEvents } from './events.ts';
import { createKlock } from './klock.ts';
import { createPmm } from './pmm.ts';
import type { LunaixState } from './state.ts';

export function bootLunaix(machine: Machine, options: Readonly<Record<string, number | string>>): LunaixState {
  registerEvents(machine, lunaixEvents);
  const pmm = createPmm(machine);
  makeKernelTables(machine);
  return {
    options: { clean: options.clean === 'on', syncFlush: options.syncFlush === 'entry' ? 'entry' : 'page' },
    pmm,
    klock: createKlock(),
    kernelRoot: FIRST_TABLE_FRAME,
    processes: [],
    threads: [],
    programs: new Map(),
    remoteWindow: null,
    remoteContexts: [],
    looseRegions: [],
    held: { frames: new Map(), mounts: new Map(), reserved: new Set(), entries: [], foreign: new Set() },
    log: [],
    injections: [],
    nextId: 1,
    nextOwner: 1,
  };
}

/** The L1 table, then the L2 tables of the kernel half in ascending order; the mount slot gets none. */
function makeKernelTables(machine: Machine): void {
  const root = FIRST_TABLE_FRAME;
  for (let frame = root; frame < FIRST_FREE_FRAME; frame++) zeroFrame(machine, frame);
  let table = root + 1;
  for (let index = L1_KERNEL; index < L1_SELF; index++) {
    if (index === L1_MOUNT_1) continue;
    writeFrame32(machine, root, index * 4, table * PAGE_SIZE + (PTE_P | PTE_W | PTE_WT));
    table += 1;
  }
  writeFrame32(machine, root, L1_SELF * 4, root * PAGE_SIZE + SELF_FLAGS);
  mapImage(machine, root + 1);
}

/** The image's MiB at KERNEL_EXEC: supervisor pages, the text's read-only (R7). */
function mapImage(machine: Machine, table: number): void {
  for (let frame = FIRST_IMAGE_FRAME; frame < FIRST_TABLE_FRAME; frame++) {
    const rights = frame < FIRST_DATA_FRAME ? PTE_P : PTE_P | PTE_W;
    writeFrame32(machine, table, (frame - FIRST_IMAGE_FRAME) * 4, frame * PAGE_SIZE + rights);
  }
}
