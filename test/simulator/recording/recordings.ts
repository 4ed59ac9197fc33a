/** The five recordings that come with the project, and their truths, read for tests. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { RecordingReader } from '../../../simulator/recording/logs/recording-reader.ts';
import {
  assembleRecording,
  type Recording,
  type RecordingFile,
  recordingFiles,
} from '../../../simulator/recording/logs/recording.ts';

const folder = new URL('../../../examples/recordings/', import.meta.url);
const truths = new URL('../../fixtures/truth/', import.meta.url);

export const recordingNames = ['cow_fork', 'guard_page', 'mmap_split', 'private_file', 'shared_anon'] as const;

/** A log that comes with the project, unpacked. */
export function textOf(file: string): Uint8Array {
  return gunzipSync(readFileSync(new URL(`${file}.gz`, folder)));
}

export function loadExample(name: string): Recording {
  const files = recordingFiles(name, readdirSync(folder)).map((file) => ({
    name: file,
    bytes: readFileSync(new URL(file, folder)),
  }));
  return recordingOf(name, files);
}

/** From the bytes of its files, packed or not. */
export function recordingOf(name: string, files: readonly RecordingFile[]): Recording {
  const contents = files.map(({ name: file, bytes }) => {
    const isPacked = bytes[0] === 0x1f;
    const reader = new RecordingReader(isPacked ? file.replace(/\.gz$/, '') : file);
    reader.push(isPacked ? gunzipSync(bytes) : bytes);
    return reader.finish();
  });
  const logs = contents.flatMap((one) => one.logs);
  return assembleRecording(name, logs, contents.flatMap((one) => one.layouts)); // prettier-ignore
}

/** All of a recording as plain data, of its accesses a digest: what two readings must agree in. */
export function contentOf({ name, processes, layouts }: Recording): unknown {
  const logs = processes.map(({ accesses, ...log }) => {
    const hash = createHash('sha256');
    for (let index = 0; index < accesses.blockCount; index++) {
      const { low, high, meta } = accesses.block(index);
      for (const column of [low, high, meta]) hash.update(column.subarray(0, accesses.lengthOf(index)));
    }
    return { ...log, accesses: `${String(accesses.length)} ${hash.digest('hex')}` };
  });
  return { name, layouts, logs };
}

/** One line of what Linux said of the same program. */
export interface Truth {
  readonly who: string;
  readonly label: string;
  readonly faults?: number;
  readonly mappings?: number;
  readonly resident?: number;
  readonly shared?: number;
  readonly privateDirty?: number;
  readonly segv?: number;
}

export function truthOf(name: string): Truth[] {
  const text = readFileSync(new URL(`${name}.linux.jsonl`, truths), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Truth);
}

/** A small log of one process, from lines without header and end. */
export function logOf(lines: readonly string[], { pid = 100, parent = 1, exit = true } = {}): Uint8Array {
  const header = [
    `==${String(pid)}== Lackey, an example Valgrind tool`,
    `==${String(pid)}== Command: ./tiny`,
    `==${String(pid)}== Parent PID: ${String(parent)}`,
  ];
  const end = exit
    ? [
        `SYSCALL[${String(pid)},1](231) exit_group( 0 ) --> [pre-success] Success(0x0) `,
        `==${String(pid)}== Exit code:       0`,
      ]
    : [];
  return new TextEncoder().encode([...header, ...lines, ...end, ''].join('\n'));
}
