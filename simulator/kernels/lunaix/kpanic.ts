/** 2.5: a failed assertion stops the machine. */
import { emit, eventId } from '../../hardware/trace-event.ts';
import { panic as halt } from '../../execution/panic.ts';
import type { Here } from './state.ts';

export function panic(here: Here, reason: string): never {
  emit(here.machine, eventId(here.machine, 'kpanic'), here.cluster, { reason });
  return halt(here, reason);
}
