import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { hex, type Vpn } from '../../../hardware/word.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { PageRange } from '../objects/stack-manager.ts';
import type { MmapManager } from '../objects/mmap-manager.ts';

const processParameter = { name: 'process', type: { kind: 'process' } } as const;

/** 5.17. Bigger zombis are not split, neighbours are not merged, and a base is not aligned to its size. */
export const mmap_alloc = kernelFunction(
  {
    name: 'mmap_alloc',
    aliases: ['vmm_mmap_alloc'],
    section: '5.17',
    doc: 'Takes a range of the MMAP zone, rounded up to a power of two: a released one of that size, else untouched pages.',
    parameters: [processParameter, { name: 'npages', type: { kind: 'integer' } }],
    outputs: [
      { name: 'vpn_base', type: { kind: 'vpn' } },
      { name: 'vpn_size', type: { kind: 'integer' } },
    ],
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'npages = 0: EINVAL',
      2: 'size := npages rounded up to a power of two; beyond the zone: ENOMEM',
      3: 'lock',
      4: 'zombi_list[log2 size] non-empty: its head',
      5: 'no room after first_free_vpn: unlock, ENOMEM',
      6: 'base := first_free_vpn, first_free_vpn += size',
      7: 'unlock',
    },
  },
  function* (
    here: Here,
    { process, npages }: { process: ProcessDescriptor; npages: number },
  ): Steps<PageRange | 'EINVAL' | 'ENOMEM'> {
    const { mmap_mgr } = process.vmm;
    if (here.step('1')) yield;
    if (npages <= 0) return 'EINVAL';
    if (here.step('2')) yield;
    const order = Math.ceil(Math.log2(npages));
    const vpn_size = 2 ** order;
    if (vpn_size > mmap_mgr.vpn_size) return 'ENOMEM';
    if (here.step('3')) yield;
    if (!tryLock(here, mmap_mgr.lock)) yield* waitForLock(here, mmap_mgr.lock);
    if (here.step('4')) yield;
    let vpn_base = (mmap_mgr.zombi_list[order] as PageRange[]).shift()?.vpn_base;
    if (vpn_base === undefined) {
      if (here.step('5')) yield;
      if (mmap_mgr.first_free_vpn + vpn_size > mmap_mgr.vpn_base + mmap_mgr.vpn_size) {
        release(here, mmap_mgr.lock);
        return 'ENOMEM';
      }
      if (here.step('6')) yield;
      vpn_base = mmap_mgr.first_free_vpn;
      mmap_mgr.first_free_vpn += vpn_size;
    }
    if (here.step('7')) yield;
    release(here, mmap_mgr.lock);
    return { vpn_base, vpn_size };
  },
);

/** 5.18. Zombi records cost no quota and never fail (A5). */
export const mmap_free = kernelFunction(
  {
    name: 'mmap_free',
    aliases: ['vmm_mmap_free'],
    section: '5.18',
    doc: 'Gives a range of the MMAP zone back: cut into powers of two, largest first, each to the head of its zombi list.',
    parameters: [
      processParameter,
      { name: 'vpn_base', type: { kind: 'vpn' } },
      { name: 'vpn_size', type: { kind: 'integer' } },
    ],
    errors: [],
    steps: {
      1: 'lock',
      2: 'cut into powers of two, largest first; push each to the head of its zombi list',
      3: 'unlock',
    },
  },
  function* (here: Here, { process, vpn_base, vpn_size }: PageRange & { process: ProcessDescriptor }): Steps<void> {
    const { mmap_mgr } = process.vmm;
    const end = mmap_mgr.vpn_base + mmap_mgr.vpn_size;
    if (vpn_base < mmap_mgr.vpn_base || vpn_base + vpn_size > end)
      panic(here, `pages ${hex(vpn_base, 5)}+${hex(vpn_size, 5)} are not in the MMAP zone`);
    if (here.step('1')) yield;
    if (!tryLock(here, mmap_mgr.lock)) yield* waitForLock(here, mmap_mgr.lock);
    if (here.step('2')) yield;
    pushZombis(mmap_mgr, vpn_base, vpn_size);
    if (here.step('3')) yield;
    release(here, mmap_mgr.lock);
  },
);

/** Largest powers of two first, each to the head of its list. */
export function pushZombis({ zombi_list }: MmapManager, vpn_base: Vpn, vpn_size: number): void {
  for (let base = vpn_base, left = vpn_size; left > 0;) {
    const order = Math.floor(Math.log2(left));
    (zombi_list[order] as PageRange[]).unshift({ vpn_base: base, vpn_size: 2 ** order });
    base += 2 ** order;
    left -= 2 ** order;
  }
}
