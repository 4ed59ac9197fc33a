import type { KernelOptionInfo } from '../kernel.ts';

/** Section 7. */
export const lunaixOptions: readonly KernelOptionInfo[] = [
  {
    name: 'clean',
    type: 'switch',
    words: ['on', 'off'],
    default: 'off',
    doc: 'exec unmaps every region but the caller’s stack before it loads. Off, as in the kernel: old regions survive.',
  },
];
