/**
 * Reads one file of a recording as its bytes arrive: the log of a process, a layout, or a bundle of such files.
 *
 *     walkrec 1                                a bundle
 *     file cow_fork.24105.log 401234           name and length of the part that follows
 *     …
 */
import { AccessCollector, type AccessStore } from './access-columns.ts';
import { detectFormat, HEAD_LENGTH, refusalOf } from './format.ts';
import { LackeyParser, type ParserLimits } from './lackey-parser.ts';
import { type Layout, type LayoutBounds, LayoutReader } from './layout-parser.ts';
import type { ProcessLog } from './process-log.ts';
import { RecordingError } from './recording-error.ts';
import { decodeText } from './text.ts';
import { standardBounds } from '../../session/scenario/bounds.ts';

type ReaderLimits = ParserLimits & LayoutBounds;

/** What files of a recording hold. */
export interface RecordingContents {
  readonly logs: readonly ProcessLog[];
  readonly layouts: readonly Layout[];
}

/** Where the accesses of one more log go. */
export type StoreMaker = () => AccessStore;

/** Takes the bytes of one file. */
interface Sink {
  push(bytes: Uint8Array): void;
  finish(): RecordingContents;
}

/** Decompressed bytes in pieces of any size, then `finish`. Throws a RecordingError where they are not what they should be. */
export class RecordingReader implements Sink {
  private readonly file: string;
  private readonly limits: ReaderLimits;
  private readonly createStore: StoreMaker;
  private readonly mayBundle: boolean;
  private head = new Uint8Array(0);
  private sink: Sink | null = null;

  constructor(
    file: string,
    limits: ReaderLimits = standardBounds,
    createStore: StoreMaker = () => new AccessCollector(),
    mayBundle = true,
  ) {
    this.file = file;
    this.limits = limits;
    this.createStore = createStore;
    this.mayBundle = mayBundle;
  }

  push(bytes: Uint8Array): void {
    if (this.sink !== null) {
      this.sink.push(bytes);
      return;
    }
    this.head = joined(this.head, bytes);
    if (this.head.length >= HEAD_LENGTH) this.begin();
  }

  finish(): RecordingContents {
    return (this.sink ?? this.begin()).finish();
  }

  /** The first bytes say what the file is. */
  private begin(): Sink {
    const { file, limits, head } = this;
    const sink = this.sinkFor(file, limits, head);
    this.sink = sink;
    this.head = new Uint8Array(0);
    sink.push(head);
    return sink;
  }

  private sinkFor(file: string, limits: ReaderLimits, head: Uint8Array): Sink {
    const format = detectFormat(head);
    if (format === 'lackey') return new LogSink(file, limits, this.createStore);
    if (format === 'layout') return new LayoutSink(file, limits);
    if (format === 'bundle' && this.mayBundle) return new BundleSink(file, limits, this.createStore);
    if (format === 'gzip' || format === 'bundle' || format === 'walkrec')
      throw new RecordingError({ file }, 'compressed or bundled twice');
    throw new RecordingError({ file }, refusalOf(format));
  }
}

class LogSink implements Sink {
  private readonly parser: LackeyParser;

  constructor(file: string, limits: ReaderLimits, createStore: StoreMaker) {
    this.parser = new LackeyParser(file, limits, createStore());
  }

  push(bytes: Uint8Array): void {
    this.parser.push(bytes);
  }

  finish(): RecordingContents {
    return { logs: [this.parser.finish()], layouts: [] };
  }
}

class LayoutSink implements Sink {
  private readonly reader: LayoutReader;

  constructor(file: string, limits: LayoutBounds) {
    this.reader = new LayoutReader(file, limits);
  }

  push(bytes: Uint8Array): void {
    this.reader.push(bytes);
  }

  finish(): RecordingContents {
    return { logs: [], layouts: this.reader.finish() };
  }
}

/** The longest line in front of a part. */
const LONGEST_HEADER = 4096;
const NEWLINE = 10;

class BundleSink implements Sink {
  private readonly file: string;
  private readonly limits: ReaderLimits;
  private readonly createStore: StoreMaker;
  private readonly logs: ProcessLog[] = [];
  private readonly layouts: Layout[] = [];
  /** The line that is being read, while no part is. */
  private header: number[] = [];
  private part: {
    readonly name: string;
    readonly length: number;
    left: number;
    readonly reader: RecordingReader;
  } | null = null;
  private isTitle = true;
  private bytesBefore = 0;

  constructor(file: string, limits: ReaderLimits, createStore: StoreMaker) {
    this.file = file;
    this.limits = limits;
    this.createStore = createStore;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const used = this.part === null ? this.readHeader(bytes, at) : this.readPart(bytes, at);
      at += used;
      this.bytesBefore += used;
    }
  }

  finish(): RecordingContents {
    if (this.part !== null || this.header.length > 0) {
      const what = this.part === null ? 'a part' : `${this.part.name} should have ${String(this.part.length)} bytes`;
      throw new RecordingError({ file: this.file, byte: this.bytesBefore }, `${what}: the bundle was cut off`);
    }
    return { logs: this.logs, layouts: this.layouts };
  }

  private readHeader(bytes: Uint8Array, at: number): number {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    if (this.header.length + end - at > LONGEST_HEADER) this.failHeader();
    this.header.push(...bytes.subarray(at, end));
    if (newline < 0) return end - at;
    const line = decodeText(Uint8Array.from(this.header));
    this.header = [];
    if (this.isTitle) this.isTitle = false;
    else this.beginPart(line);
    return newline + 1 - at;
  }

  private beginPart(line: string): void {
    const match = /^file (\S+) (\d+)$/.exec(line);
    if (match === null) this.failHeader();
    const [, name = '', length] = match;
    const reader = new RecordingReader(name, this.limits, this.createStore, false);
    this.part = { name, length: Number(length), left: Number(length), reader };
    if (this.part.left === 0) this.endPart();
  }

  private readPart(bytes: Uint8Array, at: number): number {
    const part = this.part as NonNullable<typeof this.part>;
    const used = Math.min(part.left, bytes.length - at);
    part.reader.push(bytes.subarray(at, at + used));
    part.left -= used;
    if (part.left === 0) this.endPart();
    return used;
  }

  private endPart(): void {
    const { logs, layouts } = (this.part as NonNullable<typeof this.part>).reader.finish();
    this.part = null;
    this.logs.push(...logs);
    this.layouts.push(...layouts);
  }

  private failHeader(): never {
    const place = { file: this.file, byte: this.bytesBefore };
    throw new RecordingError(place, 'a part of a bundle must begin with “file NAME LENGTH”');
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
