/** Recordings from disk: logs are inflated and parsed as they are read, so that their text is never in memory whole. */
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { detectFormat, refusalOf } from '../recording/logs/format.ts';
import { defaultLimits, LackeyParser, type ParserLimits } from '../recording/logs/lackey-parser.ts';
import { type Layout, parseLayouts } from '../recording/logs/layout-parser.ts';
import type { ProcessLog } from '../recording/logs/process-log.ts';
import {
  assembleRecording,
  readRecording,
  type Recording,
  recordingFiles,
  recordingName,
} from '../recording/logs/recording.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import type { RecordingSource } from '../recording/replay/replayer.ts';

const CHUNK = 4 << 20;
/** Layouts and bundles are read whole: bytes that one may have, packed or not. */
const MOST_WHOLE_BYTES = 1 << 30;
const HEAD = 8192;

/** The recording at a path: `runs/cow_fork`, any of its files, or a `.walkrec`. Refusals are RecordingErrors. */
export async function loadRecording(file: string, limits: ParserLimits = defaultLimits): Promise<Recording> {
  const folder = path.dirname(file);
  const names = recordingFiles(file, await filesIn(folder, file));
  if (names.length === 0) throw missing(file);
  const name = recordingName(file);
  const [first] = names;
  if (names.length === 1 && first?.includes('.walkrec') === true) {
    return readRecording(name, [{ name: first, bytes: await readWhole(path.join(folder, first)) }], inflate, limits);
  }
  const logs: ProcessLog[] = [];
  const layouts: Layout[] = [];
  for (const each of names) {
    const place = path.join(folder, each);
    if (each.includes('.layout.txt')) layouts.push(...parseLayouts(each.replace(/\.gz$/, ''), await readPlain(place)));
    else logs.push(await streamLog(place, limits));
  }
  return assembleRecording(name, logs, layouts);
}

/** Is there no file of that name, but a recording: `runs/cow_fork`? */
export async function isRecordingName(file: string): Promise<boolean> {
  const entries = await readdir(path.dirname(file)).catch((): string[] => []);
  return !entries.includes(path.basename(file)) && recordingFiles(file, entries).length > 0;
}

/** All recordings that a scenario replays, read before it runs. `resolve` makes a written path a real one. */
export async function loadRecordings(
  paths: Iterable<string>,
  resolve: (written: string) => string,
): Promise<RecordingSource> {
  const loaded = new Map<string, Recording>();
  for (const written of paths) loaded.set(written, await loadRecording(resolve(written)));
  return (written) => {
    const recording = loaded.get(written);
    if (recording === undefined) throw missing(written);
    return recording;
  };
}

async function streamLog(place: string, limits: ParserLimits): Promise<ProcessLog> {
  const name = path.basename(place).replace(/\.gz$/, '');
  const head = await readHead(place);
  const isPacked = detectFormat(head) === 'gzip';
  if (!isPacked) refuseOthers(name, head);
  const parser = new LackeyParser(name, limits);
  const feed = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) parser.push(chunk);
  };
  const source = createReadStream(place, { highWaterMark: CHUNK });
  try {
    if (isPacked) await pipeline(source, createGunzip({ chunkSize: CHUNK }), feed);
    else await pipeline(source, feed);
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(
      { file: path.basename(place), byte: source.bytesRead },
      `the compressed data is damaged or was cut off (${messageOf(error)})`,
    );
  }
  return parser.finish();
}

function refuseOthers(file: string, head: Uint8Array): void {
  const format = detectFormat(head);
  if (format === 'lackey') return;
  throw new RecordingError(
    { file },
    format === 'layout' || format === 'bundle' || format === 'gzip'
      ? 'this is not the log of a process'
      : refusalOf(format),
  );
}

async function readHead(place: string): Promise<Uint8Array> {
  const handle = await open(place).catch((error: unknown) => {
    throw new RecordingError({ file: path.basename(place) }, `it cannot be read: ${messageOf(error)}`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readPlain(place: string): Promise<Uint8Array> {
  const bytes = await readWhole(place);
  if (detectFormat(bytes.subarray(0, HEAD)) !== 'gzip') return bytes;
  try {
    return inflate(bytes);
  } catch (error) {
    throw new RecordingError(
      { file: path.basename(place), byte: bytes.length },
      `the compressed data is damaged or was cut off (${messageOf(error)})`,
    );
  }
}

async function readWhole(place: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(place);
    if (size > MOST_WHOLE_BYTES)
      throw new Error(`it has ${String(size)} bytes, and ${String(MOST_WHOLE_BYTES)} are read at most`);
    return await readFile(place);
  } catch (error) {
    throw new RecordingError({ file: path.basename(place) }, `it cannot be read: ${messageOf(error)}`);
  }
}

function inflate(bytes: Uint8Array): Uint8Array {
  return gunzipSync(bytes, { maxOutputLength: MOST_WHOLE_BYTES });
}

async function filesIn(folder: string, file: string): Promise<string[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    throw new RecordingError({ file }, `its folder cannot be read: ${messageOf(error)}`);
  }
}

function missing(file: string): RecordingError {
  return new RecordingError(
    { file },
    'no such recording: it needs NAME.layout.txt and NAME.PID.log, gzipped or not, or NAME.walkrec',
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
