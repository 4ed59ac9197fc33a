/** Operations that a kernel need not have, and Haiku has. */
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';

type Body = (here: Activation) => KernelGenerator<unknown>;

export const fork: Body = (here) => present(haiku.operations.fork?.(here, { cluster: null, core: null }));

export function exec(path: string): Body {
  return (here) => present(haiku.operations.exec?.(here, { path }));
}

function present<T>(generator: T | undefined): T {
  assert.ok(generator !== undefined);
  return generator;
}
