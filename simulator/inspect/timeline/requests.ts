/** Answers what the timeline panel asks, and keeps the recording between two questions. */
import type { Simulation } from '../../session/moves/simulation.ts';
import { eventText } from '../event-text.ts';
import { InspectError } from '../inspect-error.ts';
import { markKinds, type FoundMoment, type MarkKind, type MomentModel, type TimelineModel } from './models.ts';
import { TimelineRecorder } from './recorder.ts';
import { findMark, timeline } from './timeline.ts';

type Args = Readonly<Record<string, unknown>>;
interface Moment {
  readonly stop: number;
  readonly position: number;
}

const MOST_BUCKETS = 4096;

export const timelineCommands = ['timeline', 'timelineMoment', 'timelineFind'] as const;
type TimelineCommand = (typeof timelineCommands)[number];

export function isTimelineCommand(command: string): command is TimelineCommand {
  return (timelineCommands as readonly string[]).includes(command);
}

export class TimelineRequests {
  private readonly again: () => Simulation;
  private known: { readonly recorder: TimelineRecorder; readonly simulation: Simulation } | null = null;

  constructor(again: () => Simulation) {
    this.again = again;
  }

  /** Throws an `InspectError` where the question is wrong. */
  answer(command: TimelineCommand, args: Args, moment: Moment): TimelineModel | MomentModel | FoundMoment {
    const { recorder, simulation } = this.recorded();
    switch (command) {
      case 'timeline': {
        const from = integer(args, 'from', 0);
        const to = integer(args, 'to', Number.MAX_SAFE_INTEGER);
        const sums =
          args['sumFrom'] === undefined ? null : { from: integer(args, 'sumFrom', 0), to: integer(args, 'sumTo', 0) };
        return timeline(recorder, simulation.world.machine, moment, { from, to, sums, buckets: bucketsOf(args) });
      }
      case 'timelineMoment':
        return { step: integer(args, 'step', 0), position: recorder.positionAt(integer(args, 'step', 0)) };
      case 'timelineFind':
        return this.find(args);
    }
  }

  /** Every question records a little further. */
  private recorded(): { recorder: TimelineRecorder; simulation: Simulation } {
    if (this.known === null) {
      const simulation = this.again();
      this.known = { simulation, recorder: new TimelineRecorder(simulation) };
    }
    this.known.recorder.advance();
    return this.known;
  }

  private find(args: Args): FoundMoment {
    const { recorder, simulation } = this.recorded();
    const direction = args['direction'] === 'previous' ? 'previous' : 'next';
    const kind = kindOf(args);
    const mark = findMark(recorder.recording, integer(args, 'step', 0), direction, kind);
    if (mark === null)
      throw new InspectError(`there is no ${direction} event${kind === null ? '' : ' of this kind'} in the run`);
    const text = eventText({ machine: simulation.world.machine }, mark.event);
    return { step: mark.step, position: recorder.positionAt(mark.step), text };
  }
}

function kindOf(args: Args): MarkKind | null {
  const wanted = args['kind'] ?? null;
  if (wanted === null) return null;
  const kind = markKinds.find((name) => name === wanted);
  if (kind === undefined)
    throw new InspectError(`kind has to be one of ${markKinds.join(', ')}, not ${JSON.stringify(wanted)}`);
  return kind;
}

function bucketsOf(args: Args): number {
  const buckets = integer(args, 'buckets', 400);
  if (buckets < 1 || buckets > MOST_BUCKETS)
    throw new InspectError(
      `buckets has to be a whole number from 1 to ${String(MOST_BUCKETS)}, not ${String(buckets)}`,
    );
  return buckets;
}

function integer(args: Args, name: string, otherwise: number): number {
  const value = args[name] ?? otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InspectError(`${name} has to be a whole number from 0 on, not ${JSON.stringify(value)}`);
}
