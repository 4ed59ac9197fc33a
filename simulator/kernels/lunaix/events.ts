/** Section 10: what the stepper tells of this kernel beyond the common events. */
import { ownEvents } from '../../hardware/own-events.ts';

const region = { pid: 'count', start: 'address', end: 'address', attr: 'text', foff: 'bytes' } as const;
const space = { pid: 'count', vmroot: 'physical' } as const;
const frame = { frame: 'ppn', ref: 'count', bank: 'cluster' } as const;
const filePage = { file: 'text', offset: 'bytes' } as const;
const mount = { slot: 'address', vmroot: 'physical' } as const;

export const lunaixEvents = ownEvents({
  'vmr.add': region,
  'vmr.remove': region,
  'vmr.resize': region,
  'vmr.split': region,
  'mm.create': space,
  'mm.dup': space,
  'mm.clean': space,
  'mm.cleanup': space,
  index: { slot: 'text', region: 'count' },
  callback: { region: 'count', callback: 'text' },
  /** `via`: the address by which the entry was reached through a mount. */
  'pte.write': { space: 'ppn', level: 'count', index: 'count', old: 'word', new: 'word', via: 'address' },
  mount,
  unmount: mount,
  'window.open': { pages: 'count', remote: 'address', local: 'address' },
  'window.copy': { off: 'bytes', size: 'bytes', result: 'count' },
  'window.close': {},
  'frame.alloc': frame,
  'frame.ref': frame,
  'frame.unref': frame,
  'frame.free': frame,
  cow: { pid: 'count', va: 'address', from: 'ppn', to: 'ppn' },
  'file.read_page': filePage,
  'file.write_page': filePage,
  fault: { core: 'core', va: 'address', err: 'word' },
  'fault.done': { outcome: 'text' },
  kpanic: { reason: 'text' },
  signal: { pid: 'count', signal: 'text' },
  /** A call that this kernel does not have. */
  unsupported: { call: 'text' },
});

export const Own = lunaixEvents.kinds;
