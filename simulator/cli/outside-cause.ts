/** Failures that the computer is the cause of, not Pagewalk. */
import { isSystemError, reasonOf } from '../files/system-error.ts';
import { OutputError } from './output-stream.ts';

/** What went wrong and what to do, or null where it is a bug of ours. */
export function causeOutside(error: unknown): string | null {
  if (error instanceof OutputError) return error.message;
  if (isSystemError(error)) return `${error.path ?? error.syscall}: ${reasonOf(error)}`;
  if (isOutOfMemory(error))
    return 'this computer has too little free memory; lower the memory or the mesh of the machine in the scenario, or run fewer programs at once';
  return null;
}

/** Array buffers are refused where the heap itself would end the process. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /allocation failed|Invalid array buffer length/.test(error.message);
}
