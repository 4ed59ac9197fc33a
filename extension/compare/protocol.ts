/** What extension host and comparing thread say to each other. */
import type { Bounds } from '../../simulator/session/scenario/bounds.ts';
import type { Comparison } from '../../simulator/inspect/compare/models.ts';

export interface KernelChoice {
  readonly name: string;
  readonly title: string;
  /** Any scenario runs on it: it is compared unless the user says otherwise. */
  readonly isWhole: boolean;
}

export interface CompareJob {
  readonly path: string;
  readonly kernels: readonly string[];
  /** Folders that the file may read from, beside its own. */
  readonly folders: readonly string[];
  readonly bounds: Partial<Bounds>;
}

export type FromCompareThread =
  /** At its start. */
  | { readonly type: 'kernels'; readonly kernels: readonly KernelChoice[] }
  | { readonly type: 'progress'; readonly column: string; readonly statements: number }
  | { readonly type: 'done'; readonly comparison: Comparison; readonly sources: readonly string[] }
  /** The file cannot be read. */
  | { readonly type: 'failed'; readonly message: string };
