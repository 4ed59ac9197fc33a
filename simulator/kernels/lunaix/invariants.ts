/** Chapter 6, as one checker that runs where no kernel call is in progress (X2). */
import { pageTableRoot } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { listTlb } from '../../hardware/tlb.ts';
import { hex } from '../../hardware/word.ts';
import type { InvariantViolation } from '../view.ts';
import {
  ATTR_KERNEL, ENTRIES, FIRST_FREE_FRAME, GUARD, KERNEL_EXEC, KSTACK_SIZE, L1_KERNEL, L1_MOUNT_1, L1_SELF, PAGE_SIZE, PG_MOUNT_3, PTE_P, PTE_U, PTE_W,
  REMOTE_WINDOW, REMOTEVM_MAX_PAGES, SELF_FLAGS, TYPE_HEAP, USR_EXEC, WRITE,
} from './constants.ts'; // prettier-ignore
import { filesOf } from './inspect.ts';
import { findRegion, isReadShared, isStack, isWriteShared, regionType } from './region.ts';
import { kstackSlot } from './stack.ts';
import { frameOfEntry, isSharedSlot, readL1, readL2, withoutUse } from './tables.ts';
import type { LunaixState, MmRegion, Process, ProcMm } from './state.ts';
import { readFrame32 } from '../../hardware/physical-memory.ts';

type Report = (invariant: string, message: string) => void;

interface Check {
  readonly state: LunaixState;
  readonly machine: Machine;
  readonly report: Report;
  /** References that the tables account for, by frame. */
  readonly references: Map<number, number>;
  /** Frames that a writable entry of an RSHARED region names. */
  readonly writable: Set<number>;
}

export function checkInvariants(state: LunaixState, machine: Machine): InvariantViolation[] {
  const violations: InvariantViolation[] = [];
  const report: Report = (invariant, message) => violations.push({ invariant, message });
  const check: Check = { state, machine, report, references: new Map(), writable: new Set() };
  const processes = state.processes.filter(({ mm }) => mm !== null && mm.vmroot !== 0);
  for (const process of processes) {
    const mm = process.mm as ProcMm;
    checkRegions(check, mm);
    checkKernelHalf(check, mm);
    checkTables(check, process, mm);
  }
  checkKernelTables(check);
  checkFrames(check);
  checkFiles(check);
  checkLock(check);
  checkTlbs(check, processes);
  return violations;
}

function nameOf({ name, pid }: Process): string {
  return `${name} (pid ${String(pid)})`;
}

/** I1, I2, I3. */
function checkRegions({ state, report }: Check, mm: ProcMm): void {
  const where = nameOf(mm.proc);
  let previous = USR_EXEC;
  for (const region of mm.regions.items) {
    const { start, end } = region;
    const text = `region ${hex(start, 8)}-${hex(end, 8)} of ${where}`;
    if (start < previous) report('I1', `${text} is out of order or overlaps`);
    if (start >= end || start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0) report('I1', `${text} is no range of pages`);
    if (end > KERNEL_EXEC) report('I1', `${text} leaves user space`);
    if (region.proc_vms !== mm) report('I2', `${text} belongs to another space`);
    if (state.looseRegions.includes(region)) report('I2', `${text} is in a list and in none`);
    if (region.freed !== null) report('I2', `${text} was freed by ${region.freed}`);
    previous = end;
  }
  const { heap } = mm;
  if (heap === null) return;
  if (!mm.regions.items.includes(heap)) report('I3', `the heap of ${where} is not among its regions`);
  if (regionType(heap) !== TYPE_HEAP) report('I3', `the heap of ${where} has another type`);
  if (heap.index?.object !== mm || heap.index.field !== 'heap')
    report('I3', `the heap of ${where} is not indexed by mm.heap`);
}

