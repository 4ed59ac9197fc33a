import type { Machine } from './machine.ts';
import { HeaderWord } from './linear-memory.ts';

/** The machine's only source of chance: an integer below `bound`, from the state that the seed began (mulberry32). */
export function nextRandom(machine: Machine, bound: number): number {
  const { u32 } = machine.memory;
  const state = ((u32[HeaderWord.random] as number) + 0x6d2b_79f5) >>> 0;
  u32[HeaderWord.random] = state;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
}
