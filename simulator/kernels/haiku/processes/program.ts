/** Programs: files of the simulated file system whose headers the loader knows, and 13.3 step 3: their segments. */
import type { Machine } from '../../../hardware/machine.ts';
import type { ElfSegment, ProgramImage } from '../../kernel.ts';
import { layoutOf, storeProgram } from '../../program-image.ts';
import {
  LOCK_RO, LOCK_RW, PAGE_SIZE, PROGRAM_BASE, REGION_ADDR_EXACT_ADDRESS, REGION_PRIVATE_MAP, REGION_WIRING_LAZY, USER_BASE, USER_SIZE,
  type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { createAnonymousRegion } from '../regions/anonymous-region.ts';
import { mapFileInto } from '../regions/map-file.ts';
import {
  pageDown,
  pageUp,
  type HaikuState,
  type Here,
  type Steps,
  type Program,
  type VmAddressSpace,
} from '../base/state.ts';
import { writeAsKernel } from './kernel-write.ts';

/** Puts a program on the disk; an older one of the name disappears from its folder, not from those who map it. */
export function installProgram(
  state: HaikuState,
  machine: Machine,
  path: string,
  cluster: number,
  image: ProgramImage,
): Program {
  storeProgram(machine, path, cluster, image);
  unnameVnode(state, path);
  const program: Program = { path, segments: layoutOf(image, PROGRAM_BASE).segments };
  state.programs.set(path, program);
  return program;
}

/** Who maps the file keeps its vnode, which no path leads to any more. */
function unnameVnode({ vnodes, held }: HaikuState, path: string): void {
  const vnode = vnodes.get(path);
  if (vnode === undefined) return;
  let number = 1;
  while (vnodes.has(`${path} (removed ${String(number)})`)) number++;
  vnode.path = `${path} (removed ${String(number)})`;
  vnodes.delete(path);
  vnodes.set(vnode.path, vnode);
  const count = held.vnodes.get(path);
  if (count === undefined) return;
  held.vnodes.delete(path);
  held.vnodes.set(vnode.path, count);
}

/** In user space, and laid out so that file pages can be mapped. */
export function isLoadable({ segments }: Program): boolean {
  return segments.every(
    ({ address, memorySize, fileOffset }) =>
      address >= USER_BASE &&
      address + memorySize <= USER_BASE + USER_SIZE &&
      address % PAGE_SIZE === fileOffset % PAGE_SIZE,
  );
}

/** H10: the page-rounded end of the highest segment. */
export function endOfProgram({ segments }: Program): number {
  return segments.reduce((end, { address, memorySize }) => Math.max(end, pageUp(address + memorySize)), PROGRAM_BASE);
}

/** 13.3 step 3; the caller takes the address space apart when it fails. */
export function* loadSegments(here: Here, aspace: VmAddressSpace, program: Program): Steps<VmError | void> {
  let index = 0;
  for (const segment of program.segments) {
    if (segment.memorySize === 0) continue;
    const error = yield* loadSegment(here, aspace, program.path, segment, index++);
    if (error) return error;
  }
}

function* loadSegment(
  here: Here,
  aspace: VmAddressSpace,
  path: string,
  { address, memorySize, fileOffset, fileSize, protection }: ElfSegment,
  index: number,
): Steps<VmError | void> {
  const start = pageDown(address);
  const end = pageUp(address + memorySize);
  const fileEnd = fileSize === 0 ? start : pageUp(address + fileSize);
  const lock = protection.write ? LOCK_RW : LOCK_RO;
  const place = { aid: aspace.id, addr_type: REGION_ADDR_EXACT_ADDRESS, lock };
  if (fileEnd > start) {
    const made = yield* mapFileInto(here, {
      ...place, name: `${path}_seg${String(index)}`, address: start, size: fileEnd - start, mapping: REGION_PRIVATE_MAP, path,
      offset: pageDown(fileOffset), kernel: true,
    }); // prettier-ignore
    if (typeof made === 'string') return made;
    if (protection.write) {
      // What the last page has behind the file's part: the write copies the page up.
      const behind = address + fileSize;
      const error = yield* writeAsKernel(here, aspace, behind, new Uint8Array(pageUp(behind) - behind));
      if (error) return error;
    }
  }
  if (end <= fileEnd) return;
  const made = yield* createAnonymousRegion(here, {
    ...place, name: `${path}_bss${String(index)}`, address: fileEnd, size: end - fileEnd, wiring: REGION_WIRING_LAZY,
  }); // prettier-ignore
  if (typeof made === 'string') return made;
}
