import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { unlock, writeLock } from '../base/locks.ts';
import { destroyMap } from './translation-map.ts';
import type { Here, Steps, VmAddressSpace } from '../base/state.ts';

export const putAspace = kernelFunction(
  {
    name: 'vm_put_aspace',
    section: '4.42',
    doc: 'Drops a reference of an address space; the last one ends it.',
    parameters: [],
    errors: [],
    steps: {
      1: '+W(aspace_hash_sem)',
      2: 'one reference less; at 0 it leaves the table',
      3: '-W',
      4: 'not the last: return',
      5: 'the kernel’s: panic',
      6: 'regions are left: panic',
      7: 'destroy the translation map',
      8: 'free it',
    },
  },
  function* (here: Here, aspace: VmAddressSpace): Steps<void> {
    const { kernel } = here;
    if (here.step('1')) yield;
    yield* writeLock(here, kernel.aspace_hash_sem);
    if (here.step('2')) yield;
    aspace.ref_count -= 1;
    const isLast = aspace.ref_count === 0;
    if (isLast) kernel.aspace_table.delete(aspace.id);
    if (here.step('3')) yield;
    unlock(here, kernel.aspace_hash_sem);
    if (here.step('4')) yield;
    if (!isLast) return;
    if (here.step('5')) yield;
    if (aspace === kernel.kernel_aspace) panic(here, 'vm_put_aspace: the kernel’s address space');
    if (here.step('6')) yield;
    if (aspace.virtual_map.region_list.length > 0) panic(here, 'vm_put_aspace: regions are left');
    if (here.step('7')) yield;
    destroyMap(here, aspace.translation_map);
    if (here.step('8')) yield;
    aspace.freed = 'vm_put_aspace step 8';
  },
);
