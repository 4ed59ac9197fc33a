import type { Machine } from '../../hardware/machine.ts';
import { tsarHal } from './hal-tsar.ts';
import { x8664Hal } from './hal-x86-64.ts';
import type { Hal } from './hal.ts';

export function halOf({ config }: Machine): Hal {
  return config.paging === 'x86-64' ? x8664Hal : tsarHal;
}
