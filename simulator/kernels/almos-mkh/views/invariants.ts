/** Chapter 11: what holds between any two kernel operations. A violation is always a bug of the simulator. */
import type { Machine } from '../../../hardware/machine.ts';
import { clusterOfPpn } from '../../../hardware/physical-memory.ts';
import { hex } from '../../../hardware/word.ts';
import type { Lock } from '../../../execution/lock.ts';
import type { InvariantViolation } from '../../view.ts';
import {
  Attr, CONFIG_VMM_ELF_BASE, CONFIG_VMM_HEAP_BASE, CONFIG_VMM_KENTRY_BASE, CONFIG_VMM_KENTRY_SIZE, CONFIG_VMM_STACK_BASE,
  CONFIG_VMM_VSPACE_SIZE, VsegFlag, VsegType,
} from '../base/constants.ts'; // prettier-ignore
import { type Check, checkMemory, checkRpc, checkTlbs, type Report } from './invariants-memory.ts';
import { halOf } from '../base/hal-of.ts';
import type { MappedEntry } from '../base/hal.ts';
import { type ProcessDescriptor } from '../objects/process.ts';
import { slotOf } from '../regions/stack-allocator.ts';
import type { AlmosState, Cluster } from '../objects/state.ts';
import { coversPage, findByPage, isIdentity, isMmapType, isPrivate, vpnEnd, type Vseg } from '../objects/vseg.ts';

export function checkInvariants(state: AlmosState, machine: Machine): InvariantViolation[] {
  const violations: InvariantViolation[] = [];
  const check: Check = {
    state, machine, report: (invariant, message) => violations.push({ invariant, message }),
    masters: new Map(), fileMasters: new Map(), writable: new Set(), tables: new Set(),
  }; // prettier-ignore
  const descriptors = state.clusters.flatMap((cluster) => cluster.local_root);
  for (const process of descriptors) {
    checkCopies(check, process);
    checkLocks(check, process);
    checkVsegs(check, process);
    checkZones(check, process);
    collectTables(check, process);
    checkEntries(check, process);
  }
  for (const process of state.process_zero.copies) if (process.vmm.gpt.ppn !== 0) collectKernelPages(check, process);
  for (const cluster of state.clusters) checkMemory(check, cluster);
  for (const cluster of state.clusters) checkRpc(check, cluster);
  checkTlbs(check, descriptors);
  return violations;
}

function nameOf({ ref, cluster }: ProcessDescriptor): string {
  return `${ref.name} in cluster ${String(cluster)}`;
}

/** I15. */
function checkCopies({ state, report }: Check, process: ProcessDescriptor): void {
  const { ref } = process;
  if (!ref.copies.includes(process)) report('I15', `${nameOf(process)} is not in the copies list`);
  if (!ref.copies.includes(ref)) report('I15', `the reference of ${ref.name} is not in its copies list`);
  if (Math.floor(ref.pid / 0x1_0000) !== state.clusters[ref.cluster]?.cxy)
    report('I15', `the owner of ${ref.name} is not in its PID`);
}

/** I1, I3. */
function checkVsegs({ report }: Check, process: ProcessDescriptor): void {
  const { vsegs_root, vsegs_nr } = process.vmm;
  if (vsegs_nr !== vsegs_root.length)
    report('I1', `vsegs_nr of ${nameOf(process)} is ${String(vsegs_nr)}, not ${String(vsegs_root.length)}`);
  const sorted = [...vsegs_root].sort((a, b) => a.vpn_base - b.vpn_base);
  sorted.forEach((vseg, index) => {
    const next = sorted[index + 1];
    if (next !== undefined && vpnEnd(vseg) > next.vpn_base)
      report('I1', `vsegs at ${hex(vseg.min)} and ${hex(next.min)} of ${nameOf(process)} overlap`);
    if (vseg.min < vseg.vpn_base * 4096 || vseg.max > vpnEnd(vseg) * 4096)
      report('I1', `[min, max) of ${hex(vseg.min)} leaves its reserved range`);
  });
  if (process === process.ref) return;
  for (const vseg of vsegs_root) {
    if (isPrivate(vseg)) continue;
    const twin = process.ref.vmm.vsegs_root.find((other) => other.vpn_base === vseg.vpn_base);
    const isEqual =
      twin !== undefined && twin.vsegType === vseg.vsegType && twin.flags === vseg.flags && twin.cxy === vseg.cxy && twin.mapper === vseg.mapper &&
      twin.min === vseg.min && twin.max === vseg.max; // prettier-ignore
    if (!isEqual) report('I3', `the vseg at ${hex(vseg.min)} of ${nameOf(process)} differs from the reference’s`);
  }
}

