import type { Machine } from './machine.ts';
import { HeaderWord } from './linear-memory.ts';

/** The machine's only source of chance: an integer below `bound`, from the state that the seed began (mulberry32). */
export function nextRandom(machine: Machine, bound: number): number {
  const { u32 } = machine.memory;
  const { state, word } = mixed(u32[HeaderWord.random] as number);
  u32[HeaderWord.random] = state;
  return Math.floor((word / 0x1_0000_0000) * bound);
}

/** The state that follows one, and the 32 bits that it gives. */
export function mixed(before: number): { readonly state: number; readonly word: number } {
  const state = (before + 0x6d2b_79f5) >>> 0;
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return { state, word: (bits ^ (bits >>> 14)) >>> 0 };
}
