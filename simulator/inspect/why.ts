/**
 * How a page came to be what it is, told from the recent events: what its entry was before, then the episode that
 * changed it last, from the access to the new entry. An episode is what one source line did for the process since its
 * previous trap; RPC servers work in their client's name, so their part is in it.
 */
import { clusterOfCore, coreIndex } from '../hardware/machine-config.ts';
import { EventKind, type TraceEvent } from '../hardware/trace-event.ts';
import { hex, hexVirtual, PAGE_SIZE, vpnOf } from '../hardware/word.ts';
import { pagingFormat } from '../hardware/layouts/formats.ts';
import type { Subject } from './context.ts';
import { clusterName } from './entry.ts';
import type { Cause } from './models.ts';
import type { Inspection } from './inspection.ts';

/** Earlier changes that are told before the last episode, and the longest episode. */
const EARLIER = 2;
const LONGEST = 12;

const traps: readonly number[] = [EventKind.pageFault, EventKind.cowFault, EventKind.segv];

export function whyPage(inspection: Inspection, subject: Subject, vpn: number): Cause[] {
  const events = inspection.events.filter(
    (event) => event.kind !== EventKind.tlbHit && event.kind !== EventKind.access,
  );
  const { owner } = subject.process;
  const { cluster } = subject.table;
  const living = [...inspection.scans.values()]
    .filter(({ table }) => table.cluster === cluster)
    .map(({ process }) => process.owner);
  // A forked child's first entries were set by its parent, which has no table of its own there.
  const isInherited = (event: TraceEvent) =>
    isEntryChange(event) && event['table'] === cluster && !living.includes(event.owner);
  const isAboutPage = (event: TraceEvent) =>
    event['vpn'] === vpn
      ? event.owner === owner || isInherited(event)
      : event.owner === owner && typeof event['va'] === 'number' && vpnOf(event['va']) === vpn;
  const about = events.filter((event) => isAboutPage(event) && (isEntryChange(event) || traps.includes(event.kind)));
  const last = about.at(-1);
  if (last === undefined) return [];
  const episode = episodeOf(events, last);
  const first = episode[0] as TraceEvent;
  const earlier = about.filter((event) => event.id < first.id && isEntryChange(event));
  const onePerLine = earlier.filter((event, index) => earlier[index + 1]?.line !== event.line).slice(-EARLIER);
  const trap = episode.findLast((event) => traps.includes(event.kind) && isAboutPage(event));
  const steps = joinEntries(
    episode.filter(
      (event) =>
        !traps.includes(event.kind) &&
        (isAboutPage(event) || (trap === undefined ? isOnTheWay(event, last) : isMeans(event))),
    ),
  );
  return [
    ...onePerLine.map((event) => cause(event, `before: ${eventText(inspection, event)}`)),
    ...(trap === undefined ? [] : [cause({ ...trap, cycle: first.cycle }, accessText(inspection, trap))]),
    ...steps.slice(-LONGEST).map((event) => cause(event, eventText(inspection, event))),
    ...(trap === undefined ? [] : [cause(trap, outcomeText(trap))]),
  ];
}

/** Names of places are all that a text needs of an inspection. */
type OnMachine = Pick<Inspection, 'machine'>;

function isEntryChange(event: TraceEvent): boolean {
  return event.kind === EventKind.pteSet || event.kind === EventKind.pteClear;
}

/** What a fault path does on the way to its page. */
function isMeans(event: TraceEvent): boolean {
  const { pageAlloc, pageFree, pageZero, pageCopy, rpc, mapperMiss, pageIn, pageOut, lockWait, falseFault } = EventKind;
  const kinds: readonly number[] = [
    pageAlloc,
    pageFree,
    pageZero,
    pageCopy,
    rpc,
    mapperMiss,
    pageIn,
    pageOut,
    lockWait,
    falseFault,
  ];
  return kinds.includes(event.kind);
}

/** Outside a trap, one statement may do much that has nothing to do with this page: only its frame and the RPCs are told. */
function isOnTheWay(event: TraceEvent, change: TraceEvent): boolean {
  if (event.kind === EventKind.rpc) return true;
  return (
    isMeans(event) && (event['ppn'] === change['ppn'] || event['to'] === change['ppn']) && change['ppn'] !== undefined
  );
}

function episodeOf(events: readonly TraceEvent[], last: TraceEvent): TraceEvent[] {
  const end = events.indexOf(last);
  // A direct call that changes the entry, outside any trap, is an episode by itself; so is a trap up to its outcome.
  const outcome = traps.includes(last.kind)
    ? end
    : events.findIndex(
        (event, index) =>
          index > end && event.owner === last.owner && event.line === last.line && traps.includes(event.kind),
      );
  const until = outcome < 0 ? end : outcome;
  let from = end;
  while (from > 0) {
    const event = events[from - 1] as TraceEvent;
    if (event.owner === last.owner && (event.line !== last.line || traps.includes(event.kind))) break;
    from--;
  }
  return events.slice(from, until + 1).filter((event) => event.owner === last.owner && event.line === last.line);
}

/** The same entry in several tables is one link of the chain. */
function joinEntries(events: readonly TraceEvent[]): TraceEvent[] {
  const joined: TraceEvent[] = [];
  for (const event of events) {
    const same = joined.findIndex(
      (known) =>
        isEntryChange(event) &&
        known.kind === event.kind &&
        known['ppn'] === event['ppn'] &&
        known['attr'] === event['attr'],
    );
    if (same < 0) joined.push(event);
    else {
      const known = joined[same] as TraceEvent;
      const tables = new Set([...String(known['tables'] ?? known['table']).split(' '), String(event['table'])]);
      joined[same] = { ...known, tables: [...tables].join(' ') };
    }
  }
  return joined;
}

