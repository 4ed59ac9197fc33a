import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { isError } from '../../../execution/result.ts';
import { clusterOfPpn, copyFrame, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { addressOfVpn, type Ppn, type Vpn } from '../../../hardware/word.ts';
import { Attr, HARDWARE_ATTR, VsegType } from '../base/constants.ts';
import { payCopy } from '../objects/cost.ts';
import { vmm_global_update_pte } from './global-update-pte.ts';
import { attrOf, ensureTables, ppnOfEntry, writeEntry } from '../memory/gpt-functions.ts';
import { lockEntry, unlockEntry } from '../memory/pte-lock.ts';
import { newPage, vmm_get_one_ppn } from './one-ppn.ts';
import { lockPage, unlockPage } from '../memory/page-lock.ts';
import { releasePage } from '../rpc/pages.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { findByPage, isIdentity, isPrivate, type Vseg } from '../objects/vseg.ts';
import type { PteResult, VmmError } from '../objects/rpc-calls.ts';
import { attrOfVseg } from '../objects/vseg-attr.ts';
import { dropFork, changeRefcount } from '../objects/page-counts.ts';

interface GetPteArgs {
  readonly process: ProcessDescriptor;
  readonly vpn: Vpn;
  readonly cow: boolean;
}

export const vmm_get_pte = kernelFunction(
  {
    name: 'vmm_get_pte',
    section: '5.21',
    doc: 'Gives the PTE of a page, making it: a new page on a page fault (cow false), a private one on a copy-on-write (cow true).',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vpn', type: { kind: 'vpn' } },
      { name: 'cow', type: { kind: 'boolean' }, doc: 'copy-on-write if true, page fault if false' },
    ],
    outputs: [
      { name: 'attr', type: { kind: 'flags', name: 'attr', members: Attr } },
      { name: 'ppn', type: { kind: 'ppn' } },
    ],
    errors: ['ENOMEM', 'EINVAL', 'EIO'],
    steps: {
      1: 'take vsegs_lock (read) and find the vseg in the VSL; missing: EINVAL',
      2: 'lock the PTE, waiting while another thread holds it',
      3: 'read the old attributes and page number',
      4: 'page fault, but mapped: false page-fault. Copy-on-write, but not mapped: a page fault after all',
      5: 'page fault: vmm_get_one_ppn. Copy-on-write, but WRITABLE: false copy-on-write',
      6: 'page fault: set the PTE by the vseg’s flags. Copy-on-write, neither COW nor WRITABLE: EINVAL',
      7: 'lock the page. forks > 0: new page from the target cluster, copy 4096 bytes, forks -= 1. forks = 0: keep it',
      8: 'attr := (old | WRITABLE) & ~COW; set the PTE',
      9: 'public vseg: update every other copy that has the page mapped',
      10: 'unlock the PTE; return attr and ppn',
    },
  },
  function* (here: Here, args: GetPteArgs): Steps<PteResult | VmmError> {
    const { process, vpn } = args;
    const { vsegs_lock } = process.vmm;
    if (here.step('1')) yield;
    if (!tryLock(here, vsegs_lock, 'read')) yield* waitForLock(here, vsegs_lock, 'read');
    const vseg = findByPage(process.vmm, vpn);
    // A public vseg is resolved in the reference, a private one in its own cluster; by nobody else.
    const isHere = process.cluster === here.cluster;
    if (vseg === null || !isHere || !(isPrivate(vseg) || isReference(process))) {
      release(here, vsegs_lock);
      return 'EINVAL';
    }
    if (here.step('2')) yield;
    yield* lockEntry(here, process.vmm.gpt, vpn);
    const result = yield* resolve(here, args, vseg);
    if (here.step('10')) yield;
    unlockEntry(here, process.vmm.gpt, vpn);
    release(here, vsegs_lock);
    return result;
  },
);

