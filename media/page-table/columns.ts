/** Which columns fit: the most important ones first, and never a scroll bar sideways. Pure, so that tests need no browser. */
import type { InspectContext } from '../protocol/messages.ts';

/** In order of importance, which is their order on the screen. */
const order = ['page', 'frame', 'bits', 'also', 'words', 'index', 'region'] as const;
export type Column = (typeof order)[number];

export interface Columns {
  readonly names: readonly Column[];
  /** Every bit has its place in every row; else only those that are set are named. */
  readonly hasAllBits: boolean;
  /** For the grid. */
  readonly template: string;
}

/** Pixels between columns, and beside the row. */
const GAP = 7;
const SIDES = 24;
/** Of a letter of the table's font; it is a little less in most. */
const LETTER = 6.8;
const LEAST_BITS = 20;

export interface Sizes {
  /** Pixels. */
  readonly room: number;
  readonly bits: readonly string[];
  /** Some row is of a big page, and says how many it holds. */
  readonly hasBigPages: boolean;
}

export function columnsFor(context: InspectContext, { room, bits, hasBigPages }: Sizes): Columns {
  const digits = Math.ceil((context.addressBits - 12) / 4) + 2;
  const widths: Readonly<Record<Exclude<Column, 'bits'>, number>> = {
    page: digits * LETTER + (hasBigPages ? 48 : 0),
    frame: 9 * LETTER + (context.clusters > 1 ? 46 : 0),
    also: 92,
    words: 17 * LETTER,
    index: 5 * LETTER,
    region: 72,
  };
  const free = room - SIDES - widths.page - widths.frame - 2 * GAP;
  const all = bitsWidth(bits);
  if (free < all) {
    const least: readonly Column[] = ['page', 'frame', 'bits'];
    return { names: least, hasAllBits: false, template: templateOf(least, widths, null) };
  }
  const names: Column[] = ['page', 'frame', 'bits'];
  let rest = free - all;
  for (const name of order.slice(names.length)) {
    const width = widths[name as Exclude<Column, 'bits'>] + GAP;
    if (rest < width) break;
    rest -= width;
    names.push(name);
  }
  return { names, hasAllBits: true, template: templateOf(names, widths, all) };
}

/** The last column takes what is left. */
function templateOf(
  names: readonly Column[],
  widths: Readonly<Record<Exclude<Column, 'bits'>, number>>,
  bits: number | null,
): string {
  return names
    .map((name, index) => {
      const width = name === 'bits' ? (bits ?? LEAST_BITS) : widths[name];
      return index === names.length - 1
        ? `minmax(${String(Math.ceil(width))}px, 1fr)`
        : `${String(Math.ceil(width))}px`;
    })
    .join(' ');
}

/** Every name has its place in every row. */
export function bitsWidth(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + Math.max(14, name.length * 6.7 + 5) + 1, 0);
}
