/** A recording's steps as statements that stand on the lines of its source. */
import { isContinuation, NOWHERE, placeOfVisit, type RecordedSources } from '../logs/source-lines.ts';
import type { Recording } from '../logs/recording.ts';
import type { ReplaySettings } from '../order/replay-state.ts';
import { makeSourceTimeline, type SourceStep } from '../order/source-timeline.ts';
import type { SourceFrame, SourcePosition, SourceRange } from '../../session/scenario/scenario.ts';
import type { ReplayStep } from '../../session/state/replayer.ts';

export interface SourceSteps {
  readonly ends: readonly SourceStep[];
  readonly steps: readonly ReplayStep[];
}

interface Sources {
  readonly path: string;
  readonly recording: Recording;
  readonly sources: RecordedSources;
  /** Names of the files, by their numbers. */
  readonly files: readonly string[];
}

/** `elsewhere`: where a step stands that is on no line, by its position. */
export function sourceSteps(
  { path, recording, sources, files }: Sources,
  settings: ReplaySettings,
  elsewhere: (position: number) => SourceRange,
): SourceSteps {
  const ends = makeSourceTimeline(recording, sources, settings);
  const positions = new Positions(sources, files);
  const steps = ends.map(({ position, visit, makes }, index): ReplayStep => {
    const source = positions.of(visit);
    return { kind: 'replay-step', path, index, makes, source, range: source?.frames[0]?.range ?? elsewhere(position) };
  });
  return { ends, steps };
}

/** One for each place, however often it is visited. */
class Positions {
  private readonly sources: RecordedSources;
  private readonly files: readonly string[];
  private readonly frames = new Map<number, readonly SourceFrame[]>();
  private readonly known = new Map<number, SourcePosition>();

  constructor(sources: RecordedSources, files: readonly string[]) {
    this.sources = sources;
    this.files = files;
  }

  of(visit: number): SourcePosition | null {
    const place = placeOfVisit(visit);
    if (place === NOWHERE) return null;
    const known = this.known.get(visit);
    if (known !== undefined) return known;
    const position = { frames: this.framesOf(place), isContinuation: isContinuation(visit) };
    this.known.set(visit, position);
    return position;
  }

  private framesOf(place: number): readonly SourceFrame[] {
    const known = this.frames.get(place);
    if (known !== undefined) return known;
    const frames: SourceFrame[] = [];
    for (let at = place; at !== NOWHERE;) {
      const one = this.sources.table.places[at];
      if (one === undefined) break;
      const { file, line, function: name, isInlined, caller } = one;
      const range = { file: this.files[file] ?? '', line, column: 1, endLine: line, endColumn: 1 };
      frames.push({ function: name, isInlined, range });
      at = caller;
    }
    this.frames.set(place, frames);
    return frames;
  }
}
