/** `--until LINE`: stops before the first statement at or after a line. */
import { statementsIn } from '../session/scenario/named-files.ts';
import { isWholeRecording } from '../recording/replay/replayer.ts';
import type { Replayer } from '../session/state/replayer.ts';
import type { Scenario } from '../session/scenario/scenario.ts';
import type { LineBreak } from '../session/moves/stop.ts';

export interface Until {
  /** The test that the line belongs to; undefined for the common part. */
  readonly test: string | undefined;
  /** Lines of statements at which to stop. */
  readonly lines: readonly number[];
}

/** Null: no statement stands at or after the line. Of a recording, lines of its view count. */
export function untilLine(scenario: Scenario, line: number, replayer: Replayer | null = null): Until | null {
  const [first] = scenario.body;
  if (replayer !== null && first?.kind === 'replay' && isWholeRecording(scenario)) {
    const at = [first, ...replayer.begin(first).steps].find(({ range }) => range.line >= line);
    return at === undefined ? null : { test: undefined, lines: [at.range.line] };
  }
  const parts = [
    { test: undefined, lines: linesFrom(scenario.body, line) },
    ...scenario.tests.map(({ name, body }) => ({ test: name, lines: linesFrom(body, line) })),
  ];
  let nearest: Until | null = null;
  for (const part of parts) {
    const [first] = part.lines;
    if (first !== undefined && first < (nearest?.lines[0] ?? Infinity)) nearest = part;
  }
  return nearest;
}

function linesFrom(body: Scenario['body'], line: number): number[] {
  const lines = new Set<number>();
  for (const { range } of statementsIn(body)) if (range.line >= line) lines.add(range.line);
  return [...lines].sort((left, right) => left - right);
}

export function numberedLines(lines: readonly number[]): LineBreak[] {
  return lines.map((line, id) => ({ id, line }));
}