/** Steps 3 to 9, with the PTE locked. */
function* resolve(here: Here, { process, vpn, cow }: GetPteArgs, vseg: Vseg): Steps<PteResult | VmmError> {
  const { gpt } = process.vmm;
  if (here.step('3')) yield;
  const attr = attrOf(here, gpt, vpn) & ~(HARDWARE_ATTR | Attr.LOCKED);
  const ppn = ppnOfEntry(here, gpt, vpn);
  if (here.step('4')) yield;
  if ((attr & Attr.MAPPED) === 0) return yield* mapNewPage(here, process, vseg, vpn);
  if (!cow) return falseFault(here, process, vpn, { attr, ppn });
  if (here.step('5')) yield;
  if ((attr & Attr.WRITABLE) !== 0) return falseFault(here, process, vpn, { attr, ppn });
  if (here.step('6')) yield;
  if ((attr & Attr.COW) === 0) return 'EINVAL';
  if (here.step('7')) yield;
  const newPpn = yield* takeOver(here, vseg, vpn, ppn);
  if (newPpn === null) return 'ENOMEM';
  if (here.step('8')) yield;
  const newAttr = (attr | Attr.WRITABLE) & ~Attr.COW;
  writeEntry(here, gpt, vpn, newAttr, newPpn);
  if (!isPrivate(vseg)) {
    if (here.step('9')) yield;
    yield* vmm_global_update_pte(here, { process, vpn, attr: newAttr, ppn: newPpn });
  }
  return { attr: newAttr, ppn: newPpn };
}

/** 7.4, B6: another thread has done the work already. */
function falseFault(here: Here, { vmm }: ProcessDescriptor, vpn: Vpn, { attr, ppn }: PteResult): PteResult {
  vmm.false_pgfault_nr += 1;
  emit(here.machine, EventKind.falseFault, here.cluster, { va: addressOfVpn(vpn) });
  return { attr, ppn };
}

/** The page-fault branch: data page first, its table last (6.4). */
function* mapNewPage(here: Here, process: ProcessDescriptor, vseg: Vseg, vpn: Vpn): Steps<PteResult | VmmError> {
  if (here.step('5')) yield;
  // kentry where it was not mapped from the start (10.10): its frame is no matter of allocation.
  const page = isIdentity(vseg)
    ? { ppn: clusterAt(here, here.cluster).first_ppn + vpn }
    : yield* vmm_get_one_ppn(here, { vseg, vpn });
  if (isError(page)) return page;
  if (here.step('6')) yield;
  const attr = attrOfVseg(vseg);
  const error = yield* ensureTables(here, process.vmm.gpt, vpn);
  if (error) {
    if (vseg.vsegType === VsegType.FILE) changeRefcount(here, page.ppn, -1);
    else if (!isIdentity(vseg)) yield* releasePage(here, page.ppn);
    return error;
  }
  writeEntry(here, process.vmm.gpt, vpn, attr, page.ppn);
  return { attr, ppn: page.ppn };
}

/** Step 7: the frame that the writer may have for itself; null when no page is left for the copy. */
function* takeOver(here: Here, vseg: Vseg, vpn: Vpn, old: Ppn): Steps<Ppn | null> {
  const { machine } = here;
  const source = clusterOfPpn(machine, old);
  yield* lockPage(here, old);
  const { forks } = clusterAt(here, source).ppm.pages_tbl;
  const page = pageOfPpn(machine, old);
  let ppn: Ppn | null = old;
  if ((forks[page] as number) > 0) {
    ppn = yield* newPage(here, vseg, vpn);
    if (ppn !== null) {
      copyFrame(machine, ppn, old);
      payCopy(here, source, clusterOfPpn(machine, ppn));
      emit(machine, EventKind.pageCopy, clusterOfPpn(machine, ppn), { from: old, to: ppn });
      dropFork(here, old);
    }
  }
  unlockPage(here, old);
  return ppn;
}
