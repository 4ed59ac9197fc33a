/** Entries of TLBs that the tables no longer agree with. Changes nothing. */
import { pageTableRoot } from './core.ts';
import { Access, type Machine } from './machine.ts';
import { inspectWalk, type EntryView } from './page-table-walker.ts';
import { lookupTlb } from './tlb.ts';
import { hex, vpnOf, type Ppn, type VirtualAddress } from './word.ts';

export interface StaleEntry {
  readonly kept: string;
  readonly tables: string;
}

/** What an access is about to use instead of the tables; null where the two agree, or the TLB has nothing. */
export function staleEntry(machine: Machine, core: number, va: VirtualAddress, access: Access): StaleEntry | null {
  const kept = lookupTlb(machine, core, vpnOf(va), access === Access.fetch);
  if (kept === null) return null;
  const entry = inspectWalk(machine, pageTableRoot(machine, core), va).at(-1) ?? null;
  const frame = kept.ppn + (vpnOf(va) - kept.vpn);
  const isAllowed = [kept.readable, kept.writable, kept.executable][access] === true;
  if (!isAllowed || (entry !== null && allows(entry, access) && entry.ppn === frame)) return null;
  return { kept: `frame ${hex(frame)}`, tables: wordsOf(entry, frame, access) };
}

function allows({ present, reserved, effective }: EntryView, access: Access): boolean {
  return present && !reserved && [effective.readable, effective.writable, effective.executable][access] === true;
}

function wordsOf(entry: EntryView | null, frame: Ppn, access: Access): string {
  if (entry?.present !== true) return 'have no page there';
  if (entry.ppn !== frame) return `have frame ${hex(entry.ppn)}`;
  return `do not allow the ${['read', 'write', 'fetch'][access] ?? 'access'}`;
}
