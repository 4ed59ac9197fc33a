/** What a recording is, in numbers: for a page that says so before anybody runs it. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { recordingFiles } from '../recording/logs/recording.ts';
import type { ProcessLog } from '../recording/logs/process-log.ts';
import { type Bounds, standardBounds } from '../session/scenario/bounds.ts';
import { loadRecording } from './recording-files.ts';

export interface RecordingSummary {
  readonly name: string;
  /** The command that was recorded. */
  readonly command: string;
  /** The first process first. */
  readonly processes: readonly ProcessSummary[];
  readonly files: readonly FileSummary[];
}

export interface ProcessSummary {
  readonly pid: number;
  readonly parent: number | null;
  readonly accesses: number;
  readonly calls: number;
  readonly end: { readonly exitCode: number } | { readonly signal: string } | null;
}

export interface FileSummary {
  readonly name: string;
  /** On the disk. */
  readonly bytes: number;
}

/** Throws a RecordingError where the recording cannot be read. */
export async function summarizeRecording(file: string, bounds: Bounds = standardBounds): Promise<RecordingSummary> {
  const { name, processes } = await loadRecording(file, bounds);
  const folder = path.dirname(file);
  const names = recordingFiles(file, await readdir(folder));
  const files = await Promise.all(
    names.map(async (one) => ({ name: one, bytes: (await stat(path.join(folder, one))).size })),
  );
  const parents = new Map<number, number>();
  for (const { pid, events } of processes)
    for (const event of events) if (event.kind === 'call' && event.child !== null) parents.set(event.child, pid);
  return {
    name,
    command: processes[0]?.command ?? name,
    processes: processes.map((log) => ({ ...countsOf(log), parent: parents.get(log.pid) ?? null })),
    files,
  };
}

function countsOf({ pid, accesses, events, exitCode }: ProcessLog): Omit<ProcessSummary, 'parent'> {
  const killed = events.find((event) => event.kind === 'killed');
  const exited = exitCode === null ? null : { exitCode };
  return {
    pid,
    accesses: accesses.length,
    calls: events.filter(({ kind }) => kind === 'call').length,
    end: killed === undefined ? exited : { signal: killed.name },
  };
}
