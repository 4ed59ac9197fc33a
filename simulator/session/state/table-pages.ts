import type { Machine } from '../../hardware/machine.ts';
import { framePointedTo, isPointerEntry } from '../../hardware/layouts/entry-fields.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import type { LevelFormat, PageFormat, PointerFormat } from '../../hardware/layouts/paging-format.ts';
import { isFrame, readFrame32 } from '../../hardware/physical-memory.ts';
import type { Ppn, Vpn } from '../../hardware/word.ts';

export interface MappedPage {
  readonly vpn: Vpn;
  /** Pages that the entry maps. */
  readonly pages: number;
}

/** Every present leaf entry below a root, by ascending page number. Changes nothing. */
export function* mappedPages(machine: Machine, root: Ppn): Generator<MappedPage> {
  yield* pagesOfTable(machine, root, 0, 0);
}

function* pagesOfTable(machine: Machine, table: Ppn, depth: number, base: Vpn): Generator<MappedPage> {
  const { levels, sizeShifts } = pagingFormat(machine.config.paging);
  const level = levels[depth] as LevelFormat;
  const span = 2 ** level.shift;
  for (let index = 0; index < 2 ** level.indexBits; index++) {
    const byte = index * level.words * 4;
    const ppn = table + Math.floor(byte / 4096);
    if (!isFrame(machine, ppn)) return;
    const first = readFrame32(machine, ppn, byte % 4096);
    if ((first & level.presentMask) === 0) continue;
    const vpn = base + index * span;
    if (!isPointerEntry(level, first)) {
      yield { vpn, pages: 2 ** (sizeShifts[(level.page as PageFormat).size] as number) };
      continue;
    }
    const second = level.words === 2 ? readFrame32(machine, ppn, (byte % 4096) + 4) : 0;
    const next = framePointedTo((level.pointer as PointerFormat).frame, first, second);
    if (isFrame(machine, next)) yield* pagesOfTable(machine, next, depth + 1, vpn);
  }
}
