/** What a replay shows at the places that a recorded program has marked. */
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { numberArgument, type ProcessLog } from '../../simulator/recording/logs/process-log.ts';
import type { Recording } from '../../simulator/recording/logs/recording.ts';
import { isEvent } from '../../simulator/hardware/trace-event.ts';
import { Harness } from '../simulator/recording/harness.ts';

/** What Linux said at one place. */
export interface Spoken {
  readonly who: string;
  readonly label: string;
  readonly faults?: number;
  readonly resident?: number;
  readonly shared?: number;
}

export type Figures = Pick<Spoken, 'faults' | 'resident' | 'shared'>;

const PAGE = 4096;
const REPORT = 1000;
const COUNT_BEGINS = 1001;
/** The programs stand in the order in which they are made. */
const order = ['main', 'child', 'grandchild'];
const MEMORY = 256 * 2 ** 20;

interface Mark {
  readonly line: number;
  readonly start: number;
  readonly length: number;
  readonly kind: number;
}

export function spoken(text: string): Spoken[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Spoken); // prettier-ignore
}

/** In the order of `said`: each process is followed in a replay of its own. */
export function recordedFigures(recording: Recording, kernel: Kernel, said: readonly Spoken[]): Figures[] {
  const byWho = new Map<string, Figures[]>();
  for (const [index, log] of recording.processes.entries())
    byWho.set(order[index] ?? '', figuresOf(recording, kernel, index, log));
  return said.map(({ who, label }) => {
    const next = byWho.get(who)?.shift();
    if (next === undefined) throw new Error(`nothing was recorded for ${who}, ${label}`);
    return next;
  });
}

function figuresOf(recording: Recording, kernel: Kernel, index: number, log: ProcessLog): Figures[] {
  const harness = new Harness(recording, { kernel, config: { memoryBytes: MEMORY } });
  const marks = marksOf(log);
  const figures: Figures[] = [];
  for (const [at, { kind, line, start, length }] of marks.entries()) {
    harness.runTo(log.file, line);
    if (kind === REPORT) figures.push(region(harness, index, start, length));
    if (kind !== COUNT_BEGINS) continue;
    const end = marks[at + 1]?.line ?? Infinity;
    figures.push({ faults: faultsIn(harness, index, { start, length }, () => harness.runTo(log.file, end)) });
  }
  return figures;
}

/** By page: an emulated call may have moved a part of the mapping elsewhere. */
function faultsIn(
  harness: Harness,
  index: number,
  { start, length }: Pick<Mark, 'start' | 'length'>,
  body: () => void,
): number {
  const pages = new Set<number>();
  const note = (): void => {
    for (let at = start; at < start + length; at += PAGE) {
      const address = harness.addressOf(index, at);
      if (address !== null) pages.add(Math.floor(address / PAGE));
    }
  };
  const { trace } = harness.run.machine;
  const before = trace.events.length;
  note();
  trace.on = true;
  body();
  trace.on = false;
  note();
  const { owner } = harness.process(index);
  return trace.events
    .splice(before)
    .filter((event) => isEvent(event, 'page-fault', 'cow-fault'))
    .filter((event) => event.owner === owner && pages.has(Math.floor(event.fields.va / PAGE))).length;
}

function marksOf({ events }: ProcessLog): Mark[] {
  return events.flatMap((event) => {
    if (event.kind !== 'call' || event.name !== 'madvise') return [];
    const kind = numberArgument(event, 2);
    if (kind < REPORT) return [];
    return [{ line: event.line, start: numberArgument(event, 0), length: numberArgument(event, 1), kind }];
  });
}

function region(harness: Harness, index: number, start: number, length: number): Figures {
  const own = harness.frames(index, start, Math.ceil(length / PAGE) * PAGE);
  const others = new Set<number>();
  for (const [other, { process }] of harness.state.processes.entries())
    if (other !== index && process?.alive === true)
      for (const frame of harness.frames(other, start, length).values()) others.add(frame);
  return { resident: own.size, shared: [...own.values()].filter((frame) => others.has(frame)).length };
}
