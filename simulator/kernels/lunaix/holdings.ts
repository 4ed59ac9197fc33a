/** What a scenario took by calling primitives, and is therefore no part of what the kernel itself accounts for. */
import { poisonFrame } from '../../hardware/physical-memory.ts';
import type { Machine } from '../../hardware/machine.ts';
import { hex } from '../../hardware/word.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { FrameUse, KERNEL_EXEC, PAGE_SIZE, USR_EXEC, VMS_MOUNT_1 } from './constants.ts';
import type { MmapParam } from './mmap.ts';
import { freeFrameCount, nextFit } from './pmm.ts';
import type { LunaixState } from './state.ts';

/** Primitives that change tables, lists or descriptors without the bookkeeping that the kernel does around them. */
const tampering = new Set([
  'vmm_set_mapping', 'vmm_del_mapping', 'region_add', 'region_release', 'region_release_all', 'mm_index', 'procvm_create',
  'procvm_dup', 'procvm_init_clean', 'procvm_cleanup', 'region_copy_mm', 'region_maybe_cow', 'mem_adjust_inplace', 'exec_load',
]); // prettier-ignore

type Args = Readonly<Record<string, unknown>>;

export function noteDirectCall({ held }: LunaixState, { name }: FunctionInfo, args: Args, result: unknown): void {
  if (tampering.has(name)) held.tampered.add(name);
  if (leavesUserSpace(name, args)) held.tampered.add('root');
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
      if (args.mnt !== VMS_MOUNT_1) held.tampered.add('root');
      held.mounts.set(args.mnt as number, args.pa as number);
      break;
    case 'vmm_unmount_pd':
      if (args.mnt !== VMS_MOUNT_1) held.tampered.add('root');
      held.mounts.delete(args.mnt as number);
      break;
  }
}

/** Asked before `noteDirectCall`. */
export function overwrites(
  { held }: LunaixState,
  _machine: Machine,
  { name }: FunctionInfo,
  args: Args,
): string | null {
  const isMount = name.endsWith('mount_pd') && args.mnt !== VMS_MOUNT_1;
  if (tampering.has(name) || held.tampered.has(name) || isMount || leavesUserSpace(name, args))
    return 'tables or lists of the kernel';
  const isForeign =
    name === 'pmm_free_page' && (held.frames.get(Math.floor((args.pa as number) / PAGE_SIZE)) ?? 0) <= 0;
  return isForeign ? 'a count of references' : null;
}

/** An entry or a region outside user space: kernel stacks, or the half that all spaces share. */
function leavesUserSpace(name: string, args: Args): boolean {
  if (name === 'vmm_set_mapping' || name === 'vmm_del_mapping') return !isUserAddress(args.va as number);
  const range = name === 'mem_map' ? (args.param as MmapParam) : null;
  return range !== null && (range.range_start < USR_EXEC || range.range_end > KERNEL_EXEC);
}

function isUserAddress(va: number): boolean {
  return va >= USR_EXEC && va < KERNEL_EXEC;
}

/** In words, for the warning `scenario holds …`. Regions that region_create made are ordinary state (walk language 8). */
export function describeHoldings({ held, remoteWindow }: LunaixState): string[] {
  return [
    ...[...held.frames]
      .filter(([, count]) => count > 0)
      .map(([frame, count]) => `${count === 1 ? '' : `${String(count)} references of `}frame ${hex(frame, 5)}`),
    ...[...held.mounts.keys()].map((mnt) => `the mount at ${hex(mnt, 8)}`),
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
