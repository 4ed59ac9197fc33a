/** Reading a file that somebody else has named: only a regular one, and only so much of it. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink, stat } from 'node:fs/promises';
import { type Bounds, boundText, raiseHint, sizeText } from '../session/scenario/bounds.ts';
import { reasonOf } from './system-error.ts';

/** The message is a clause that follows the file's name and a colon. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  /** There is no such file at all. */
  readonly isMissing: boolean;
  readonly isFolder: boolean;

  constructor(message: string, { isMissing = false, isFolder = false } = {}) {
    super(message);
    this.isMissing = isMissing;
    this.isFolder = isFolder;
  }
}

/** Which bound limits the size of a file. */
export interface SizeBound {
  readonly name: 'scenarioSize' | 'fileSize' | 'recordingSize';
  readonly bounds: Bounds;
}

const PART = 1 << 20;

/** Never waits: a pipe without a writer is refused like every other special file. */
export async function openRegular(place: string): Promise<FileHandle> {
  await statRegular(place);
  // The file may have been replaced meanwhile, so that opening must not wait either.
  const handle = await open(place, constants.O_RDONLY | constants.O_NONBLOCK).catch(async (error: unknown) => {
    throw await unreadable(place, error);
  });
  const status = await handle.stat();
  if (status.isFile()) return handle;
  await handle.close();
  throw special(status);
}

export async function statRegular(place: string): Promise<Stats> {
  const status = await stat(place).catch(async (error: unknown) => {
    throw await unreadable(place, error);
  });
  if (!status.isFile()) throw special(status);
  return status;
}

/** The whole file. It may be longer than its status says, or grow meanwhile. */
export async function readRegular(place: string, bound: SizeBound): Promise<Uint8Array> {
  const most = bound.bounds[bound.name];
  const handle = await openRegular(place);
  try {
    const { size } = await handle.stat();
    if (size > most) throw tooLarge(bound, size);
    const bytes = await readAll(handle, size, most);
    if (bytes === null) throw stillLonger(bound);
    return bytes;
  } catch (error) {
    throw await unreadable(place, error);
  } finally {
    await handle.close();
  }
}

/** Null where there is more than `most`. */
async function readAll(handle: FileHandle, expected: number, most: number): Promise<Uint8Array | null> {
  let bytes = new Uint8Array(expected + 1);
  let used = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, used, Math.min(bytes.length - used, 16 * PART), used);
    used += bytesRead;
    if (used > most) return null;
    if (bytesRead === 0) return bytes.subarray(0, used);
    if (used < bytes.length) continue;
    const longer = new Uint8Array(Math.min(used * 2 + PART, most + 1));
    longer.set(bytes);
    bytes = longer;
  }
}

function tooLarge({ name, bounds }: SizeBound, size: number): UnreadableFile {
  const most = boundText(name, bounds[name]);
  return new UnreadableFile(`it has ${sizeText(size)}, and at most ${most} are read; ${raiseHint(name, bounds)}`);
}

/** It was found while reading or decompressing that there is more. */
export function stillLonger({ name, bounds }: SizeBound, isPacked = false): UnreadableFile {
  const most = `${boundText(name, bounds[name])}${isPacked ? ' decompressed' : ''}`;
  return new UnreadableFile(`it has more than ${most}; ${raiseHint(name, bounds)}`);
}

/** The system's refusal in words; a link that leads nowhere names where it leads. */
export async function unreadable(place: string, error: unknown): Promise<UnreadableFile> {
  if (error instanceof UnreadableFile) return error;
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const target = isMissing ? await danglingTarget(place) : null;
  if (target !== null) return new UnreadableFile(`it is a symbolic link to ${target}, which does not exist`);
  return new UnreadableFile(reasonOf(error), { isMissing });
}

async function danglingTarget(place: string): Promise<string | null> {
  try {
    return (await lstat(place)).isSymbolicLink() ? await readlink(place) : null;
  } catch {
    return null;
  }
}

/** Of anything but a regular file. */
function special(status: Stats): UnreadableFile {
  if (status.isDirectory()) return new UnreadableFile('it is a folder', { isFolder: true });
  const kind = status.isFIFO() ? 'a named pipe' : status.isSocket() ? 'a socket' : 'a device';
  return new UnreadableFile(`it is ${kind}; only regular files are read`);
}
