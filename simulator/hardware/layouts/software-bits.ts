/** The bits of an entry that its format leaves to software, as one small number. */
import type { EntryLayout, EntryWords, Field } from './layout.ts';

const known = new WeakMap<EntryLayout, readonly number[]>();

/** Their places, lowest first. */
export function softwareBitsOf(layout: EntryLayout): readonly number[] {
  let bits = known.get(layout);
  if (bits === undefined) {
    const isSoftware = ({ meaning }: Field): boolean => /\bsoftware\b/.test(meaning);
    bits = layout.fields
      .filter(isSoftware)
      .flatMap(({ bit, width }) => Array.from({ length: width }, (_, index) => bit + index))
      .sort((left, right) => left - right);
    known.set(layout, bits);
  }
  return bits;
}

export function softwareValue(layout: EntryLayout, words: EntryWords): number {
  return softwareBitsOf(layout).reduce((value, bit, index) => {
    const isSet = ((words[bit < 32 ? 0 : 1] >>> (bit % 32)) & 1) === 1;
    return isSet ? value + 2 ** index : value;
  }, 0);
}
