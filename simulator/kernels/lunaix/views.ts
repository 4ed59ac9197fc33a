/** The views that only Lunaix has: recursive mapping, mounts, the remote window, regions with their callbacks, frames. */
import type { Machine } from '../../hardware/machine.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import { pageTableRoot } from '../../hardware/core.ts';
import { hex } from '../../hardware/word.ts';
import type { ProcessObject } from '../kernel.ts';
import {
  viewLimit,
  type KernelView,
  type ViewNode,
  type ViewStrip,
  type ViewTable,
  type ViewTone,
} from '../kernel-view.ts';
import {
  FrameUse, KERNEL_EXEC, KSTACK_AREA, L1_KERNEL, L1_MOUNT_1, L1_SELF, PAGE_SIZE, PG_MOUNT_1, PTE_P, REMOTE_WINDOW, REMOTEVM_MAX_PAGES,
  USR_EXEC, USR_MMAP, USR_STACK, VMAP, VMS_MOUNT_1, VMS_SELF,
} from './constants.ts'; // prettier-ignore
import { departuresView } from './departures.ts';
import { slotName } from './fields.ts';
import { describeAttr } from './region.ts';
import { frameOfEntry, pdeAddress, pteAddress, readL1, readL2 } from './tables.ts';
import type { LunaixState, MmRegion, Process } from './state.ts';

export function lunaixViews(state: LunaixState, machine: Machine, process: ProcessObject | null): KernelView[] {
  const mm = process === null ? null : (process as Process).mm;
  const root = mm === null || mm.vmroot === 0 ? state.kernelRoot : mm.vmroot / PAGE_SIZE;
  const name = process?.name ?? 'the kernel';
  return [
    addressMap(state, machine, root, name),
    recursiveTables(machine, root, name),
    selfArithmetic(machine, root, mm?.regions.items ?? [], name),
    mounts(state, machine),
    remoteWindow(state, machine),
    regionTree(state, process as Process | null),
    frames(state),
    departuresView(),
  ];
}

/** 2.6, with what the two windows show now. */
function addressMap(state: LunaixState, machine: Machine, root: number, name: string): ViewStrip {
  const guest = readL1(machine, root, L1_MOUNT_1);
  const isMounted = (guest & PTE_P) !== 0;
  const segment = (start: number, end: number, label: string, detail: string, tone: ViewTone = 'normal') => ({
    start,
    end,
    label,
    detail,
    tone,
  });
  return {
    shape: 'strip', id: 'address-map', title: 'Address space and windows', unit: 'address', start: 0, end: 2 ** 32, more: 0,
    note: `The 4 GiB of ${name}. Two slots at the top show page tables as memory: the last one its own, VMS_MOUNT_1 another space’s.`,
    segments: [
      segment(0, KSTACK_AREA, 'identity', 'BIOS, VGA', 'muted'),
      segment(KSTACK_AREA, USR_EXEC, 'kernel stacks', 'slots of 3 pages, the lowest a guard; not copied by fork'),
      segment(USR_EXEC, USR_MMAP, 'USR_EXEC', 'program and heap'),
      segment(USR_MMAP, USR_STACK, 'USR_MMAP', 'mappings'),
      segment(USR_STACK, KERNEL_EXEC, 'USR_STACK', 'the first thread’s stack'),
      segment(KERNEL_EXEC, VMS_MOUNT_1, 'KERNEL_EXEC', 'kernel image, its text read-only', 'shared'),
      segment(VMS_MOUNT_1, VMS_MOUNT_1 + 0x40_0000, 'VMS_MOUNT_1', isMounted ? `shows ${ownerOf(state, frameOfEntry(guest))}` : 'nothing mounted', isMounted ? 'changed' : 'muted'),
      segment(PG_MOUNT_1, REMOTE_WINDOW, 'PG_MOUNT_1..4', 'one frame each: the last new space’s tables, which stay, and the two of a copy', 'shared'),
      segment(REMOTE_WINDOW, VMAP, 'remote window', state.remoteWindow === null ? 'free' : `${String(state.remoteWindow.page_cnt)} pages`, state.remoteWindow === null ? 'muted' : 'changed'),
      segment(VMAP, VMS_SELF, 'VMAP', 'kernel mappings', 'shared'),
      segment(VMS_SELF, 2 ** 32, 'VMS_SELF', `L1[1023] → ${hex(root * PAGE_SIZE, 8)}: its own L1 table`, 'changed'),
    ],
  }; // prettier-ignore
}

function ownerOf(state: LunaixState, root: number): string {
  if (root === state.kernelRoot) return 'the kernel’s space';
  const owner = state.processes.find(({ mm }) => mm !== null && mm.vmroot === root * PAGE_SIZE);
  return owner === undefined ? `the space at ${hex(root * PAGE_SIZE, 8)}` : `${owner.name}’s space`;
}

