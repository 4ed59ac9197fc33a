/** Files that a command writes: never over what it reads, and never into something that is no file. */
import { stat } from 'node:fs/promises';
import { InputError } from '../files/input-error.ts';
import { reasonOf } from '../files/system-error.ts';

/**
 * Throws an InputError where one of `outputs` is, by whatever name or link, a file that the run reads, another output, or
 * nothing that can be written to. To be asked before the work begins.
 */
export async function checkOutputs(outputs: readonly string[], inputs: readonly string[]): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) {
    const identity = await identityOf(input);
    if (identity !== null) taken.set(identity, input);
  }
  for (const output of outputs) {
    const identity = await identityOf(output, true);
    if (identity === null) continue;
    const other = taken.get(identity);
    if (other !== undefined) throw new InputError(output, sameFile(output, other, inputs));
    taken.set(identity, output);
  }
}

function sameFile(output: string, other: string, inputs: readonly string[]): string {
  if (!inputs.includes(other)) return `this is the same file as ${other}, which is written as well`;
  const name = other === output ? 'this file' : `this is the same file as ${other}, which`;
  return `${name} is an input of this run and would be overwritten; choose another name for the output`;
}

/** Device and number of a file, which all its names have in common. Null for a file that does not exist yet. */
async function identityOf(place: string, isOutput = false): Promise<string | null> {
  const status = await stat(place, { bigint: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new InputError(place, reasonOf(error, isOutput ? 'write' : 'read'));
  });
  if (status === null) return null;
  if (isOutput && !status.isFile() && !status.isCharacterDevice())
    throw new InputError(
      place,
      `it is ${status.isDirectory() ? 'a folder' : 'not a regular file'}; choose another name`,
    );
  return `${String(status.dev)}:${String(status.ino)}`;
}

export function cannotWrite(output: string, error: unknown): InputError {
  return new InputError(output, `this file cannot be written: ${reasonOf(error, 'write')}`);
}
