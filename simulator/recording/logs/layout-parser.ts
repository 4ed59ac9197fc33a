/**
 * The memory layout at client startup, as `valgrind -d` prints it on standard error:
 *
 *     --24105:1: aspacem   2: file 0000401000-000047afff  499712 r-x-- d=0xfe00 i=2146400 o=4096    (1,49)
 *
 * Lower-case rows are the program's, upper-case ones Valgrind's own; RSVN keeps room for brk (SmLower, above the
 * break) and for the stack (SmUpper, below it). Ends are inclusive.
 */
import { RecordingError } from './recording-error.ts';
import { decodeText } from './text.ts';

export interface LayoutRow {
  readonly kind: 'file' | 'anon';
  /** `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  /** Bytes into the file; 0 for anonymous memory. */
  readonly offset: number;
  /** Path of the file, if the listing names it. */
  readonly path: string | null;
  readonly line: number;
}

export interface Layout {
  readonly file: string;
  readonly pid: number;
  readonly rows: readonly LayoutRow[];
  /** Where the stack may grow down to, and its end. */
  readonly stack: { readonly start: number; readonly end: number } | null;
  /** Where the break starts and may grow up to. */
  readonly heap: { readonly start: number; readonly end: number } | null;
}

interface Row {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly rest: string;
  readonly line: number;
}

const title = /^-?--(\d+):\d+: *aspacem <<< SHOW_SEGMENTS: Memory layout at client startup \((\d+) segments\)/;
const segment = /^-?--\d+:\d+: *aspacem +\d+: (\w+)? +([0-9a-f]+)-([0-9a-f]+) +\d+[kmgte]?(?: (.*))?$/;
const fileName = /^-?--\d+:\d+: *aspacem \((\d+),\d+,\d+\) (.*)$/;
const end = /^-?--\d+:\d+: *aspacem >>>/;
const details = /^([r-])([w-])([x-])\S*(?:.*? o=(\d+))?(?:.*\((\d+),\d+\))?/;

/** One layout for every program that the recording starts: an exec adds one. */
export function parseLayouts(file: string, bytes: Uint8Array): Layout[] {
  const lines = decodeText(bytes).split('\n');
  const layouts: Layout[] = [];
  for (let at = 0; at < lines.length; at++) {
    const match = title.exec(lines[at] as string);
    if (match === null) continue;
    const last = lines.findIndex((line, index) => index > at && end.test(line));
    if (last < 0) {
      throw new RecordingError(
        { file, line: lines.length },
        `the memory layout that begins on line ${String(at + 1)} has no end (“aspacem >>>”): the file was cut off`,
      );
    }
    layouts.push(readLayout(file, Number(match[1]), Number(match[2]), lines, at + 1, last));
    at = last;
  }
  if (layouts.length === 0) {
    throw new RecordingError(
      { file },
      'no “Memory layout at client startup”: this must be the standard error of valgrind with -d',
    );
  }
  return layouts;
}

function readLayout(
  file: string,
  pid: number,
  count: number,
  lines: readonly string[],
  from: number,
  to: number,
): Layout {
  const names = new Map<string, string>();
  const rows: Row[] = [];
  for (let at = from; at < to; at++) {
    const text = lines[at] as string;
    const name = fileName.exec(text);
    if (name !== null) names.set(name[1] as string, name[2] as string);
    const match = segment.exec(text);
    if (match === null) continue;
    rows.push({
      word: match[1] ?? '',
      start: address(match[2]),
      end: address(match[3]) + 1,
      rest: match[4] ?? '',
      line: at + 1,
    });
  }
  if (rows.length !== count) {
    throw new RecordingError(
      { file, line: from },
      `the memory layout announces ${String(count)} segments and holds ${String(rows.length)}: lines are missing or damaged`,
    );
  }
  const client = rows
    .filter((row) => row.word === 'file' || row.word === 'anon')
    .map((row) => clientRow(file, row, names));
  return { file, pid, rows: client, stack: stackOf(rows), heap: heapOf(rows) };
}

function clientRow(file: string, row: Row, names: ReadonlyMap<string, string>): LayoutRow {
  const match = details.exec(row.rest);
  if (match === null) throw new RecordingError({ file, line: row.line }, 'a segment without its rights (rwx)');
  const offset = match[4] === undefined ? 0 : Number(match[4]);
  const path = match[5] === undefined ? null : (names.get(match[5]) ?? null);
  const rights = { read: match[1] === 'r', write: match[2] === 'w', execute: match[3] === 'x' };
  return { kind: row.word as 'file' | 'anon', start: row.start, end: row.end, ...rights, offset, path, line: row.line };
}

function stackOf(rows: readonly Row[]): Layout['stack'] {
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    if (row.rest.includes('SmUpper') && next?.word === 'anon') return { start: row.start, end: next.end };
  }
  return null;
}

function heapOf(rows: readonly Row[]): Layout['heap'] {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (row.rest.includes('SmLower') && before?.word === 'anon') return { start: before.start, end: row.end };
  }
  return null;
}

/** Exact below 2^53; Valgrind's own rows above that are never used. */
function address(digits: string | undefined): number {
  return Number(`0x${digits ?? '0'}`);
}
