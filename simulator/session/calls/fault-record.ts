/** What is told of a fault besides its sentence: made only where somebody stops at it. */
import type { Activity } from '../../execution/activity.ts';
import { inspectWalk, rawEntry } from '../../hardware/page-table-walker.ts';
import { blameFor } from '../../hardware/region-log.ts';
import type { VirtualAddress } from '../../hardware/word.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { addressText, endText } from '../../hardware/virtual-address.ts';
import type { Run } from '../state/run.ts';
import { protectionWord } from '../state/values.ts';

type Rows = Readonly<Record<string, string>>;

/** Where the fault happened: whose access it was, and in which cluster. */
export interface FaultPlace {
  readonly run: Run;
  readonly thread: ThreadObject;
  readonly cluster: number;
  readonly va: VirtualAddress;
}

/** The entries that translate the address, from the root down: as they are now, so asked before the kernel handles a fault. */
export function walkRows({ run, thread, cluster, va }: FaultPlace): Rows {
  const { machine, kernel } = run;
  const tables = kernel.tables(thread.process);
  const table = tables.find((one) => one.cluster === cluster) ?? tables[0];
  if (table === undefined) return { 'page table': 'none' };
  const rows: Record<string, string> = {};
  for (const entry of inspectWalk(machine, table.root, va)) {
    const what = !entry.present
      ? 'not present'
      : entry.reserved
        ? 'reserved bits are set'
        : `frame ${hexText(entry.ppn)}`;
    rows[`entry of ${entry.table}`] =
      `0x${rawEntry(machine, entry.words).toString(16)} at ${hexText(entry.address)}, ${what}`;
  }
  return rows;
}

/** The region around the address, and the line that mapped, protected or unmapped it last. */
export function regionRecord({ run, thread, cluster, va }: FaultPlace): Rows {
  const { machine, kernel } = run;
  const bits = addressBitsOf(machine);
  const region = kernel.regions(thread.process, cluster).find(({ start, end }) => va >= start && va < end);
  const actions = region === undefined ? (['unmapped'] as const) : (['mapped', 'protected'] as const);
  const blame = blameFor(machine, actions, thread.process.owner, va);
  const from = region === undefined ? '' : `[${addressText(region.start, bits)}, ${endText(region.end, bits)})`;
  return {
    region: region === undefined ? 'none' : `${region.kind} ${from}, ${protectionWord(region.protection)}`,
    ...(blame === null || blame.line === 0 ? {} : { 'last change': `${blame.action} by line ${String(blame.line)}` }),
  };
}

/** The kernel functions that an activity has entered since `path` was begun, and the step that refused, if one did. */
export function pathRows({ path, origin }: Activity): Rows {
  const names = (path ?? []).filter((name, index, all) => name !== all[index - 1]);
  return {
    ...(names.length === 0 ? {} : { 'kernel path': names.join(', ') }),
    ...(origin === null ? {} : { 'refused by': `${origin.function}, step ${origin.step}: ${origin.text}` }),
  };
}

function hexText(value: number): string {
  return `0x${value.toString(16)}`;
}
