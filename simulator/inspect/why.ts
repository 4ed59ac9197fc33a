/**
 * How a page came to be what it is, told from the recent events: what its entry was before, then the episode that
 * changed it last, from the access to the new entry. An episode is what one source line did for the process since its
 * previous trap; RPC servers work in their client's name, so their part is in it.
 */
import { isEvent, type CommonEvent } from '../hardware/trace-event.ts';
import { vpnOf } from '../hardware/word.ts';
import type { Subject } from './context.ts';
import { accessText, entryText, eventText, outcomeText, type EntryEvent, type TrapEvent } from './event-text.ts';
import type { Cause } from './models.ts';
import type { Inspection } from './inspection.ts';

/** Earlier changes that are told before the last episode, and the longest episode. */
const EARLIER = 2;
const LONGEST = 12;

export function whyPage(inspection: Inspection, subject: Subject, vpn: number): Cause[] {
  const events = inspection.events.filter((event) => !event.isOwn);
  const { root } = subject.table;
  const isEntry = (event: CommonEvent): event is EntryEvent => isEntryChange(event) && isEntryOf(event, root, vpn);
  const isTrapHere = (event: CommonEvent): event is TrapEvent =>
    isTrap(event) && event.owner === subject.process.owner && vpnOf(event.fields.va) === vpn;
  const last = events.findLast((event) => isEntry(event) || isTrapHere(event));
  if (last === undefined) return [];
  const episode = episodeOf(events, last);
  const first = episode[0] as CommonEvent;
  const earlier = events.filter((event) => event.id < first.id && isEntry(event));
  const onePerLine = earlier.filter((event, index) => earlier[index + 1]?.line !== event.line).slice(-EARLIER);
  const trap = episode.findLast(isTrapHere);
  const change = isEntryChange(last) ? last : null;
  const means = episode.filter((event) => (trap === undefined ? isOnTheWay(event, change) : isMeans(event)));
  const entries = joinEntries(episode.filter(isEntryChange).filter(({ fields }) => fields.vpn === vpn));
  const told = [
    ...means.map((event) => ({ event, text: eventText(inspection, event) })),
    ...entries.map(({ event, roots }) => ({ event, text: entryText(inspection, event, roots) })),
  ].sort((one, other) => one.event.id - other.event.id);
  return [
    ...onePerLine.map((event) => cause(event, `before: ${eventText(inspection, event)}`)),
    ...(trap === undefined ? [] : [cause({ ...trap, cycle: first.cycle }, accessText(inspection, trap))]),
    ...told.slice(-LONGEST).map(({ event, text }) => cause(event, text)),
    ...(trap === undefined ? [] : [cause(trap, outcomeText(trap))]),
  ];
}

function isEntryChange(event: CommonEvent): event is EntryEvent {
  return isEvent(event, 'pte-set', 'pte-clear');
}

function isTrap(event: CommonEvent): event is TrapEvent {
  return isEvent(event, 'page-fault', 'cow-fault', 'segv');
}

function isEntryOf({ fields }: EntryEvent, root: number, vpn: number): boolean {
  return fields.root === root && vpn >= fields.vpn && vpn < fields.vpn + fields.pages;
}

/** What a fault path does on the way to its page. */
const means = [
  'page-alloc', 'page-free', 'page-zero', 'page-copy', 'rpc', 'mapper-miss', 'page-in', 'page-out', 'lock-wait', 'false-fault',
] as const; // prettier-ignore

function isMeans(event: CommonEvent): boolean {
  return isEvent(event, ...means);
}

/** Outside a trap, one statement may do much that has nothing to do with this page: only its frame and the RPCs are told. */
function isOnTheWay(event: CommonEvent, change: EntryEvent | null): boolean {
  if (event.name === 'rpc') return true;
  if (event.name === 'page-copy') return event.fields.to === change?.fields.ppn;
  if (!isEvent(event, 'page-alloc', 'page-free', 'page-zero', 'page-in', 'page-out')) return false;
  return event.fields.ppn === change?.fields.ppn;
}

function episodeOf(events: readonly CommonEvent[], last: CommonEvent): CommonEvent[] {
  const end = events.indexOf(last);
  const isHere = (event: CommonEvent): boolean => event.owner === last.owner && event.line === last.line;
  // A direct call that changes the entry, outside any trap, is an episode by itself; so is a trap up to its outcome.
  const outcome = isTrap(last) ? end : events.findIndex((event, at) => at > end && isHere(event) && isTrap(event));
  const until = outcome < 0 ? end : outcome;
  let from = end;
  while (from > 0) {
    const event = events[from - 1] as CommonEvent;
    if (event.owner === last.owner && (event.line !== last.line || isTrap(event))) break;
    from--;
  }
  return events.slice(from, until + 1).filter(isHere);
}

/** The same entry in several tables is one link of the chain. */
function joinEntries(events: readonly EntryEvent[]): { readonly event: EntryEvent; readonly roots: number[] }[] {
  const joined: { event: EntryEvent; roots: number[] }[] = [];
  for (const event of events) {
    const known = joined.find((one) => isSameChange(one.event, event));
    if (known === undefined) joined.push({ event, roots: [event.fields.root] });
    else if (!known.roots.includes(event.fields.root)) known.roots.push(event.fields.root);
  }
  return joined;
}

function isSameChange(one: EntryEvent, other: EntryEvent): boolean {
  if (one.name === 'pte-clear' || other.name === 'pte-clear')
    return one.name === other.name && one.fields.ppn === other.fields.ppn;
  return one.fields.after === other.fields.after;
}

function cause({ name, line, step, cycle, thread }: CommonEvent, text: string): Cause {
  return { event: name, text, line, step, cycle, thread };
}
