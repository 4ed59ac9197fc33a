/** Chapter 6, what can be seen of a state; I13 to I18 are about operations and are tests. Only between calls (X2). */
import { pageTableRoot } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { clusterOfPpn, pageOfPpn } from '../../hardware/physical-memory.ts';
import { listTlb } from '../../hardware/tlb.ts';
import { hex, type Ppn } from '../../hardware/word.ts';
import type { Lock } from '../../execution/lock.ts';
import type { InvariantViolation } from '../view.ts';
import { entriesOf, findEntry } from './btree.ts';
import { KERNEL_START, VM_PROT_RWX, VM_REGION_DEAD } from './constants.ts';
import { addressText } from './dump.ts';
import { headerOf } from './locks.ts';
import { frameOf, isSameLeaf, leafEntry, leavesIn, P, readLeaf, tablesBelow } from './table-words.ts';
import {
  endOf,
  FrameUse,
  isPageMultiple,
  type KernelObject,
  type Pmap,
  type VmObject,
  type VmRegion,
  type VmRegionMapping,
  type VmrState,
} from './state.ts';

type Report = (invariant: string, message: string) => void;

interface Check {
  readonly state: VmrState;
  readonly machine: Machine;
  readonly report: Report;
  /** References that the state accounts for. */
  readonly references: Map<KernelObject, number>;
  /** Mappings in trees of ONLINE regions. */
  readonly live: Set<VmRegionMapping>;
}

export function checkInvariants(state: VmrState, machine: Machine): InvariantViolation[] {
  const violations: InvariantViolation[] = [];
  const report: Report = (invariant, message) => violations.push({ invariant, message });
  const check: Check = { state, machine, report, references: new Map(), live: new Set() };
  for (const region of state.regions.values()) checkRegion(check, region);
  for (const object of state.objects.values()) checkObject(check, object);
  checkReferences(check);
  const pmaps = new Set([...state.regions.values()].map(({ vr_pmap }) => vr_pmap).filter(({ root }) => root >= 0));
  for (const pmap of pmaps) checkTables(check, pmap);
  checkFrames(check, pmaps);
  checkTlbs(check);
  if (state.vm_pair_lock.holder !== null && !isScenarioLock(state, state.vm_pair_lock))
    report('I19', 'vm_pair_lock is still held');
  return violations;
}

/** A lock that a thread of a scenario took by name is its own. */
function isScenarioLock({ threads }: VmrState, { holder }: Lock): boolean {
  return holder !== null && (holder.startsWith('kernel') || threads.some(({ name }) => name === holder));
}

function nameOf({ vr_base, vr_name }: VmRegion): string {
  return `region #${String(vr_base.ob_id)} “${vr_name}”`;
}

function refer({ references }: Check, object: KernelObject): void {
  references.set(object, (references.get(object) ?? 0) + 1);
}

/** I1 to I6, I10. */
function checkRegion(check: Check, region: VmRegion): void {
  const { report } = check;
  const entries = entriesOf(region.vr_entries);
  if (region.freed !== null) report('I11', `${nameOf(region)} was freed by ${region.freed}, and is still known`);
  if (region.vr_status === VM_REGION_DEAD) checkDead(check, region);
  else if (region.vr_retired.length > 0) report('I10', `${nameOf(region)} is ONLINE, and keeps retired entries`);
  const { isRoot, e_address, e_offset, e_size } = region.vr_entry;
  if (isRoot && e_address !== e_offset) report('I2', `${nameOf(region)} is a root, and its offset is not its address`);
  if (!(e_size > 0) || ![e_size, e_address].every(isPageMultiple))
    report('I3', `${nameOf(region)} is no range of pages`);
  let previous = 0;
  for (const entry of entries) {
    const where = `the entry at ${hex(entry.e_offset, 1)} of ${nameOf(region)}`;
    if (entry.e_offset < previous) report('I1', `${where} overlaps or is out of order`);
    if (endOf(entry) > region.vr_entry.e_size) report('I2', `${where} leaves its region`);
    if (entry.e_address !== region.vr_entry.e_address + entry.e_offset) report('I2', `${where} has another address`);
    if (entry.e_parent !== region.vr_entry) report('I2', `${where} has another parent`);
    if (!(entry.e_size > 0) || ![entry.e_size, entry.e_offset, entry.e_address].every(isPageMultiple))
      report('I3', `${where} is no range of pages`);
    previous = endOf(entry);
    const { container } = entry;
    if (container.type === 'vm_region') checkChild(check, region, container);
    else checkMapping(check, region, container);
  }
  checkBalance(report, region);
}

