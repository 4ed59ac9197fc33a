/** The events that only one kernel has, typed as the common ones are: a kernel's folder defines them once, with their fields. */
import { addCounter } from './counters.ts';
import { countedNames, type EventShapes, type FieldsOf, type FieldValue } from './event-shapes.ts';
import type { Machine } from './machine.ts';

declare const fields: unique symbol;
/** Number of a kernel's own event; its type knows the fields. */
export type OwnKind<F extends OwnFields = OwnFields> = number & { readonly [fields]: F };
export type OwnFields = Readonly<Record<string, FieldValue>>;

export const FIRST_OWN_KIND = countedNames.length;

/** `kinds`: what `emit` takes, by the names of the kernel's specification. */
export interface OwnEvents<S extends EventShapes = EventShapes> {
  readonly shapes: S;
  readonly kinds: { readonly [N in keyof S]: OwnKind<FieldsOf<S[N]>> };
}

export function ownEvents<const S extends EventShapes>(shapes: S): OwnEvents<S> {
  const kinds = Object.keys(shapes).map((name, index) => [name, FIRST_OWN_KIND + index]);
  return { shapes, kinds: Object.fromEntries(kinds) as OwnEvents<S>['kinds'] };
}

/** On a new machine, before anything is counted. */
export function registerEvents({ counters }: Machine, { kinds }: OwnEvents): void {
  for (const [name, kind] of Object.entries(kinds)) {
    if (addCounter(counters, name) !== (kind as number)) throw new Error(`internal: ${name} was registered too late`);
  }
}
