/**
 * How a page came to be what it is, told from the recent events: what its entry was before, then the episode that
 * changed it last, from the access to the new entry. An episode is what follows from one trap, or from one statement outside its
 * traps, as the events' causes tell: what others did meanwhile is not in it, and what RPC servers did for it is.
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
  const { episode, trap: begun } = episodeOf(events, last);
  const earlier = events.filter((event) => event.id < last.id && isEntry(event) && !episode.includes(event));
  const onePerLine = earlier.filter((event, index) => earlier[index + 1]?.line !== event.line).slice(-EARLIER);
  const outcome = episode.findLast(isTrapHere);
  const change = isEntryChange(last) ? last : null;
  const means = episode.filter((event) => (outcome === undefined ? isOnTheWay(event, change) : isMeans(event)));
  const entries = joinEntries(episode.filter(isEntryChange).filter(({ fields }) => fields.vpn === vpn));
  const told = [
    ...means.map((event) => ({ event, text: eventText(inspection, event) })),
    ...entries.map(({ event, roots }) => ({ event, text: entryText(inspection, event, roots) })),
  ].sort((one, other) => one.event.id - other.event.id);
  return [
    ...onePerLine.map((event) => cause(event, `before: ${eventText(inspection, event)}`)),
    ...(outcome === undefined ? [] : [cause(beginningOf(outcome, begun), accessText(inspection, outcome))]),
    ...told.slice(-LONGEST).map(({ event, text }) => cause(event, text)),
    ...(outcome === undefined ? [] : [cause(outcome, outcomeText(outcome))]),
  ];
}

/** The access that trapped, at its own moment. */
function beginningOf(outcome: TrapEvent, begun: CommonEvent | null): CommonEvent {
  return begun === null ? outcome : { ...outcome, step: begun.step, cycle: begun.cycle };
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

interface Episode {
  /** From its first event to the last one that counts. */
  readonly episode: readonly CommonEvent[];
  /** The moment at which its access trapped, where it has one. */
  readonly trap: CommonEvent<'trap'> | null;
}

/** What has the same beginning as `last`: up to it, or to the outcome of their trap. */
function episodeOf(events: readonly CommonEvent[], last: CommonEvent): Episode {
  const byId = new Map(events.map((event) => [event.id, event]));
  const beginning = beginningIn(byId, last);
  const siblings = events.filter((event) => beginningIn(byId, event) === beginning);
  const outcome = isTrap(last) ? last : siblings.find((event) => event.id > last.id && isTrap(event));
  const end = (outcome ?? last).id;
  const first = siblings.findLast((event) => event.id < end && isTrap(event))?.id ?? -1;
  const begun = typeof beginning === 'number' ? byId.get(beginning) : undefined;
  return {
    episode: siblings.filter(({ id }) => id > first && id <= end),
    trap: begun !== undefined && isEvent(begun, 'trap') ? begun : null,
  };
}

/**
 * The id of the trap, the statement, the call of a recording or the daemon's turn that an event follows from, over RPCs too, whoever else ran in between. An
 * event without a cause follows from its line.
 */
function beginningIn(byId: ReadonlyMap<number, CommonEvent>, { cause, owner, line }: CommonEvent): number | string {
  if (cause < 0) return `${String(owner)} ${String(line)}`;
  let beginning = cause;
  for (;;) {
    const event = byId.get(beginning);
    if (event === undefined || event.cause < 0 || isBeginning(event)) return beginning;
    beginning = event.cause;
  }
}

function isBeginning(event: CommonEvent): boolean {
  return isEvent(event, 'trap', 'statement', 'recorded-call', 'daemon');
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
