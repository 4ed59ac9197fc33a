import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import type { Vpn } from '../../../hardware/word.ts';
import { Attr, VsegType } from '../base/constants.ts';
import { attrOf, changeAttr, clearEntry } from '../memory/gpt-functions.ts';
import { lockEntry, unlockEntry } from '../memory/pte-lock.ts';
import { descriptorIn, otherCopies, type ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { vpnEnd, type Vseg } from '../objects/vseg.ts';
import type { Gpt } from '../objects/gpt.ts';

/** 5.5, A3, A12: runs in the owner. Inside a fork, whose read lock on the vsegs covers it. */
export const vmm_set_cow = kernelFunction(
  {
    name: 'vmm_set_cow',
    section: '5.5',
    doc: 'Puts a parent’s own pages in copy-on-write: its reference table and the forking thread’s stack; other copies are invalidated.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'thread_xp', type: { kind: 'thread' }, optional: true, doc: 'the forking thread; left out: no stack' },
    ],
    errors: [],
    steps: {
      1: 'collect the DATA, ANON and REMOTE vsegs of the reference',
      2: 'one page: mapped and writable: clear WRITABLE, set COW',
      3: 'one page of another copy (copies_lock held): invalidate its PTE',
      4: 'one page of the forking thread’s STACK, in its cluster: clear WRITABLE, set COW',
      5: 'done; the hardware has dropped the TLB entries',
    },
  },
  function* (
    here: Here,
    { process, thread_xp }: { process: ProcessDescriptor; thread_xp?: Thread | null },
  ): Steps<void> {
    const { ref } = process;
    if (here.step('1')) yield;
    const vsegs = ref.vmm.vsegs_root.filter(isMarkedByFork);
    for (const vseg of vsegs) yield* markRange(here, ref.vmm.gpt, vseg, '2');
    yield* invalidateCopies(here, ref, vsegs);
    const stack = thread_xp?.stack ?? null;
    const local = thread_xp?.process === ref ? descriptorIn(ref, thread_xp.cluster) : null;
    if (local !== null && stack !== null) {
      yield* markRange(here, local.vmm.gpt, stack, '4');
    }
    if (here.step('5')) yield;
  },
);

function isMarkedByFork({ vsegType }: Vseg): boolean {
  return vsegType === VsegType.DATA || vsegType === VsegType.ANON || vsegType === VsegType.REMOTE;
}

function* markRange(here: Here, gpt: Gpt, vseg: Vseg, label: string): Steps<void> {
  for (let vpn = vseg.vpn_base; vpn < vpnEnd(vseg); vpn++) {
    if (here.step(label)) yield;
    if (isWritable(here, gpt, vpn)) yield* markPage(here, gpt, vpn);
  }
}

function isWritable(here: Here, gpt: Gpt, vpn: Vpn): boolean {
  const bits = Attr.MAPPED | Attr.WRITABLE;
  return (attrOf(here, gpt, vpn) & bits) === bits;
}

/** With the PTE locked (A3): the entry may have changed until the lock was free. */
function* markPage(here: Here, gpt: Gpt, vpn: Vpn): Steps<void> {
  yield* lockEntry(here, gpt, vpn);
  if (isWritable(here, gpt, vpn)) {
    const attr = attrOf(here, gpt, vpn) & ~Attr.LOCKED;
    changeAttr(here, gpt, vpn, (attr & ~Attr.WRITABLE) | Attr.COW);
  }
  unlockEntry(here, gpt, vpn);
}

/** Invalidation instead of update: a copy asks again when it needs the page. */
function* invalidateCopies(here: Here, ref: ProcessDescriptor, vsegs: readonly Vseg[]): Steps<void> {
  const { copies_lock } = ref.ref;
  if (!tryLock(here, copies_lock)) yield* waitForLock(here, copies_lock);
  for (const { vmm } of otherCopies(ref)) {
    for (const vseg of vsegs) {
      for (let vpn = vseg.vpn_base; vpn < vpnEnd(vseg); vpn++) {
        if (here.step('3')) yield;
        if ((attrOf(here, vmm.gpt, vpn) & Attr.MAPPED) !== 0) clearEntry(here, vmm.gpt, vpn);
      }
    }
  }
  release(here, copies_lock);
}

/** 10.4 set_cow. */
export const hal_gpt_set_cow = kernelFunction(
  {
    name: 'hal_gpt_set_cow',
    section: '10.4',
    doc: 'Puts the writable entries of a range in copy-on-write.',
    parameters: [
      { name: 'gpt', type: { kind: 'object', type: 'gpt' } },
      { name: 'vpn_base', type: { kind: 'vpn' } },
      { name: 'vpn_size', type: { kind: 'integer' } },
    ],
    errors: [],
    steps: { 1: 'one page: mapped and writable: clear WRITABLE, set COW' },
  },
  function* (here: Here, { gpt, vpn_base, vpn_size }: { gpt: Gpt; vpn_base: Vpn; vpn_size: number }): Steps<void> {
    for (let vpn = vpn_base; vpn < vpn_base + vpn_size; vpn++) {
      if (here.stage('1')) yield;
      if (isWritable(here, gpt, vpn)) yield* markPage(here, gpt, vpn);
    }
  },
);