function checkDead(check: Check, region: VmRegion): void {
  if (region.vr_entries !== null) check.report('I10', `${nameOf(region)} is DEAD, and not empty`);
  for (const retired of region.vr_retired) {
    if (retired.type === 'vm_region_mapping') {
      refer(check, retired.m_object);
      if (retired.m_object.vo_mappings.includes(retired))
        check.report('I6', `a retired mapping of ${nameOf(region)} is in its object’s list`);
      continue;
    }
    refer(check, retired);
    if (retired.vr_status !== VM_REGION_DEAD)
      check.report('I10', `${nameOf(retired)} lives below the dead ${nameOf(region)}`);
  }
}

function checkChild(check: Check, region: VmRegion, child: VmRegion): void {
  refer(check, child);
  if ((child.vr_prot & ~region.vr_prot) !== 0)
    check.report('I4', `${nameOf(child)} allows more than ${nameOf(region)}`);
  if (child.vr_pmap !== region.vr_pmap) check.report('I5', `${nameOf(child)} has page tables of its own`);
}

function checkMapping(check: Check, region: VmRegion, mapping: VmRegionMapping): void {
  const { m_prot, m_object, m_object_offset, m_entry } = mapping;
  const where = `the mapping at ${addressText(m_entry.e_address)}`;
  refer(check, m_object);
  check.live.add(mapping);
  if (!isPageMultiple(m_object_offset)) check.report('I3', `${where} begins inside a page of its object`);
  if ((m_prot & ~region.vr_prot) !== 0) check.report('I4', `${where} allows more than ${nameOf(region)}`);
  if ((m_prot & VM_PROT_RWX & ~m_object.vo_prot) !== 0) check.report('I4', `${where} allows more than its object`);
  if (m_object.vo_mappings.filter((one) => one === mapping).length !== 1)
    check.report('I6', `${where} is not once in its object’s list`);
  if (mapping.freed !== null) check.report('I6', `${where} was freed by ${mapping.freed}`);
}

/** The tree is balanced: heights differ by one at most. */
function checkBalance(report: Report, region: VmRegion): void {
  for (const { e_node } of entriesOf(region.vr_entries)) {
    const left = e_node.left?.e_node.height ?? 0;
    const right = e_node.right?.e_node.height ?? 0;
    if (Math.abs(left - right) > 1 || e_node.height !== 1 + Math.max(left, right))
      report('I1', `the tree of ${nameOf(region)} is out of balance`);
  }
}

/** I6, other way round. */
function checkObject({ report, live }: Check, object: VmObject): void {
  for (const mapping of object.vo_mappings)
    if (!live.has(mapping)) report('I6', `object #${String(object.vo_base.ob_id)} lists a mapping that is in no tree`);
}

/** I11. */
function checkReferences(check: Check): void {
  const { state, references, report } = check;
  for (const table of [state.kernelHandles, ...state.processes.map(({ handles }) => handles)])
    for (const object of table.values()) refer(check, object);
  // After a kill the tree's reference waits for the killer's unlock (V9).
  for (const region of state.regions.values()) if (region.tree_reference_of !== null) refer(check, region);
  for (const { region, alive } of state.processes) if (alive && region !== null) refer(check, region);
  for (const object of [...state.regions.values(), ...state.objects.values()]) {
    const header = headerOf(object);
    const expected = references.get(object) ?? 0;
    if (header.ob_refcount !== expected)
      report(
        'I11',
        `${header.ob_type} #${String(header.ob_id)} counts ${String(header.ob_refcount)} references, ${String(expected)} are known`,
      );
  }
}

