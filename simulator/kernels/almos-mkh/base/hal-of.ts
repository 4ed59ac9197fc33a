import type { Paging } from '../../../hardware/machine-config.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { tsarHal } from './hal-tsar.ts';
import { x8664Hal } from './hal-x86-64.ts';
import type { Hal } from './hal.ts';

/** By paging: those that the kernel's table of pagings names. */
const hals: Readonly<Partial<Record<Paging, Hal>>> = { tsar: tsarHal, 'x86-64': x8664Hal };

export function halOf({ config }: Machine): Hal {
  const hal = hals[config.paging];
  if (hal === undefined) throw new Error(`internal: almos-mkh has no HAL for ${config.paging}`);
  return hal;
}