/** 3.2: the self mapping seen as 1024 windows, one for each L2 table. */
function recursiveTables(machine: Machine, root: number, name: string): ViewStrip {
  const segments: ViewStrip['segments'][number][] = [];
  let present = 0;
  for (let index = 0; index < 1024; index++) {
    const entry = readL1(machine, root, index);
    if ((entry & PTE_P) === 0) continue;
    present++;
    if (segments.length >= viewLimit) continue;
    const label = index === L1_SELF ? 'L1 itself' : `L2 of L1[${String(index)}]`;
    const detail = `${hex(VMS_SELF + index * PAGE_SIZE, 8)}: frame ${hex(frameOfEntry(entry), 5)}, for ${hex(index * 0x40_0000, 8)} and up`;
    const tone: ViewTone = index === L1_SELF ? 'changed' : index >= L1_KERNEL ? 'shared' : 'normal';
    segments.push({ start: index, end: index + 1, label, detail, tone });
  }
  return {
    shape: 'strip', id: 'recursive-tables', title: 'Tables in the recursive window', unit: 'slot', start: 0, end: 1024, segments,
    more: Math.max(0, present - segments.length),
    note: `Page i of the last 4 MiB of ${name} is its L2 table i; page 1023 is the L1 table, because L1[1023] points to itself.`,
  }; // prettier-ignore
}

/** 3.2: the four addresses for the regions' first pages, and the words that they reach. */
function selfArithmetic(machine: Machine, root: number, regions: readonly MmRegion[], name: string): ViewTable {
  const rows = regions.slice(0, viewLimit).map(({ start }) => {
    const l1 = readL1(machine, root, Math.floor(start / 0x40_0000)) >>> 0;
    const l2 = readL2(machine, root, start) >>> 0;
    return {
      id: hex(start, 8),
      tone: (l2 & PTE_P) !== 0 ? ('normal' as const) : ('muted' as const),
      cells: [
        hex(start, 8), hex(pteAddress(VMS_SELF, start), 8), hex(l2, 8), hex(pdeAddress(VMS_SELF, start), 8), hex(l1, 8),
        hex(pteAddress(VMS_MOUNT_1, start), 8), hex(pdeAddress(VMS_MOUNT_1, start), 8),
      ],
    }; // prettier-ignore
  });
  const column = (title: string) => ({ title, align: 'right' as const });
  return {
    shape: 'table', id: 'self-arithmetic', title: 'Where an entry is memory', rows, more: Math.max(0, regions.length - rows.length),
    note: `For the first page of each region of ${name}: PTE at mount | (va >> 12) * 4, PDE at mount + 0x3FF000 + (va >> 22) * 4; through its own window, and as a guest at VMS_MOUNT_1.`,
    columns: ['address', 'PTE at', 'PTE', 'PDE at', 'PDE', 'guest PTE at', 'guest PDE at'].map(column),
  }; // prettier-ignore
}

/** Which space each core runs, and which one it has mounted. */
function mounts(state: LunaixState, machine: Machine): ViewTable {
  const rows = Array.from({ length: Math.min(coreCount(machine.config), viewLimit) }, (_, core) => {
    const root = pageTableRoot(machine, core);
    const guest = root < 0 ? 0 : readL1(machine, root, L1_MOUNT_1);
    const isMounted = (guest & PTE_P) !== 0;
    return {
      id: `core ${String(core)}`,
      tone: isMounted ? ('changed' as const) : ('normal' as const),
      cells: [String(core), root < 0 ? '' : ownerOf(state, root), isMounted ? ownerOf(state, frameOfEntry(guest)) : ''],
    };
  });
  const { klock } = state;
  const holder =
    klock.core === -1 ? 'free' : `held by ${klock.agent ?? `core ${String(klock.core)}, for its transaction`}`;
  return {
    shape: 'table', id: 'mounts', title: 'Mounts', rows, more: Math.max(0, coreCount(machine.config) - rows.length),
    note: `A core edits its own tables through VMS_SELF, another space’s after mounting it. vm_klock, which guards all that, is ${holder}.`,
    columns: [{ title: 'core', align: 'right' }, { title: 'runs (VMS_SELF)', align: 'left' }, { title: 'mounted (VMS_MOUNT_1)', align: 'left' }],
  }; // prettier-ignore
}

