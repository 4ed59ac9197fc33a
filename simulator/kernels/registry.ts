/** One line a kernel. Only composition roots import this. */
import type { Kernel } from './kernel.ts';

export const kernels: readonly Kernel[] = [];

export function findKernel(name: string): Kernel | null {
  return kernels.find((kernel) => kernel.name === name) ?? null;
}
