/** Values of DWARF attributes, versions 4 and 5: read, or passed over, by their form. */
import { type ByteReader, DamagedDebugInfo, textAt } from './byte-reader.ts';
import type { DebugSections } from './elf-sections.ts';

export interface UnitFormat {
  readonly version: number;
  /** Bytes of an address, and of an offset into a section: 4, or 8 in the 64-bit format. */
  readonly addressSize: number;
  readonly offsetSize: number;
}

export type FormValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'address'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** Of an entry of the same unit, from its beginning. */
  | { readonly kind: 'unit-reference'; readonly value: number }
  | { readonly kind: 'reference'; readonly value: number }
  /** Places in tables whose bases the unit tells. */
  | { readonly kind: 'text-index' | 'address-index' | 'list-index'; readonly value: number }
  | { readonly kind: 'other' };

const other: FormValue = { kind: 'other' };
const number = (value: number): FormValue => ({ kind: 'number', value });
const none = new Uint8Array();

/** `implicit`: what an abbreviation says of an attribute that takes no bytes. */
export function readForm(
  form: number,
  reader: ByteReader,
  format: UnitFormat,
  sections: DebugSections,
  implicit = 0,
): FormValue {
  const { addressSize, offsetSize, version } = format;
  switch (form) {
    case 0x01: // addr
      return { kind: 'address', value: reader.unsigned(addressSize) };
    case 0x03: // block2
      reader.skip(reader.unsigned(2));
      return other;
    case 0x04: // block4
      reader.skip(reader.unsigned(4));
      return other;
    case 0x05: // data2
      return number(reader.unsigned(2));
    case 0x06: // data4
      return number(reader.unsigned(4));
    case 0x07: // data8
      return number(reader.unsigned(8));
    case 0x08: // string
      return { kind: 'text', value: reader.text() };
    case 0x09: // block
    case 0x18: // exprloc
      reader.skip(reader.uleb());
      return other;
    case 0x0a: // block1
      reader.skip(reader.unsigned(1));
      return other;
    case 0x0b: // data1
    case 0x0c: // flag
      return number(reader.unsigned(1));
    case 0x0d: // sdata
      return number(reader.sleb());
    case 0x0e: // strp
      return { kind: 'text', value: textAt(sections.get('.debug_str') ?? none, reader.unsigned(offsetSize)) };
    case 0x0f: // udata
      return number(reader.uleb());
    case 0x10: // ref_addr
      return { kind: 'reference', value: reader.unsigned(version === 2 ? addressSize : offsetSize) };
    case 0x11: // ref1
      return { kind: 'unit-reference', value: reader.unsigned(1) };
    case 0x12: // ref2
      return { kind: 'unit-reference', value: reader.unsigned(2) };
    case 0x13: // ref4
      return { kind: 'unit-reference', value: reader.unsigned(4) };
    case 0x14: // ref8
      return { kind: 'unit-reference', value: reader.unsigned(8) };
    case 0x15: // ref_udata
      return { kind: 'unit-reference', value: reader.uleb() };
    case 0x16: // indirect
      return readIndirect(reader, format, sections);
    case 0x17: // sec_offset
      return number(reader.unsigned(offsetSize));
    case 0x19: // flag_present
      return number(1);
    case 0x1a: // strx
      return { kind: 'text-index', value: reader.uleb() };
    case 0x1b: // addrx
      return { kind: 'address-index', value: reader.uleb() };
    case 0x1c: // ref_sup4
      reader.skip(4);
      return other;
    case 0x1d: // strp_sup
      reader.skip(offsetSize);
      return other;
    case 0x1e: // data16
      reader.skip(16);
      return other;
    case 0x1f: // line_strp
      return { kind: 'text', value: textAt(sections.get('.debug_line_str') ?? none, reader.unsigned(offsetSize)) };
    case 0x20: // ref_sig8
    case 0x24: // ref_sup8
      reader.skip(8);
      return other;
    case 0x21: // implicit_const
      return number(implicit);
    case 0x22: // loclistx
      reader.uleb();
      return other;
    case 0x23: // rnglistx
      return { kind: 'list-index', value: reader.uleb() };
    case 0x25: // strx1 to strx4
    case 0x26:
    case 0x27:
    case 0x28:
      return { kind: 'text-index', value: reader.unsigned(form - 0x24) };
    case 0x29: // addrx1 to addrx4
    case 0x2a:
    case 0x2b:
    case 0x2c:
      return { kind: 'address-index', value: reader.unsigned(form - 0x28) };
    case 0x1f20: // GNU_ref_alt, GNU_strp_alt: in another file
    case 0x1f21:
      reader.skip(offsetSize);
      return other;
    default:
      throw new DamagedDebugInfo(`an attribute of the unknown form 0x${form.toString(16)}`);
  }
}

function readIndirect(reader: ByteReader, format: UnitFormat, sections: DebugSections): FormValue {
  const form = reader.uleb();
  if (form === 0x16 || form === 0x21) throw new DamagedDebugInfo('an attribute without an end');
  return readForm(form, reader, format, sections);
}
