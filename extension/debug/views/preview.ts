/** Values in one line: integers as they are read beside a page table, and enough of what unfolds to tell it from its neighbours. */
import { hex } from '../../../simulator/hardware/word.ts';
import {
  displayValue,
  hex64,
  objectName,
  type RecordValue,
  type Value,
} from '../../../simulator/session/state/values.ts';

/** From here on integers are shown in hexadecimal: frames and addresses are, counts rarely get there. */
const HEX_FROM = 256n;
/** Members of kernel structures that are no counts, however small. */
const HEX_NAME = /vpn|ppn|pfn|flags|mask|attr|addr|phys|virt|base|ptr|^page$|^min$|^max$/i;
/** Members of an object that its line shows. */
const MOST_MEMBERS = 3;
const MOST_ITEMS = 8;

/** `0x103 = 259`, and `41`. */
export function integerText(value: bigint, member = ''): string {
  return isHex(value, member) ? `${hex64(value)} = ${String(value)}` : String(value);
}

function isHex(value: bigint, member: string): boolean {
  return value >= HEX_FROM || (value > 9n && HEX_NAME.test(member));
}

function shortInteger(value: bigint, member = ''): string {
  return isHex(value, member) ? hex64(value) : String(value);
}

/** A record or a list of the scenario's language. */
export function valuePreview(value: Value, member = ''): string {
  if (typeof value === 'bigint') return shortInteger(value, member);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return displayValue(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_ITEMS).map((item) => valuePreview(item));
    return `[${shown.join(', ')}${value.length > MOST_ITEMS ? `, … ${String(value.length)} in all` : ''}]`;
  }
  return value.kind === 'record' ? recordPreview(value) : displayValue(value);
}

/** `{ present, writable, ppn: 0x105 }`: what is true by its name alone; what is false only where the record begins with it. */
function recordPreview({ fields }: RecordValue): string {
  const parts = [...fields].flatMap(([name, value], index) => {
    if (value === true) return [name];
    if (value === false) return index === 0 ? [`not ${name}`] : [];
    return [`${name}: ${valuePreview(value, name)}`];
  });
  return `{ ${parts.join(', ')} }`;
}

/** `vseg { type: 0, min: 0x4000, max: 0x8000 }`: an object without a name or number of its own shows some members. */
export function objectPreview(object: object, members: () => readonly (readonly [string, unknown])[]): string {
  const { name, id, freed } = object as { name?: unknown; id?: unknown; freed?: unknown };
  const title = objectName(object);
  if (typeof freed === 'string') return `${title}, freed by ${freed}`;
  if (typeof name === 'string' || typeof id === 'number') return title;
  const shown = members()
    .flatMap(([field, raw]) => {
      const text = scalarText(field, raw);
      return text === null ? [] : [`${field}: ${text}`];
    })
    .slice(0, MOST_MEMBERS);
  return shown.length === 0 ? title : `${title} { ${shown.join(', ')} }`;
}

function scalarText(field: string, raw: unknown): string | null {
  if (typeof raw === 'string') return JSON.stringify(raw);
  if (typeof raw === 'boolean') return String(raw);
  if (typeof raw === 'bigint') return shortInteger(raw, field);
  if (typeof raw !== 'number') return null;
  return Number.isSafeInteger(raw) ? shortInteger(BigInt(raw), field) : hex(raw);
}
