import type { ElfSegment } from '../../kernel.ts';

/** What the loader reads from an ELF file's headers. */
export interface Program {
  readonly entry_point: number;
  readonly segments: readonly ElfSegment[];
}
