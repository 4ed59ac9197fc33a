/** What the panel of compared kernels is told. */
import type { Comparison } from '../../simulator/inspect/compare/models.ts';

export type * from '../../simulator/inspect/compare/models.ts';
export { countedEvents } from '../../simulator/inspect/compare/models.ts';
export { measures, measureText } from '../../simulator/inspect/compare/measures.ts';

/** What is compared: a file by its URI, on kernels by their names. */
export interface CompareRequest {
  readonly file: string;
  readonly kernels: readonly string[];
}

export type CompareStatus =
  | { readonly state: 'none' }
  | {
      readonly state: 'running';
      readonly request: CompareRequest;
      /** The kernel that runs now, and how far it has come; null while the file is read. */
      readonly progress: { readonly column: string; readonly statements: number } | null;
    }
  | {
      readonly state: 'done';
      readonly request: CompareRequest;
      readonly comparison: Comparison;
      /** The file's lines; empty for a recording. */
      readonly sources: readonly string[];
    }
  | { readonly state: 'failed'; readonly request: CompareRequest; readonly message: string }
  | { readonly state: 'cancelled'; readonly request: CompareRequest };
