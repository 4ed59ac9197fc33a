/**
 * Opens a recording that is one file: the index is read, accesses only where somebody looks. Whatever the file holds, the answer
 * is a recording whose parts fit together, or a RecordingError.
 */
import {
  AccessColumns,
  BLOCK_LENGTH,
  type BlockSource,
  type Compression,
  MAX_ACCESS_SIZE,
  mostPacked,
  SIZE_BITS,
} from './access-columns.ts';
import { unpackBlock } from './access-codec.ts';
import type { Layout, LayoutRow } from './layout-parser.ts';
import { MOST_BYTES, MOST_BYTES_OF_32, unpackNumbers, unpackRising } from './packed-numbers.ts';
import type { LineRun, LogEvent, ProcessLog } from './process-log.ts';
import { assembleRecording, type Recording } from './recording.ts';
import { DamagedRecording, RecordingError } from './recording-error.ts';
import { type LineVisits, readLineTable, type RecordedSources } from './source-lines.ts';
import { decodeText } from './text.ts';
import { type LogExcerpts, TouchList } from './touch-list.ts';
import { checkEvents, readEvent } from './walkrec-events.ts';
import { countOf, fieldsOf, flagOf, listOf, orNull, parseJson, textOf } from './walkrec-fields.ts';
import {
  crc32,
  type FileContents,
  HEADER_LENGTH,
  headerMagic,
  type Section,
  type SourceFile,
  TRAILER_LENGTH,
  trailerMagic,
  WALKREC_VERSION,
} from './walkrec-layout.ts';
import { type Bounds, boundText, raiseHint } from '../../session/scenario/bounds.ts';

/** A file that is read where it is asked for. */
export interface WalkrecSource {
  readonly name: string;
  readonly length: number;
  /** Exactly so many bytes, which are there. */
  read(offset: number, length: number): Uint8Array;
}

/** What the file says beside the recording itself. */
export interface OpenedWalkrec {
  readonly recording: Recording;
  readonly command: string;
  readonly tool: string;
  readonly sources: readonly SourceFile[];
  readonly contents: readonly FileContents[];
  readonly bytesOf: (contents: FileContents) => Uint8Array;
}

/** An index is read whole: so it must not be larger than this. */
const MOST_INDEX = 64 * 2 ** 20;
const MOST_EVENTS_BYTES = 64 * 2 ** 20;
const MOST_CONTENTS = 256 * 2 ** 20;
const MOST_LISTED = 1_000_000;
const MOST_LINES = 256 * 2 ** 20;
const noVisits: LineVisits = { accesses: new Float64Array(), places: new Uint32Array() };

export function openWalkrec(source: WalkrecSource, compression: Compression, bounds: Bounds): OpenedWalkrec {
  try {
    return new Opening(source, compression, bounds).open();
  } catch (error) {
    if (!(error instanceof DamagedRecording)) throw error;
    throw new RecordingError({ file: source.name }, `${error.message}; the file was cut off or changed: record again`);
  }
}

interface IndexedLog {
  readonly log: ProcessLog;
  readonly excerpts: LogExcerpts;
  readonly visits: LineVisits | null;
}

class Opening {
  private readonly source: WalkrecSource;
  private readonly compression: Compression;
  private readonly bounds: Bounds;
  /** Sections end here. */
  private end = 0;

  constructor(source: WalkrecSource, compression: Compression, bounds: Bounds) {
    this.source = source;
    this.compression = compression;
    this.bounds = bounds;
  }

  open(): OpenedWalkrec {
    const index = fieldsOf(this.readIndex(), 'it');
    const layouts = listOf(index['layouts'], 'layouts', this.bounds.recordedProcesses, readLayout);
    const parts = listOf(index['processes'], 'processes', this.bounds.recordedProcesses, (value) =>
      this.process(value),
    );
    const logs = parts.map(({ log }) => log);
    const assembled = assembleRecording(textOf(index['name'], 'its name'), logs, layouts, this.bounds);
    const excerpts = assembled.processes.map((log) => (parts[logs.indexOf(log)] as IndexedLog).excerpts);
    const files = listOf(index['sources'], 'its sources', MOST_LISTED, readSource);
    const visits = assembled.processes.map((log) => (parts[logs.indexOf(log)] as IndexedLog).visits ?? noVisits);
    const sources = this.sources(index['lines'], files, visits);
    return {
      recording: { ...assembled, excerpts, ...(sources && { sources }) },
      command: textOf(index['command'], 'its command'),
      tool: textOf(index['tool'], 'its tool'),
      sources: files,
      contents: listOf(index['contents'], 'contents of files', MOST_LISTED, (value) => this.contents(value)),
      bytesOf: ({ section }) => this.expand(section),
    };
  }

