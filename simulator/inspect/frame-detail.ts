/** Everything about one frame. */
import { ppnAt, readBytes } from '../hardware/physical-memory.ts';
import { isEvent, type CommonEvent, type TraceEvent } from '../hardware/trace-event.ts';
import { addressOfPpn, type Ppn } from '../hardware/word.ts';
import { eventText } from './event-text.ts';
import { frameOf } from './frames.ts';
import { usesOf } from './frame-uses.ts';
import { InspectError } from './inspect-error.ts';
import type { Inspection } from './inspection.ts';
import type { FrameDetailModel, FrameEvent } from './physical-models.ts';

const BYTES = 16;
/** Older ones are told no more. */
const MOST_EVENTS = 24;

export function frameDetail(inspection: Inspection, cluster: number, page: number): FrameDetailModel {
  const { machine } = inspection;
  const ppn = ppnAt(machine, cluster, page);
  const frame = frameOf(inspection, ppn);
  if (frame === null) throw new InspectError(`cluster ${String(cluster)} has no frame ${String(page)}`);
  const address = addressOfPpn(ppn);
  return {
    ...frame,
    stop: inspection.stop,
    tableOf: usesOf(inspection).tables.get(ppn)?.owners ?? [],
    address,
    bytes: [...readBytes(machine, address, BYTES)],
    history: inspection.events
      .filter((event) => isAbout(event, ppn))
      .slice(-MOST_EVENTS)
      .map((event) => told(inspection, event)),
  };
}

function told(inspection: Inspection, event: TraceEvent): FrameEvent {
  const { thread, line, step } = event;
  return { text: event.isOwn ? event.name : frameText(inspection, event), thread, line, step };
}

/** From the frame's point of view: its number is known already. */
function frameText(inspection: Inspection, event: CommonEvent): string {
  switch (event.name) {
    case 'page-alloc':
      return 'taken';
    case 'page-free':
      return 'given back';
    case 'page-zero':
      return 'filled with zeroes';
    case 'pte-set':
      return `mapped at page 0x${event.fields.vpn.toString(16)}`;
    case 'pte-clear':
      return `unmapped from page 0x${event.fields.vpn.toString(16)}`;
    case 'table-alloc':
      return 'becomes a page table';
    case 'table-free':
      return 'is a page table no more';
    default:
      return eventText(inspection, event);
  }
}

function isAbout(event: TraceEvent, ppn: Ppn): boolean {
  if (isEvent(event, 'page-copy')) return event.fields.from === ppn || event.fields.to === ppn;
  if (isEvent(event, 'page-zero', 'page-in', 'page-out')) return event.fields.ppn === ppn;
  if (!isEvent(event, 'page-alloc', 'page-free', 'pte-set', 'pte-clear', 'table-alloc', 'table-free')) return false;
  const { ppn: first } = event.fields;
  const pages = event.fields.pages;
  return ppn >= first && ppn < first + pages;
}
