/** The functions of an ELF file with the ranges of their instructions, inlined ones too: `.debug_info`. */
import { ByteReader, DamagedDebugInfo } from './byte-reader.ts';
import type { DebugSections } from './elf-sections.ts';
import { type FormValue, readForm, type UnitFormat } from './forms.ts';
import { joined, type LineRows, readLength } from './line-program.ts';
import { readRanges, type Range, type UnitBases } from './ranges.ts';

export interface DebugFunction {
  readonly name: string;
  readonly ranges: readonly Range[];
  /** Null for a function of its own; of an inlined one the index of the function that it is in. */
  readonly parent: number | null;
  /** Of an inlined one: where it is called. Index into the files, and the line. */
  readonly callFile: number;
  readonly callLine: number;
}

const MOST_FUNCTIONS = 1_000_000;
const MOST_DEPTH = 500;
/** Steps from an inlined function to its name: specification of an abstract origin, and so on. */
const MOST_REFERENCES = 8;

const TAG_COMPILE_UNIT = 0x11;
const TAG_PARTIAL_UNIT = 0x3c;
const TAG_SKELETON_UNIT = 0x4a;
const TAG_SUBPROGRAM = 0x2e;
const TAG_INLINED = 0x1d;

const At = {
  name: 0x03,
  statementList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compileFolder: 0x1b,
  abstractOrigin: 0x31,
  specification: 0x47,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  stringOffsetsBase: 0x72,
  addressBase: 0x73,
  rangeListsBase: 0x74,
} as const;
const kept: ReadonlySet<number> = new Set(Object.values(At));

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly { readonly name: number; readonly form: number; readonly implicit: number }[];
}

type Attributes = Map<number, FormValue>;

interface Unit extends UnitFormat, UnitBases {
  readonly start: number;
  readonly end: number;
  readonly abbreviations: ReadonlyMap<number, Abbreviation>;
  files: readonly number[];
}

/** `lines` gives files without a folder theirs. */
export function readFunctions(sections: DebugSections, lines: LineRows): DebugFunction[] {
  return new InfoReader(sections, lines).read();
}

class InfoReader {
  private readonly sections: DebugSections;
  private readonly lines: LineRows;
  private readonly section: Uint8Array;
  private readonly units: Unit[] = [];
  private readonly functions: DebugFunction[] = [];
  private readonly known = new Map<number, ReadonlyMap<number, Abbreviation>>();

  constructor(sections: DebugSections, lines: LineRows) {
    this.sections = sections;
    this.lines = lines;
    this.section = sections.get('.debug_info') ?? new Uint8Array();
  }

  read(): DebugFunction[] {
    const reader = new ByteReader(this.section);
    while (!reader.isAtEnd) {
      const start = reader.at;
      const { offsetSize, length } = readLength(reader);
      const body = reader.part(length);
      const unit = this.readUnitHeader(body, start, offsetSize);
      if (unit === null) continue;
      this.units.push(unit);
      this.readEntries(body, unit);
    }
    return this.functions;
  }

  /** Null for units that hold types alone, or that are of another version. */
  private readUnitHeader(reader: ByteReader, start: number, offsetSize: number): Unit | null {
    const version = reader.unsigned(2);
    if (version < 2 || version > 5) return null;
    const kind = version === 5 ? reader.unsigned(1) : 1;
    const first = version === 5 ? reader.unsigned(1) : reader.unsigned(offsetSize);
    const second = version === 5 ? reader.unsigned(offsetSize) : reader.unsigned(1);
    const [addressSize, abbreviations] = version === 5 ? [first, second] : [second, first];
    if (kind === 2 || kind === 6) return null;
    if (kind === 4 || kind === 5) reader.skip(8);
    return {
      version,
      offsetSize,
      addressSize,
      start,
      end: reader.end,
      abbreviations: this.abbreviationsAt(abbreviations),
      files: [],
      ...{ lowPc: 0, stringOffsetsBase: 0, addressBase: 0, rangeListsBase: 0 },
    };
  }

