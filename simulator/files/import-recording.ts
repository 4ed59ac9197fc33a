/** Makes a `.walkrec` of what other tools have recorded. */
import path from 'node:path';
import { assembleRecording, type Recording } from '../recording/logs/recording.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { StraceReader } from '../recording/logs/strace-reader.ts';
import { excerptsOf } from '../recording/order/find-excerpts.ts';
import type { Bounds } from '../session/scenario/bounds.ts';
import { InputError } from './input-error.ts';
import { programContents } from './program-contents.ts';
import { sourceLines } from './source-lines.ts';
import { readLogs } from './recording-files.ts';
import { openRegular, stillLonger, unreadable } from './regular-file.ts';
import { writeWalkrec } from './walkrec-file.ts';

export const importKinds = ['lackey', 'strace'] as const;
export type ImportKind = (typeof importKinds)[number];

export interface ImportRequest {
  readonly kind: ImportKind;
  readonly files: readonly string[];
  readonly output: string;
  readonly bounds: Bounds;
}

/** Throws an InputError or a RecordingError where the files are not what they should be. */
export async function importRecording(request: ImportRequest): Promise<Recording> {
  return request.kind === 'strace' ? importStrace(request) : importLackey(request);
}

async function importLackey({ files, output, bounds }: ImportRequest): Promise<Recording> {
  const [first = '', ...others] = files;
  const stranger = others.find((file) => nameOf(file) !== nameOf(first));
  if (stranger !== undefined)
    throw new InputError(stranger, `this belongs to another recording than ${first}: import them one by one`);
  return writeWalkrec(output, async (writer) => {
    const read = await readLogs(
      first,
      bounds,
      (file) => Promise.resolve(file),
      () => writer.store(),
    );
    const recording = { ...read, name: titleOf(output) };
    const executable = recording.layouts[0]?.rows.find(({ kind }) => kind === 'file')?.path ?? '';
    const contents = await programContents(recording, executable);
    const command = recording.processes[0]?.command ?? '';
    const lines = await sourceLines(read, bounds);
    const from = { command, tool: 'valgrind lackey', contents, lines, sources: lines?.files ?? [] };
    writer.finish(recording, excerptsOf(read, bounds), from);
    return recording;
  });
}

/** Memory calls without accesses. */
async function importStrace({ files, output, bounds }: ImportRequest): Promise<Recording> {
  const [first = '', second] = files;
  if (second !== undefined) throw new InputError(second, 'one file of strace -f is imported at a time');
  const reader = new StraceReader(path.basename(first), bounds);
  await readLines(first, bounds, (line) => {
    reader.read(line);
  });
  const { logs, layouts } = reader.finish();
  const recording = assembleRecording(titleOf(output), logs, layouts, bounds);
  return writeWalkrec(output, (writer) => {
    const command = recording.processes[0]?.command ?? '';
    writer.finish(recording, excerptsOf(recording, bounds), { ...nothing, command, tool: 'strace' });
    return Promise.resolve(recording);
  });
}

const nothing = { sources: [], lines: null, contents: [] };

function titleOf(output: string): string {
  return path.basename(output).replace(/\.walkrec$/, '');
}

/** Of a text file, in a stream. */
async function readLines(file: string, bounds: Bounds, take: (line: string) => void): Promise<void> {
  try {
    const handle = await openRegular(file);
    try {
      const { size } = await handle.stat();
      if (size > bounds.recordingSize) throw stillLonger({ name: 'recordingSize', bounds });
      for await (const line of handle.readLines({ autoClose: false })) take(line);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new InputError(file, `it cannot be read: ${(await unreadable(file, error)).message}`);
  }
}

function nameOf(file: string): string {
  return path.resolve(file).replace(/(\.\d+\.log|\.layout\.txt)(\.gz)?$/, '');
}
