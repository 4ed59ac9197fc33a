import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { hex, type Ppn, type Vpn } from '../../../hardware/word.ts';
import { Attr, PageFlag, VsegType } from '../base/constants.ts';
import { attrOf, clearEntry, ppnOfEntry } from '../memory/gpt-functions.ts';
import { lockPage, unlockPage } from '../memory/page-lock.ts';
import { releasePage, releaseRemotely } from '../rpc/pages.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { isIdentity, isKernelType, isPrivate, vpnEnd, type Vseg } from '../objects/vseg.ts';
import { dropFork, changeRefcount } from '../objects/page-counts.ts';

interface UnmapArgs {
  readonly process: ProcessDescriptor;
  readonly vseg: Vseg;
  /** Only these pages, where a part of the vseg goes (5.13). */
  readonly first?: Vpn;
  readonly end?: Vpn;
}

/** 5.12. The caller holds vsegs_lock, or nobody else can reach the VMM (A10). */
export const vmm_unmap_vseg = kernelFunction(
  {
    name: 'vmm_unmap_vseg',
    section: '5.12',
    doc: 'Unmaps the pages of a vseg in one descriptor and gives back those that nobody else holds. Tables stay.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vseg', type: { kind: 'object', type: 'vseg' } },
    ],
    errors: [],
    steps: {
      1: 'read the PTE of one page, ascending',
      2: 'not mapped: next',
      3: 'it must be a small page, else panic',
      4: 'hal_gpt_reset_pte',
      5: 'release the page by the vseg’s type: forks > 0: forks -= 1, else free it; FILE: refcount -= 1',
    },
  },
  function* (here: Here, { process, vseg, first = vseg.vpn_base, end = vpnEnd(vseg) }: UnmapArgs): Steps<void> {
    const { gpt } = process.vmm;
    for (let vpn = first; vpn < end; vpn++) {
      if (here.step('1')) yield;
      const attr = attrOf(here, gpt, vpn);
      if (here.step('2')) yield;
      if ((attr & Attr.MAPPED) === 0) continue;
      if (here.step('3')) yield;
      if ((attr & Attr.SMALL) === 0) panic(here, `vpn ${hex(vpn, 5)} is a big page`);
      const ppn = ppnOfEntry(here, gpt, vpn);
      if (here.step('4')) yield;
      clearEntry(here, gpt, vpn);
      if (here.step('5')) yield;
      yield* releaseByType(here, process, vseg, attr, ppn);
    }
  },
);

/** The table of 5.12. Public pages are given back by the reference alone. */
function* releaseByType(here: Here, process: ProcessDescriptor, vseg: Vseg, attr: number, ppn: Ppn): Steps<void> {
  if (isIdentity(vseg) || isKernelType(vseg.vsegType)) return;
  if (vseg.vsegType === VsegType.FILE) {
    if ((attr & Attr.DIRTY) !== 0) markDirty(here, ppn);
    if (isReference(process)) changeRefcount(here, ppn, -1);
    return;
  }
  if (isPrivate(vseg) || isReference(process)) yield* dropHolder(here, process, ppn);
}

function* dropHolder(here: Here, process: ProcessDescriptor, ppn: Ppn): Steps<void> {
  const cluster = clusterOfPpn(here.machine, ppn);
  yield* lockPage(here, ppn);
  const isShared = (clusterAt(here, cluster).ppm.pages_tbl.forks[pageOfPpn(here.machine, ppn)] as number) > 0;
  if (isShared) dropFork(here, ppn);
  unlockPage(here, ppn);
  if (isShared) return;
  const isOwnPageOfACopy = process.cluster !== here.cluster && cluster === process.cluster;
  if (isOwnPageOfACopy) yield* releaseRemotely(here, ppn);
  else yield* releasePage(here, ppn);
}

function markDirty(here: Here, ppn: Ppn): void {
  const { flags } = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pages_tbl;
  const page = pageOfPpn(here.machine, ppn);
  flags[page] = (flags[page] as number) | PageFlag.DIRTY;
}
