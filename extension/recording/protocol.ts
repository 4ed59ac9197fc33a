/** What extension host and the thread that reads and makes recordings say to each other. */
import type { RecordingSummary } from '../../simulator/files/recording-summary.ts';
import type { Bounds } from '../../simulator/session/scenario/bounds.ts';

export interface ReadJob {
  readonly kind: 'read';
  readonly path: string;
  readonly bounds: Partial<Bounds>;
}

export interface RecordJob {
  readonly kind: 'record';
  /** The program or its source file, and its arguments. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly output: string;
  readonly compiler: readonly string[];
  readonly bounds: Partial<Bounds>;
}

export type ToRecordingThread = ReadJob | RecordJob | { readonly kind: 'cancel' };

export type FromRecordingThread =
  | { readonly type: 'summary'; readonly summary: RecordingSummary }
  /** About so many accesses so far. */
  | { readonly type: 'progress'; readonly accesses: number }
  | { readonly type: 'output'; readonly text: string }
  /** How the program ended: its exit code, or the name of a signal. */
  | { readonly type: 'recorded'; readonly exit: number | string; readonly hasSource: boolean }
  | { readonly type: 'cancelled' }
  /** The recording cannot be read or made. */
  | { readonly type: 'failed'; readonly message: string };