  private abbreviationsAt(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    const found = new Map<number, Abbreviation>();
    const reader = new ByteReader(this.sections.get('.debug_abbrev') ?? new Uint8Array(), offset);
    for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
      const tag = reader.uleb();
      const hasChildren = reader.unsigned(1) !== 0;
      const attributes: { name: number; form: number; implicit: number }[] = [];
      for (;;) {
        const name = reader.uleb();
        const form = reader.uleb();
        if (name === 0 && form === 0) break;
        attributes.push({ name, form, implicit: form === 0x21 ? reader.sleb() : 0 });
      }
      found.set(code, { tag, hasChildren, attributes });
    }
    this.known.set(offset, found);
    return found;
  }

  /** `around`: by depth, the function that entries stand in; null outside of functions. */
  private readEntries(reader: ByteReader, unit: Unit): void {
    const around: (number | null)[] = [null];
    while (!reader.isAtEnd) {
      const code = reader.uleb();
      if (code === 0) {
        if (around.length > 1) around.pop();
        continue;
      }
      const abbreviation = unit.abbreviations.get(code);
      if (abbreviation === undefined) throw new DamagedDebugInfo('an entry has no abbreviation');
      const attributes = this.readAttributes(reader, unit, abbreviation);
      const inner = this.enter(unit, abbreviation.tag, attributes, around.at(-1) ?? null);
      if (!abbreviation.hasChildren) continue;
      if (around.length > MOST_DEPTH) throw new DamagedDebugInfo('its entries are nested too deeply');
      around.push(inner);
    }
  }

  private readAttributes(reader: ByteReader, unit: Unit, { attributes }: Abbreviation): Attributes {
    const found: Attributes = new Map();
    for (const { name, form, implicit } of attributes) {
      const value = readForm(form, reader, unit, this.sections, implicit);
      if (kept.has(name)) found.set(name, value);
    }
    return found;
  }

  /** Gives the function that an entry's children stand in. */
  private enter(unit: Unit, tag: number, attributes: Attributes, around: number | null): number | null {
    if (tag === TAG_COMPILE_UNIT || tag === TAG_PARTIAL_UNIT || tag === TAG_SKELETON_UNIT)
      this.readUnit(unit, attributes);
    if (tag !== TAG_SUBPROGRAM && tag !== TAG_INLINED) return around;
    const ranges = readRanges(this.sections, unit, {
      low: attributes.get(At.lowPc),
      high: attributes.get(At.highPc),
      ranges: attributes.get(At.ranges),
    });
    if (ranges.length === 0) return around;
    if (this.functions.length >= MOST_FUNCTIONS) throw new DamagedDebugInfo('it has too many functions');
    const isInlined = tag === TAG_INLINED;
    this.functions.push({
      name: this.nameOf(unit, attributes, MOST_REFERENCES) ?? 'a function without a name',
      ranges,
      parent: isInlined ? around : null,
      callFile: unit.files[numberOf(attributes.get(At.callFile))] ?? -1,
      callLine: numberOf(attributes.get(At.callLine)),
    });
    return this.functions.length - 1;
  }

  private readUnit(unit: Unit, attributes: Attributes): void {
    for (const [name, at] of Object.entries({
      stringOffsetsBase: At.stringOffsetsBase,
      addressBase: At.addressBase,
      rangeListsBase: At.rangeListsBase,
    } as const)) {
      const value = attributes.get(at);
      if (value !== undefined) unit[name as 'addressBase'] = numberOf(value);
    }
    const [first] = readRanges(this.sections, unit, {
      low: attributes.get(At.lowPc),
      high: undefined,
      ranges: undefined,
    });
    unit.lowPc = first?.start ?? 0;
    const list = attributes.get(At.statementList);
    unit.files = (list === undefined ? undefined : this.lines.unitFiles.get(numberOf(list))) ?? [];
    const folder = this.textOf(unit, attributes.get(At.compileFolder)) ?? '';
    for (const file of unit.files) {
      const path = this.lines.files[file];
      if (path !== undefined && !path.startsWith('/')) this.lines.files[file] = joined(folder, path);
    }
  }

  private nameOf(unit: Unit, attributes: Attributes, left: number): string | null {
    const own = this.textOf(unit, attributes.get(At.name));
    if (own !== null || left === 0) return own;
    const reference = attributes.get(At.abstractOrigin) ?? attributes.get(At.specification);
    if (reference === undefined) return null;
    const offset = reference.kind === 'unit-reference' ? unit.start + reference.value : reference.kind === 'reference' ? reference.value : -1; // prettier-ignore
    const target = offset >= unit.start && offset < unit.end ? unit : this.unitAt(offset);
    if (target === null) return null;
    const reader = new ByteReader(this.section, offset, target.end);
    const abbreviation = target.abbreviations.get(reader.uleb());
    if (abbreviation === undefined) return null;
    return this.nameOf(target, this.readAttributes(reader, target, abbreviation), left - 1);
  }

  /** Of the units that were read so far. */
  private unitAt(offset: number): Unit | null {
    return this.units.find(({ start, end }) => offset >= start && offset < end) ?? null;
  }

  private textOf(unit: Unit, value: FormValue | undefined): string | null {
    if (value?.kind === 'text') return value.value;
    if (value?.kind !== 'text-index') return null;
    const offsets = this.sections.get('.debug_str_offsets') ?? new Uint8Array();
    const texts = this.sections.get('.debug_str') ?? new Uint8Array();
    const at = new ByteReader(offsets, unit.stringOffsetsBase + value.value * unit.offsetSize).unsigned(
      unit.offsetSize,
    );
    return new ByteReader(texts, at).text();
  }
}

function numberOf(value: FormValue | undefined): number {
  return value?.kind === 'number' ? value.value : 0;
}
