import type { BoundKernel, Kernel, KernelCode, KernelWorld } from '../../simulator/kernels/bound-kernel.ts';

type OnWorld = (bound: BoundKernel, world: KernelWorld) => Partial<BoundKernel>;

/** A kernel but for some traits: those of its code, and those that it has on a world. */
export function variantOf(kernel: Kernel, traits: Partial<KernelCode>, onWorld: OnWorld = () => ({})): Kernel {
  return {
    ...kernel,
    ...traits,
    on: (world) => {
      const bound = { ...kernel.on(world), ...traits };
      return { ...bound, ...onWorld(bound, world) };
    },
  };
}
