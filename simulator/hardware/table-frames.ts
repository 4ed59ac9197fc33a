/** The frames that hold the tables of an address space, as the hardware's walker would meet them. Changes nothing. */
import { framePointedTo, isPointerEntry } from './layouts/entry-fields.ts';
import { pagingFormat } from './layouts/formats.ts';
import type { LevelFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { isFrame, readFrame32 } from './physical-memory.ts';
import { PAGE_SIZE, type Ppn } from './word.ts';

/** A table that loops through itself, or a broken one that points everywhere, ends here. */
const MOST_FRAMES = 40_000;

/** Every frame of every table, the root's first; a table of several frames has all of them here. */
export function tableFrames(machine: Machine, root: Ppn): ReadonlySet<Ppn> {
  const frames = new Set<Ppn>();
  addTable(machine, frames, root, 1);
  return frames;
}

function addTable(machine: Machine, frames: Set<Ppn>, first: Ppn, depth: number): void {
  const level = pagingFormat(machine.config.paging).levels[depth - 1] as LevelFormat;
  const stride = level.words * 4;
  const entries = 2 ** level.indexBits;
  const pages = Math.max(1, (entries * stride) / PAGE_SIZE);
  if (frames.has(first) || !isFrame(machine, first + pages - 1) || frames.size >= MOST_FRAMES) return;
  for (let page = 0; page < pages; page++) frames.add(first + page);
  if (level.pointer === null) return;
  for (let index = 0; index < entries; index++) {
    const offset = index * stride;
    const ppn = first + (offset >>> 12);
    const word = readFrame32(machine, ppn, offset & 0xfff);
    if ((word & level.presentMask) === 0 || !isPointerEntry(level, word)) continue;
    const second = level.words === 2 ? readFrame32(machine, ppn, (offset & 0xfff) + 4) : 0;
    addTable(machine, frames, framePointedTo(level.pointer.frame, word, second), depth + 1);
  }
}