  private sources(value: unknown, files: readonly SourceFile[], visits: readonly LineVisits[]): RecordedSources | null {
    const section = orNull(value ?? null, (one) => this.sectionOf(one, 'its line table', MOST_LINES));
    if (section === null) return null;
    const table = readLineTable(this.json(section, 'its line table'), files.length);
    for (const { places } of visits)
      for (const word of places)
        if (word >>> 1 >= table.places.length) throw new DamagedRecording('a line is visited that nobody has named');
    return { files, table, visits };
  }

  private visits(value: unknown, accesses: number): LineVisits {
    const fields = fieldsOf(value, 'visits of lines');
    const count = countOf(fields['count'], 'visits of lines', accesses);
    const section = this.sectionOf(fields['places'], 'visits of lines', count * MOST_BYTES_OF_32);
    return {
      accesses: this.rising(fields['accesses'], count, accesses - 1),
      places: unpackNumbers(this.expand(section), count, 2 ** 32 - 1),
    };
  }

  private readIndex(): unknown {
    const { source } = this;
    const end = source.length - TRAILER_LENGTH;
    if (end < HEADER_LENGTH) throw new DamagedRecording('it ends within its first bytes');
    const header = source.read(0, HEADER_LENGTH);
    const version = viewOf(header).getUint32(8, true);
    if (!startsWith(header, headerMagic)) throw new DamagedRecording('it is no recording');
    if (version !== WALKREC_VERSION) {
      throw new RecordingError(
        { file: source.name },
        `it has version ${String(version)} of the format, and this Pagewalk reads version ${String(WALKREC_VERSION)}: install the Pagewalk that wrote it, or record again`,
      );
    }
    const trailer = source.read(end, TRAILER_LENGTH);
    if (!startsWith(trailer.subarray(TRAILER_LENGTH - trailerMagic.length), trailerMagic))
      throw new DamagedRecording('its end is missing');
    const view = viewOf(trailer);
    const offset = Number(view.getBigUint64(0, true));
    const [packed, length, crc] = [view.getUint32(8, true), view.getUint32(12, true), view.getUint32(16, true)];
    if (offset < HEADER_LENGTH || offset + packed !== end || length > MOST_INDEX)
      throw new DamagedRecording('its index is not where its end says');
    const bytes = source.read(offset, packed);
    if (crc32(bytes) !== crc) throw new DamagedRecording('its index is damaged');
    this.end = offset;
    const text = this.compression.expand(bytes, length);
    return parseJson(decodeText(text), 'it');
  }

  private process(value: unknown): IndexedLog {
    const fields = fieldsOf(value, 'a process');
    const file = textOf(fields['file'], 'a log’s name');
    const accesses = countOf(fields['accesses'], 'accesses');
    if (accesses > this.bounds.recordedAccesses) this.tooMany('recordedAccesses', 'accesses');
    const counts = fieldsOf(fields['counts'], 'counts');
    const lines = countOf(fields['lines'], 'lines');
    const events = this.events(fields, accesses);
    const log: ProcessLog = {
      file,
      pid: countOf(fields['pid'], 'a process'),
      parentPid: orNull(fields['parentPid'], (pid) => countOf(pid, 'a parent')),
      command: textOf(fields['command'], 'a command'),
      exitCode: orNull(fields['exitCode'], (code) => countOf(code, 'an exit code')),
      counts: {
        fetches: countOf(counts['fetches'], 'fetches'),
        loads: countOf(counts['loads'], 'loads'),
        stores: countOf(counts['stores'], 'stores'),
        modifies: countOf(counts['modifies'], 'modifies'),
      },
      lines,
      bytes: countOf(fields['bytes'], 'bytes'),
      accesses: this.columns(fields['blocks'], accesses),
      events,
      runs: this.runs(fields, accesses, lines),
    };
    const excerpts = { touches: this.list(fields['touches'], accesses), starts: this.list(fields['starts'], accesses) };
    const visits = fields['visits'] === undefined ? null : this.visits(fields['visits'], accesses);
    return { log, excerpts, visits };
  }

  private tooMany(bound: 'recordedAccesses' | 'recordedLines', what: string): never {
    const most = boundText(bound, this.bounds[bound]);
    throw new RecordingError(
      { file: this.source.name },
      `more than ${most} ${what} in one process; record a shorter run, or ${raiseHint(bound, this.bounds)}`,
    );
  }

  private columns(value: unknown, length: number): AccessColumns {
    const most = mostPacked(BLOCK_LENGTH);
    const sections = listOf(value, 'blocks', MOST_LISTED, (one) => this.sectionOf(one, 'a block', most));
    if (sections.length !== Math.ceil(length / BLOCK_LENGTH))
      throw new DamagedRecording('blocks of accesses are missing');
    const { source } = this;
    const blocks: BlockSource = {
      file: source.name,
      packed: (index) => {
        const [offset, packed] = sections[index] as Section;
        return source.read(offset, packed);
      },
    };
    return new AccessColumns(length, blocks, this.compression);
  }

