/** R30: the argument block above a primary stack, as `proc_create_proc2` writes it before it loads the program. */
import { PAGE_SIZE, STACK_SIZE, SYS_MAX_OS_NAME_LEN, SYS_MAX_PATH_LEN, type VmError } from '../base/constants.ts';
import type { Here, Steps, VmAddressSpace } from '../base/state.ts';
import { writeAsKernel } from './kernel-write.ts';

/** What one small argument takes, rounded up to pages (13.3 step 2). */
export const ARGUMENTS_SIZE = PAGE_SIZE;

const WORD = 4;
const COUNTS = SYS_MAX_OS_NAME_LEN + SYS_MAX_PATH_LEN;
const VECTOR = COUNTS + 4 * WORD;
const STRINGS = VECTOR + 2 * WORD;

/** The process's name and its program's path; argc, envc, argv, envp; the vector of the one argument, which is the path; its text. */
function argumentBlock(base: number, name: string, path: string): Uint8Array {
  const argument = terminated(path, SYS_MAX_PATH_LEN);
  const block = new Uint8Array(STRINGS + argument.length);
  block.set(terminated(name, SYS_MAX_OS_NAME_LEN), 0);
  block.set(argument, SYS_MAX_OS_NAME_LEN);
  const words = [1, 0, base + VECTOR, 0, base + STRINGS, 0];
  const view = new DataView(block.buffer);
  for (const [index, word] of words.entries()) view.setUint32(COUNTS + index * WORD, word, true);
  block.set(argument, STRINGS);
  return block;
}

/** A byte a letter, cut to the room that there is, with the 0 behind it. */
function terminated(text: string, room: number): Uint8Array {
  return Uint8Array.from([...text.slice(0, room - 1), '\0'], (letter) => letter.charCodeAt(0));
}

/** Writes the block into the primary stack that begins at `stack`: the write fault makes a page, and its page table. */
export function* writeArguments(
  here: Here,
  aspace: VmAddressSpace,
  { stack, name, path }: { readonly stack: number; readonly name: string; readonly path: string },
): Steps<VmError | void> {
  const base = stack + STACK_SIZE;
  return yield* writeAsKernel(here, aspace, base, argumentBlock(base, name, path));
}
