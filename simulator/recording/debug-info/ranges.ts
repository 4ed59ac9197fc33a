/** The instructions of a function: from one address to another, or a list of such ranges (`.debug_ranges`, `.debug_rnglists`). */
import { ByteReader, DamagedDebugInfo } from './byte-reader.ts';
import type { DebugSections } from './elf-sections.ts';
import type { FormValue, UnitFormat } from './forms.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a unit's parts of the common tables begin, and its own lowest address. */
export interface UnitBases {
  lowPc: number;
  stringOffsetsBase: number;
  addressBase: number;
  rangeListsBase: number;
}

interface RangeAttributes {
  readonly low: FormValue | undefined;
  readonly high: FormValue | undefined;
  readonly ranges: FormValue | undefined;
}

const MOST_RANGES = 10_000;
const none = new Uint8Array();

/** Empty for what has no instructions of its own; without an upper end the range is empty, but tells the lower one. */
export function readRanges(
  sections: DebugSections,
  unit: UnitFormat & UnitBases,
  attributes: RangeAttributes,
): Range[] {
  const { low, high, ranges } = attributes;
  if (ranges !== undefined)
    return unit.version === 5 ? readLists5(sections, unit, ranges) : readLists4(sections, unit, ranges);
  if (low === undefined) return [];
  const start = addressOf(sections, unit, low);
  if (start === null || start === 0) return [];
  if (high === undefined) return [{ start, end: start }];
  const end = high.kind === 'number' ? start + high.value : addressOf(sections, unit, high);
  return end === null || end < start ? [] : [{ start, end }];
}

function addressOf(sections: DebugSections, unit: UnitFormat & UnitBases, value: FormValue): number | null {
  if (value.kind === 'address') return value.value;
  return value.kind === 'address-index' ? indexed(sections, unit, value.value) : null;
}

function indexed(sections: DebugSections, { addressBase, addressSize }: UnitFormat & UnitBases, index: number): number {
  const table = sections.get('.debug_addr') ?? none;
  return new ByteReader(table, addressBase + index * addressSize).unsigned(addressSize);
}

function readLists4(sections: DebugSections, unit: UnitFormat & UnitBases, value: FormValue): Range[] {
  if (value.kind !== 'number') return [];
  const { addressSize } = unit;
  const reader = new ByteReader(sections.get('.debug_ranges') ?? none, value.value);
  const found: Range[] = [];
  let base = unit.lowPc;
  // All bits set: what follows is a new base.
  const highest = addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
  for (;;) {
    const start = reader.unsigned(addressSize);
    const end = reader.unsigned(addressSize);
    if (start === 0 && end === 0) return found;
    if (start >= highest) base = end;
    else add(found, base + start, base + end);
  }
}

function readLists5(sections: DebugSections, unit: UnitFormat & UnitBases, value: FormValue): Range[] {
  const { addressSize, offsetSize, rangeListsBase } = unit;
  const section = sections.get('.debug_rnglists') ?? none;
  const offset =
    value.kind === 'list-index'
      ? rangeListsBase + new ByteReader(section, rangeListsBase + value.value * offsetSize).unsigned(offsetSize)
      : value.kind === 'number'
        ? value.value
        : section.length;
  const reader = new ByteReader(section, offset);
  const address = (): number => reader.unsigned(addressSize);
  const fromTable = (): number => indexed(sections, unit, reader.uleb());
  const found: Range[] = [];
  let base = unit.lowPc;
  for (;;) {
    const kind = reader.unsigned(1);
    if (kind === 0) return found;
    if (kind === 1) base = fromTable();
    else if (kind === 2) add(found, fromTable(), fromTable());
    else if (kind === 4) add(found, base + reader.uleb(), base + reader.uleb());
    else if (kind === 5) base = address();
    else if (kind === 6) add(found, address(), address());
    else if (kind === 3 || kind === 7) {
      const start = kind === 3 ? fromTable() : address();
      add(found, start, start + reader.uleb());
    } else throw new DamagedDebugInfo('a list of ranges has an unknown entry');
  }
}

function add(ranges: Range[], start: number, end: number): void {
  if (ranges.length >= MOST_RANGES) throw new DamagedDebugInfo('a list of ranges has no end');
  if (end > start) ranges.push({ start, end });
}
