/** What the debug information of a recorded program and its libraries tells, read from their files. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { type ModuleLines, readModule } from '../recording/debug-info/module-lines.ts';
import type { Recording } from '../recording/logs/recording.ts';
import type { RecordedSources } from '../recording/logs/source-lines.ts';
import type { SourceFile } from '../recording/logs/walkrec-layout.ts';
import { followSources } from '../recording/order/source-visits.ts';
import type { Bounds } from '../session/scenario/bounds.ts';

/** Larger ones are no text that somebody wrote. */
const MOST_SOURCE = 64 * 2 ** 20;

/** Null where no file of the program tells lines. */
export async function sourceLines(recording: Recording, bounds: Bounds): Promise<RecordedSources | null> {
  const followed = followSources(recording, moduleOf, bounds.recordedVisits);
  if (followed === null) return null;
  const { table, visits } = followed;
  return { files: await Promise.all(followed.files.map(hashed)), table, visits };
}

/** With the hash that the file has now; none where it is not there. */
export async function hashed(path: string): Promise<SourceFile> {
  try {
    const { size } = await stat(path);
    if (size > MOST_SOURCE) return { path, sha256: null };
    return { path, sha256: hashOf(await readFile(path)) };
  } catch {
    return { path, sha256: null };
  }
}

/** SHA-256 in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file that is not there any more, or that contradicts itself, tells nothing: the recording is one without lines. */
function moduleOf(path: string): ModuleLines | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const file = descriptor;
    const status = fstatSync(file);
    if (!status.isFile()) return null;
    const read = (offset: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      for (let used = 0; used < length;) {
        const count = readSync(file, bytes, used, length - used, offset + used);
        if (count === 0) break;
        used += count;
      }
      return bytes;
    };
    const module = readModule({ length: status.size, read });
    return typeof module === 'string' ? null : module;
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
