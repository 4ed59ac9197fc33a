import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import { Attr, HARDWARE_ATTR, VsegType } from '../base/constants.ts';
import { remoteAccess } from '../objects/cost.ts';
import { attrOf, hal_gpt_set_pte, ppnOfEntry } from '../memory/gpt-functions.ts';
import { lockEntry, unlockEntry } from '../memory/pte-lock.ts';
import { takeDescriptor } from '../memory/kcm.ts';
import { lockPage, unlockPage } from '../memory/page-lock.ts';
import { descriptorIn, type ProcessDescriptor } from '../objects/process.ts';
import { pushZombis } from './mmap-allocator.ts';
import { slotOf } from './stack-allocator.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { vmm_destroy } from './vmm-destroy.ts';
import { initialiseVmm, mapKentry } from './vmm-init.ts';
import { vmmBases } from '../objects/vmm.ts';
import { attach, duplicate, isIdentity, isMmapType, isPrivate, vpnEnd, type Vseg } from '../objects/vseg.ts';
import type { Gpt } from '../objects/gpt.ts';
import type { PageRange } from '../objects/stack-manager.ts';
import { changeRefcount } from '../objects/page-counts.ts';

interface CopyArgs {
  readonly dst_process: ProcessDescriptor;
  readonly src_process: ProcessDescriptor;
}

/** 5.3, A1, A2: runs in the child's cluster; the source is the parent's reference, wherever that is. */
export const vmm_copy = kernelFunction(
  {
    name: 'vmm_copy',
    aliases: ['vmm_fork_copy'],
    section: '5.3',
    doc: 'Copies the parent’s address space to a child: all vsegs but kentry and stacks, all their PTEs, writable ones as copy-on-write.',
    parameters: [
      { name: 'dst_process', type: { kind: 'process' } },
      { name: 'src_process', type: { kind: 'process' } },
    ],
    errors: ['ENOMEM'],
    steps: {
      1: 'one of vmm_init’s steps 1 to 6 and 9; a failure goes to step 6',
      2: 'take the source’s vsegs_lock (read, remote)',
      3: 'one source vseg, in order; not kentry, no STACK',
      '3a': 'allocate the child’s vseg, copy all fields; PRIVATE: cxy := local; attach. Null: step 6',
      '3b': 'CODE: no PTE is copied',
      '3c': 'one page: the child’s PTE := same page, WRITABLE or COW as COW, unless FILE; then forks += 1, FILE: refcount += 1',
      4: 'copy first_free_vpn and the zombi lists; the STACK bitmap stays 0',
      5: 'copy the bases and entry_point; release',
      6: 'error: release, vmm_destroy(dst), ENOMEM',
    },
  },
  function* (here: Here, { dst_process, src_process }: CopyArgs): Steps<'ENOMEM' | void> {
    const { vsegs_lock } = src_process.vmm;
    let error = (yield* initialiseVmm(here, dst_process, '1')) ?? (yield* mapKentry(here, dst_process, '1'));
    if (error) {
      if (here.step('6')) yield;
      yield* vmm_destroy(here, { process: dst_process });
      return error;
    }
    if (here.step('2')) yield;
    if (!tryLock(here, vsegs_lock, 'read')) yield* waitForLock(here, vsegs_lock, 'read');
    for (const source of src_process.vmm.vsegs_root) {
      if (error) break;
      if (isIdentity(source) || source.vsegType === VsegType.STACK) continue;
      if (here.step('3')) yield;
      error = yield* copyVseg(here, dst_process, src_process, source);
    }
    if (error) {
      if (here.step('6')) yield;
      release(here, vsegs_lock);
      yield* vmm_destroy(here, { process: dst_process });
      return error;
    }
    if (here.step('4')) yield;
    copyAllocator(dst_process, src_process);
    if (here.step('5')) yield;
    for (const base of vmmBases) dst_process.vmm[base] = src_process.vmm[base];
    release(here, vsegs_lock);
  },
);

function* copyVseg(here: Here, dst: ProcessDescriptor, src: ProcessDescriptor, source: Vseg): Steps<'ENOMEM' | void> {
  if (here.step('3a')) yield;
  if (!takeDescriptor(here, dst.cluster, 'vseg')) return 'ENOMEM';
  remoteAccess(here, src.cluster);
  const vseg = duplicate(source);
  if (isPrivate(vseg)) vseg.cxy = clusterAt(here, dst.cluster).cxy;
  attach(dst.vmm, vseg);
  if (source.vsegType === VsegType.CODE) {
    if (here.step('3b')) yield;
    return;
  }
  return yield* copyPtes(here, dst.vmm.gpt, src.vmm.gpt, source, '3c');
}

/** 5.3-3c for every page of a vseg, each with the source's PTE locked (A3). */
function* copyPtes(here: Here, dst: Gpt, src: Gpt, vseg: Vseg, label: string): Steps<'ENOMEM' | void> {
  for (let vpn = vseg.vpn_base; vpn < vpnEnd(vseg); vpn++) {
    if (here.step(label)) yield;
    if ((attrOf(here, src, vpn) & Attr.MAPPED) === 0) continue;
    yield* lockEntry(here, src, vpn);
    // It may have changed until the lock was free.
    const isMapped = (attrOf(here, src, vpn) & Attr.MAPPED) !== 0;
    const error = isMapped
      ? yield* hal_gpt_pte_copy(here, { dst, src, vpn, cow: vseg.vsegType !== VsegType.FILE })
      : undefined;
    if (isMapped && !error) yield* countHolder(here, vseg, ppnOfEntry(here, src, vpn));
    unlockEntry(here, src, vpn);
    if (error) return error;
  }
}

