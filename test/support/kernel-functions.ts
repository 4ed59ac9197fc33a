/** A kernel's functions by name, called from a test with their arguments as the kernel takes them. */
import { strict as assert } from 'node:assert';
import type { Activation, KernelFunction, KernelGenerator } from '../../simulator/execution/activation.ts';
import type { KernelDescriptor } from '../../simulator/kernels/kernel.ts';

type Callable = (here: Activation, args: Readonly<Record<string, unknown>>) => KernelGenerator<unknown>;

export function kernelFunctionOf(
  kernel: KernelDescriptor,
): (here: Activation, name: string, args: Readonly<Record<string, unknown>>) => KernelGenerator<unknown> {
  return (here, name, args) => {
    const entry: KernelFunction<never, unknown> | undefined = kernel.functions.find(({ info }) => info.name === name);
    assert.ok(entry !== undefined, `no function ${name}`);
    return (entry as unknown as Callable)(here, args);
  };
}
