/**
 * Reads what `valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes` writes. Access lines, nearly all of a
 * log, are read byte by byte into columns without making a string; all other lines go to LackeyEvents.
 *
 *     I  00401827,5        fetch        columns 1-3 the kind, then 8 to 16 hexadecimal digits, comma, decimal size
 *      S 1fff0004f8,8      store        ` L ` load, ` M ` load and store of the same bytes
 */
import {
  AccessCollector,
  AccessKind,
  type AccessStore,
  BLOCK_LENGTH,
  createAccessBlock,
  MAX_ACCESS_SIZE,
  SIZE_BITS,
} from './access-columns.ts';
import { type Bounds, boundText, raiseHint, standardBounds } from '../../session/scenario/bounds.ts';
import { decodeText } from './text.ts';
import { LackeyEvents } from './lackey-events.ts';
import type { LineRun, ProcessLog } from './process-log.ts';
import { RecordingError } from './recording-error.ts';

const NEWLINE = 10;
const SPACE = 32;
const COMMA = 44;
const LETTER_I = 73;
const LETTER_L = 76;
const LETTER_M = 77;
const LETTER_S = 83;
/** Not a hexadecimal digit; any bit above the low four marks it. */
const NO_DIGIT = 0x80;
/** The longest line that is accepted; lackey's own stay under a kilobyte, paths in calls included. */
const MAX_LINE = 1 << 16;

const digits = hexadecimalDigits();

export type ParserLimits = Pick<Bounds, 'recordedAccesses' | 'recordedLines' | 'setting'>;

/** Feed it the bytes in pieces of any size, then `finish`. */
export class LackeyParser {
  private readonly file: string;
  private readonly limits: ParserLimits;
  private readonly events: LackeyEvents;
  private readonly store: AccessStore;
  private readonly runs: LineRun[] = [];
  private readonly kinds = [0, 0, 0, 0];
  private readonly block = createAccessBlock();
  /** Accesses in it, and those in blocks before it. */
  private used = 0;
  private stored = 0;
  private isRun = false;
  /** Complete lines so far. */
  private line = 0;
  /** Of them no accesses. */
  private otherLines = 0;
  /** Bytes before the piece that is being read. */
  private bytesBefore = 0;
  private carry = new Uint8Array(256);
  private carried = 0;