/** 10.4 pte_copy. */
export const hal_gpt_pte_copy = kernelFunction(
  {
    name: 'hal_gpt_pte_copy',
    section: '10.4',
    doc: 'Copies one entry to another table; with cow, a writable one as copy-on-write.',
    parameters: [
      { name: 'dst', type: { kind: 'object', type: 'gpt' } },
      { name: 'src', type: { kind: 'object', type: 'gpt' } },
      { name: 'vpn', type: { kind: 'vpn' } },
      { name: 'cow', type: { kind: 'boolean' }, default: true },
    ],
    errors: ['ENOMEM'],
    steps: { 1: 'read the source entry', 2: 'write the destination entry, LOCKED cleared' },
  },
  function* (
    here: Here,
    { dst, src, vpn, cow }: { dst: Gpt; src: Gpt; vpn: Vpn; cow: boolean },
  ): Steps<'ENOMEM' | void> {
    if (here.stage('1')) yield;
    remoteAccess(here, src.cluster);
    let attr = attrOf(here, src, vpn) & ~(HARDWARE_ATTR | Attr.LOCKED);
    if ((attr & Attr.MAPPED) === 0) return;
    if (cow && (attr & (Attr.WRITABLE | Attr.COW)) !== 0) attr = (attr & ~Attr.WRITABLE) | Attr.COW;
    if (here.stage('2')) yield;
    return yield* hal_gpt_set_pte(here, { gpt: dst, vpn, attr, ppn: ppnOfEntry(here, src, vpn) });
  },
);

function* countHolder(here: Here, vseg: Vseg, ppn: Ppn): Steps<void> {
  if (vseg.vsegType === VsegType.FILE) {
    changeRefcount(here, ppn, 1);
    return;
  }
  yield* lockPage(here, ppn);
  const { forks } = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pages_tbl;
  const page = pageOfPpn(here.machine, ppn);
  forks[page] = (forks[page] as number) + 1;
  unlockPage(here, ppn);
}

/**
 * Step 4. A range that another thread of the parent has taken and not yet registered is the parent's alone: in
 * the child it is released, so that the zone stays fully accounted for (I12).
 */
function copyAllocator({ vmm: dst }: ProcessDescriptor, { vmm: src }: ProcessDescriptor): void {
  const { mmap_mgr } = dst;
  mmap_mgr.first_free_vpn = src.mmap_mgr.first_free_vpn;
  src.mmap_mgr.zombi_list.forEach((list, order) => {
    mmap_mgr.zombi_list[order] = list.map((range) => ({ ...range }));
  });
  const known: PageRange[] = [
    ...dst.vsegs_root.filter(({ vsegType }) => isMmapType(vsegType)),
    ...mmap_mgr.zombi_list.flat(),
  ];
  known.sort((a, b) => a.vpn_base - b.vpn_base);
  let next = mmap_mgr.vpn_base;
  for (const { vpn_base, vpn_size } of [...known, { vpn_base: mmap_mgr.first_free_vpn, vpn_size: 0 }]) {
    pushZombis(mmap_mgr, next, vpn_base - next);
    next = vpn_base + vpn_size;
  }
}

/** 5.4, B2. */
export const thread_fork_stack = kernelFunction(
  {
    name: 'thread_fork_stack',
    section: '5.4',
    doc: 'Gives the child the forking thread’s stack: same slot, same pages, copy-on-write.',
    parameters: [
      { name: 'child', type: { kind: 'process' } },
      { name: 'thread', type: { kind: 'thread' } },
    ],
    result: { kind: 'object', type: 'vseg' },
    errors: ['ENOMEM'],
    steps: {
      1: 'set the bit of the same slot in the child’s STACK allocator',
      2: 'new STACK vseg with the same range, cxy := local; null: ENOMEM',
      3: 'one page: copy its PTE as vmm_copy does, forks += 1',
    },
  },
  function* (here: Here, { child, thread }: { child: ProcessDescriptor; thread: Thread }): Steps<Vseg | 'ENOMEM'> {
    const parent = descriptorIn(thread.process, thread.cluster) as ProcessDescriptor;
    const source = thread.stack as Vseg;
    if (here.step('1')) yield;
    const { stack_mgr } = child.vmm;
    stack_mgr.bitmap = (stack_mgr.bitmap | (1 << slotOf(stack_mgr, source.vpn_base))) >>> 0;
    if (here.step('2')) yield;
    if (!takeDescriptor(here, child.cluster, 'vseg')) return 'ENOMEM';
    const vseg = duplicate(source);
    vseg.cxy = clusterAt(here, child.cluster).cxy;
    attach(child.vmm, vseg);
    return (yield* copyPtes(here, child.vmm.gpt, parent.vmm.gpt, source, '3')) ?? vseg;
  },
);
