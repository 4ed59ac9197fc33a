/** How many frames the page tables take: each once, however many tables or windows lead to it. */
import { framePointedTo, isPointerEntry } from '../../hardware/layouts/entry-fields.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import type { LevelFormat, PointerFormat } from '../../hardware/layouts/paging-format.ts';
import { clusterCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { isFrame, readFrame32 } from '../../hardware/physical-memory.ts';
import { PAGE_SIZE, type Ppn } from '../../hardware/word.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';

/** Of all living processes, without the tables that they share with the kernel. */
export function tableFramesInUse(machine: Machine, kernel: BoundKernel): number {
  const frames = new Set<Ppn>();
  for (let cluster = 0; cluster < clusterCount(machine.config); cluster++) {
    const root = kernel.kernelTable(cluster);
    if (root !== null) collect(machine, root, 0, frames);
  }
  const shared = frames.size;
  for (const process of kernel.processes()) {
    if (!process.alive) continue;
    for (const { root } of kernel.tables(process)) collect(machine, root, 0, frames);
  }
  return frames.size - shared;
}

/** A table that is reached again, through itself or from another process, is not read again. */
function collect(machine: Machine, table: Ppn, depth: number, frames: Set<Ppn>): void {
  const level = pagingFormat(machine.config.paging).levels[depth] as LevelFormat;
  if (frames.has(table) || !isFrame(machine, table)) return;
  const stride = level.words * 4;
  const pages = (stride * 2 ** level.indexBits) / PAGE_SIZE;
  for (let page = 0; page < pages; page++) if (isFrame(machine, table + page)) frames.add(table + page);
  if (level.pointer === null) return;
  for (let index = 0; index < 2 ** level.indexBits; index++) {
    const offset = index * stride;
    const frame = table + Math.floor(offset / PAGE_SIZE);
    if (!isFrame(machine, frame)) return;
    const first = readFrame32(machine, frame, offset % PAGE_SIZE);
    if ((first & level.presentMask) === 0 || !isPointerEntry(level, first)) continue;
    const second = level.words === 2 ? readFrame32(machine, frame, (offset % PAGE_SIZE) + 4) : 0;
    collect(machine, framePointedTo((level.pointer satisfies PointerFormat).frame, first, second), depth + 1, frames);
  }
}
