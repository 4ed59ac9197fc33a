import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { pageOfPpn, ppnAt, zeroFrame } from '../../../hardware/physical-memory.ts';
import { clusterOfCxy } from '../../../hardware/machine-config.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import { Attr } from '../base/constants.ts';
import { clearBigEntry, clearEntry, hal_gpt_set_pte } from '../memory/gpt-functions.ts';
import { kernelDescriptor } from '../objects/kernel-process.ts';
import { PageUse } from '../objects/page.ts';
import { allocatePages, freePages } from '../memory/ppm-functions.ts';
import type { Here, Steps } from '../objects/state.ts';
import { isIdentity, isKernelType, vpnEnd, type Vseg } from '../objects/vseg.ts';
import type { Gpt } from '../objects/gpt.ts';
import { attrOfVseg } from '../objects/vseg-attr.ts';

/** 5.10: order of a big page, 2 MiB. */
const BIG_ORDER = 9;

/** 5.10. The kernel process has a table in every cluster; this maps in the local one (A18). */
export const vmm_map_kernel_vseg = kernelFunction(
  {
    name: 'vmm_map_kernel_vseg',
    aliases: ['vmm_map_vseg'],
    section: '5.10',
    doc: 'Maps every page of a kernel vseg in the local kernel table: by identity, or with new local pages for KDATA.',
    parameters: [
      { name: 'vseg', type: { kind: 'object', type: 'vseg' } },
      { name: 'attr', type: { kind: 'flags', name: 'attr', members: Attr }, doc: 'SMALL, or 0 for pages of 2 MiB' },
    ],
    errors: ['ENOMEM'],
    steps: {
      1: 'order 0 for SMALL, else 9; a vseg that is not of a kernel type, or not aligned to its pages: panic',
      2: 'one page: identity, or allocate; null: undo, ENOMEM',
      3: 'hal_gpt_set_pte in the kernel table',
      4: 'done',
    },
  },
  function* (here: Here, { vseg, attr }: { vseg: Vseg; attr: number }): Steps<'ENOMEM' | void> {
    const { gpt } = kernelDescriptor(here.kernel, here.machine, here.cluster).vmm;
    if (here.step('1')) yield;
    if (!isKernelType(vseg.vsegType)) panic(here, 'the vseg is not of a kernel type');
    const order = (attr & Attr.SMALL) !== 0 ? 0 : BIG_ORDER;
    if (vseg.vpn_base % 2 ** order !== 0 || vseg.vpn_size % 2 ** order !== 0)
      panic(here, 'the vseg is not aligned to 2 MiB');
    for (let vpn = vseg.vpn_base; vpn < vpnEnd(vseg); vpn += 2 ** order) {
      if (here.step('2')) yield;
      const ppn = yield* frameFor(here, vseg, vpn, order);
      if (ppn !== null && here.step('3')) yield;
      const bits = order === 0 ? attrOfVseg(vseg) : attrOfVseg(vseg) & ~Attr.SMALL;
      const error = ppn === null ? 'ENOMEM' : yield* hal_gpt_set_pte(here, { gpt, vpn, attr: bits, ppn });
      if (!error) continue;
      if (ppn !== null && !isIdentity(vseg)) yield* freePages(here, here.cluster, pageOfPpn(here.machine, ppn));
      yield* undo(here, gpt, vseg, vpn, order);
      return error;
    }
    if (here.step('4')) yield;
  },
);

function* frameFor(here: Here, vseg: Vseg, vpn: Vpn, order: number): Steps<Ppn | null> {
  if (isIdentity(vseg)) return ppnAt(here.machine, Math.max(0, clusterOfCxy(here.machine.config, vseg.cxy)), vpn);
  const page = yield* allocatePages(here, here.cluster, order, PageUse.user);
  if (page < 0) return null;
  for (let i = 0; i < 2 ** order; i++) zeroFrame(here.machine, ppnAt(here.machine, here.cluster, page + i));
  return ppnAt(here.machine, here.cluster, page);
}

/** Unmaps and frees what was mapped before `end`. */
function* undo(here: Here, gpt: Gpt, vseg: Vseg, end: Vpn, order: number): Steps<void> {
  for (let vpn = vseg.vpn_base; vpn < end; vpn += 2 ** order) {
    const ppn = order === 0 ? clearEntry(here, gpt, vpn) : clearBigEntry(here, gpt, vpn);
    if (!isIdentity(vseg)) yield* freePages(here, here.cluster, pageOfPpn(here.machine, ppn));
  }
}
