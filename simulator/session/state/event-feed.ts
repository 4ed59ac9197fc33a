import type { Machine } from '../../hardware/machine.ts';
import type { TraceEvent } from '../../hardware/trace-event.ts';

export type EventListener = (events: readonly TraceEvent[]) => void;

/** Tells every event to whoever listens, in batches. While nobody does, machines record none. */
export class EventFeed {
  private readonly listeners = new Set<EventListener>();

  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  add(listener: EventListener): void {
    this.listeners.add(listener);
  }

  remove(listener: EventListener): void {
    this.listeners.delete(listener);
  }

  /** Takes what the machine has recorded, if anybody listens. */
  drain({ trace }: Machine): void {
    if (trace.events.length === 0 || !this.isHeard) return;
    const { events } = trace;
    trace.events = [];
    for (const listener of this.listeners) listener(events);
  }
}
