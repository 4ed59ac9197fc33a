/** What can be seen of a kernel that the scenario itself is: its tables, as the hardware reads them. */
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import type { LevelFormat } from '../../hardware/layouts/paging-format.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { EntryView } from '../../hardware/page-table-walker.ts';
import { clusterOfPpn, isFrame, pageOfPpn } from '../../hardware/physical-memory.ts';
import { scanTable, type ScannedEntry } from '../../hardware/table-scan.ts';
import { TlbKey } from '../../hardware/tlb-key.ts';
import { hex, type Ppn } from '../../hardware/word.ts';
import type { KernelView } from '../kernel-view.ts';
import { viewLimit } from '../kernel-view.ts';
import type { FrameView, InvariantViolation, RegionView, SoftwareBits } from '../view.ts';
import { isLive, useOf } from './frames.ts';
import { FrameUse, type BareState, type Process } from './state.ts';

/** Pages that follow one another with the same rights: what the tables say, for want of regions. */
export function regionsOf(machine: Machine, { root }: Process): RegionView[] {
  if (root === null) return [];
  const regions: { from: ScannedEntry; end: number }[] = [];
  for (const entry of scanTable(machine, root).entries) {
    const last = regions.at(-1);
    if (last !== undefined && last.end === entry.vpn && rightsIn(last.from) === rightsIn(entry))
      last.end += entry.pages;
    else regions.push({ from: entry, end: entry.vpn + entry.pages });
  }
  return regions.map(({ from, end }) => ({
    start: from.vpn * 4096,
    end: end * 4096,
    protection: {
      read: (from.rights & TlbKey.readable) !== 0,
      write: from.writable,
      execute: (from.rights & TlbKey.executable) !== 0,
      user: (from.rights & TlbKey.user) !== 0,
    },
    kind: (from.rights & TlbKey.user) === 0 ? 'kernel' : 'anon',
    name: 'mapped',
    cluster: null,
    note: '',
    object: null,
  }));
}

const shown: number = TlbKey.readable | TlbKey.writable | TlbKey.executable | TlbKey.user;

function rightsIn({ rights }: ScannedEntry): number {
  return rights & shown;
}

/** The lowest software bit means copy on write here; the others have numbers. */
export function softwareBits({ software }: EntryView): SoftwareBits {
  const names: string[] = [];
  for (let bit = 1; 2 ** bit <= software; bit++)
    if (Math.floor(software / 2 ** bit) % 2 === 1) names.push(`soft ${String(bit)}`);
  return { cow: software % 2 === 1, names };
}

const useNames: Readonly<Record<number, string>> = {
  [FrameUse.free]: 'free',
  [FrameUse.reserved]: 'reserved',
  [FrameUse.scenario]: 'reserved',
  [FrameUse.given]: 'user',
  [FrameUse.table]: 'table',
};

export function frameView(state: BareState, machine: Machine, ppn: Ppn): FrameView {
  const use = useOf(state, machine, ppn);
  const bank = isFrame(machine, ppn) ? state.banks[clusterOfPpn(machine, ppn)] : undefined;
  const order = Math.max(0, (bank?.orders[pageOfPpn(machine, ppn)] ?? 0) - 1);
  const isFree = use === FrameUse.free;
  const content = use === FrameUse.table ? 'table' : use === FrameUse.reserved ? 'kernel' : 'data';
  return { refs: isFree ? 0 : 1, forks: 0, state: useNames[use] ?? 'user', order, isFree, content };
}

export function dumpOf(machine: Machine, process: Process): string {
  const root = process.root === null ? 'no page table' : `root ${hex(process.root * 4096)}`;
  const lines = regionsOf(machine, process).map(({ start, end, protection: { read, write, execute } }) => {
    const rights = `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}`;
    return `${hex(start)} ${hex(end)} ${rights}`;
  });
  return [`${process.name}: ${root}`, ...lines].join('\n');
}

export function bareViews(state: BareState, machine: Machine): KernelView[] {
  const { levels } = pagingFormat(machine.config.paging);
  const rows = state.processes.map((process) => ({
    id: String(process.pid),
    tone: process.alive ? ('normal' as const) : ('dead' as const),
    cells: [
      process.name,
      process.root === null ? 'none' : hex(process.root * 4096),
      process.root === null ? '0' : String(scanTable(machine, process.root).tables.length),
      process.root === null ? '0' : String(scanTable(machine, process.root).entries.length),
    ],
  }));
  return [
    {
      shape: 'table',
      id: 'processes',
      title: 'Processes',
      note: `Each process and the ${(levels[0] as LevelFormat).name} that set_root gave it.`,
      more: Math.max(0, rows.length - viewLimit),
      columns: [
        { title: 'Process', align: 'left' },
        { title: 'Root', align: 'right' },
        { title: 'Tables', align: 'right' },
        { title: 'Pages', align: 'right' },
      ],
      rows: rows.slice(0, viewLimit),
    },
    {
      shape: 'table',
      id: 'frames',
      title: 'Frames',
      note: 'What frame_alloc gave of each cluster. A frame is a table once link or set_root has named it.',
      more: Math.max(0, state.banks.length - viewLimit),
      columns: ['Cluster', 'Free', 'Tables', 'Others'].map((title) => ({ title, align: 'right' as const })),
      rows: state.banks.slice(0, viewLimit).map(({ use, free }, cluster) => ({
        id: String(cluster),
        tone: 'normal' as const,
        cells: [cluster, free, countOf(use, FrameUse.table), countOf(use, FrameUse.given)].map(String),
      })),
    },
  ];
}

function countOf(use: Uint8Array, wanted: number): number {
  return use.reduce((count, one) => count + (one === wanted ? 1 : 0), 0);
}

/** B1: the count of free frames is right. B2: no table of a live process names a free frame. */
export function checkInvariants(state: BareState, machine: Machine): InvariantViolation[] {
  const violations: InvariantViolation[] = [];
  for (const [cluster, { use, free }] of state.banks.entries()) {
    const counted = countOf(use, FrameUse.free);
    if (counted !== free)
      violations.push({
        invariant: 'B1',
        message: `cluster ${String(cluster)} says ${String(free)} free frames and has ${String(counted)}`,
      });
  }
  for (const process of state.processes.filter(isLive)) {
    for (const { ppn, vpn } of scanTable(machine, process.root as Ppn).entries) {
      if (!isFrame(machine, ppn) || useOf(state, machine, ppn) !== FrameUse.free) continue;
      const message = `the entry for ${hex(vpn * 4096)} of ${process.name} maps frame ${hex(ppn)}, which is free`;
      violations.push({ invariant: 'B2', message });
    }
  }
  return violations;
}
