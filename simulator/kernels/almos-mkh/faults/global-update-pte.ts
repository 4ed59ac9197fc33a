import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import { Attr } from '../base/constants.ts';
import { hal_gpt_update_pte } from '../memory/gpt-functions.ts';
import { otherCopies, type ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';

export const vmm_global_update_pte = kernelFunction(
  {
    name: 'vmm_global_update_pte',
    section: '5.11',
    doc: 'Gives every copy other than the reference the new PTE of a page, where it has the page mapped.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vpn', type: { kind: 'vpn' } },
      { name: 'attr', type: { kind: 'flags', name: 'attr', members: Attr } },
      { name: 'ppn', type: { kind: 'ppn' } },
    ],
    errors: [],
    steps: {
      1: 'take copies_lock',
      2: 'one copy, by increasing cxy: hal_gpt_update_pte by remote access',
      3: 'release',
    },
  },
  function* (
    here: Here,
    { process, vpn, attr, ppn }: { process: ProcessDescriptor; vpn: Vpn; attr: number; ppn: Ppn },
  ): Steps<void> {
    const { copies_lock } = process.ref;
    if (here.step('1')) yield;
    if (!tryLock(here, copies_lock)) yield* waitForLock(here, copies_lock);
    for (const copy of otherCopies(process)) {
      if (here.step('2')) yield;
      yield* hal_gpt_update_pte(here, { gpt: copy.vmm.gpt, vpn, attr, ppn });
    }
    if (here.step('3')) yield;
    release(here, copies_lock);
  },
);
