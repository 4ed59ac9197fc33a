/** The text of a scenario from disk, or a clear word on why it is none. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { nearestName } from '../language/checks/nearest.ts';
import { detectFormat } from '../recording/logs/format.ts';
import { InputError, reasonOf } from './input-error.ts';

/** A scenario is written by hand; what is longer is something else. */
const MOST_BYTES = 8 << 20;

export async function readScenario(file: string): Promise<string> {
  const bytes = await readBounded(file);
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new InputError(file, binaryMessage(bytes, zero));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, 'the text is not UTF-8; save it in that encoding', lineOfDamage(bytes));
  }
}

async function readBounded(file: string): Promise<Uint8Array> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) {
      throw new InputError(file, 'this is a folder; name a scenario in it, or run all of them with "pagewalk test"');
    }
    if (!status.isFile()) throw new InputError(file, 'this is no ordinary file; a scenario is a text file');
    if (status.size > MOST_BYTES) {
      const size = `${status.size.toLocaleString('en')} bytes`;
      throw new InputError(
        file,
        `${size} are too many for a scenario; ${MOST_BYTES.toLocaleString('en')} are read at most`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const near = (error as NodeJS.ErrnoException).code === 'ENOENT' ? await neighbour(file) : null;
    throw new InputError(file, `${reasonOf(error)}${near === null ? '' : `; did you mean ${near}?`}`);
  }
}

/** A scenario in the same folder whose name is nearly that. */
async function neighbour(file: string): Promise<string | null> {
  const folder = path.dirname(file);
  const names = await readdir(folder).catch((): string[] => []);
  const near = nearestName(path.basename(file), names) ?? names.find((name) => name === `${path.basename(file)}.walk`);
  return near === undefined ? null : path.join(folder, near);
}

function binaryMessage(bytes: Uint8Array, zero: number): string {
  const format = detectFormat(bytes.subarray(0, 8192));
  if (format === 'elf') return 'this is a program; a scenario loads it with: process NAME load "PATH"';
  if (format === 'gzip')
    return 'this is a compressed file; a recording is called NAME.layout.txt.gz and NAME.PID.log.gz';
  return `this is a binary file (byte ${String(zero)} is 0); a scenario is UTF-8 text`;
}

/** The first line that does not decode. */
function lineOfDamage(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}
