/** What extension host and reading thread say to each other. */
import type { RecordingSummary } from '../../simulator/files/recording-summary.ts';
import type { Bounds } from '../../simulator/session/scenario/bounds.ts';

export interface ReadJob {
  readonly path: string;
  readonly bounds: Partial<Bounds>;
}

export type FromReadThread =
  | { readonly type: 'summary'; readonly summary: RecordingSummary }
  /** The recording cannot be read. */
  | { readonly type: 'failed'; readonly message: string };
