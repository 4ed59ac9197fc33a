/** Recordings from disk: decompressed and parsed as they are read, so that their text is never in memory as a whole. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AccessCollector } from '../recording/logs/access-columns.ts';
import { detectFormat, HEAD_LENGTH } from '../recording/logs/format.ts';
import {
  assembleRecording,
  isRecordingFile,
  type Recording,
  recordingFiles,
  recordingName,
} from '../recording/logs/recording.ts';
import { type RecordingContents, RecordingReader, type StoreMaker } from '../recording/logs/recording-reader.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { headerMagic } from '../recording/logs/walkrec-layout.ts';
import { type OpenedWalkrec, openWalkrec } from '../recording/logs/walkrec-reader.ts';
import { excerptsOf } from '../recording/order/find-excerpts.ts';
import { type Bounds, standardBounds } from '../session/scenario/bounds.ts';
import { deflate } from './deflate.ts';
import { fileSource } from './walkrec-file.ts';
import { openRegular, stillLonger, unreadable } from './regular-file.ts';

const CHUNK = 4 << 20;

/** Gives the place to read a file of a recording from, or throws an UnreadableFile. */
export type Locate = (file: string) => Promise<string>;

const anywhere: Locate = (file) => Promise.resolve(file);

/** The recording at a path: `runs/cow_fork`, any of its files, or a `.walkrec`. Refusals are RecordingErrors. */
export async function loadRecording(
  file: string,
  bounds: Bounds = standardBounds,
  locate: Locate = anywhere,
): Promise<Recording> {
  const single = await openedWalkrec(file, bounds, locate);
  if (single !== null) return single.recording;
  return readLogs(file, bounds, locate, () => new AccessCollector(deflate));
}

/** What one `.walkrec` says beside the recording; null where the path names files of another kind. */
export async function openedWalkrec(
  file: string,
  bounds: Bounds = standardBounds,
  locate: Locate = anywhere,
): Promise<OpenedWalkrec | null> {
  const folder = path.dirname(file);
  const [name, ...others] = recordingFiles(file, await filesIn(folder, file, locate));
  if (name === undefined || others.length > 0) return null;
  try {
    const place = await locate(path.join(folder, name));
    const handle = await openRegular(place);
    try {
      const head = new Uint8Array(headerMagic.length);
      await handle.read(head, 0, head.length, 0);
      if (detectFormat(head) !== 'walkrec') return null;
      return openWalkrec(fileSource(place, name, (await handle.stat()).size), deflate, bounds);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw await asRecordingError(error, file, name);
  }
}

/** Logs and layouts, their accesses into stores of the caller's. */
export async function readLogs(
  file: string,
  bounds: Bounds,
  locate: Locate,
  createStore: StoreMaker,
): Promise<Recording> {
  const folder = path.dirname(file);
  const names = recordingFiles(file, await filesIn(folder, file, locate));
  if (names.length === 0) throw missing(file);
  const contents: RecordingContents[] = [];
  for (const name of names) contents.push(await readFile(path.join(folder, name), bounds, locate, createStore));
  const recording = assembleRecording(
    recordingName(file),
    contents.flatMap(({ logs }) => logs),
    contents.flatMap(({ layouts }) => layouts),
    bounds,
  );
  excerptsOf(recording, bounds);
  return recording;
}

async function readFile(
  file: string,
  bounds: Bounds,
  locate: Locate,
  createStore: StoreMaker,
): Promise<RecordingContents> {
  const name = path.basename(file);
  try {
    const handle = await openRegular(await locate(file));
    try {
      const { buffer } = await handle.read(new Uint8Array(2), 0, 2, 0);
      const isPacked = detectFormat(buffer) === 'gzip';
      const source = handle.createReadStream({ start: 0, highWaterMark: CHUNK, autoClose: false });
      const reader = new RecordingReader(isPacked ? name.replace(/\.gz$/, '') : name, bounds, createStore);
      const feed = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
        for await (const chunk of bytes) reader.push(chunk);
      };
      const meter = sizeMeter(bounds, isPacked);
      if (isPacked) await pipeline(source, createGunzip({ chunkSize: CHUNK }), meter, feed).catch(damaged(source));
      else await pipeline(source, meter, feed);
      return reader.finish();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw await asRecordingError(error, file, name);
  }
}

async function asRecordingError(error: unknown, file: string, name: string): Promise<RecordingError> {
  if (error instanceof RecordingError) return error;
  if (error instanceof DamagedData) return new RecordingError({ file: name, byte: error.byte }, error.message);
  return new RecordingError({ file: name }, `it cannot be read: ${(await unreadable(file, error)).message}`);
}

/** Lets so many bytes pass as a file may have, and refuses the next. */
function sizeMeter(bounds: Bounds, isPacked: boolean): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      passed += chunk.length;
      if (passed > bounds.recordingSize) done(stillLonger({ name: 'recordingSize', bounds }, isPacked));
      else done(null, chunk);
    },
  });
}

class DamagedData extends Error {
  readonly byte: number;

  constructor(byte: number, reason: string) {
    super(`the compressed data is damaged or was cut off (${reason})`);
    this.byte = byte;
  }
}

/** For failures of decompression: others pass. */
function damaged(source: { readonly bytesRead: number }): (error: unknown) => never {
  return (error) => {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? new DamagedData(source.bytesRead, message) : error;
  };
}

/**
 * Does the path name a recording: one of its files, or what they have in common, `runs/cow_fork`? A scenario of that very name
 * comes first.
 */
export async function isRecording(file: string): Promise<boolean> {
  if (isRecordingFile(file)) return true;
  const entries = await readdir(path.dirname(file)).catch((): string[] => []);
  if (recordingFiles(file, entries).length === 0) return false;
  return !entries.includes(path.basename(file)) || !(await mayBeScenario(file));
}

/** A text. The program that was recorded often stands beside its recording. */
async function mayBeScenario(file: string): Promise<boolean> {
  try {
    const handle = await openRegular(file);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
      const head = buffer.subarray(0, bytesRead);
      return !head.includes(0) && !(head[0] === 0x23 && head[1] === 0x21);
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

async function filesIn(folder: string, file: string, locate: Locate): Promise<string[]> {
  try {
    const entries = await readdir(await locate(folder), { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    const { isMissing, message } = await unreadable(folder, error);
    if (isMissing) throw missing(file);
    throw new RecordingError({ file }, `its folder cannot be read: ${message}`);
  }
}

function missing(file: string): RecordingError {
  return new RecordingError(
    { file },
    'no such recording: it needs NAME.layout.txt and NAME.PID.log, gzipped or not, or NAME.walkrec',
  );
}
