/** Section 9: what the stepper tells of this kernel beyond the common events. */
import { ownEvents } from '../../hardware/own-events.ts';

const entry = { region: 'count', off: 'bytes', size: 'bytes', type: 'count' } as const;
const lock = { object: 'text', core: 'core' } as const;

export const vmRegionEvents = ownEvents({
  'region.create': { id: 'count', parent: 'count', off: 'bytes', size: 'bytes', prot: 'word' },
  'region.dead': { id: 'count' },
  'region.free': { id: 'count' },
  'entry.insert': entry,
  'entry.remove': entry,
  'entry.resize': entry,
  'object.create': { object: 'count', kind: 'text', size: 'bytes' },
  'object.page_alloc': { object: 'count', index: 'count', frame: 'ppn', bank: 'cluster' },
  'object.page_free': { object: 'count', index: 'count', frame: 'ppn' },
  'object.truncate': { object: 'count', size: 'bytes' },
  'object.free': { object: 'count' },
  ref: { object: 'count', delta: 'count', count: 'count', why: 'text' },
  'lock.acquire': lock,
  'lock.wait': { ...lock, holder: 'text?' },
  'lock.release': lock,
  /** `level` 1 is the PML4. */
  'pte.write': { pmap: 'ppn', level: 'count', index: 'count', old: 'entry', new: 'entry' },
  'table.alloc': { pmap: 'ppn', level: 'count', frame: 'ppn' },
  'tlb.shootdown': { pmap: 'ppn', va: 'address', pages: 'count', cores: 'text' },
  'tlb.ack': { core: 'core' },
  'tlb.local': { core: 'core', va: 'address' },
  fault: { core: 'core', addr: 'address', flags: 'word' },
  'fault.done': { status: 'text' },
  /** `dst` is null for `vm_region_read_kernel`, which copies to the kernel. */
  'copy.chunk': { dst: 'address?', src: 'address', len: 'bytes' },
});

export const Own = vmRegionEvents.kinds;