/** I4, I5, I11 of one space. */
function checkKernelHalf({ state, machine, report }: Check, mm: ProcMm): void {
  const root = mm.vmroot / PAGE_SIZE;
  const where = nameOf(mm.proc);
  if (withoutUse(readL1(machine, root, L1_SELF)) !== mm.vmroot + SELF_FLAGS)
    report('I4', `L1[1023] of ${where} is not the self mapping`);
  for (let index = L1_KERNEL; index < L1_SELF; index++) {
    if (!isSharedSlot(index)) continue;
    const isEqual = withoutUse(readL1(machine, root, index)) === withoutUse(readL1(machine, state.kernelRoot, index));
    if (!isEqual) report('I5', `L1[${String(index)}] of ${where} is not the kernel’s`);
  }
  if (isQuiet(state) && readL1(machine, root, L1_MOUNT_1) !== 0) report('I11', `a space is mounted in ${where}`);
}

/** No transaction and no mount of a scenario. */
function isQuiet({ remoteWindow, held, klock }: LunaixState): boolean {
  return remoteWindow === null && held.mounts.size === 0 && klock.core === -1;
}

/** I6, I8, I10, and what I7 counts. */
function checkTables(check: Check, process: Process, mm: ProcMm): void {
  const { machine, references, state } = check;
  const root = mm.vmroot / PAGE_SIZE;
  const held = new Set(state.held.entries.filter((entry) => entry.root === root).map(({ va }) => va));
  count(references, root);
  for (let index = 0; index < L1_KERNEL; index++) {
    const entry = readL1(machine, root, index);
    if ((entry & PTE_P) === 0) continue;
    const table = frameOfEntry(entry);
    count(references, table);
    for (let place = 0; place < ENTRIES; place++) {
      const word = readFrame32(machine, table, place * 4) >>> 0;
      const va = index * 0x40_0000 + place * PAGE_SIZE;
      if (word === 0 || held.has(va)) continue;
      if ((word & PTE_P) !== 0) count(references, frameOfEntry(word));
      checkEntry(check, process, mm, va, word);
    }
  }
}

function count(references: Map<number, number>, frame: number, by = 1): void {
  references.set(frame, (references.get(frame) ?? 0) + by);
}

function checkEntry({ report, writable }: Check, process: Process, mm: ProcMm, va: number, word: number): void {
  const where = `${hex(va, 8)} of ${nameOf(process)}`;
  if (va < USR_EXEC) {
    const slots = process.threads.map(({ kstack }) => kstackSlot(kstack));
    if (word === GUARD) {
      if (!slots.includes(va)) report('I10', `a guard at ${where}, below no stack`);
    } else if (!slots.some((slot) => slot < va && va < slot + KSTACK_SIZE) || (word & (PTE_P | PTE_U)) !== PTE_P)
      report('I6', `${where} is no page of a thread’s kernel stack`);
    return;
  }
  const region = findRegion(mm.regions.items, va);
  if (word === GUARD) {
    if (region === null || !isStack(region) || region.start !== va)
      report('I10', `a guard at ${where}, not at a stack’s bottom`);
    return;
  }
  if (region === null) {
    report((word & PTE_P) !== 0 ? 'I6' : 'I13', `${where} has an entry, but is in no region`);
    return;
  }
  if ((word & PTE_P) === 0) return;
  if ((word & PTE_U) === 0 && (region.attr & ATTR_KERNEL) === 0) report('I6', `${where} is a supervisor page`);
  if ((word & PTE_W) === 0) return;
  if ((region.attr & WRITE) === 0) report('I6', `${where} is writable, its region is not`);
  if (isReadShared(region)) writable.add(frameOfEntry(word));
}

