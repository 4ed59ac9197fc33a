/** The lines of the table of totals: what is measured of a whole run, and how it is called. */
import type { ColumnModel, Counts } from './models.ts';

export interface Measure {
  readonly title: string;
  /** Null: the column has not run. */
  readonly value: (column: ColumnModel) => number | string | null;
}

function counted(title: string, event: keyof Counts): Measure {
  return { title, value: ({ totals }) => (totals === null ? null : (totals.counts[event] ?? 0)) };
}

export const measures: readonly Measure[] = [
  {
    title: 'machine',
    value: ({ machine }) =>
      machine === null ? null : `${machine.preset} ${machine.mesh.join('x')}, ${machine.paging}`,
  },
  counted('page faults', 'page-fault'),
  counted('copy-on-write faults', 'cow-fault'),
  counted('false faults', 'false-fault'),
  counted('refused accesses', 'segv'),
  counted('out of memory', 'oom'),
  counted('pages copied', 'page-copy'),
  counted('pages zeroed', 'page-zero'),
  counted('pages read from files', 'page-in'),
  counted('pages written to files', 'page-out'),
  { title: 'frames in use after boot', value: ({ totals }) => totals?.frames.boot ?? null },
  { title: 'frames in use at the peak', value: ({ totals }) => totals?.frames.peak ?? null },
  { title: 'frames in use at the end', value: ({ totals }) => totals?.frames.end ?? null },
  { title: 'page-table frames at the peak', value: ({ totals }) => totals?.tableFrames.peak ?? null },
  { title: 'page-table frames at the end', value: ({ totals }) => totals?.tableFrames.end ?? null },
  counted('TLB misses', 'tlb-miss'),
  counted('TLB entries dropped', 'tlb-flush'),
  counted('RPCs', 'rpc'),
  counted('locks waited for', 'lock-wait'),
  { title: 'emulated calls', value: ({ emulated, totals }) => (totals === null ? null : emulated) },
  { title: 'cycles', value: ({ totals }) => totals?.cycles ?? null },
];

export function measureText(value: number | string | null): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : value.toLocaleString('en');
}
