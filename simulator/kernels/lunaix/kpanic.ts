/** 2.5: a failed assertion stops the machine. */
import { emit } from '../../hardware/trace-event.ts';
import { panic as halt } from '../../execution/panic.ts';
import { Own } from './events.ts';
import type { Here } from './state.ts';

export function panic(here: Here, reason: string): never {
  emit(here.machine, Own.kpanic, here.cluster, { reason });
  return halt(here, reason);
}
