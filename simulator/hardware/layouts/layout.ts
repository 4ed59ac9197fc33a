/**
 * Page-table formats as tables. Bits of an entry count from 0 at the least significant bit of the word at the
 * lower address; bit 32 is the first of the second word. Every bit of an entry has a name, reserved ones too.
 */
export interface Field {
  readonly name: string;
  /** Lowest bit. */
  readonly bit: number;
  readonly width: number;
  readonly meaning: string;
}

export interface EntryLayout {
  readonly name: string;
  /** 32-bit words of an entry. */
  readonly words: 1 | 2;
  readonly fields: readonly Field[];
}

/** Refuses overlaps, gaps, doubled names and fields outside the entry. */
export function defineEntry(name: string, words: 1 | 2, fields: readonly Field[]): EntryLayout {
  const owners: (string | undefined)[] = new Array<string | undefined>(words * 32).fill(undefined);
  const names = new Set<string>();
  for (const field of fields) {
    if (names.has(field.name)) throw new Error(`layout ${name}: two fields ${field.name}`);
    names.add(field.name);
    for (let bit = field.bit; bit < field.bit + field.width; bit++) {
      if (bit >= owners.length) throw new Error(`layout ${name}: ${field.name} reaches bit ${bit}`);
      if (owners[bit] !== undefined) throw new Error(`layout ${name}: bit ${bit} is ${owners[bit]} and ${field.name}`);
      owners[bit] = field.name;
    }
  }
  const gap = owners.indexOf(undefined);
  if (gap >= 0) throw new Error(`layout ${name}: bit ${gap} has no field`);
  return { name, words, fields };
}

/** One bit with a name. */
export function flag(name: string, bit: number, meaning: string): Field {
  return { name, bit, width: 1, meaning };
}

/** Bits that are to be zero. */
export function reserved(bit: number, width: number): Field {
  return { name: `reserved${bit}`, bit, width, meaning: 'reserved' };
}

export type EntryWords = readonly [number, number];

/** Fields left out are 0; a value too wide for its field, or a field that is none, is a bug of the caller. */
export function encodeEntry(layout: EntryLayout, values: Readonly<Record<string, number>>): EntryWords {
  const words: [number, number] = [0, 0];
  for (const [name, value] of Object.entries(values)) {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`internal: layout ${layout.name} has no field ${name}`);
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** field.width) {
      throw new Error(`internal: ${value} does not fit ${layout.name}.${name}`);
    }
    placeField(words, field, value);
  }
  return words;
}

function placeField(words: [number, number], field: Field, value: number): void {
  for (let done = 0; done < field.width;) {
    const bit = (field.bit + done) % 32;
    const part = Math.min(field.width - done, 32 - bit);
    const word = field.bit + done < 32 ? 0 : 1;
    words[word] = (words[word] | ((Math.floor(value / 2 ** done) % 2 ** part) << bit)) >>> 0;
    done += part;
  }
}

export function fieldValue(field: Field, words: EntryWords): number {
  let value = 0;
  for (let done = 0; done < field.width;) {
    const bit = (field.bit + done) % 32;
    const part = Math.min(field.width - done, 32 - bit);
    const word = words[field.bit + done < 32 ? 0 : 1];
    value += ((word >>> bit) % 2 ** part) * 2 ** done;
    done += part;
  }
  return value;
}

export function decodeEntry(layout: EntryLayout, words: EntryWords): Record<string, number> {
  const values: Record<string, number> = {};
  for (const field of layout.fields) values[field.name] = fieldValue(field, words);
  return values;
}

export interface NamedBit {
  readonly name: string;
  readonly set: boolean;
}

/** The single bits with a name, most significant first, as a manual prints them. */
export function describeEntry(layout: EntryLayout, words: EntryWords): NamedBit[] {
  return layout.fields
    .filter((field) => field.width === 1 && field.meaning !== 'reserved')
    .sort((a, b) => b.bit - a.bit)
    .map((field) => ({ name: field.name, set: fieldValue(field, words) === 1 }));
}
