export interface Sampling {
  /** How many to take; all of them where it is left out. */
  readonly sample?: number;
  readonly seed: number;
}

/** As many of the items as are asked for, chosen by the seed, in their order. */
export function sampleOf<T>(items: readonly T[], { sample, seed }: Sampling): readonly T[] {
  if (sample === undefined || sample >= items.length) return items;
  const random = generator(seed);
  const indices = items.map((_, index) => index);
  // The first steps of a shuffle.
  for (let index = 0; index < sample; index++) {
    const other = index + Math.floor(random() * (indices.length - index));
    [indices[index], indices[other]] = [indices[other] as number, indices[index] as number];
  }
  const chosen = new Set(indices.slice(0, sample));
  return items.filter((_, index) => chosen.has(index));
}

/** Numbers from 0 to below 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
