/** What `random(N)` gives: a stream of its own, so that neither scheduler nor kernel see other numbers because of it. */
import { mixed } from '../../hardware/random.ts';
import type { Script } from './script.ts';

/** Keeps the stream apart from the machine's own, which the same seed begins. */
const OWN_STREAM = 0x5bd1_e995;

export function startOfStream(seed: number): number {
  return (seed ^ OWN_STREAM) >>> 0;
}

/** From 0 to `bound` − 1, each as likely; `bound` is 1 to 2^64. */
export function nextNumber(script: Script, bound: bigint): bigint {
  // The highest multiple of the bound: what lies above it would make small numbers likelier.
  const most = 2n ** 64n - (2n ** 64n % bound);
  for (;;) {
    const number = (BigInt(nextWord(script)) << 32n) | BigInt(nextWord(script));
    if (number < most) return number % bound;
  }
}

function nextWord(script: Script): number {
  const { state, word } = mixed(script.randomState);
  script.randomState = state;
  return word;
}
