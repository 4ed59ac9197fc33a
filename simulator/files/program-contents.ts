/** The bytes of a recorded program's file that its memory started with, so that a recording does not need the file. */
import { open } from 'node:fs/promises';
import type { Recording } from '../recording/logs/recording.ts';

export interface ProgramBytes {
  readonly path: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Larger parts are left out: the replay takes zeros for them. */
const MOST_BYTES = 64 * 2 ** 20;

/** Of every file that the layouts map, what can be read; the program itself may have been compiled for this recording alone. */
export async function programContents({ layouts }: Recording, executable: string): Promise<ProgramBytes[]> {
  const contents = new Map<string, ProgramBytes>();
  for (const { rows } of layouts) {
    const program = rows.find(({ kind }) => kind === 'file')?.path ?? null;
    for (const { kind, path, offset, start, end } of rows) {
      if (kind !== 'file' || path === null || path !== program || end - start > MOST_BYTES) continue;
      const key = `${path}#${String(offset)}`;
      if (contents.has(key)) continue;
      const bytes = (await part(path, offset, end - start)) ?? (await part(executable, offset, end - start));
      if (bytes !== null) contents.set(key, { path, offset, bytes });
    }
  }
  return [...contents.values()];
}

async function part(file: string, offset: number, length: number): Promise<Uint8Array | null> {
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
