import { cycles } from './core-registers.ts';
import { countersOf } from './counters.ts';
import type { CountedName, EventName, FieldsOfEvent, MomentName } from './event-shapes.ts';
import type { Machine } from './machine.ts';
import { FIRST_OWN_KIND, type OwnFields, type OwnKind } from './own-events.ts';

type CamelCase<N extends string> = N extends `${infer A}-${infer B}` ? `${A}${Capitalize<CamelCase<B>>}` : N;

/** Numbers of the counted events, in the order of `countedShapes`: a kernel's own follow. */
export const EventKind = {
  access: 0,
  tlbHit: 1,
  tlbMiss: 2,
  pageWalk: 3,
  pageFault: 4,
  falseFault: 5,
  cowFault: 6,
  segv: 7,
  pageAlloc: 8,
  pageFree: 9,
  pageZero: 10,
  pageCopy: 11,
  pteSet: 12,
  pteClear: 13,
  tlbFlush: 14,
  rpc: 15,
  lockWait: 16,
  regionCreate: 17,
  regionRemove: 18,
  regionSplit: 19,
  mapperMiss: 20,
  remoteAccess: 21,
  pageOut: 22,
  pageIn: 23,
  oom: 24,
} as const satisfies Readonly<Record<CamelCase<CountedName>, number>>;

type CommonKind = (typeof EventKind)[keyof typeof EventKind];
type NameOf<K> = { [N in CountedName]: (typeof EventKind)[CamelCase<N>] extends K ? N : never }[CountedName];
type FieldsOfKind<K> = K extends CommonKind ? FieldsOfEvent<NameOf<K>> : K extends OwnKind<infer F> ? F : never;

/** What every event carries. */
export interface EventHead {
  /** Counts every event of the machine, listened to or not. */
  readonly id: number;
  readonly step: number;
  readonly cycle: number;
  readonly core: number;
  readonly cluster: number;
  readonly owner: number;
  readonly thread: string;
  readonly line: number;
  /** Id of the event that caused this one; -1 for none. */
  readonly cause: number;
}

type EventOf<N extends EventName> = EventHead & {
  readonly name: N;
  readonly isOwn: false;
  readonly fields: FieldsOfEvent<N>;
};

/** Of some kinds, all unless named: its name decides what `fields` are. */
export type CommonEvent<N extends EventName = EventName> = { [K in N]: EventOf<K> }[N];

/** What only this kernel has. */
export interface OwnEvent extends EventHead {
  readonly name: string;
  readonly isOwn: true;
  readonly fields: OwnFields;
}

/** Everything that happens is one event. With nobody listening it costs a counter increment. */
export type TraceEvent = CommonEvent | OwnEvent;

/** Of one of these kinds? */
export function isEvent<N extends EventName>(
  event: TraceEvent,
  ...names: readonly N[]
): event is Extract<CommonEvent, { readonly name: N }> {
  return !event.isOwn && (names as readonly EventName[]).includes(event.name);
}

export interface Trace {
  on: boolean;
  /** Ids given so far. */
  sequence: number;
  /** Drained by whoever listens. */
  events: TraceEvent[];
}

/** On whose behalf the machine runs now; set whenever the running activity changes. */
export interface Cause {
  core: number;
  owner: number;
  thread: string;
  line: number;
  step: number;
  event: number;
}

/**
 * Counts an event for the running owner, and records it if somebody listens. Its id. Where fields cost something to
 * find, they may be null while nobody does.
 */
export function emit<K extends CommonKind | OwnKind>(
  machine: Machine,
  kind: K,
  cluster: number,
  fields: FieldsOfKind<K> | null,
): number {
  const { trace, counters } = machine;
  const row = countersOf(machine, machine.cause.owner);
  const index = cluster * counters.stride + kind;
  row[index] = (row[index] as number) + 1;
  const id = trace.sequence++;
  if (trace.on) record(machine, id, counters.names[kind] as string, kind >= FIRST_OWN_KIND, cluster, fields);
  return id;
}

/** As `emit`, of what is not counted. */
export function tell<N extends MomentName>(
  machine: Machine,
  name: N,
  cluster: number,
  fields: FieldsOfEvent<N> | null,
): number {
  const { trace } = machine;
  const id = trace.sequence++;
  if (trace.on) record(machine, id, name, false, cluster, fields);
  return id;
}

function record(
  machine: Machine,
  id: number,
  name: string,
  isOwn: boolean,
  cluster: number,
  fields: OwnFields | null,
): void {
  const { cause, trace } = machine;
  trace.events.push({
    id,
    name,
    isOwn,
    step: cause.step,
    cycle: cycles(machine, cause.core),
    core: cause.core,
    cluster,
    owner: cause.owner,
    thread: cause.thread,
    line: cause.line,
    cause: cause.event,
    fields,
  } as TraceEvent);
}