function cause(event: TraceEvent, text: string): Cause {
  const { name, line, step, cycle, thread } = event;
  return { event: name, text, line, step, cycle, thread };
}

function number(event: TraceEvent, field: string): number | null {
  const value = event[field];
  return typeof value === 'number' ? value : null;
}

function place(on: OnMachine, cluster: number | null): string {
  if (cluster === null || on.machine.memory.map.width * on.machine.memory.map.height === 1) return '';
  const { x, y } = clusterName(on, cluster);
  return `${x},${y}`;
}

function placeOf(on: OnMachine, preposition: string, cluster: number | null): string {
  const text = place(on, cluster);
  return text === '' ? '' : ` ${preposition} ${text}`;
}

function accessText(on: OnMachine, trap: TraceEvent): string {
  const { config } = on.machine;
  const cluster = clusterOfCore(config, trap.core);
  const local = trap.core - coreIndex(config, cluster, 0);
  const verb = ['read of', 'write to', 'fetch from'][number(trap, 'access') ?? 0] ?? 'access to';
  const address = hexVirtual(number(trap, 'va') ?? 0, pagingFormat(config.paging).addressBits);
  const core = place(on, cluster) === '' ? String(local) : `${place(on, cluster)},${local}`;
  return `${verb} ${address} by ${trap.thread} on core ${core} traps`;
}

function outcomeText(trap: TraceEvent): string {
  if (trap.kind === EventKind.cowFault) return 'copy-on-write resolved: the access is made again';
  return trap.kind === EventKind.pageFault ? 'page fault resolved: the access is made again' : 'the access is refused';
}

function frameText(event: TraceEvent, field = 'ppn'): string {
  const ppn = number(event, field);
  return ppn === null ? '' : ` ${hex(ppn)}`;
}

/** What happened, in words. */
export function eventText(on: OnMachine, event: TraceEvent): string {
  switch (event.kind) {
    case EventKind.pteSet:
      return `entry set${number(event, 'ppn') === null ? '' : ` to frame${frameText(event)}`}${tablesText(on, event)}`;
    case EventKind.pteClear:
      return `entry cleared${tablesText(on, event)}`;
    case EventKind.pageAlloc:
      return `frame${frameText(event)} taken${placeOf(on, 'from cluster', event.cluster)}${orderText(event)}`;
    case EventKind.pageFree:
      return `frame${frameText(event)} given back${placeOf(on, 'to cluster', event.cluster)}`;
    case EventKind.pageZero:
      return `frame${frameText(event)} filled with zeroes`;
    case EventKind.pageCopy:
      return copyText(event);
    case EventKind.rpc:
      return `RPC ${String(event['rpc'])} ${place(on, event.cluster)} → ${place(on, number(event, 'server'))}`;
    case EventKind.mapperMiss:
      return `page ${String(event['index'])} of ${String(event['file'])} is not in the page cache`;
    case EventKind.pageIn:
      return `${filePageText(event)} read from disk${frameText(event) === '' ? '' : ` into frame${frameText(event)}`}`;
    case EventKind.lockWait:
      return `waits for ${String(event['lock'])}`;
    case EventKind.falseFault:
      return 'the work was already done: a false page fault';
    case EventKind.regionCreate:
      return `region made${regionText(on, event)}`;
    case EventKind.regionRemove:
      return `region removed${regionText(on, event)}`;
    case EventKind.regionSplit:
      return `region cut in two${regionText(on, event)}`;
    case EventKind.pageOut:
      return `${filePageText(event)} written to disk`;
    case EventKind.pageFault:
    case EventKind.cowFault:
    case EventKind.segv:
      return `${accessText(on, event)}: ${outcomeText(event)}`;
    default:
      return event.name;
  }
}

/** Kernels tell a file's page by its number or by its offset. */
function filePageText(event: TraceEvent): string {
  const offset = number(event, 'offset');
  const index = number(event, 'index') ?? (offset === null ? null : Math.floor(offset / PAGE_SIZE));
  return `${index === null ? 'a page' : `page ${String(index)}`} of ${String(event['file'])}`;
}

function regionText({ machine }: OnMachine, event: TraceEvent): string {
  const start = number(event, 'start');
  return start === null ? '' : ` at ${hexVirtual(start, pagingFormat(machine.config.paging).addressBits)}`;
}

function orderText(event: TraceEvent): string {
  const order = number(event, 'order') ?? 0;
  return order === 0 ? '' : `, ${2 ** order} pages`;
}

function copyText(event: TraceEvent): string {
  const to = frameText(event, 'to') || frameText(event);
  return `4,096 bytes copied${frameText(event, 'from') === '' ? '' : ` from frame${frameText(event, 'from')}`} to frame${to}`;
}

function tablesText(on: OnMachine, event: TraceEvent): string {
  const tables = String(event['tables'] ?? event['table'] ?? '')
    .split(' ')
    .filter((text) => text !== '');
  const places = tables.map((table) => place(on, Number(table))).filter((text) => text !== '');
  return places.length === 0 ? '' : ` in the table${places.length > 1 ? 's' : ''} of ${places.join(' and ')}`;
}
