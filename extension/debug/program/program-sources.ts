/** The texts that frames of a program stand in: the scenario, and the view of every recording that it replays. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { withoutPlace } from '../../../simulator/recording/replay/recording-view.ts';
import {
  isWholeRecording,
  type RecordingReplayer,
  type RecordingView,
} from '../../../simulator/recording/replay/replayer.ts';
import { namedFiles } from '../../../simulator/session/scenario/named-files.ts';
import type { Scenario } from '../../../simulator/session/scenario/scenario.ts';
import { locationsOf, type Location } from '../breakpoints/breakpoints.ts';
import { basename } from '../protocol/basename.ts';
import { FIRST_VIEW } from '../protocol/source-references.ts';

export interface ProgramSource {
  /** As frames, breakpoints and diagnostics name it. */
  readonly file: string;
  readonly text: string;
  /** Where execution can stop. */
  readonly locations: readonly Location[];
  /** Not 0: it is no file; the client asks for its text by this number. */
  readonly reference: number;
  /** A source file of a recorded program. */
  readonly isRecorded?: boolean;
  /** Why its lines mean nothing, so that breakpoints have no place in it. */
  readonly problem?: string;
}

export const VIEW_MIME_TYPE = 'text/x-pagewalk-replay';

/** What was launched comes first; `own`: source files of recorded programs. */
export function programSources(
  program: { readonly text: string; readonly scenario: Scenario },
  replayer: RecordingReplayer | null,
  own: readonly ProgramSource[] = [],
): readonly ProgramSource[] {
  const { text, scenario } = program;
  const recordings = replayer === null ? [] : [...namedFiles(scenario).recordings.keys()];
  const views = recordings.flatMap((recording, index) =>
    replayer === null ? [] : [viewSource(replayer.view(recording), FIRST_VIEW + index)],
  );
  if (isWholeRecording(scenario)) return [...views, ...own];
  return [{ file: scenario.file, text, locations: locationsOf(scenario), reference: 0 }, ...views, ...own];
}

function viewSource({ file, text, firstStep, steps }: RecordingView, reference: number): ProgramSource {
  const at = (line: number): Location => ({ line, column: 1, endLine: line, endColumn: 1 });
  const locations = [at(1), ...Array.from({ length: steps }, (_, index) => at(firstStep + index))];
  return { file, text, locations, reference };
}

export function toSource({ file, reference }: Pick<ProgramSource, 'file' | 'reference'>): DebugProtocol.Source {
  return { name: basename(file), path: file, ...(reference === 0 ? {} : { sourceReference: reference }) };
}

/** The source that a file name stands for; without one, what was launched. */
export function sourceNamed(sources: readonly ProgramSource[], file?: string): ProgramSource {
  const found = sources.find((source) => source.file === file) ?? sources[0];
  if (found === undefined) throw new Error('internal: a program without a source');
  return found;
}

/** The line as it is written, from a column on. */
export function writtenAt({ text, reference }: ProgramSource, line: number, column: number): string {
  const whole = lineAt(text, line);
  // In a view the process and the log's lines come first: the call stack has no room for them.
  return reference === 0 ? whole.slice(column - 1).trim() : withoutPlace(whole);
}

function lineAt(text: string, line: number): string {
  let from = 0;
  for (let at = 1; at < line; at++) {
    from = text.indexOf('\n', from) + 1;
    if (from === 0) return '';
  }
  const end = text.indexOf('\n', from);
  return text.slice(from, end < 0 ? undefined : end);
}
