/** One line a kernel. Only composition roots import this. */
import { almosMkh } from './almos-mkh/kernel.ts';
import { bare } from './bare/kernel.ts';
import type { Kernel } from './bound-kernel.ts';
import { haiku } from './haiku/kernel.ts';
import { lunaix } from './lunaix/kernel.ts';
import { vmRegion } from './vm-region/kernel.ts';

export const kernels: readonly Kernel[] = [almosMkh, vmRegion, haiku, lunaix, bare];

/** Those that have operations of their own, so that any scenario runs on them. */
export const wholeKernels: readonly Kernel[] = kernels.filter(
  ({ isDefinedByScenario }) => isDefinedByScenario !== true,
);

/** Of a scenario that names none, where nobody else names one. */
export const defaultKernel: Kernel = almosMkh;

export function findKernel(name: string): Kernel | null {
  return kernels.find((kernel) => kernel.name === name) ?? null;
}
