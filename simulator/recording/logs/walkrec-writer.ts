/** Writes a recording as one file: accesses as they come, everything else when it is whole. */
import {
  type AccessBlock,
  AccessColumns,
  type AccessStore,
  type BlockSource,
  type Compression,
  createAccessBlock,
  SIZE_BITS,
} from './access-columns.ts';
import { packBlock } from './access-codec.ts';
import { packNumbers, packRising } from './packed-numbers.ts';
import type { ProcessLog } from './process-log.ts';
import type { Recording } from './recording.ts';
import type { LineTable, LineVisits } from './source-lines.ts';
import { encodeText } from './text.ts';
import type { LogExcerpts, TouchList } from './touch-list.ts';
import {
  crc32,
  type FileContents,
  headerMagic,
  type IndexedList,
  type IndexedProcess,
  type IndexedVisits,
  type Section,
  type SourceFile,
  TRAILER_LENGTH,
  trailerMagic,
  WALKREC_VERSION,
  type WalkrecIndex,
} from './walkrec-layout.ts';

/** Where the bytes go, and come back from while the file is being made. */
export interface WalkrecFile {
  readonly name: string;
  append(bytes: Uint8Array): void;
  read(offset: number, length: number): Uint8Array;
}

/** What a recording may say of where it comes from. */
export interface Provenance {
  readonly command: string;
  readonly tool: string;
  readonly sources: readonly SourceFile[];
  /** Null where nothing is known of the program's source. */
  readonly lines: { readonly table: LineTable; readonly visits: readonly LineVisits[] } | null;
  readonly contents: readonly { readonly path: string; readonly offset: number; readonly bytes: Uint8Array }[];
}

/** Events of one section: few enough to be read at once. */
const EVENTS_PER_SECTION = 5000;

export class WalkrecWriter {
  private readonly file: WalkrecFile;
  private readonly compression: Compression;
  private readonly blocks = new WeakMap<AccessColumns, readonly Section[]>();
  private length = 0;

  constructor(file: WalkrecFile, compression: Compression) {
    this.file = file;
    this.compression = compression;
    const header = new Uint8Array(16);
    header.set(headerMagic);
    new DataView(header.buffer).setUint32(8, WALKREC_VERSION, true);
    this.append(header);
  }

  /** A store for the accesses of one log. */
  store(): AccessStore {
    return new FileStore(
      this.file,
      this.compression,
      (bytes) => this.section(bytes),
      (columns, sections) => this.blocks.set(columns, sections),
    );
  }

  /** Everything but the accesses, which must have gone through `store`. */
  finish(recording: Recording, excerpts: readonly LogExcerpts[], from: Provenance): void {
    const processes = recording.processes.map((log, index) => {
      const visits = from.lines?.visits[index];
      return { ...this.process(log, excerpts[index] as LogExcerpts), ...(visits && { visits: this.visits(visits) }) };
    });
    const contents: FileContents[] = from.contents.map(({ path, offset, bytes }) => ({
      path,
      offset,
      section: this.section(bytes),
    }));
    const lines = from.lines === null ? null : this.json(from.lines.table);
    const { command, tool, sources } = from;
    const { name, layouts } = recording;
    this.end({ name, command, tool, processes, layouts, sources, lines, contents });
  }

  private process(log: ProcessLog, { touches, starts }: LogExcerpts): IndexedProcess {
    const { file, pid, parentPid, command, exitCode, counts, lines, bytes, accesses, events, runs } = log;
    const blocks = this.blocks.get(accesses) ?? this.copyBlocks(accesses);
    const sections: Section[] = [];
    for (let at = 0; at < events.length; at += EVENTS_PER_SECTION)
      sections.push(this.json(events.slice(at, at + EVENTS_PER_SECTION)));
    return {
      ...{ file, pid, parentPid, command, exitCode, counts, lines, bytes, blocks },
      accesses: accesses.length,
      events: sections,
      eventCount: events.length,
      runCount: runs.length,
      runAccesses: this.section(packRising(runs.map(({ access }) => access))),
      runLines: this.section(packRising(runs.map(({ line }) => line))),
      touches: this.list(touches),
      starts: this.list(starts),
    };
  }

  private visits({ accesses, places }: LineVisits): IndexedVisits {
    return {
      count: accesses.length,
      accesses: this.section(packRising(accesses)),
      places: this.section(packNumbers(places)),
    };
  }

  private list(list: TouchList): IndexedList {
    const indices = Array.from({ length: list.length }, (_, at) => list.indexAt(at));
    return {
      count: list.length,
      indices: this.section(packRising(indices)),
      accesses: this.section(packBlock(blockOf(list), list.length)),
    };
  }

  /** Accesses that were read from somewhere else. */
  private copyBlocks(columns: AccessColumns): Section[] {
    return Array.from({ length: columns.blockCount }, (_, index) =>
      this.section(packBlock(columns.block(index), columns.lengthOf(index))),
    );
  }

  private json(value: unknown): Section {
    return this.section(encodeText(JSON.stringify(value)));
  }

  private section(bytes: Uint8Array): Section {
    const packed = this.compression.compress(bytes);
    const offset = this.length;
    this.append(packed);
    return [offset, packed.length, bytes.length];
  }

  private append(bytes: Uint8Array): void {
    this.file.append(bytes);
    this.length += bytes.length;
  }

  private end(index: WalkrecIndex): void {
    const bytes = encodeText(JSON.stringify(index));
    const packed = this.compression.compress(bytes);
    const trailer = new Uint8Array(TRAILER_LENGTH);
    const view = new DataView(trailer.buffer);
    view.setBigUint64(0, BigInt(this.length), true);
    view.setUint32(8, packed.length, true);
    view.setUint32(12, bytes.length, true);
    view.setUint32(16, crc32(packed), true);
    trailer.set(trailerMagic, TRAILER_LENGTH - trailerMagic.length);
    this.append(packed);
    this.append(trailer);
  }
}

function blockOf(touches: TouchList): AccessBlock {
  const block = createAccessBlock(touches.length);
  for (let place = 0; place < touches.length; place++) {
    const { kind, address, size } = touches.accessAt(place);
    block.low[place] = address;
    block.high[place] = Math.floor(address / 2 ** 32);
    block.meta[place] = (kind << SIZE_BITS) | size;
  }
  return block;
}

class FileStore implements AccessStore, BlockSource {
  readonly file: string;
  private readonly sections: Section[] = [];
  private readonly target: WalkrecFile;
  private readonly compression: Compression;
  private readonly write: (bytes: Uint8Array) => Section;
  private readonly done: (columns: AccessColumns, sections: readonly Section[]) => void;

  constructor(
    target: WalkrecFile,
    compression: Compression,
    write: (bytes: Uint8Array) => Section,
    done: (columns: AccessColumns, sections: readonly Section[]) => void,
  ) {
    this.file = target.name;
    this.target = target;
    this.compression = compression;
    this.write = write;
    this.done = done;
  }

  add(block: AccessBlock, length: number): void {
    this.sections.push(this.write(packBlock(block, length)));
  }

  packed(index: number): Uint8Array {
    const [offset, packed] = this.sections[index] as Section;
    return this.target.read(offset, packed);
  }

  finish(length: number): AccessColumns {
    const columns = new AccessColumns(length, this, this.compression);
    this.done(columns, this.sections);
    return columns;
  }
}