  private events(fields: Readonly<Record<string, unknown>>, accesses: number): LogEvent[] {
    const count = countOf(fields['eventCount'], 'events');
    if (count > this.bounds.recordedLines) this.tooMany('recordedLines', 'calls and other events');
    const sections = listOf(fields['events'], 'events', MOST_LISTED, (one) =>
      this.sectionOf(one, 'events', MOST_EVENTS_BYTES),
    );
    const events: LogEvent[] = [];
    for (const section of sections) {
      for (const event of listOf(this.json(section, 'events'), 'events', count - events.length, readEvent))
        events.push(event);
    }
    if (events.length !== count) throw new DamagedRecording('events are missing');
    checkEvents(events, accesses);
    return events;
  }

  private runs(fields: Readonly<Record<string, unknown>>, accesses: number, lines: number): LineRun[] {
    const count = countOf(fields['runCount'], 'runs', this.bounds.recordedLines + 1);
    const starts = this.rising(fields['runAccesses'], count, accesses);
    const places = this.rising(fields['runLines'], count, lines);
    if (accesses > 0 && starts[0] !== 0) throw new DamagedRecording('the lines of accesses are not known');
    return Array.from({ length: count }, (_, at) => ({ access: starts[at] as number, line: places[at] as number }));
  }

  private list(value: unknown, accesses: number): TouchList {
    const fields = fieldsOf(value, 'a list of accesses');
    const count = countOf(fields['count'], 'first touches', accesses);
    const indices = this.rising(fields['indices'], count, accesses - 1);
    const packed = this.expand(this.sectionOf(fields['accesses'], 'first touches', mostPacked(count)));
    const { low, high, meta } = unpackBlock(packed, count);
    const list = new TouchList();
    for (let at = 0; at < count; at++) {
      if (at > 0 && indices[at] === indices[at - 1]) throw new DamagedRecording('first touches are out of order');
      const word = meta[at] as number;
      const address = (high[at] as number) * 2 ** 32 + (low[at] as number);
      const kind = (word >>> SIZE_BITS) as 0 | 1 | 2 | 3;
      list.add(indices[at] as number, { kind, address, size: word & MAX_ACCESS_SIZE });
    }
    return list;
  }

  private rising(value: unknown, count: number, most: number): Float64Array {
    return unpackRising(this.expand(this.sectionOf(value, 'numbers', count * MOST_BYTES)), count, Math.max(most, 0));
  }

  private contents(value: unknown): FileContents {
    const fields = fieldsOf(value, 'contents of a file');
    return {
      path: textOf(fields['path'], 'a path'),
      offset: countOf(fields['offset'], 'an offset'),
      section: this.sectionOf(fields['section'], 'contents of a file', MOST_CONTENTS),
    };
  }

  private sectionOf(value: unknown, what: string, most: number): Section {
    if (!Array.isArray(value) || value.length !== 3) throw new DamagedRecording(`its index is damaged: ${what}`);
    const [offset, packed, length] = value as unknown[];
    const start = countOf(offset, what, this.end);
    if (start < HEADER_LENGTH) throw new DamagedRecording(`its index is damaged: ${what}`);
    return [start, countOf(packed, what, this.end - start), countOf(length, what, most)];
  }

  private expand([offset, packed, length]: Section): Uint8Array {
    const bytes = this.compression.expand(this.source.read(offset, packed), length);
    if (bytes.length !== length) throw new DamagedRecording('a section has another length than its index says');
    return bytes;
  }

  private json(section: Section, what: string): unknown {
    return parseJson(decodeText(this.expand(section)), what);
  }
}

function readSource(value: unknown): SourceFile {
  const fields = fieldsOf(value, 'a source');
  return {
    path: textOf(fields['path'], 'a path'),
    sha256: orNull(fields['sha256'], (hash) => textOf(hash, 'a hash')),
  };
}

function readLayout(value: unknown): Layout {
  const fields = fieldsOf(value, 'a layout');
  return {
    file: textOf(fields['file'], 'a layout’s name'),
    pid: countOf(fields['pid'], 'a process'),
    rows: listOf(fields['rows'], 'rows', MOST_LISTED, readRow),
    stack: orNull(fields['stack'], readRange),
    heap: orNull(fields['heap'], readRange),
  };
}

function readRange(value: unknown): { readonly start: number; readonly end: number } {
  const fields = fieldsOf(value, 'a range');
  const end = countOf(fields['end'], 'an end');
  return { start: countOf(fields['start'], 'a start', end), end };
}

function readRow(value: unknown): LayoutRow {
  const fields = fieldsOf(value, 'a row');
  const { kind } = fields;
  if (kind !== 'file' && kind !== 'anon') throw new DamagedRecording('its index is damaged: a row is of no known kind');
  return {
    kind,
    ...readRange(value),
    read: flagOf(fields['read'], '“read”'),
    write: flagOf(fields['write'], '“write”'),
    execute: flagOf(fields['execute'], '“execute”'),
    offset: countOf(fields['offset'], 'an offset'),
    path: orNull(fields['path'], (path) => textOf(path, 'a path')),
    line: countOf(fields['line'], 'a line'),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