/** I11, I12, I13. */
function checkZones(check: Check, process: ProcessDescriptor): void {
  const { report, state } = check;
  const { stack_mgr, mmap_mgr, vsegs_root } = process.vmm;
  let bitmap = 0;
  for (const vseg of vsegs_root) {
    if (vseg.vsegType === VsegType.STACK) bitmap |= 1 << slotOf(stack_mgr, vseg.vpn_base);
    if (!isInZone(vseg)) report('I13', `the vseg at ${hex(vseg.min)} of ${nameOf(process)} is outside its zone`);
  }
  const held = state.held.ranges.filter((range) => range.pid === process.pid && range.cluster === process.cluster);
  for (const range of held)
    if (range.vpn_base >= CONFIG_VMM_STACK_BASE) bitmap |= 1 << slotOf(stack_mgr, range.vpn_base);
  if (bitmap >>> 0 !== stack_mgr.bitmap)
    report(
      'I11',
      `the STACK bitmap of ${nameOf(process)} is ${hex(stack_mgr.bitmap >>> 0)}, its vsegs say ${hex(bitmap >>> 0)}`,
    );
  if (process !== process.ref) return;
  const ranges = [
    ...vsegs_root
      .filter((vseg) => isMmapType(vseg.vsegType))
      .map((vseg) => ({ vpn_base: vseg.vpn_base, vpn_size: vseg.vpn_size })),
    ...mmap_mgr.zombi_list.flat(),
    ...held.filter((range) => range.vpn_base < CONFIG_VMM_STACK_BASE),
  ].sort((a, b) => a.vpn_base - b.vpn_base);
  let next = mmap_mgr.vpn_base;
  for (const range of ranges) {
    if (range.vpn_base !== next)
      report(
        'I12',
        `pages ${hex(next)} to ${hex(range.vpn_base)} of the MMAP zone of ${process.ref.name} belong to nobody, or to two`,
      );
    next = range.vpn_base + range.vpn_size;
  }
  if (next !== mmap_mgr.first_free_vpn)
    report('I12', `first_free_vpn of ${process.ref.name} is ${hex(mmap_mgr.first_free_vpn)}, not ${hex(next)}`);
  mmap_mgr.zombi_list.forEach((list, order) => {
    if (list.some((range) => range.vpn_size !== 2 ** order))
      report('I12', `zombi_list[${String(order)}] holds a range of another size`);
  });
}

function isInZone(vseg: Vseg): boolean {
  const [from, to] =
    vseg.vsegType === VsegType.STACK
      ? [CONFIG_VMM_STACK_BASE, CONFIG_VMM_VSPACE_SIZE]
      : isMmapType(vseg.vsegType)
        ? [CONFIG_VMM_HEAP_BASE, CONFIG_VMM_STACK_BASE]
        : vseg.vpn_base < CONFIG_VMM_ELF_BASE
          ? [CONFIG_VMM_KENTRY_BASE, CONFIG_VMM_ELF_BASE]
          : [CONFIG_VMM_ELF_BASE, CONFIG_VMM_HEAP_BASE];
  return vseg.vsegType >= VsegType.KDATA || (vseg.vpn_base >= from && vpnEnd(vseg) <= to);
}

/** I17, as far as locks go. */
function checkLocks({ state, report }: Check, process: ProcessDescriptor): void {
  const { vsegs_lock, stack_mgr, mmap_mgr, gpt } = process.vmm;
  for (const lock of [vsegs_lock, stack_mgr.lock, mmap_mgr.lock, process.ref.copies_lock])
    checkFree(report, lock, process);
  const { faults, calls, forking, ending } = process.ref.gate;
  if (faults + calls > 0 || forking !== null || ending !== null)
    report('I17', `${nameOf(process)} is still in a kernel call`);
  for (const [vpn] of gpt.locks) {
    const isHeld = state.held.pteLocks.some((lock) => lock.gpt === gpt && lock.vpn === vpn);
    if (!isHeld) report('I17', `the entry of vpn ${hex(vpn, 5)} of ${nameOf(process)} is still locked`);
  }
}

function checkFree(report: Report, lock: Lock, process: ProcessDescriptor): void {
  if (lock.holder !== null || lock.readers.length > 0)
    report('I17', `${lock.name} of ${nameOf(process)} is still held`);
}

function collectTables(check: Check, process: ProcessDescriptor): void {
  const { tables, report, machine } = check;
  const { ppn } = process.vmm.gpt;
  for (const table of [
    ppn,
    ...halOf(machine)
      .listTables(machine, ppn)
      .map((below) => below.ppn),
  ]) {
    if (tables.has(table)) report('I9', `table ${hex(table)} is used twice`);
    tables.add(table);
  }
}

