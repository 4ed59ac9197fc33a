import type { KernelOptionInfo } from '../kernel.ts';

/** Section 7, D23. */
export const lunaixOptions: readonly KernelOptionInfo[] = [
  {
    name: 'clean',
    type: 'switch',
    words: ['on', 'off'],
    default: 'off',
    doc: 'exec unmaps every region but the caller’s stack before it loads. Off, as in the kernel: old regions survive.',
  },
  {
    name: 'syncFlush',
    type: 'word',
    words: ['page', 'entry'],
    default: 'page',
    doc: 'What mem_sync_pages drops from the TLBs. entry, as in the sources: the address of the page’s entry, so the page stays and a later write may be lost; invalidating clears P alone (D23).',
  },
];
