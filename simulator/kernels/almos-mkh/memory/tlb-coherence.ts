import { addCycles, pageTableRoot } from '../../../hardware/core.ts';
import { latency } from '../../../hardware/interconnect.ts';
import { acknowledgeIpi, sendIpi } from '../../../hardware/interrupt-controller.ts';
import { clusterOfCore, coreCount } from '../../../hardware/machine-config.ts';
import { invalidateCoherent, invalidateTlb } from '../../../hardware/tlb.ts';
import type { Vpn } from '../../../hardware/word.ts';
import { Attr } from '../base/constants.ts';
import { halOf } from '../base/hal-of.ts';
import type { Here } from '../objects/state.ts';
import type { Gpt } from '../objects/gpt.ts';

const RIGHTS = Attr.MAPPED | Attr.WRITABLE | Attr.EXECUTABLE | Attr.USER;

/** What an entry said before a change, and after. */
export interface EntryChange {
  readonly attr: number;
  readonly ppn: number;
}

/**
 * After a change of an entry no TLB may allow what the table forbids. TSAR's hardware sees to it (10.6). On x86-64 the
 * kernel does after every downgrade: one interrupt to each core that runs on the table, and it waits for all (10.10).
 * An upgrade needs nothing: the next access there faults once, finds the right given, and is repeated.
 */
export function keepTlbsTrue(here: Here, gpt: Gpt, vpn: Vpn, before: EntryChange, after: EntryChange): void {
  const { machine } = here;
  if ((before.attr & Attr.MAPPED) === 0) return;
  if (halOf(machine).hasCoherentTlbs) invalidateCoherent(machine, gpt.ppn, vpn);
  else if (isDowngrade(before, after)) shootDown(here, gpt, vpn);
}

function isDowngrade(before: EntryChange, after: EntryChange): boolean {
  return before.ppn !== after.ppn || (before.attr & ~after.attr & RIGHTS) !== 0;
}

function shootDown(here: Here, gpt: Gpt, vpn: Vpn): void {
  const { machine, core: self } = here;
  const { config } = machine;
  for (let core = 0; core < coreCount(config); core++) {
    if (pageTableRoot(machine, core) !== gpt.ppn) continue;
    invalidateTlb(machine, core, vpn);
    if (core === self) continue;
    sendIpi(machine, core, vpn);
    addCycles(
      machine,
      self,
      config.cost.T_IPI + 2 * latency(config, clusterOfCore(config, self), clusterOfCore(config, core)),
    );
    acknowledgeIpi(machine, core);
  }
}
