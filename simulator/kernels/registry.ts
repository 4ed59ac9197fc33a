/** One line a kernel. Only composition roots import this. */
import { almosMkh } from './almos-mkh/kernel.ts';
import type { Kernel } from './kernel.ts';

export const kernels: readonly Kernel[] = [almosMkh];

export function findKernel(name: string): Kernel | null {
  return kernels.find((kernel) => kernel.name === name) ?? null;
}
