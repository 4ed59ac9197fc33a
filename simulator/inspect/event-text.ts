/** What happened, in words. */
import { faultRegistersOf, pagingFormat } from '../hardware/layouts/formats.ts';
import { clusterOfCore, coreIndex } from '../hardware/machine-config.ts';
import { clusterOfPpn } from '../hardware/physical-memory.ts';
import type { CommonEvent, TraceEvent } from '../hardware/trace-event.ts';
import { fullAddressText } from '../hardware/virtual-address.ts';
import { hex, type Ppn } from '../hardware/word.ts';
import { clusterName } from './entry.ts';
import type { Inspection } from './inspection.ts';

/** Names of places are all that a text needs of an inspection. */
type OnMachine = Pick<Inspection, 'machine'>;

export type TrapEvent = CommonEvent<'page-fault' | 'cow-fault' | 'segv'>;
export type EntryEvent = CommonEvent<'pte-set' | 'pte-clear'>;

export function eventText(on: OnMachine, event: TraceEvent): string {
  if (event.isOwn) return event.name;
  switch (event.name) {
    case 'pte-set':
    case 'pte-clear':
      return entryText(on, event, [event.fields.root]);
    case 'page-alloc':
      return `frame ${hex(event.fields.ppn)} taken${placeOf(on, 'from cluster', event.cluster)}${pagesText(event)}`;
    case 'page-free':
      return `frame ${hex(event.fields.ppn)} given back${placeOf(on, 'to cluster', event.cluster)}${pagesText(event)}`;
    case 'page-zero':
      return `frame ${hex(event.fields.ppn)} filled with zeroes`;
    case 'page-copy':
      return `4,096 bytes copied from frame ${hex(event.fields.from)} to frame ${hex(event.fields.to)}`;
    case 'rpc':
      return `RPC ${event.fields.rpc} ${place(on, event.fields.client)} → ${place(on, event.fields.server)}`;
    case 'mapper-miss':
      return `page ${String(event.fields.index)} of ${event.fields.file} is not in the page cache`;
    case 'page-in':
      return `${filePageText(event)} read from disk into frame ${hex(event.fields.ppn)}`;
    case 'page-out':
      return `${filePageText(event)} written to disk from frame ${hex(event.fields.ppn)}`;
    case 'lock-wait':
      return `waits for ${event.fields.lock}`;
    case 'false-fault':
      return 'the work was already done: a false page fault';
    case 'region-create':
      return `region made${regionText(on, event)}`;
    case 'region-remove':
      return `region removed${regionText(on, event)}`;
    case 'region-split':
      return `region cut in two${regionText(on, event)}`;
    case 'page-fault':
    case 'cow-fault':
    case 'segv':
      return `${accessText(on, event)}: ${outcomeText(event)}`;
    case 'trap':
      return `${accessText(on, event)}: ${trapText(on, event)}`;
    default:
      return event.name;
  }
}

/** The same change in the tables of several clusters, by the frames of their roots. */
export function entryText(on: OnMachine, event: EntryEvent, roots: readonly Ppn[]): string {
  const places = roots.map((root) => place(on, clusterOfPpn(on.machine, root))).filter((text) => text !== '');
  const where = places.length === 0 ? '' : ` in the table${places.length > 1 ? 's' : ''} of ${places.join(' and ')}`;
  return `entry ${event.name === 'pte-set' ? `set to frame ${hex(event.fields.ppn)}` : 'cleared'}${where}`;
}

export function accessText(on: OnMachine, { core, thread, fields }: TrapEvent | CommonEvent<'trap'>): string {
  const { config } = on.machine;
  const cluster = clusterOfCore(config, core);
  const local = core - coreIndex(config, cluster, 0);
  const verb = ['read of', 'write to', 'fetch from'][fields.access] ?? 'access to';
  const address = fullAddressText(fields.va, pagingFormat(config.paging).addressBits);
  const where = place(on, cluster) === '' ? String(local) : `${place(on, cluster)},${String(local)}`;
  return `${verb} ${address} by ${thread} on core ${where} traps`;
}

/** `scause 13 (load page fault), stval 0x0000000000001000` */
function trapText({ machine }: OnMachine, { fields: { va, access, code, fault } }: CommonEvent<'trap'>): string {
  const format = pagingFormat(machine.config.paging);
  const registers = faultRegistersOf(format, access);
  const address = fullAddressText(va, format.addressBits);
  return `${registers.code} ${format.exceptionText(code, fault)}, ${registers.address} ${address}`;
}

export function outcomeText({ name }: TrapEvent): string {
  if (name === 'cow-fault') return 'copy-on-write resolved: the access is made again';
  return name === 'page-fault' ? 'page fault resolved: the access is made again' : 'the access is refused';
}

function filePageText({ fields: { file, index } }: CommonEvent<'page-in' | 'page-out'>): string {
  return `page ${String(index)} of ${file}`;
}

function regionText(
  { machine }: OnMachine,
  { fields }: CommonEvent<'region-create' | 'region-remove' | 'region-split'>,
) {
  return ` at ${fullAddressText(fields.start, pagingFormat(machine.config.paging).addressBits)}`;
}

function pagesText({ fields: { pages } }: CommonEvent<'page-alloc' | 'page-free'>): string {
  return pages === 1 ? '' : `, ${String(pages)} pages`;
}

function place(on: OnMachine, cluster: number): string {
  if (on.machine.memory.map.width * on.machine.memory.map.height === 1) return '';
  const { x, y } = clusterName(on, cluster);
  return `${String(x)},${String(y)}`;
}

function placeOf(on: OnMachine, preposition: string, cluster: number): string {
  const text = place(on, cluster);
  return text === '' ? '' : ` ${preposition} ${text}`;
}
