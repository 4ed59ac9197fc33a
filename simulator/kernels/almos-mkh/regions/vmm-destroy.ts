import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { hal_gpt_destroy } from '../memory/gpt-functions.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import { vmm_remove_vseg } from './remove-vseg.ts';
import type { Here, Steps } from '../objects/state.ts';
import { vmm_unmap_vseg } from './unmap-vseg.ts';
import { forgetRanges } from '../objects/holdings.ts';

export const vmm_destroy = kernelFunction(
  {
    name: 'vmm_destroy',
    section: '5.6',
    doc: 'Takes the address space of one descriptor apart: every vseg, its pages, the zombi records, the page table.',
    parameters: [{ name: 'process', type: { kind: 'process' } }],
    errors: [],
    steps: {
      1: 'take vsegs_lock (write)',
      2: 'the first vseg of the list: vmm_unmap_vseg, vmm_remove_vseg without the allocators',
      3: 'free every zombi record of the 32 lists',
      4: 'hal_gpt_destroy: every PT2, then PT1',
      5: 'release',
    },
  },
  function* (here: Here, { process }: { process: ProcessDescriptor }): Steps<void> {
    const { vmm } = process;
    if (here.step('1')) yield;
    if (!tryLock(here, vmm.vsegs_lock)) yield* waitForLock(here, vmm.vsegs_lock);
    for (let vseg = vmm.vsegs_root[0]; vseg !== undefined; vseg = vmm.vsegs_root[0]) {
      if (here.step('2')) yield;
      yield* vmm_unmap_vseg(here, { process, vseg });
      yield* vmm_remove_vseg(here, { process, vseg, isDestroying: true });
    }
    if (here.step('3')) yield;
    for (const list of vmm.mmap_mgr.zombi_list) list.length = 0;
    vmm.stack_mgr.bitmap = 0;
    forgetRanges(here.kernel, process);
    if (here.step('4')) yield;
    if (vmm.gpt.ppn !== 0) yield* hal_gpt_destroy(here, { gpt: vmm.gpt });
    if (here.step('5')) yield;
    release(here, vmm.vsegs_lock);
  },
);
