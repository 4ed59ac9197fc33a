/** What a scenario took by calling primitives, and is therefore no part of what the kernel itself accounts for. */
import { pageTableRoot } from '../../hardware/core.ts';
import { poisonFrame } from '../../hardware/physical-memory.ts';
import type { Machine } from '../../hardware/machine.ts';
import { hex } from '../../hardware/word.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { FrameUse, KERNEL_EXEC, PAGE_SIZE, PTE_P, USR_EXEC, VMS_MOUNT_1 } from './constants.ts';
import type { CallPlace, Tampering } from '../kernel.ts';
import type { MmapParam } from './mmap.ts';
import { freeFrameCount, nextFit } from './pmm.ts';
import { findRegion } from './region.ts';
import { frameOfEntry, readL2 } from './tables.ts';
import type { LunaixState } from './state.ts';

/** They write entries of tables alone. */
const entryWriters = new Set(['vmm_set_mapping', 'vmm_del_mapping']);

/** Steps of larger functions, which do the bookkeeping around them. */
const parts = new Set([
  'region_add', 'region_release', 'region_release_all', 'mm_index', 'procvm_create',
  'procvm_dup', 'procvm_init_clean', 'procvm_cleanup', 'region_copy_mm', 'region_maybe_cow', 'mem_adjust_inplace', 'exec_load',
]); // prettier-ignore

type Args = Readonly<Record<string, unknown>>;

export function noteDirectCall(
  state: LunaixState,
  { name }: FunctionInfo,
  args: Args,
  result: unknown,
  here: CallPlace,
): void {
  const { held } = state;
  const count = (frame: number, by: number): void => {
    const references = (held.frames.get(frame) ?? 0) + by;
    // Below 0: it gave back what was not its own.
    if (references !== 0) held.frames.set(frame, references);
    else held.frames.delete(frame);
  };
  switch (name) {
    case 'pmm_alloc_page':
    case 'vmm_dup_page':
      if (result !== 0) count((result as number) / PAGE_SIZE, 1);
      break;
    case 'pmm_alloc_cpage':
      for (let page = 0; result !== 0 && page < (args.num_pages as number); page++)
        count((result as number) / PAGE_SIZE + page, 1);
      break;
    case 'pmm_ref_page':
      if (result === 1) count(Math.floor((args.pa as number) / PAGE_SIZE), 1);
      break;
    case 'pmm_free_page':
      if (result === 1) count(Math.floor((args.pa as number) / PAGE_SIZE), -1);
      break;
    case 'vmm_mount_pd':
      held.mounts.set(args.mnt as number, args.pa as number);
      break;
    case 'vmm_unmount_pd':
      held.mounts.delete(args.mnt as number);
      break;
    case 'vmm_set_mapping':
    case 'vmm_del_mapping':
      noteEntry(state, here, args, count);
      break;
  }
}

/** The entry is the scenario's where no region is. In a region its frame is the table's from now on. */
function noteEntry(
  { held, processes }: LunaixState,
  { machine, core }: CallPlace,
  { mnt, va }: Args,
  count: (frame: number, by: number) => void,
): void {
  const root = mnt === VMS_MOUNT_1 ? (held.mounts.get(VMS_MOUNT_1) ?? 0) / PAGE_SIZE : pageTableRoot(machine, core);
  const address = va as number;
  const known = held.entries.findIndex((entry) => entry.root === root && entry.va === address);
  const word = readL2(machine, root, address);
  const mm = processes.find((process) => process.mm?.vmroot === root * PAGE_SIZE)?.mm;
  if (mm !== null && mm !== undefined && findRegion(mm.regions.items, address) === null) {
    if (word === 0 && known >= 0) held.entries.splice(known, 1);
    else if (word !== 0 && known < 0) held.entries.push({ root, va: address });
  } else if ((word & PTE_P) !== 0 && (held.frames.get(frameOfEntry(word)) ?? 0) > 0) count(frameOfEntry(word), -1);
}

/** Asked before `noteDirectCall`. */
export function overwrites(
  { held }: LunaixState,
  _machine: Machine,
  { name }: FunctionInfo,
  args: Args,
): Tampering | null {
  const isMount = name.endsWith('mount_pd') && args.mnt !== VMS_MOUNT_1;
  if (entryWriters.has(name) || isMount) return { what: 'tables or lists of the kernel', isPart: false };
  if (parts.has(name) || held.foreign.has(name) || mapsOutsideUserSpace(name, args))
    return { what: 'tables or lists of the kernel', isPart: true };
  const isForeign =
    name === 'pmm_free_page' && (held.frames.get(Math.floor((args.pa as number) / PAGE_SIZE)) ?? 0) <= 0;
  return isForeign ? { what: 'a count of references', isPart: false } : null;
}

/** Kernel stacks, or the half that all spaces share: who calls mem_map for a process looks at its range before. */
function mapsOutsideUserSpace(name: string, args: Args): boolean {
  const range = name === 'mem_map' ? (args.param as MmapParam) : null;
  return range !== null && (range.range_start < USR_EXEC || range.range_end > KERNEL_EXEC);
}

/** In words, for the warning `scenario holds …`. Regions that region_create made are ordinary state (walk language 8). */
export function describeHoldings({ held, processes, remoteWindow }: LunaixState): string[] {
  const roots = new Set(processes.map(({ mm }) => (mm?.vmroot ?? 0) / PAGE_SIZE));
  return [
    ...[...held.frames]
      .filter(([, count]) => count > 0)
      .map(([frame, count]) => `${count === 1 ? '' : `${String(count)} references of `}frame ${hex(frame, 5)}`),
    ...[...held.mounts.keys()].map((mnt) => `the mount at ${hex(mnt, 8)}`),
    ...held.entries.filter(({ root }) => roots.has(root)).map(({ va }) => `the entry at ${hex(va, 8)}`),
    ...(remoteWindow === null ? [] : ['the remote window']),
  ];
}

/** As single allocations by next fit would take them; nothing is counted. */
export function reserveFrames(state: LunaixState, machine: Machine, cluster: number, count: number): number[] | null {
  if (freeFrameCount(state, cluster) < count) return null;
  return Array.from({ length: count }, () => {
    const frame = nextFit(state.pmm, cluster);
    state.pmm.ref_counts[frame] = 1;
    state.pmm.use[frame] = FrameUse.reserved;
    state.held.reserved.add(frame);
    poisonFrame(machine, frame, 'fresh');
    return frame;
  });
}

export function returnFrames(state: LunaixState, machine: Machine, frames: readonly number[]): void {
  for (const frame of frames) {
    state.pmm.ref_counts[frame] = 0;
    state.pmm.use[frame] = FrameUse.free;
    state.held.reserved.delete(frame);
    poisonFrame(machine, frame, 'free');
  }
}
