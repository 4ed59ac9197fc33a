/** 4.11: what `vm_region_dump` prints. */
import * as virtualAddress from '../../hardware/virtual-address.ts';
import { printLine } from '../../hardware/terminal.ts';
import { entriesOf } from './btree.ts';
import { ADDRESS_BITS, VM_PROT_EXEC, VM_PROT_READ, VM_PROT_USER, VM_PROT_WRITE, VM_REGION_DEAD } from './constants.ts';
import { byHandles, handle } from './handles.ts';
import { giveAll, isHeld, lockRegion, type Locks } from './locks.ts';
import type { Here, Steps, VmRegion, VmRegionEntry, VmRegionMapping } from './state.ts';

/** `rw-u` */
export function protText(prot: number): string {
  const letter = (bit: number, text: string): string => ((prot & bit) !== 0 ? text : '-');
  return letter(VM_PROT_READ, 'r') + letter(VM_PROT_WRITE, 'w') + letter(VM_PROT_EXEC, 'x') + letter(VM_PROT_USER, 'u');
}

export function addressText(va: number): string {
  return virtualAddress.addressText(va, ADDRESS_BITS);
}

/** First and exclusive last address of an entry. */
export function rangeTexts({ e_address, e_size }: VmRegionEntry): readonly [start: string, end: string] {
  return [addressText(e_address), virtualAddress.endText(e_address + e_size, ADDRESS_BITS)];
}

function bytes(value: number): string {
  return `0x${value.toString(16)}`;
}

function regionLine({ vr_entry, vr_prot, vr_status, vr_name }: VmRegion): string {
  const { e_offset, e_size } = vr_entry;
  const status = vr_status === VM_REGION_DEAD ? 'DEAD' : 'ONLINE';
  return `region ${rangeTexts(vr_entry).join('-')} off=${addressText(e_offset)} size=${bytes(e_size)} prot=${protText(vr_prot)} ${status} "${vr_name}"`;
}

function mappingLine({ m_entry, m_prot, m_object, m_object_offset }: VmRegionMapping): string {
  const { e_offset, e_size } = m_entry;
  const target = `object=#${String(m_object.vo_base.ob_id)} "${m_object.vo_name}"+${bytes(m_object_offset)}`;
  return `mapping ${rangeTexts(m_entry).join('-')} off=${bytes(e_offset)} size=${bytes(e_size)} prot=${protText(m_prot)} ${target}`;
}

/** Pre-order, ascending; what a dead region keeps follows as retired. */
export function dumpLines(region: VmRegion, depth = 0, suffix = ''): string[] {
  const indent = '  '.repeat(depth);
  const lines = [`${indent}${regionLine(region)}${suffix}`];
  const add = (child: VmRegion | VmRegionMapping, mark: string): void => {
    if (child.type === 'vm_region') lines.push(...dumpLines(child, depth + 1, mark));
    else lines.push(`${indent}  ${mappingLine(child)}${mark}`);
  };
  for (const { container } of entriesOf(region.vr_entries)) add(container, '');
  for (const retired of region.vr_retired) add(retired, ' (retired)');
  return lines;
}

/** Ancestors first. What the caller has locked already is not locked again. */
function* lockTree(here: Here, locks: Locks, region: VmRegion): Steps<void> {
  if (!isHeld(here, region.vr_base.ob_lock)) yield* lockRegion(here, locks, region);
  for (const { container } of entriesOf(region.vr_entries))
    if (container.type === 'vm_region') yield* lockTree(here, locks, container);
}

export const vm_region_dump = byHandles(
  {
    name: 'vm_region_dump',
    section: '4.11',
    doc: 'Prints a region and what is in it. Dead regions may be dumped.',
    parameters: [handle('region')],
    errors: [],
    steps: { 1: 'a line' },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<void> {
    const locks: Locks = [];
    yield* lockTree(here, locks, region);
    for (const line of dumpLines(region)) {
      if (here.step('1')) yield;
      printLine(here.machine, line);
    }
    giveAll(here, locks);
  },
);
