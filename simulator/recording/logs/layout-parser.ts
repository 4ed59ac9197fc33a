/**
 * The memory layout at client startup, as `valgrind -d` prints it on standard error:
 *
 *     --24105:1: aspacem   2: file 0000401000-000047afff  499712 r-x-- d=0xfe00 i=2146400 o=4096    (1,49)
 *
 * Lower-case rows are the program's, upper-case ones Valgrind's own; RSVN keeps room for brk (SmLower, above the
 * break) and for the stack (SmUpper, below it). Ends are inclusive.
 */
import { type Bounds, boundText, raiseHint, standardBounds } from '../../session/scenario/bounds.ts';
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

/** As PROT_READ, PROT_WRITE and PROT_EXEC have them. */
export function rightsOf(row: LayoutRow): number {
  return (row.read ? 1 : 0) | (row.write ? 2 : 0) | (row.execute ? 4 : 0);
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

/** Bytes of a line that are looked at: the program's own output may stand between the listings, in lines of any length. */
const LONGEST_LINE = 1 << 16;
const NEWLINE = 10;
const DASH = 45;

export type LayoutBounds = Pick<Bounds, 'recordedLayoutLines' | 'setting'>;

/** Reads the listings among whatever else was written: bytes in pieces of any size, then `finish`. */
export class LayoutReader {
  private readonly file: string;
  private readonly bounds: LayoutBounds;
  private readonly layouts: Layout[] = [];
  private listing: Listing | null = null;
  /** Complete lines so far. */
  private line = 0;
  private readonly carry = new Uint8Array(LONGEST_LINE);
  private carried = 0;

  constructor(file: string, bounds: LayoutBounds = standardBounds) {
    this.file = file;
    this.bounds = bounds;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at);
      this.carryOver(bytes.subarray(at, newline < 0 ? bytes.length : newline));
      if (newline < 0) return;
      this.endLine();
      at = newline + 1;
    }
  }

  /** One layout for every program that the recording starts: an exec adds one. */
  finish(): Layout[] {
    const { file, layouts, listing } = this;
    this.endLine();
    if (listing !== null) {
      const begun = String(listing.line);
      throw new RecordingError(
        { file, line: this.line },
        `the memory layout that begins on line ${begun} has no end (“aspacem >>>”): the file was cut off`,
      );
    }
    if (layouts.length === 0) {
      throw new RecordingError(
        { file },
        'no “Memory layout at client startup”: this must be the standard error of valgrind with -d',
      );
    }
    return layouts;
  }

  private carryOver(bytes: Uint8Array): void {
    const room = bytes.subarray(0, LONGEST_LINE - this.carried);
    this.carry.set(room, this.carried);
    this.carried += room.length;
  }

  private endLine(): void {
    this.line++;
    const length = this.carried;
    this.carried = 0;
    if (length === 0 || this.carry[0] !== DASH) return;
    const text = decodeText(this.carry.subarray(0, length));
    if (this.listing === null) this.listing = listingFrom(text, this.line);
    else if (end.test(text)) {
      this.layouts.push(this.listing.finish(this.file));
      this.listing = null;
    } else if (this.line - this.listing.line > this.bounds.recordedLayoutLines) {
      const most = boundText('recordedLayoutLines', this.bounds.recordedLayoutLines);
      throw new RecordingError(
        { file: this.file, line: this.line },
        `a memory layout of more than ${most} lines; record a smaller program, or ${raiseHint('recordedLayoutLines', this.bounds)}`,
      );
    } else this.listing.read(text, this.line);
  }
}

function listingFrom(text: string, line: number): Listing | null {
  const match = title.exec(text);
  return match === null ? null : new Listing(Number(match[1]), Number(match[2]), line);
}

/** One layout, line by line. */
class Listing {
  /** Of the title. */
  readonly line: number;
  private readonly pid: number;
  private readonly count: number;
  private readonly names = new Map<string, string>();
  private readonly rows: Row[] = [];

  constructor(pid: number, count: number, line: number) {
    this.pid = pid;
    this.count = count;
    this.line = line;
  }

  read(text: string, line: number): void {
    const name = fileName.exec(text);
    if (name !== null) this.names.set(name[1] as string, name[2] as string);
    const match = segment.exec(text);
    if (match === null) return;
    const [, word = '', from, to, rest = ''] = match;
    this.rows.push({ word, start: address(from), end: address(to) + 1, rest, line });
  }

  finish(file: string): Layout {
    const { pid, count, names, rows } = this;
    if (rows.length !== count) {
      throw new RecordingError(
        { file, line: this.line },
        `the memory layout announces ${String(count)} segments and holds ${String(rows.length)}: lines are missing or damaged`,
      );
    }
    const client = rows
      .filter((row) => row.word === 'file' || row.word === 'anon')
      .map((row) => clientRow(file, row, names));
    return { file, pid, rows: client, stack: stackOf(rows), heap: heapOf(rows) };
  }
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
