/** The source files of recorded programs as texts of a session: their lines are what is stepped. */
import path from 'node:path';
import type { FoundSource } from '../../../simulator/files/find-sources.ts';
import type { Recording } from '../../../simulator/recording/logs/recording.ts';
import { linesWithCode } from '../../../simulator/recording/logs/source-lines.ts';
import type { SourceFiles } from '../../../simulator/recording/replay/replayer.ts';
import type { Location } from '../breakpoints/breakpoints.ts';
import { basename } from '../protocol/basename.ts';
import { FIRST_MISSING_SOURCE } from '../protocol/source-references.ts';
import type { ProgramSource } from './program-sources.ts';

export interface RecordedFiles {
  /** As the scenario names the recording. */
  readonly recording: string;
  readonly found: readonly FoundSource[];
  /** By number of the file: lines where execution can stop. */
  readonly lines: readonly (readonly number[])[];
}

export function recordedFiles(
  name: string,
  { sources }: Recording,
  found: readonly FoundSource[],
): RecordedFiles | null {
  if (sources === undefined) return null;
  return { recording: name, found, lines: found.map((_, file) => linesWithCode(sources.table, file)) };
}

/** For the replayer: the names of a recording's files. */
export function sourceNames(all: readonly RecordedFiles[]): SourceFiles {
  return (name) => all.find(({ recording }) => recording === name)?.found.map(({ place }) => place) ?? null;
}

export function cSources(all: readonly RecordedFiles[]): ProgramSource[] {
  let missing = 0;
  const sources = all.flatMap(({ found, lines }) =>
    found.flatMap((one, file): ProgramSource[] => {
      const code = lines[file] ?? [];
      if (code.length === 0) return [];
      const source = { file: one.place, locations: code.map(atLine), isRecorded: true };
      if (one.text !== null)
        return [
          {
            ...source,
            text: one.text,
            reference: 0,
            ...(one.state === 'changed' ? { problem: changedText(one) } : {}),
          },
        ];
      return [{ ...source, text: missingText(one, code), reference: FIRST_MISSING_SOURCE + missing++ }];
    }),
  );
  return sources.filter(({ file }, index) => sources.findIndex((one) => one.file === file) === index);
}

function atLine(line: number): Location {
  return { line, column: 1, endLine: line, endColumn: 1 };
}

export function changedText({ place }: FoundSource): string {
  return `${basename(place)} has changed since it was recorded, so its lines are others; record the program again.`;
}

export function missingSentence({ recorded }: FoundSource): string {
  return `The source file ${recorded} is not there. Say where it is now with the setting pagewalk.sourceMap, or put it beside the recording.`;
}

/** Stands in for a file that is not there: as long as the lines that are stepped. */
function missingText(found: FoundSource, lines: readonly number[]): string {
  const length = lines.at(-1) ?? 1;
  const first = `// ${missingSentence(found)}`;
  return [first, ...Array.from({ length: Math.min(length, 1_000_000) - 1 }, () => '//')].join('\n');
}

/** Of a scenario or a recording that was launched: where a recording is that it names. */
export function recordingPlace(program: string, written: string): string {
  return path.resolve(path.dirname(program), written);
}
