/** Frames that become page tables, and are none any more: of whose address space, and for which addresses. */
import { pagingFormat } from './layouts/formats.ts';
import type { LevelFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { clusterOfPpn } from './physical-memory.ts';
import { tell } from './trace-event.ts';
import { PAGE_SIZE, type Ppn, type Vpn } from './word.ts';

export interface TableFrame {
  readonly ppn: Ppn;
  /** Of the address space. */
  readonly root: Ppn;
  /** 1 is the root table. */
  readonly depth: number;
  /** Any page that it serves. */
  readonly vpn: Vpn;
}

/** `process` is asked only while somebody listens. */
export function tellTable(
  machine: Machine,
  name: 'table-alloc' | 'table-free',
  frame: TableFrame,
  process: () => number | null,
): void {
  const cluster = Math.max(0, clusterOfPpn(machine, frame.ppn));
  tell(machine, name, cluster, machine.trace.on ? { ...placeOf(machine, frame), process: process() } : null);
}

function placeOf(machine: Machine, { ppn, root, depth, vpn }: TableFrame) {
  const { levels } = pagingFormat(machine.config.paging);
  const format = levels[depth - 1] as LevelFormat;
  const span = 2 ** (format.shift + format.indexBits);
  const first = Math.floor(vpn / span) * span;
  const pages = (format.words * 4 * 2 ** format.indexBits) / PAGE_SIZE;
  const level = levels.length - depth + 1;
  return { ppn, pages, root, level, start: first * PAGE_SIZE, end: (first + span) * PAGE_SIZE };
}