/** I7, I8. */
function checkTables({ state, machine, report }: Check, pmap: Pmap): void {
  const root = [...state.regions.values()].find(({ vr_pmap, vr_entry }) => vr_pmap === pmap && vr_entry.isRoot);
  if (root === undefined) return;
  for (const { va, entry } of leavesIn(machine, pmap.root, 0, KERNEL_START)) {
    const found = lookUp(root, va - root.vr_entry.e_address);
    if (found === null) {
      report('I7', `${addressText(va)} is mapped in the tables, and in no mapping`);
      continue;
    }
    const { m_object, m_prot, m_object_offset, m_entry } = found;
    const page = m_object.vo_pages.get((m_object_offset + (va - m_entry.e_address)) / 4096);
    if (page === undefined || page.frame !== frameOf(entry))
      report('I7', `${addressText(va)} shows another frame than its object has`);
    else if (!isSameLeaf(entry, leafEntry(va, page.frame, m_prot, m_object.vo_kind === 'PHYS')))
      report('I7', `${addressText(va)} has other rights than its mapping`);
  }
}

function lookUp(region: VmRegion, offset: number): VmRegionMapping | null {
  const entry = findEntry(region.vr_entries, offset);
  if (entry === null) return null;
  const { container } = entry;
  return container.type === 'vm_region' ? lookUp(container, offset - entry.e_offset) : container;
}

/** I9, I19. */
function checkFrames({ state, machine, report }: Check, pmaps: ReadonlySet<Pmap>): void {
  const uses = new Map<Ppn, string>();
  const claim = (ppn: Ppn, by: string): void => {
    if (uses.has(ppn)) report('I9', `frame ${hex(ppn, 1)} belongs to ${uses.get(ppn) ?? ''} and to ${by}`);
    uses.set(ppn, by);
  };
  for (const { vo_base, vo_pages, vo_kind } of state.objects.values())
    for (const [index, { frame }] of vo_pages)
      if (vo_kind !== 'PHYS') claim(frame, `page ${String(index)} of object #${String(vo_base.ob_id)}`);
  for (const { root } of pmaps)
    for (const ppn of [root, ...tablesBelow(machine, root).map((table) => table.ppn)])
      claim(ppn, `the tables at ${hex(root, 1)}`);
  state.banks.forEach((bank, cluster) => {
    let free = 0;
    for (const use of bank.use) if (use === FrameUse.free) free++;
    if (free !== bank.free)
      report('I19', `bank ${String(cluster)} counts ${String(bank.free)} free frames, and has ${String(free)}`);
  });
  for (const [ppn, by] of uses) {
    const use = state.banks[clusterOfPpn(machine, ppn)]?.use[pageOfPpn(machine, ppn)];
    if (use !== FrameUse.table && use !== FrameUse.page) report('I19', `frame ${hex(ppn, 1)} of ${by} is not taken`);
  }
  // Tables below the kernel's entries stay for ever (V2).
  const { kernelTables } = state;
  const taken = state.banks.reduce(
    (sum, { use }) =>
      sum + use.reduce((count, one) => count + (one === FrameUse.table || one === FrameUse.page ? 1 : 0), 0),
    0,
  );
  if (taken !== uses.size + kernelTables)
    report('I19', `${String(taken)} frames are taken, ${String(uses.size + kernelTables)} are known`);
}

/** I12. */
function checkTlbs({ machine, report }: Check): void {
  for (let core = 0; core < coreCount(machine.config); core++) {
    const root = pageTableRoot(machine, core);
    if (root < 0) continue;
    for (const { vpn, ppn, writable, executable, user } of [true, false].flatMap((isCode) =>
      listTlb(machine, core, isCode),
    )) {
      const va = vpn * 4096;
      const entry = readLeaf(machine, root, va);
      const [low, high] = entry;
      const grantsMore =
        (writable && (low & 2) === 0) || (user && (low & 4) === 0) || (executable && high >>> 31 !== 0);
      if ((low & P) === 0 || frameOf(entry) !== ppn || grantsMore)
        report('I12', `the TLB of core ${String(core)} holds ${addressText(va)} otherwise than its table`);
    }
  }
}
