/**
 * Where a recorded program was in its source: its lines and functions as its compiler told them, and when it came from one
 * line to another. A place is a frame of a call stack; its caller is a place too.
 */
import { DamagedRecording } from './recording-error.ts';
import { countOf, fieldsOf, flagOf, listOf, textOf } from './walkrec-fields.ts';
import type { SourceFile } from './walkrec-layout.ts';

/** No place: the program is in code of which no line is known, and was called by no such code. */
export const NOWHERE = 0;

export interface SourcePlace {
  /** Index into the sources. */
  readonly file: number;
  readonly line: number;
  /** From 1; 0 where the compiler does not tell. */
  readonly column: number;
  readonly function: string;
  /** Its instructions stand in its caller's. */
  readonly isInlined: boolean;
  /** Index of the place that called; 0 for the first function of the program. */
  readonly caller: number;
  /** Frames below it. */
  readonly depth: number;
}

/** One program file. Columns by row, in the order of addresses. */
export interface LineColumns {
  readonly path: string;
  /** Distance of each address from the one before. */
  readonly addresses: readonly number[];
  /** Index into the sources; -1: no line from here on. */
  readonly files: readonly number[];
  readonly lines: readonly number[];
  /** Rows at which a debugger may stop. */
  readonly statements: readonly boolean[];
  readonly functions: readonly FunctionRange[];
}

export interface FunctionRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Of an inlined one: index of the function around it. */
  readonly parent: number | null;
}

export interface LineTable {
  readonly modules: readonly LineColumns[];
  /** The first stands for NOWHERE. */
  readonly places: readonly SourcePlace[];
  /** There were too many visits of lines: the last ones are not told apart. */
  readonly isCut: boolean;
}

/** When one log came from one place to another: by access, rising. */
export interface LineVisits {
  readonly accesses: Float64Array;
  /** `place << 1`; the lowest bit: it goes on with a line that it was in before. */
  readonly places: Uint32Array;
}

export interface RecordedSources {
  readonly files: readonly SourceFile[];
  readonly table: LineTable;
  /** By index of the process. */
  readonly visits: readonly LineVisits[];
}

export const placeOfVisit = (word: number): number => word >>> 1;
export const isContinuation = (word: number): boolean => (word & 1) === 1;

/** Index of the visit that an access belongs to; -1 before the first. */
export function visitAt({ accesses }: LineVisits, access: number): number {
  let low = -1;
  let high = accesses.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((accesses[middle] as number) <= access) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lines of a file on which a debugger may stop, rising. */
export function linesWithCode({ modules }: LineTable, file: number): number[] {
  const found = new Set<number>();
  for (const { files, lines, statements } of modules)
    for (const [row, of] of files.entries())
      if (of === file && statements[row] === true) found.add(lines[row] as number);
  return [...found].sort((left, right) => left - right);
}

const MOST_PLACES = 1_000_000;
const MOST_MODULES = 10_000;
const MOST_ROWS = 4_000_000;

/** JSON of unknown origin. Throws DamagedRecording where its parts do not fit together. */
export function readLineTable(value: unknown, sources: number): LineTable {
  const fields = fieldsOf(value, 'its line table');
  const places = listOf(fields['places'], 'places', MOST_PLACES, (one) => readPlace(one, sources));
  for (const [index, { caller, depth }] of places.entries()) {
    const isFirst = index === NOWHERE;
    if (caller >= Math.max(index, 1) || (!isFirst && caller !== NOWHERE && places[caller]?.depth !== depth - 1))
      throw new DamagedRecording('its index is damaged: a place is called by a later one');
  }
  if (places.length === 0) throw new DamagedRecording('its index is damaged: there are no places');
  return {
    modules: listOf(fields['modules'], 'program files', MOST_MODULES, (one) => readColumns(one, sources)),
    places,
    isCut: flagOf(fields['isCut'], '“isCut”'),
  };
}

function readPlace(value: unknown, sources: number): SourcePlace {
  const fields = fieldsOf(value, 'a place');
  return {
    file: countOf(fields['file'], 'a file', Math.max(sources - 1, 0)),
    line: countOf(fields['line'], 'a line', 2 ** 31),
    column: countOf(fields['column'], 'a column', 2 ** 31),
    function: textOf(fields['function'], 'a function'),
    isInlined: flagOf(fields['isInlined'], '“isInlined”'),
    caller: countOf(fields['caller'], 'a caller', MOST_PLACES),
    depth: countOf(fields['depth'], 'a depth', MOST_PLACES),
  };
}

function readColumns(value: unknown, sources: number): LineColumns {
  const fields = fieldsOf(value, 'a program file');
  const column = (name: string, most: number): number[] =>
    listOf(fields[name], name, MOST_ROWS, (one) => countOf(one, name, most));
  const addresses = column('addresses', Number.MAX_SAFE_INTEGER);
  const files = listOf(fields['files'], 'files', MOST_ROWS, (one) =>
    one === -1 ? -1 : countOf(one, 'a file', Math.max(sources - 1, 0)),
  );
  const lines = column('lines', 2 ** 31);
  const statements = listOf(fields['statements'], 'statements', MOST_ROWS, (one) => flagOf(one, 'a statement'));
  if ([files, lines, statements].some(({ length }) => length !== addresses.length))
    throw new DamagedRecording('its index is damaged: columns of different length');
  return {
    path: textOf(fields['path'], 'a path'),
    ...{ addresses, files, lines, statements },
    functions: listOf(fields['functions'], 'functions', MOST_ROWS, readFunction),
  };
}

function readFunction(value: unknown): FunctionRange {
  const fields = fieldsOf(value, 'a function');
  const end = countOf(fields['end'], 'an end');
  return {
    name: textOf(fields['name'], 'a function'),
    start: countOf(fields['start'], 'a start', end),
    end,
    parent: fields['parent'] === null ? null : countOf(fields['parent'], 'a function', MOST_ROWS),
  };
}
