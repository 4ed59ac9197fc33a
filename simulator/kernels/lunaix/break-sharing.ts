import { emit } from '../../hardware/trace-event.ts';
import { PAGE_SIZE, PTE_D, PTE_FLAGS, PTE_W } from './constants.ts';
import { Own } from './events.ts';
import { readPage } from './file.ts';
import { dropFrame } from './pmm.ts';
import { reservedEntry, residentEntry } from './region.ts';
import { u32, type Here, type Lunaixly, type MmRegion } from './state.ts';
import { flushPage, frameOfEntry, loadL2, mountedRoot, writeL2 } from './tables.ts';
import { takeZeroFrame, vmm_dup_page } from './vmm.ts';

/** How a page gets a frame of its own: by copy (4.10 step 8c) or for the first time (steps 9 and 10). */

export type Copy = Readonly<Record<'from' | 'to', number>>;

/**
 * The copy of a shared frame takes its place in the space that `mnt` shows; null when there is no frame. Every core
 * that runs the space is flushed before the old reference is dropped (L12).
 */
export function* copyPage(here: Here, mnt: number, va: number, flags: (old: number) => number): Lunaixly<Copy | null> {
  const { machine } = here;
  const root = mountedRoot(here, mnt);
  const old = loadL2(here, mnt, root, va);
  const from = frameOfEntry(old);
  const pa = yield* vmm_dup_page(here, { pa: from * PAGE_SIZE });
  if (pa === 0) return null;
  const to = frameOfEntry(u32(pa));
  emit(machine, Own.cow, here.cluster, { pid: ownerOf(here, root), va, from, to });
  writeL2(here, mnt, root, va, pa + flags(old & PTE_FLAGS));
  flushPage(here, root, va);
  dropFrame(here, from);
  return { from, to };
}

/** Pid of the process whose space it is. */
function ownerOf({ kernel }: Here, root: number): number {
  return kernel.processes.find(({ mm }) => mm !== null && mm.vmroot === root * PAGE_SIZE)?.pid ?? 0;
}

/** 8c: the old flags without D, writable again. */
export function writableAgain(flags: number): number {
  return (flags & ~PTE_D) | PTE_W;
}

/** A zeroed frame for an anonymous page; 0: none is left. */
export function fillAnonymous(here: Here, mnt: number, region: MmRegion, va: number): number {
  const frame = takeZeroFrame(here);
  if (frame === 0) return 0;
  const root = mountedRoot(here, mnt);
  writeL2(here, mnt, root, va, frame * PAGE_SIZE + residentEntry(region));
  return frame;
}

/** A frame with the file's page, zeros past its end. On a read error the frame is freed and the entry reserved again (D18). */
export function fillFromFile(here: Here, mnt: number, region: MmRegion, va: number): number | 'EIO' {
  const { mfile } = region;
  if (mfile === null) throw new Error('internal: the region has no file');
  const frame = takeZeroFrame(here);
  if (frame === 0) return 0;
  const root = mountedRoot(here, mnt);
  const error = readPage(here, mfile, frame, region.foff + (va - region.start));
  if (error) {
    dropFrame(here, frame);
    writeL2(here, mnt, root, va, reservedEntry(region));
    return 'EIO';
  }
  writeL2(here, mnt, root, va, frame * PAGE_SIZE + residentEntry(region));
  return frame;
}
