/** Makes a `.walkrec` of what other tools have recorded. */
import path from 'node:path';
import type { Recording } from '../recording/logs/recording.ts';
import { excerptsOf } from '../recording/order/find-excerpts.ts';
import type { Bounds } from '../session/scenario/bounds.ts';
import { InputError } from './input-error.ts';
import { programContents } from './program-contents.ts';
import { readLogs } from './recording-files.ts';
import { writeWalkrec } from './walkrec-file.ts';

export const importKinds = ['lackey'] as const;
export type ImportKind = (typeof importKinds)[number];

export interface ImportRequest {
  readonly kind: ImportKind;
  readonly files: readonly string[];
  readonly output: string;
  readonly bounds: Bounds;
}

/** Throws an InputError or a RecordingError where the files are not what they should be. */
export async function importRecording({ files, output, bounds }: ImportRequest): Promise<Recording> {
  const [first = '', ...others] = files;
  const stranger = others.find((file) => nameOf(file) !== nameOf(first));
  if (stranger !== undefined)
    throw new InputError(stranger, `this belongs to another recording than ${first}: import them one by one`);
  return writeWalkrec(output, async (writer) => {
    const read = await readLogs(first, bounds, (file) => Promise.resolve(file), () => writer.store()); // prettier-ignore
    const recording = { ...read, name: path.basename(output).replace(/\.walkrec$/, '') };
    const { command = '', layouts } = { command: recording.processes[0]?.command, layouts: recording.layouts };
    const executable = layouts[0]?.rows.find(({ kind }) => kind === 'file')?.path ?? '';
    const contents = await programContents(recording, executable);
    writer.finish(recording, excerptsOf(read, bounds), {
      command,
      tool: 'valgrind lackey',
      sources: [],
      lines: null,
      contents,
    });
    return recording;
  });
}

function nameOf(file: string): string {
  return path.resolve(file).replace(/(\.\d+\.log|\.layout\.txt)(\.gz)?$/, '');
}