/** 4.11. */
function remoteWindow({ remoteWindow: open, kernelRoot, processes }: LunaixState, machine: Machine): ViewTable {
  const owner = processes.find(({ mm }) => mm !== null && mm === open?.mm);
  const rows = Array.from({ length: open?.page_cnt ?? 0 }, (_, page) => {
    const local = REMOTE_WINDOW + page * PAGE_SIZE;
    const entry = readL2(machine, kernelRoot, local) >>> 0;
    const remote = (open?.remote ?? 0) + page * PAGE_SIZE;
    return {
      id: hex(local, 8),
      tone: 'changed' as const,
      cells: [hex(local, 8), hex(remote, 8), hex(frameOfEntry(entry), 5), hex(entry, 8)],
    };
  });
  const state =
    open === null ? 'No transaction is open.' : `Open on ${owner?.name ?? 'a space'}, ${String(open.page_cnt)} pages.`;
  return {
    shape: 'table', id: 'remote-window', title: 'Remote transaction', rows, more: 0,
    note: `${state} A transaction maps up to ${String(REMOTEVM_MAX_PAGES - 1)} pages of one region of another space here, writes through them, and takes the window down; the pages stay.`,
    columns: ['window', 'remote address', 'frame', 'entry'].map((title) => ({ title, align: 'right' as const })),
  }; // prettier-ignore
}

function regionTree(state: LunaixState, process: Process | null): KernelView {
  const processes = process === null ? state.processes : [process];
  const nodes: ViewNode[] = [];
  let left = viewLimit;
  let more = 0;
  for (const { name, pid, mm } of processes) {
    if (mm === null) continue;
    const regions = mm.regions.items.slice(0, Math.max(0, left));
    more += mm.regions.items.length - regions.length;
    left -= regions.length;
    nodes.push({
      id: `pid ${String(pid)}`,
      label: `${name}.mm`,
      detail: `vmroot ${hex(mm.vmroot, 8)}, ${String(mm.regions.items.length)} regions, heap ${mm.heap === null ? 'none' : hex(mm.heap.start, 8)}`,
      tone: 'normal',
      children: regions.map(regionNode),
    });
  }
  return {
    shape: 'tree', id: 'regions', title: 'Regions, callbacks and index', nodes, more,
    note: 'Each space’s list of regions by address: mode and rights, the file behind, the outside pointer that indexes it, the callbacks that fork and unmap call.',
  }; // prettier-ignore
}

function regionNode(region: MmRegion): ViewNode {
  const { start, end, attr, mfile, foff, index, region_copied, destruct_region } = region;
  const leaf = (what: string, detail: string): ViewNode => ({
    id: `${String(region.id)} ${what}`,
    label: what,
    detail,
    tone: 'muted',
    children: [],
  });
  const children: ViewNode[] = [];
  if (mfile !== null)
    children.push(
      leaf(
        'mfile',
        `${mfile.name} + ${hex(foff, 1)}, ${String(mfile.ref_count)} ${mfile.ref_count === 1 ? 'reference' : 'references'}`,
      ),
    );
  if (index !== null) children.push(leaf('index', `&${slotName(index) ?? ''}: *index is this region`));
  if (region_copied !== null)
    children.push(
      leaf('region_copied', region_copied === 'heap_copied' ? 'mm_index(&copy.proc_vms.heap, copy)' : region_copied),
    );
  if (destruct_region !== null) children.push(leaf('destruct_region', destruct_region));
  const mode = attr & 3;
  return {
    id: String(region.id),
    label: `${hex(start, 8)}-${hex(end, 8)}`,
    detail: describeAttr(attr),
    tone: mode >= 2 ? 'shared' : mode === 0 ? 'warning' : 'normal',
    children,
  };
}

const useTone: Readonly<Record<number, ViewTone>> = {
  [FrameUse.user]: 'normal',
  [FrameUse.table]: 'shared',
  [FrameUse.kstack]: 'warning',
  [FrameUse.reserved]: 'muted',
};
const useWord: Readonly<Record<number, string>> = {
  [FrameUse.user]: 'user pages',
  [FrameUse.table]: 'page tables',
  [FrameUse.kstack]: 'kernel stacks',
  [FrameUse.reserved]: 'reserved',
};

/** 2.7: runs of frames of one use, and the next-fit pointers. */
function frames({ pmm }: LunaixState): ViewStrip {
  const segments: ViewStrip['segments'][number][] = [];
  const total = pmm.ref_counts.length;
  let more = 0;
  for (let start = 0; start < total;) {
    const use = pmm.use[start] as number;
    let end = start + 1;
    while (end < total && pmm.use[end] === use) end++;
    if (use !== FrameUse.free) {
      if (segments.length < viewLimit)
        segments.push({
          start,
          end,
          label: useWord[use] ?? '',
          detail: `frames ${hex(start, 5)} to ${hex(end - 1, 5)}`,
          tone: useTone[use] ?? 'normal',
        });
      else more++;
    }
    start = end;
  }
  const pointers = pmm.roving.map((frame) => hex(frame, 5)).join(', ');
  return {
    shape: 'strip', id: 'frames', title: 'Frames, next fit', unit: 'frame', start: 0, end: total, segments, more,
    note: `The last allocation by next fit gave frame ${pointers}; the next one looks from there on and wraps once, so a frame that was just freed is given again. A frame is free when its count is 0.`,
  }; // prettier-ignore
}