  constructor(file: string, limits: ParserLimits = standardBounds, store: AccessStore = new AccessCollector()) {
    this.file = file;
    this.store = store;
    this.limits = limits;
    this.events = new LackeyEvents(file);
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.carried > 0) {
      const end = bytes.indexOf(NEWLINE);
      this.carryOver(bytes, 0, end < 0 ? bytes.length : end + 1);
      if (end < 0) return;
      const line = this.carry.subarray(0, this.carried);
      this.carried = 0;
      this.readLines(line, 0, line.length);
      this.bytesBefore += line.length - (end + 1);
      start = end + 1;
    }
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    if (last > start) this.readLines(bytes, start, last);
    const rest = Math.max(last, start);
    this.bytesBefore += rest;
    if (rest < bytes.length) this.carryOver(bytes, rest, bytes.length);
  }

  finish(): ProcessLog {
    if (this.carried > 0) {
      throw new RecordingError(
        { file: this.file, line: this.line + 1, byte: this.bytesBefore + this.carried },
        `the log ends in the middle of a line (“${decodeText(this.carry.subarray(0, Math.min(this.carried, 60)))}”): it was cut off. Record again, or remove that line and what the program did after it`,
      );
    }
    const accesses = this.accessCount();
    if (this.used > 0) this.store.add(this.block, this.used);
    const [fetches = 0, loads = 0, stores = 0, modifies = 0] = this.kinds;
    return {
      ...this.events.finish({ line: this.line, byte: this.bytesBefore }),
      accesses: this.store.finish(accesses),
      runs: this.runs,
      counts: { fetches, loads, stores, modifies },
      lines: this.line,
      bytes: this.bytesBefore,
    };
  }

  private accessCount(): number {
    return this.stored + this.used;
  }

  private carryOver(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.carried + to - from;
    if (needed > MAX_LINE) this.fail(0, `a line of more than ${String(MAX_LINE)} bytes: this is not a Lackey log`);
    if (needed > this.carry.length) {
      const grown = new Uint8Array(needed * 2);
      grown.set(this.carry.subarray(0, this.carried));
      this.carry = grown;
    }
    this.carry.set(bytes.subarray(from, to), this.carried);
    this.carried = needed;
  }

  /** `[from, to)` holds whole lines: every loop over a line's bytes ends at its newline at the latest. */
  private readLines(b: Uint8Array, from: number, to: number): void {
    let p = from;
    while (p < to) {
      p = this.readAccesses(b, p, to);
      if (p < to) p = this.readOther(b, p, to);
    }
  }

  /** Reads access lines up to the first line of another kind; gives where that begins. */
  private readAccesses(b: Uint8Array, from: number, to: number): number {
    const { kinds } = this;
    let { used } = this;
    const { low, high, meta } = this.block;
    let p = from;
    let count = 0;
    while (p < to) {
      const c0 = b[p] as number;
      const c1 = b[p + 1] as number;
      if (b[p + 2] !== SPACE) break;
      let kind: number;
      if (c0 === LETTER_I && c1 === SPACE) kind = AccessKind.fetch;
      else if (c0 !== SPACE) break;
      else if (c1 === LETTER_L) kind = AccessKind.load;
      else if (c1 === LETTER_S) kind = AccessKind.store;
      else if (c1 === LETTER_M) kind = AccessKind.modify;
      else break;
      let hi = 0;
      let lo = 0;
      let q = p + 3;
      let digit: number;
      while ((digit = digits[b[q] as number] as number) !== NO_DIGIT) {
        hi = (hi << 4) | (lo >>> 28);
        lo = (lo << 4) | digit;
        q++;
      }
      const length = q - p - 3;
      let size = 0;
      if (b[q] !== COMMA || length < 8 || length > 16) this.failInside(count, p);
      const sizeAt = ++q;
      while ((digit = (b[q] as number) - 48) >= 0 && digit <= 9) {
        size = size * 10 + digit;
        q++;
      }
      if (b[q] !== NEWLINE || q === sizeAt || size === 0 || size > MAX_ACCESS_SIZE) this.failInside(count, p);
      if (hi >>> 15 !== 0 && hi >>> 15 !== 0x1ffff) this.failInside(count, p);
      if (used === BLOCK_LENGTH) {
        this.endBlock(p);
        used = 0;
      }
      low[used] = lo;
      high[used] = hi;
      meta[used++] = (kind << SIZE_BITS) | size;
      kinds[kind] = (kinds[kind] as number) + 1;
      count++;
      p = q + 1;
    }
    this.used = used;
    if (count > 0) this.noteRun(count);
    if (this.accessCount() > this.limits.recordedAccesses) this.failTooLong(p);
    return p;
  }

  private noteRun(count: number): void {
    if (!this.isRun) this.runs.push({ access: this.accessCount() - count, line: this.line + 1 });
    this.isRun = true;
    this.line += count;
  }

  private endBlock(at: number): void {
    this.store.add(this.block, BLOCK_LENGTH);
    this.stored += BLOCK_LENGTH;
    this.used = 0;
    if (this.stored >= this.limits.recordedAccesses) this.failTooLong(at);
  }

  /** One line that is no access. */
  private readOther(b: Uint8Array, from: number, to: number): number {
    const end = b.indexOf(NEWLINE, from);
    if (end < 0 || end >= to) throw new Error('internal: a piece without its newline');
    if (end - from > MAX_LINE)
      this.fail(from, `a line of more than ${String(MAX_LINE)} bytes: this is not a Lackey log`);
    this.isRun = false;
    this.line++;
    if (++this.otherLines > this.limits.recordedLines) this.failTooManyLines(from);
    const text = decodeText(b.subarray(from, end));
    this.events.read(text, { line: this.line, byte: this.bytesBefore + from, at: this.accessCount() });
    return end + 1;
  }

  private failInside(linesBefore: number, at: number): never {
    this.line += linesBefore;
    this.fail(
      at,
      'a malformed access: expected “I  ADDRESS,SIZE” or “ L|S|M ADDRESS,SIZE” with 8 to 16 hexadecimal digits (bits 47 to 63 equal) and a size from 1 to 16383',
    );
  }

  private failTooLong(at: number): never {
    const most = boundText('recordedAccesses', this.limits.recordedAccesses);
    this.fail(at, `more than ${most} accesses; record a shorter run, or ${raiseHint('recordedAccesses', this.limits)}`);
  }

  private failTooManyLines(at: number): never {
    const most = boundText('recordedLines', this.limits.recordedLines);
    this.fail(
      at,
      `more than ${most} lines that are no accesses; record a shorter run, or ${raiseHint('recordedLines', this.limits)}`,
    );
  }

  private fail(at: number, reason: string): never {
    throw new RecordingError({ file: this.file, line: this.line + 1, byte: this.bytesBefore + at }, reason);
  }
}

function hexadecimalDigits(): Uint8Array {
  const table = new Uint8Array(256).fill(NO_DIGIT);
  for (let digit = 0; digit < 16; digit++) table[digit.toString(16).charCodeAt(0)] = digit;
  return table;
}
