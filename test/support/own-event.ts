import type { EventShapes, FieldsOf } from '../../simulator/hardware/event-shapes.ts';
import type { OwnEvents } from '../../simulator/hardware/own-events.ts';
import type { OwnEvent, TraceEvent } from '../../simulator/hardware/trace-event.ts';

/** The fields of a kernel's own events of one kind, in order. */
export function ownFields<S extends EventShapes, N extends keyof S & string>(
  events: readonly TraceEvent[],
  own: OwnEvents<S>,
  name: N,
): FieldsOf<S[N]>[] {
  if (!Object.hasOwn(own.shapes, name)) throw new Error(`there is no event ${name}`);
  const ofName = (event: TraceEvent): event is OwnEvent & { readonly fields: FieldsOf<S[N]> } =>
    event.isOwn && event.name === name;
  return events.filter(ofName).map(({ fields }) => fields);
}
