/** The same file on several kernels: one run each, line by line beside each other, and where they first part. */
import { exitCodeOf, ExitCode } from '../../session/scenario/outcome.ts';
import { standardBounds } from '../../session/scenario/bounds.ts';
import { runColumn, type Column, type Contender, type Look } from './column.ts';
import type { CellModel, Comparison, Counts, PartingModel, RowModel } from './models.ts';
import { findParting } from './parting.ts';
import type { LineRecord, Recorder } from './recorder.ts';

export type { Contender, Look } from './column.ts';
export type * from './models.ts';

export function compareKernels(file: string, contenders: readonly Contender[], look: Look): Comparison {
  const columns = contenders.map((contender) => runColumn(contender, look));
  const first = columns.findIndex(({ run }) => run !== null);
  const reference = columns[first];
  const partings: PartingModel[] = [];
  if (reference !== undefined) {
    for (const [index, column] of columns.entries()) {
      const parting = index > first ? findParting(reference, column, index) : null;
      if (parting !== null) partings.push(parting);
    }
  }
  const { compareRows } = reference?.run?.simulation.program.bounds ?? standardBounds;
  const rows = rowsOf(columns, first);
  const compared = fewest(columns, ({ statements }) => statements.length);
  const inAll = fewest(columns, ({ statements, moreStatements }) => statements.length + moreStatements);
  return {
    version: 1,
    file,
    ok: columns.every(({ model }) => model.state === 'ended'),
    columns: columns.map(({ model }) => model),
    rows: rows.slice(0, compareRows),
    moreRows: Math.max(0, rows.length - compareRows),
    partings,
    compared,
    moreStatements: inAll - compared,
  };
}

/** Over the runs; 0 where there is none. */
function fewest(columns: readonly Column[], count: (recorder: Recorder) => number): number {
  const counts = columns.flatMap(({ run }) => (run === null ? [] : [count(run.recorder)]));
  return counts.length === 0 ? 0 : Math.min(...counts);
}

function rowsOf(columns: readonly Column[], first: number): RowModel[] {
  const lines = new Set(columns.flatMap(({ run }) => [...(run?.recorder.lines.keys() ?? [])]));
  const behaviours = columns.map(behaviourByLine);
  return [...lines]
    .sort((one, other) => one - other)
    .map((line) => ({
      line,
      cells: columns.map((column) => cellOf(column, line)),
      parts: columns.flatMap(({ run }, index) => {
        const same = behaviours[index]?.get(line) === behaviours[first]?.get(line);
        return run === null || index === first || same ? [] : [index];
      }),
    }));
}

/** Of all executions of a line. */
function behaviourByLine({ run }: Column): Map<number, string> {
  const behaviours = new Map<number, string>();
  for (const { line, behaviour } of run?.recorder.statements ?? []) {
    if (behaviour === null) continue;
    const before = behaviours.get(line);
    // A loop of many rounds must not make a text of megabytes.
    if (before === undefined) behaviours.set(line, behaviour);
    else if (before.length < 10_000) behaviours.set(line, `${before}; ${behaviour}`);
  }
  return behaviours;
}

function cellOf({ model, run }: Column, line: number): CellModel | null {
  const record: LineRecord | undefined = run?.recorder.lines.get(line);
  if (record === undefined) return null;
  const { runs, soFar, cycles, framesInUse, tableFrames } = record;
  const counts = Object.fromEntries(record.counts) as Counts;
  return { runs, counts, soFar, cycles, framesInUse, tableFrames, isHalt: model.halt?.line === line };
}

/** 0 every run ended well; 1 one was stopped; 2 one was refused; 3 one met a bug of ours. */
export function exitCodeOfComparison({ columns }: Comparison): ExitCode {
  const codes = columns.map(({ state, halt }): ExitCode => {
    if (state === 'refused') return ExitCode.badInput;
    if (halt === null) return ExitCode.well;
    const range = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
    return exitCodeOf([{ code: halt.code, severity: 'error', message: halt.message, range }]);
  });
  return codes.reduce((worst, code) => (code > worst ? code : worst), ExitCode.well);
}