/** I11: PG_MOUNT_3, PG_MOUNT_4 and the window. The first two slots keep the last child's tables (R8). */
function checkKernelTables({ state, machine, report }: Check): void {
  if (!isQuiet(state)) return;
  const last = REMOTE_WINDOW + (REMOTEVM_MAX_PAGES - 1) * PAGE_SIZE;
  for (let va = PG_MOUNT_3; va < last; va += PAGE_SIZE) {
    if (readL2(machine, state.kernelRoot, va) !== 0)
      report('I11', `the kernel’s slot at ${hex(va, 8)} is still mapped`);
  }
  if (readL1(machine, state.kernelRoot, L1_MOUNT_1) !== 0) report('I11', 'a space is mounted in the kernel’s own');
}

/** I7, I8, I15. */
function checkFrames({ state, references, writable, report }: Check): void {
  const { ref_counts } = state.pmm;
  for (let frame = 0; frame < ref_counts.length; frame++) {
    const refs = ref_counts[frame] as number;
    const boot = frame < FIRST_FREE_FRAME ? 1 : 0;
    // Below 0 it gave back what was not its own: the tables still count on that.
    const held = Math.max(0, state.held.frames.get(frame) ?? 0) + (state.held.reserved.has(frame) ? 1 : 0);
    const expected = (references.get(frame) ?? 0) + boot + held;
    if (refs !== expected)
      report(
        'I7',
        `frame ${hex(frame, 5)} has ${String(refs)} references, its entries and uses are ${String(expected)}`,
      );
    if (refs - held > 1 && writable.has(frame))
      report('I8', `frame ${hex(frame, 5)} has ${String(refs)} references and a writable RSHARED entry`);
  }
}

/** I12. */
function checkFiles({ state, report }: Check): void {
  const counts = new Map<number, number>();
  const hold = (file: { id: number } | null): void => {
    if (file !== null) count(counts, file.id);
  };
  for (const { fdtable, mm } of state.processes) {
    fdtable.forEach(hold);
    mm?.regions.items.forEach(({ mfile }) => {
      hold(mfile);
    });
  }
  state.looseRegions.forEach(({ mfile }) => {
    hold(mfile);
  });
  for (const file of filesOf(state)) {
    const expected = counts.get(file.id) ?? 0;
    if (file.ref_count !== expected)
      report('I12', `${file.name} has ${String(file.ref_count)} references, not ${String(expected)}`);
  }
}

/** X2: nothing in progress holds the kernel's lock. */
function checkLock({ state, report }: Check): void {
  const { klock } = state;
  if (klock.core !== -1 && state.remoteWindow === null) report('I11', 'vm_klock is held, and no call is in progress');
}

/** I16. */
function checkTlbs({ state, machine, report }: Check, processes: readonly Process[]): void {
  const roots = new Set([state.kernelRoot, ...processes.map(({ mm }) => (mm as ProcMm).vmroot / PAGE_SIZE)]);
  for (let core = 0; core < coreCount(machine.config); core++) {
    const root = pageTableRoot(machine, core);
    if (!roots.has(root)) continue;
    const regions = processes.find(({ mm }) => mm?.vmroot === root * PAGE_SIZE)?.mm?.regions.items ?? [];
    for (const { vpn, ppn, writable, user } of [...listTlb(machine, core, false), ...listTlb(machine, core, true)]) {
      if (mayBeStale(state, regions, vpn * PAGE_SIZE)) continue;
      const entry = readL2(machine, root, vpn * PAGE_SIZE);
      const isMore = (writable && (entry & PTE_W) === 0) || (user && (entry & PTE_U) === 0);
      const isGranted = (entry & PTE_P) !== 0 && frameOfEntry(entry) === ppn && !isMore;
      if (!isGranted)
        report('I16', `the TLB of core ${String(core)} grants more at ${hex(vpn * PAGE_SIZE, 8)} than its entry`);
    }
  }
}

/** With syncFlush entry the kernel itself leaves pages of shared files in the TLBs (D23). */
function mayBeStale({ options }: LunaixState, regions: readonly MmRegion[], va: number): boolean {
  if (options.syncFlush === 'page') return false;
  const region = findRegion(regions, va);
  return region !== null && region.mfile !== null && isWriteShared(region);
}
