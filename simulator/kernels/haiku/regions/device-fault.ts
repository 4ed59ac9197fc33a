/** 3.3: the fault operation of the device store. No vm_page is involved. */
import { kernelFunction } from '../../../execution/activation.ts';
import { lockMutex, unlockMutex } from '../base/locks.ts';
import { lockMap, mapPage, unlockMap } from '../memory/translation-map.ts';
import type { Here, Steps, VmAddressSpace, VmCacheRef } from '../base/state.ts';

interface DeviceFaultArgs {
  readonly aspace: VmAddressSpace;
  readonly top: VmCacheRef;
  readonly off: number;
}

export const deviceFault = kernelFunction(
  {
    name: 'device_fault',
    section: '3.3',
    doc: 'Maps an offset of physical memory into every region of the faulting address space that shows it (D16).',
    parameters: [],
    errors: [],
    steps: {
      1: '+L(cache_ref.lock)',
      2: '+T(aspace.translation_map)',
      3: 'a region of this address space that shows the offset: map it',
      4: '-T',
      5: '-L',
      6: 'NO_ERROR',
    },
  },
  function* (here: Here, { aspace, top, off }: DeviceFaultArgs): Steps<void> {
    const map = aspace.translation_map;
    if (here.step('1')) yield;
    yield* lockMutex(here, top.lock);
    if (here.step('2')) yield;
    yield* lockMap(here, map);
    for (const region of top.region_list) {
      if (here.step('3')) yield;
      const isInside =
        region.aspace === aspace && region.cache_offset <= off && off < region.cache_offset + region.size;
      if (!isInside) continue;
      const va = region.base + (off - region.cache_offset);
      yield* mapPage(here, { map, va, pa: top.cache.store.base_addr + off, attributes: region.lock });
    }
    if (here.step('4')) yield;
    unlockMap(here, map);
    if (here.step('5')) yield;
    unlockMutex(here, top.lock);
    if (here.step('6')) yield;
  },
);
