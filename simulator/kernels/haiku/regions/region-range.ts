import type { FieldsOfEvent } from '../../../hardware/event-shapes.ts';
import type { Here, VmRegion } from '../base/state.ts';

/** What the common events say of a region; in an address space that is no process's yet, of the running process. */
export function rangeOf(here: Here, { aspace, base, size }: VmRegion): FieldsOfEvent<'region-create'> {
  const process = here.kernel.processes.find((one) => one.aspace === aspace)?.owner ?? here.activity.owner;
  return { process, start: base, end: base + size };
}
