/** What a step in can enter: the functions that the rest of the statement calls, and the statements of its blocks. */
import type { Activation } from '../../execution/activation.ts';
import type { Traveller } from './reverse-move.ts';
import { framesFrom, type Standing } from './standing.ts';
import type { Position, Stop } from './stop.ts';

export interface Entry {
  readonly position: Position;
  readonly stop: Stop;
  /** Of the thread that goes there. */
  readonly agent: string;
  /** Null for a statement of a block. */
  readonly name: string | null;
  /** Whether the kernel is entered for an access, and for which. */
  readonly access: string | null;
}

const BUDGET = 20_000;
/** Micro-steps that are looked through, and entries that are told. */
const MOST_STOPS = 5000;
const MOST_ENTRIES = 50;

/** Looks ahead to the end of the statement, and comes back. */
export function entriesAhead(traveller: Traveller, standing: () => Standing): Entry[] {
  const origin = traveller.position;
  const known = new WeakSet<Activation>(framesFrom(standing().top));
  const agents = new Set<string>();
  const entries: Entry[] = [];
  for (let stops = 0; stops < MOST_STOPS && entries.length < MOST_ENTRIES; stops++) {
    let stop = traveller.advance({ kind: 'instruction' }, BUDGET);
    while (stop.reason === 'budget') stop = traveller.advance({ kind: 'instruction' }, BUDGET);
    const { activity, top } = standing();
    if (stop.reason === 'end' || activity === null || top === null) break;
    const { position } = traveller;
    const { agent, nextAccess } = activity;
    const isFunction = top.info.name !== '';
    if (isFunction ? isEntered(top, known) : !agents.has(agent) && nextAccess === null) {
      const name = isFunction ? top.info.name : null;
      entries.push({ position, stop, agent, name, access: isFunction ? (nextAccess?.text ?? null) : null });
    }
    agents.add(agent);
    for (const frame of framesFrom(top)) known.add(frame);
  }
  traveller.seek(origin);
  return entries;
}

/** Called by what is known, and not known itself: what it calls in turn is entered from there. */
function isEntered(top: Activation, known: WeakSet<Activation>): boolean {
  const isOuter = top.caller === null || top.caller.info.name === '' || known.has(top.caller);
  return !known.has(top) && isOuter;
}
