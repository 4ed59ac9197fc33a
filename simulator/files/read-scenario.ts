/** The text of a scenario from disk, or a clear word on why it is none. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nearestName } from '../language/checks/nearest.ts';
import { detectFormat, HEAD_LENGTH } from '../recording/logs/format.ts';
import { type Bounds, standardBounds } from '../session/scenario/bounds.ts';
import { InputError } from './input-error.ts';
import { readRegular, UnreadableFile } from './regular-file.ts';
import { standardInput } from './standard-input.ts';

export async function readScenario(file: string, bounds: Bounds = standardBounds): Promise<string> {
  const bytes = await readBytes(file, bounds);
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw new InputError(file, binaryMessage(bytes, zero) + (await logBeside(file)));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(file, 'the text is not UTF-8; save it in that encoding', lineOfDamage(bytes));
  }
}

async function readBytes(file: string, bounds: Bounds): Promise<Uint8Array> {
  try {
    return await (file === '-' ? standardInput(bounds) : readRegular(file, { name: 'scenarioSize', bounds }));
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    if (error.isFolder)
      throw new InputError(file, 'this is a folder; name a scenario in it, or run all of them with "pagewalk test"');
    const near = error.isMissing ? await neighbour(file) : null;
    throw new InputError(file, `${error.message}${near === null ? '' : `; did you mean ${near}?`}`);
  }
}

/** A scenario in the same folder whose name is nearly that. */
async function neighbour(file: string): Promise<string | null> {
  const folder = path.dirname(file);
  const names = await readdir(folder).catch((): string[] => []);
  const near = nearestName(path.basename(file), names) ?? names.find((name) => name === `${path.basename(file)}.walk`);
  return near === undefined ? null : path.join(folder, near);
}

/** Something that looks as if it were made by recording this program, and is not named as a recording. */
async function logBeside(file: string): Promise<string> {
  const names = await readdir(path.dirname(file)).catch((): string[] => []);
  const log = names.find((name) => name.startsWith(`${path.basename(file)}.`) && /\.log(\.gz)?$/.test(name));
  return log === undefined ? '' : `; beside it is ${log}: a recording is called NAME.PID.log, with NAME.layout.txt`;
}

function binaryMessage(bytes: Uint8Array, zero: number): string {
  const format = detectFormat(bytes.subarray(0, HEAD_LENGTH));
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
