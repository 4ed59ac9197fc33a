/** What the debug information of one program file says: source lines and functions by address, ready to be asked. */
import { DamagedDebugInfo } from './byte-reader.ts';
import { type ElfFile, type LoadSegment, readElf } from './elf-sections.ts';
import { type DebugFunction, readFunctions } from './functions.ts';
import { END_OF_SEQUENCE, type LineRow, readLineRows } from './line-program.ts';

export interface ModuleLines {
  readonly files: readonly string[];
  /** By address; those with a negative file belong to no line. */
  readonly rows: readonly LineRow[];
  readonly functions: readonly DebugFunction[];
  readonly segments: readonly LoadSegment[];
}

/** Null where the file tells no lines; a text says why what it tells cannot be read. */
export function readModule(file: ElfFile): ModuleLines | string | null {
  try {
    const elf = readElf(file);
    if (elf === null) return null;
    const lines = readLineRows(elf.sections);
    const functions = readFunctions(elf.sections, lines);
    return { files: lines.files, rows: lines.rows, functions, segments: elf.segments };
  } catch (error) {
    if (!(error instanceof DamagedDebugInfo)) throw error;
    return error.message;
  }
}

/** Instructions that belong to one line and one function. */
export interface Spot {
  /** Addresses `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly isStatement: boolean;
  /** Index of the function that has instructions of its own; -1 where none is known. */
  readonly function: number;
  /** Its first instruction. */
  readonly entry: number;
  /** Functions inlined there, the outermost first. */
  readonly inlined: readonly number[];
}

/** Finds spots by address. What lies between two is told as well, so that nobody has to ask again inside it. */
export class SpotFinder {
  private readonly module: ModuleLines;
  private readonly own: { readonly start: number; readonly end: number; readonly index: number }[] = [];
  private readonly inlined = new Map<number, number[]>();
  private readonly found = new Map<number, Spot>();

  constructor(module: ModuleLines) {
    this.module = module;
    for (const [index, { parent, ranges }] of module.functions.entries()) {
      if (parent === null) for (const range of ranges) this.own.push({ ...range, index });
      else this.inlined.set(parent, [...(this.inlined.get(parent) ?? []), index]);
    }
    this.own.sort((left, right) => left.start - right.start);
  }

  /** Null where the address belongs to no line. */
  spotAt(address: number): Spot | null {
    const { rows } = this.module;
    const at = lastAtOrBefore(rows.length, (index) => (rows[index] as LineRow).address <= address);
    if (at < 0) return null;
    const known = this.found.get(at);
    if (known !== undefined) return known;
    const row = rows[at] as LineRow;
    const next = rows[at + 1];
    if (row.file < 0 || row.line === 0 || next === undefined || row.file === END_OF_SEQUENCE) return null;
    const spot = this.makeSpot(at, row, next.address);
    this.found.set(at, spot);
    return spot;
  }

  /** The first address behind this one at which a line begins; infinite where none does. */
  nextLine(address: number): number {
    const { rows } = this.module;
    let at = lastAtOrBefore(rows.length, (index) => (rows[index] as LineRow).address <= address) + 1;
    while (at < rows.length && (rows[at] as LineRow).file < 0) at++;
    return rows[at]?.address ?? Infinity;
  }

  private makeSpot(at: number, row: LineRow, end: number): Spot {
    const { address: start, file, line, column } = row;
    const { rows, functions } = this.module;
    // Several rows may begin at one address: the last tells the line, any of them that it is a statement.
    let { isStatement } = row;
    for (let one = at - 1; rows[one]?.address === start; one--)
      if (rows[one]?.line === line && rows[one]?.isStatement === true) isStatement = true;
    const index = lastAtOrBefore(this.own.length, (one) => (this.own[one]?.start ?? Infinity) <= start);
    const around = this.own[index];
    const own = around !== undefined && start < around.end ? around.index : -1;
    const inlined: number[] = [];
    for (let parent = own; parent >= 0;) {
      const inner = (this.inlined.get(parent) ?? []).find((one) => isWithin(functions[one], start)) ?? -1;
      if (inner >= 0) inlined.push(inner);
      parent = inner;
    }
    const entry = own < 0 ? -1 : (functions[own]?.ranges[0]?.start ?? -1);
    return { start, end, file, line, column, isStatement, function: own, entry, inlined };
  }
}

function isWithin(one: DebugFunction | undefined, address: number): boolean {
  return one?.ranges.some(({ start, end }) => address >= start && address < end) ?? false;
}

/** The last index for which it holds, where it holds for a beginning of them; -1 for none. */
function lastAtOrBefore(length: number, holds: (index: number) => boolean): number {
  let low = -1;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
