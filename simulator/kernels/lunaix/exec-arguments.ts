/** 4.12 step 4: what exec_load leaves on the stack of the thread that runs the new program (R3). */
import type { Here, Lunaixly, MmRegion } from './state.ts';
import { writeMemory, type BadMemory } from './user-memory.ts';

const WORD = 4;
/** Of the stack's top, and what lies above it in its page. */
const STACK_ALIGNMENT = 16;

/** `(0 - 1) / sizeof(ptr_t)` of an unsigned size: what the kernel computes for an environment of no bytes. */
const NO_ENVIRONMENT = 0x3fff_ffff;

/**
 * From the top down, for a NULL argv and a NULL envp: the argument vector, which holds the program's name alone; the
 * name; and uexec_param, four words, where the program's stack begins.
 */
export function* pushArguments(here: Here, stack: MmRegion, path: string): Lunaixly<BadMemory | void> {
  const argv = stack.end - STACK_ALIGNMENT - WORD;
  const name = bytesOf(`${path.slice(path.lastIndexOf('/') + 1)}\0`);
  const names = argv - name.length;
  // The vector has no terminator of its own: above it lies what the stack's top page held.
  const argc = 0;
  const param = [argc, argv, NO_ENVIRONMENT, 0];
  return (
    (yield* writeMemory(here, argv, words([names]))) ??
    (yield* writeMemory(here, names, name)) ??
    (yield* writeMemory(here, names - param.length * WORD, words(param)))
  );
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * WORD);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * WORD, value, true);
  return bytes;
}
