import { kernelFunction } from '../../../execution/activation.ts';
import { holdsLock, release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { hex } from '../../../hardware/word.ts';
import { emitRemoval } from '../../../hardware/region-log.ts';
import { VsegType } from '../base/constants.ts';
import { giveDescriptor } from '../memory/kcm.ts';
import { destroyIfUnused } from '../memory/mapper-functions.ts';
import { mmap_free } from './mmap-allocator.ts';
import { releasePage } from '../rpc/pages.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { stack_free } from './stack-allocator.ts';
import type { Here, Steps } from '../objects/state.ts';
import { detach, isMmapType, type Vseg } from '../objects/vseg.ts';

interface RemoveArgs {
  readonly process: ProcessDescriptor;
  readonly vseg: Vseg;
  /** Leaves the allocators alone: the whole VMM goes (5.6). */
  readonly isDestroying?: boolean;
}

/** 5.9. Its pages must be unmapped. */
export const vmm_remove_vseg = kernelFunction(
  {
    name: 'vmm_remove_vseg',
    section: '5.9',
    doc: 'Takes an unmapped vseg out of one descriptor and gives its range back to the allocator that granted it.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vseg', type: { kind: 'object', type: 'vseg' } },
    ],
    errors: [],
    steps: {
      1: 'vsegs_lock (write): detach, vsegs_nr -= 1, release',
      2: 'STACK: clear the bit of its slot',
      3: 'ANON, FILE, REMOTE in the reference: the reserved range to the zombi lists; the descriptor becomes the record',
      4: 'other types: free the descriptor',
    },
  },
  function* (here: Here, { process, vseg, isDestroying = false }: RemoveArgs): Steps<void> {
    const { vmm } = process;
    const isHeld = holdsLock(here, vmm.vsegs_lock, 'write');
    if (vseg.vmm !== vmm) panic(here, `the vseg at ${hex(vseg.min, 8)} is not of this descriptor`);
    if (here.step('1')) yield;
    if (!isHeld && !tryLock(here, vmm.vsegs_lock)) yield* waitForLock(here, vmm.vsegs_lock);
    detach(vmm, vseg);
    // A thread whose stack was unmapped has none (5.13 b).
    for (const thread of process.th_tbl) if (thread?.stack === vseg) thread.stack = null;
    if (!isHeld) release(here, vmm.vsegs_lock);
    vseg.freed = `vmm_remove_vseg step ${isMmapType(vseg.vsegType) ? '3' : '4'}`;
    emitRemoval(here.machine, here.cluster, { process: process.ref.owner, start: vseg.min, end: vseg.max });
    if (!isDestroying && vseg.vsegType === VsegType.STACK) {
      if (here.step('2')) yield;
      yield* stack_free(here, { process, vpn_base: vseg.vpn_base });
    }
    if (!isDestroying && isMmapType(vseg.vsegType) && isReference(process)) {
      if (here.step('3')) yield;
      yield* mmap_free(here, { process, vpn_base: vseg.vpn_base, vpn_size: vseg.vpn_size });
    } else if (here.step('4')) yield;
    giveDescriptor(here, process.cluster, 'vseg');
    if (vseg.mapper !== null) yield* destroyIfUnused(here, vseg.mapper, releasePage);
  },
);
