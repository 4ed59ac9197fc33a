/** The lesson of a missing shootdown: an access that went where the tables no longer say. */
import type { Access } from '../../hardware/machine.ts';
import type { StaleEntry } from '../../hardware/stale-entry.ts';
import { diagnostic } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { report, roundsIn } from '../state/findings.ts';
import type { Run } from '../state/run.ts';
import { accessName } from './fault-text.ts';

interface StaleUse {
  readonly access: Access;
  readonly address: bigint;
  readonly core: number;
  readonly range: SourceRange;
}

export function reportStale(run: Run, { access, address, core, range }: StaleUse, { kept, tables }: StaleEntry): void {
  const place = `${accessName(access)} at 0x${address.toString(16)}`;
  const message = `the ${place} used a stale entry of the TLB of core ${String(core)}: it has ${kept}, the tables ${tables}; after an entry is changed, invalidate(addr) drops it here, and shootdown(addr) on all cores of the process`;
  const changed = run.script.overwrites.findLast(({ what }) => what.endsWith('by poke'));
  const related =
    changed === undefined ? {} : { related: [{ message: 'tables were changed here', range: changed.range }] };
  report(run, { ...diagnostic('WALK247', 'warning', message, range), ...related }, roundsIn(run.script.control));
}