/** Pages of the kernel's own vsegs are accounted for by its table. */
function collectKernelPages({ machine, masters, tables }: Check, process: ProcessDescriptor): void {
  const root = process.vmm.gpt.ppn;
  for (const table of halOf(machine).listTables(machine, root)) tables.add(table.ppn);
  for (const { ppn } of halOf(machine).listEntries(machine, root)) masters.set(ppn, (masters.get(ppn) ?? 0) + 1);
}

/** I2, I4 to I8 and I14, entry by entry. */
function checkEntries(check: Check, process: ProcessDescriptor): void {
  for (const entry of halOf(check.machine).listEntries(check.machine, process.vmm.gpt.ppn)) {
    if ((entry.attr & Attr.MAPPED) === 0) continue;
    const vseg = findByPage(process.vmm, entry.vpn);
    if (vseg === null || !coversPage(vseg, entry.vpn)) {
      if (check.state.held.entries.some(({ gpt, vpn }) => gpt === process.vmm.gpt && vpn === entry.vpn)) continue;
      check.report('I2', `vpn ${hex(entry.vpn, 5)} of ${nameOf(process)} is mapped, but in no vseg`);
      continue;
    }
    checkRights(check, process, vseg, entry);
    checkPlacement(check, process, vseg, entry);
    const isMaster = isPrivate(vseg) || process === process.ref;
    if (!isMaster) checkAgainstReference(check, process, entry);
    else if (!isIdentity(vseg)) countMaster(check, vseg, entry);
  }
}

function checkRights(
  { report, state }: Check,
  process: ProcessDescriptor,
  vseg: Vseg,
  { vpn, attr, ppn }: MappedEntry,
): void {
  const where = `vpn ${hex(vpn, 5)} of ${nameOf(process)}`;
  const isCow = (attr & Attr.COW) !== 0;
  if (isCow && (attr & Attr.WRITABLE) !== 0) report('I5', `${where} is COW and WRITABLE`);
  if ((attr & Attr.WRITABLE) !== 0 && (vseg.flags & VsegFlag.WRITE) === 0)
    report('I5', `${where} is WRITABLE, its vseg is not`);
  if ((attr & Attr.EXECUTABLE) !== 0 && (vseg.flags & VsegFlag.EXEC) === 0)
    report('I5', `${where} is EXECUTABLE, its vseg is not`);
  if (isCow && (vseg.vsegType === VsegType.CODE || vseg.vsegType === VsegType.FILE))
    report('I5', `${where} is COW in a vseg that never is`);
  const isKentry = vpn >= CONFIG_VMM_KENTRY_BASE && vpn < CONFIG_VMM_KENTRY_BASE + CONFIG_VMM_KENTRY_SIZE;
  const identity = (state.clusters[process.cluster] as Cluster).first_ppn + vpn;
  if (isKentry && (ppn !== identity || (attr & (Attr.COW | Attr.WRITABLE)) !== 0))
    report('I14', `${where} is not the identity`);
}

/** I6. A STACK page may be one that fork left where it was. */
function checkPlacement(
  { state, machine, report }: Check,
  process: ProcessDescriptor,
  vseg: Vseg,
  { vpn, ppn }: MappedEntry,
): void {
  const cluster = clusterOfPpn(machine, ppn);
  const where = `vpn ${hex(vpn, 5)} of ${nameOf(process)}`;
  if (vseg.vsegType === VsegType.CODE && cluster !== process.cluster)
    report('I6', `${where} is private and in cluster ${String(cluster)}`);
  if (vseg.vsegType === VsegType.FILE && cluster !== vseg.mapper?.cluster)
    report('I6', `${where} is not in its mapper’s cluster`);
  const isHashed = vseg.vsegType === VsegType.DATA && state.options.ppmFallback === 'none';
  if (isHashed && cluster !== vpn % state.clusters.length) report('I6', `${where} is not in its hash cluster`);
}

function checkAgainstReference(
  { machine, report }: Check,
  process: ProcessDescriptor,
  { vpn, attr, ppn }: MappedEntry,
): void {
  const root = process.ref.vmm.gpt.ppn;
  const same = Attr.MAPPED | Attr.WRITABLE | Attr.COW | Attr.EXECUTABLE | Attr.USER;
  const hal = halOf(machine);
  const isEqual =
    (hal.readAttr(machine, root, vpn) & same) === (attr & same) && hal.readPpn(machine, root, vpn) === ppn;
  if (!isEqual) report('I4', `vpn ${hex(vpn, 5)} of ${nameOf(process)} differs from the reference’s entry`);
}

function countMaster({ masters, fileMasters, writable }: Check, vseg: Vseg, { attr, ppn }: MappedEntry): void {
  const counts = vseg.vsegType === VsegType.FILE ? fileMasters : masters;
  counts.set(ppn, (counts.get(ppn) ?? 0) + 1);
  if (vseg.vsegType !== VsegType.FILE && (attr & Attr.WRITABLE) !== 0) writable.add(ppn);
}
