/** A recording: the logs of all its processes and the memory that the first one started with. */
import type { Layout } from './layout-parser.ts';
import type { LogEvent, ProcessLog } from './process-log.ts';
import { RecordingError } from './recording-error.ts';
import { type Bounds, boundText, raiseHint, standardBounds } from '../../session/scenario/bounds.ts';
import type { LogExcerpts } from './touch-list.ts';
import type { RecordedSources } from './source-lines.ts';

export interface Recording {
  /** `cow_fork`. */
  readonly name: string;
  /** The first process first, then in the order in which they were made. */
  readonly processes: readonly ProcessLog[];
  readonly layouts: readonly Layout[];
  /** By index of the process, where the recording was written with them. */
  readonly excerpts?: readonly LogExcerpts[];
  /** Where the program was in its source, where its debug information told. */
  readonly sources?: RecordedSources;
}

/** One file of a recording, decompressed. */
export interface RecordingFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const logName = /^(.*)\.(\d+)\.log(?:\.gz)?$/;
const layoutName = /^(.*)\.layout\.txt(?:\.gz)?$/;
const bundleName = /^(.*)\.walkrec(?:\.gz)?$/;

/** The recording's name, from the path of any of its files, or from a path that is no file: `runs/cow_fork`. */
export function recordingName(path: string): string {
  const base = baseName(path);
  const match = logName.exec(base) ?? layoutName.exec(base) ?? bundleName.exec(base);
  return match?.[1] ?? base;
}

/** Which of a folder's files make up the recording that `path` names. A bundle is complete by itself. */
export function recordingFiles(path: string, folder: readonly string[]): string[] {
  const base = baseName(path);
  if (bundleName.test(base)) return folder.includes(base) ? [base] : [];
  const name = recordingName(path);
  const belongs = folder.filter((file) => logName.exec(file)?.[1] === name || layoutName.exec(file)?.[1] === name);
  if (belongs.length > 0) return belongs.sort();
  return folder.filter((file) => file === `${name}.walkrec` || file === `${name}.walkrec.gz`).slice(0, 1);
}

/** Is this, by its name, a file of a recording? */
export function isRecordingFile(path: string): boolean {
  const base = baseName(path);
  return logName.test(base) || layoutName.test(base) || bundleName.test(base);
}

/** Checks that nothing is missing, and orders the processes. */
export function assembleRecording(
  name: string,
  logs: readonly ProcessLog[],
  layouts: readonly Layout[],
  bounds: Pick<Bounds, 'recordedProcesses' | 'setting'> = standardBounds,
): Recording {
  if (logs.length > bounds.recordedProcesses) {
    const most = boundText('recordedProcesses', bounds.recordedProcesses);
    throw new RecordingError(
      { file: name },
      `more than ${most} processes; record a smaller run, or ${raiseHint('recordedProcesses', bounds)}`,
    );
  }
  const byPid = new Map(logs.map((log) => [log.pid, log]));
  const children = new Set(logs.flatMap((log) => forksOf(log).map((fork) => fork.child)));
  const roots = logs.filter((log) => !children.has(log.pid));
  const [root, second] = roots;
  if (root === undefined) {
    throw new RecordingError(
      { file: name },
      logs.length === 0 ? 'no log of a process (NAME.PID.log) was given' : 'every process is another one’s child',
    );
  }
  if (second !== undefined) {
    throw new RecordingError(
      { file: second.file },
      `process ${String(second.pid)} was created by no other process of the recording, and neither was ${String(root.pid)} (${root.file}): these are two recordings`,
    );
  }
  if (!layouts.some((layout) => layout.pid === root.pid)) {
    throw new RecordingError(
      { file: root.file },
      `the memory that process ${String(root.pid)} started with is not known: the recording needs ${name}.layout.txt, the standard error of valgrind -d`,
    );
  }
  return { name, processes: inOrder(root, byPid), layouts };
}

function inOrder(root: ProcessLog, byPid: ReadonlyMap<number, ProcessLog>): ProcessLog[] {
  const ordered = new Set([root]);
  for (const log of ordered) {
    for (const { child, line } of forksOf(log)) {
      const created = byPid.get(child);
      if (created === undefined) {
        throw new RecordingError(
          { file: log.file, line },
          `process ${String(log.pid)} creates process ${String(child)} here, and the log of ${String(child)} is missing (--log-file=NAME.%p.log writes one for each)`,
        );
      }
      if (ordered.has(created))
        throw new RecordingError({ file: log.file, line }, `process ${String(child)} is created twice`);
      ordered.add(created);
    }
  }
  return [...ordered];
}

function forksOf(log: ProcessLog): { readonly child: number; readonly line: number }[] {
  return log.events.flatMap((event: LogEvent) =>
    event.kind === 'call' && event.child !== null ? [{ child: event.child, line: event.line }] : [],
  );
}

/** The text of a bundle, before compression: `walkrec 1`, then every file after a line `file NAME LENGTH`. */
export function bundle(files: readonly RecordingFile[]): Uint8Array {
  const parts = [
    bytesOf('walkrec 1\n'),
    ...files.flatMap((file) => [bytesOf(`file ${file.name} ${String(file.bytes.length)}\n`), file.bytes]),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
