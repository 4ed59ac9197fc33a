/** The line table of an ELF file, `.debug_line`: which source line the instructions from an address on belong to. */
import { ByteReader, DamagedDebugInfo } from './byte-reader.ts';
import type { DebugSections } from './elf-sections.ts';
import { readForm, type UnitFormat } from './forms.ts';

export interface LineRow {
  readonly address: number;
  /** Index into the files; the row behind the last instruction of a sequence has -1. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
  /** A statement begins here: a debugger may stop. */
  readonly isStatement: boolean;
}

export interface LineRows {
  /** As the compiler was given them, joined with its folder. */
  readonly files: string[];
  /** By address. */
  readonly rows: readonly LineRow[];
  /** By offset of a unit's program: its files by the numbers that the unit uses. */
  readonly unitFiles: ReadonlyMap<number, readonly number[]>;
}

/** Rows of one file; programs of a hundred megabytes of debug information have fewer. */
const MOST_ROWS = 4_000_000;
const MOST_FILES = 100_000;

export const END_OF_SEQUENCE = -1;

export function readLineRows(sections: DebugSections): LineRows {
  const section = sections.get('.debug_line') ?? new Uint8Array();
  const table = new Table();
  const reader = new ByteReader(section);
  while (!reader.isAtEnd) {
    const offset = reader.at;
    const { offsetSize, length } = readLength(reader);
    readProgram(reader.part(length), offset, offsetSize, sections, table);
  }
  table.rows.sort((left, right) => left.address - right.address || rank(left) - rank(right));
  return table;
}

/** The end of one sequence comes before the beginning of another at the same address. */
function rank({ file }: LineRow): number {
  return file === END_OF_SEQUENCE ? 0 : 1;
}

export function readLength(reader: ByteReader): { offsetSize: number; length: number } {
  const length = reader.unsigned(4);
  return length === 0xffff_ffff ? { offsetSize: 8, length: reader.unsigned(8) } : { offsetSize: 4, length };
}

class Table implements LineRows {
  readonly files: string[] = [];
  readonly rows: LineRow[] = [];
  readonly unitFiles = new Map<number, readonly number[]>();
  private readonly numbers = new Map<string, number>();

