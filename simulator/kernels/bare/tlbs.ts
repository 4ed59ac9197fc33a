/** What keeps the cores' TLBs in agreement with the tables: nobody else does it. */
import { addCycles } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { clusterOfCore } from '../../hardware/machine-config.ts';
import { flushTlb, invalidateTlb } from '../../hardware/tlb.ts';
import { vpnOf } from '../../hardware/word.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { coresOf } from './entries.ts';
import { currentProcess, type Here } from './state.ts';

const addr = { name: 'addr', type: { kind: 'address' }, doc: 'any address in the page' } as const;

export const invalidate = kernelFunction(
  {
    name: 'invalidate',
    section: '13.5',
    doc: 'Drops a page from the TLBs of this core alone.',
    parameters: [addr],
    errors: [],
    steps: { 1: 'drop the entry, global or not' },
  },
  function* (here: Here, { addr: va }: { addr: number }) {
    if (here.step('1')) yield;
    invalidateTlb(here.machine, here.core, vpnOf(va));
  },
);

export const flush = kernelFunction(
  {
    name: 'flush',
    section: '13.5',
    doc: 'Empties the TLBs of this core; global entries stay unless told.',
    parameters: [{ name: 'global', type: { kind: 'boolean' }, default: false, doc: 'global entries too' }],
    errors: [],
    steps: { 1: 'drop the entries' },
  },
  function* (here: Here, { global }: { global: boolean }) {
    if (here.step('1')) yield;
    flushTlb(here.machine, here.core, !global);
  },
);

export const shootdown = kernelFunction(
  {
    name: 'shootdown',
    section: '13.5',
    doc: 'Drops a page from the TLBs of every core that runs this process, by an interrupt to each of the others.',
    parameters: [addr],
    errors: [],
    steps: { 1: 'drop it here', 2: 'each other core: interrupt it and wait until it has dropped it' },
  },
  function* (here: Here, { addr: va }: { addr: number }) {
    const { machine, kernel, core, cluster } = here;
    if (here.step('1')) yield;
    invalidateTlb(machine, core, vpnOf(va));
    const process = currentProcess(here);
    for (const other of process === null ? [] : coresOf(kernel, process)) {
      if (other === core) continue;
      if (here.step('2')) yield;
      invalidateTlb(machine, other, vpnOf(va));
      const { config } = machine;
      addCycles(machine, core, config.cost.T_IPI + 2 * latency(config, cluster, clusterOfCore(config, other)));
    }
  },
);