  /** A path without its folder is one unit's own: the unit's entry tells the folder. */
  file(path: string, unit: number): number {
    const key = path.startsWith('/') ? path : `${String(unit)}:${path}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.files.length >= MOST_FILES) throw new DamagedDebugInfo('it names too many files');
    this.files.push(path);
    this.numbers.set(key, this.files.length - 1);
    return this.files.length - 1;
  }

  add(row: LineRow): void {
    if (this.rows.length >= MOST_ROWS) throw new DamagedDebugInfo('its line table is too long');
    this.rows.push(row);
  }
}

type AddFile = (path: string) => number;

interface Header {
  readonly minimumLength: number;
  readonly isStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly lengths: readonly number[];
  readonly files: readonly number[];
}

function readProgram(
  reader: ByteReader,
  offset: number,
  offsetSize: number,
  sections: DebugSections,
  table: Table,
): void {
  const version = reader.unsigned(2);
  if (version < 2 || version > 5) return;
  const addressSize = version === 5 ? reader.unsigned(1) : 8;
  if (version === 5) reader.skip(1);
  const format: UnitFormat = { version, addressSize, offsetSize };
  const headerLength = reader.unsigned(offsetSize);
  const header = readHeader(reader.part(headerLength), format, sections, (path) => table.file(path, offset));
  table.unitFiles.set(offset, header.files);
  new LineMachine(header, table).run(reader);
}

function readHeader(reader: ByteReader, format: UnitFormat, sections: DebugSections, file: AddFile): Header {
  const minimumLength = reader.unsigned(1);
  if (format.version >= 4) reader.skip(1);
  const isStatement = reader.unsigned(1) !== 0;
  const lineBase = reader.signedByte();
  const lineRange = reader.unsigned(1);
  const opcodeBase = reader.unsigned(1);
  if (lineRange === 0 || opcodeBase === 0) throw new DamagedDebugInfo('its line table has no range');
  const lengths = Array.from({ length: opcodeBase - 1 }, () => reader.unsigned(1));
  const files = format.version === 5 ? readFilesOf5(reader, format, sections, file) : readFilesOf4(reader, file);
  return { minimumLength, isStatement, lineBase, lineRange, opcodeBase, lengths, files };
}

/** Numbered from 1; folder 0 is the compiler's own, which only the unit tells. */
function readFilesOf4(reader: ByteReader, file: AddFile): number[] {
  const folders = [''];
  for (let text = reader.text(); text !== ''; text = reader.text()) folders.push(text);
  const files = [-1];
  for (let name = reader.text(); name !== ''; name = reader.text()) {
    const folder = folders[reader.uleb()] ?? '';
    reader.uleb();
    reader.uleb();
    files.push(file(joined(folder, name)));
  }
  return files;
}

function readFilesOf5(reader: ByteReader, format: UnitFormat, sections: DebugSections, file: AddFile): number[] {
  const folders = readEntries(reader, format, sections).map(({ path }) => path);
  const root = folders[0] ?? '';
  return readEntries(reader, format, sections).map(({ path, folder }) =>
    file(joined(joined(root, folders[folder] ?? ''), path)),
  );
}

const CONTENT_PATH = 1;
const CONTENT_FOLDER = 2;

function readEntries(
  reader: ByteReader,
  format: UnitFormat,
  sections: DebugSections,
): { path: string; folder: number }[] {
  const formats = Array.from({ length: reader.unsigned(1) }, () => [reader.uleb(), reader.uleb()] as const);
  const count = reader.uleb();
  // An entry without bytes would make a list without an end.
  if (count > MOST_FILES || (formats.length === 0 && count > 0)) throw new DamagedDebugInfo('it names too many files');
  return Array.from({ length: count }, () => {
    let path = '';
    let folder = 0;
    for (const [content, form] of formats) {
      const value = readForm(form, reader, format, sections);
      if (content === CONTENT_PATH && value.kind === 'text') path = value.value;
      if (content === CONTENT_FOLDER && value.kind === 'number') folder = value.value;
    }
    return { path, folder };
  });
}

/** As a shell joins them, without `.` and `..`. */
export function joined(folder: string, name: string): string {
  const path = name.startsWith('/') || folder === '' ? name : `${folder}/${name}`;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '' && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

class LineMachine {
  private readonly header: Header;
  private readonly table: Table;
  private address = 0;
  private file = 1;
  private line = 1;
  private column = 0;
  private isStatement: boolean;
  /** Sequences that the linker threw away begin at 0. */
  private isUsed = false;

  constructor(header: Header, table: Table) {
    this.header = header;
    this.table = table;
    this.isStatement = header.isStatement;
  }

  run(reader: ByteReader): void {
    const { opcodeBase, lineBase, lineRange } = this.header;
    while (!reader.isAtEnd) {
      const opcode = reader.unsigned(1);
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        this.advance(Math.floor(adjusted / lineRange));
        this.line += lineBase + (adjusted % lineRange);
        this.row();
      } else if (opcode === 0) this.extended(reader);
      else this.standard(opcode, reader);
    }
  }

  private advance(operations: number): void {
    this.address += operations * this.header.minimumLength;
  }

  private row(): void {
    const { address, line, column, isStatement } = this;
    if (this.isUsed) this.table.add({ address, file: this.header.files[this.file] ?? -2, line, column, isStatement });
  }

  private standard(opcode: number, reader: ByteReader): void {
    const { opcodeBase, lineRange, lengths } = this.header;
    switch (opcode) {
      case 1:
        return this.row();
      case 2:
        return this.advance(reader.uleb());
      case 3:
        this.line += reader.sleb();
        return;
      case 4:
        this.file = reader.uleb();
        return;
      case 5:
        this.column = reader.uleb();
        return;
      case 6:
        this.isStatement = !this.isStatement;
        return;
      case 8:
        return this.advance(Math.floor((255 - opcodeBase) / lineRange));
      case 9:
        this.address += reader.unsigned(2);
        return;
      case 7:
      case 10:
      case 11:
        return;
      default:
        for (let count = lengths[opcode - 1] ?? 0; count > 0; count--) reader.uleb();
    }
  }

  private extended(reader: ByteReader): void {
    const inner = reader.part(reader.uleb());
    if (inner.isAtEnd) return;
    switch (inner.unsigned(1)) {
      case 1:
        if (this.isUsed) this.table.add({ ...this.endRow(), address: this.address });
        this.restart();
        return;
      case 2:
        this.address = inner.unsigned(inner.end - inner.at);
        this.isUsed = this.address !== 0;
        return;
      default:
    }
  }

  private endRow(): LineRow {
    return { address: 0, file: END_OF_SEQUENCE, line: 0, column: 0, isStatement: false };
  }

  private restart(): void {
    this.address = 0;
    this.file = 1;
    this.line = 1;
    this.column = 0;
    this.isStatement = this.header.isStatement;
    this.isUsed = false;
  }
}
