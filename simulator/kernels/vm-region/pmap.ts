/** Chapter 3, pmap operations: the page tables of one address space. */
import { addCycles, pageTableRoot, setPageTableRoot } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { acknowledgeIpi, sendIpi } from '../../hardware/interrupt-controller.ts';
import { clusterOfCore, coreCount } from '../../hardware/machine-config.ts';
import { tellTable } from '../../hardware/table-events.ts';
import { flushTlb, invalidateTlb } from '../../hardware/tlb.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Machine } from '../../hardware/machine.ts';
import { rawEntry } from '../../hardware/page-table-walker.ts';
import type { Ppn } from '../../hardware/word.ts';
import type { EntryWords } from '../../hardware/layouts/layout.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { createLock } from '../../execution/lock.ts';
import { KERNEL_START } from './constants.ts';
import { Own } from './events.ts';
import { giveFrame, takeFrame } from './frames.ts';
import { giveAll, take, type Locks } from './locks.ts';
import {
  FrameUse,
  type Here,
  type Steps,
  type Pmap,
  type VmObject,
  type VmRegion,
  type VmRegionEntry,
} from './state.ts';
import {
  D, frameOf, isSameLeaf, leafEntry, leavesIn, LEAF, P, readAt, spans, tableEntry, tablesBelow, writeAt, type TablePlace,
} from './table-words.ts'; // prettier-ignore

const pmapParameter = { name: 'pmap', type: { kind: 'object', type: 'pmap' } } as const;
const vaParameter = { name: 'va', type: { kind: 'address' } } as const;

export const pmap_create = kernelFunction(
  {
    name: 'pmap_create',
    section: '3',
    doc: 'An address space without user pages: one frame for the PML4, its upper half the kernel’s.',
    parameters: [],
    result: { kind: 'object', type: 'pmap' },
    errors: ['NO_MEMORY'],
    steps: { 1: 'a zeroed frame for the PML4; none: NO_MEMORY', 2: 'copy the upper half' },
  },
  function* (here: Here): Steps<Pmap | 'NO_MEMORY'> {
    if (here.step('1')) yield;
    const root = takeFrame(here, FrameUse.table);
    if (root === null) return 'NO_MEMORY';
    here.kernel.tables += 1;
    tellTable(here.machine, 'table-alloc', { ppn: root, root, depth: 1, vpn: 0 }, () => null);
    if (here.step('2')) yield;
    const { kernelPmap } = here.kernel;
    for (let va = KERNEL_START; va < 2 * KERNEL_START; va += 2 ** 39) {
      const entry = readAt(here.machine, kernelPmap.root, 1, va);
      if ((entry[0] & P) !== 0) writeAt(here.machine, root, 1, va, entry);
    }
    return { type: 'pmap', lock: createLock(`the pmap at ${root.toString(16)}`), root, isKernel: false };
  },
);

interface AddArgs {
  readonly pmap: Pmap;
  readonly va: number;
  readonly frame: Ppn;
  readonly prot: number;
  readonly object: VmObject;
}

export const pmap_add = kernelFunction(
  {
    name: 'pmap_add',
    section: '3',
    doc: 'Enters a page. Tables that are missing are made; after a change of a present entry the page is shot down.',
    parameters: [
      pmapParameter,
      vaParameter,
      { name: 'frame', type: { kind: 'ppn' } },
      { name: 'prot', type: { kind: 'integer' } },
    ],
    errors: ['NO_MEMORY'],
    steps: {
      1: 'lock the pmap',
      2: 'PML4, PDPT, PD: a table that is absent is allocated, zeroed, entered; no frame: NO_MEMORY, tables made so far stay',
      3: 'write the leaf',
      4: 'the old leaf was present with other contents: shootdown',
      5: 'unlock',
    },
  },
  function* (here: Here, { pmap, va, frame, prot, object }: AddArgs): Steps<'NO_MEMORY' | void> {
    const { machine } = here;
    const locks: Locks = [];
    if (here.step('1')) yield;
    yield* take(here, locks, pmap.lock);
    let table = pmap.root;
    for (let level = 1; level < LEAF; level++) {
      if (here.step('2')) yield;
      let entry = readAt(machine, table, level, va);
      if ((entry[0] & P) === 0) {
        const made = takeFrame(here, FrameUse.table);
        if (made === null) {
          giveAll(here, locks);
          return 'NO_MEMORY';
        }
        here.kernel.tables += 1;
        if (va >= KERNEL_START) here.kernel.kernelTables += 1;
        entry = tableEntry(va, made);
        emit(machine, Own['table.alloc'], here.cluster, { pmap: pmap.root, level, frame: made });
        write(here, pmap, table, level, va, entry);
        const place = { ppn: made, root: pmap.root, depth: level + 1, vpn: Math.floor(va / 4096) };
        tellTable(machine, 'table-alloc', place, () => (va >= KERNEL_START ? 0 : processOf(here, pmap)));
      }
      table = frameOf(entry);
    }
    if (here.step('3')) yield;
    const old = readAt(machine, table, LEAF, va);
    const leaf = leafEntry(va, frame, prot, object.vo_kind === 'PHYS');
    write(here, pmap, table, LEAF, va, leaf);
    emit(machine, EventKind.pteSet, here.cluster, setFields(here, pmap, va, old, leaf));
    if ((old[0] & P) !== 0 && !isSameLeaf(old, leaf)) {
      if (here.step('4')) yield;
      yield* shootdown(here, { pmap, va, pages: 1 });
    }
    if (here.step('5')) yield;
    giveAll(here, locks);
  },
);

function write(here: Here, pmap: Pmap, table: Ppn, level: number, va: number, words: EntryWords): void {
  const { machine } = here;
  const old = readAt(machine, table, level, va);
  writeAt(machine, table, level, va, words);
  emit(
    machine,
    Own['pte.write'],
    here.cluster,
    machine.trace.on ? writeFields(machine, pmap, level, va, old, words) : null,
  );
}

function writeFields(machine: Machine, pmap: Pmap, level: number, va: number, old: EntryWords, words: EntryWords) {
  const index = Math.floor(va / 4096 / (spans[level] as number)) % 512;
  return { pmap: pmap.root, level, index, old: rawEntry(machine, old), new: rawEntry(machine, words) };
}

/** Fields of the common events; null while nobody listens. */
function setFields(here: Here, pmap: Pmap, va: number, old: EntryWords, leaf: EntryWords) {
  const fields = clearFields(here, pmap, va, old);
  return fields === null ? null : { ...fields, ppn: frameOf(leaf), after: rawEntry(here.machine, leaf) };
}

function clearFields({ machine }: Here, { root }: Pmap, va: number, old: EntryWords) {
  if (!machine.trace.on) return null;
  return { vpn: Math.floor(va / 4096), pages: 1, ppn: frameOf(old), root, before: rawEntry(machine, old) };
}

interface RemoveArgs {
  readonly pmap: Pmap;
  readonly va: number;
  readonly pages: number;
  /** Whose pages they are, and where the range begins in it: for the dirty bits. */
  readonly object: VmObject;
  readonly object_offset: number;
}

export const pmap_remove = kernelFunction(
  {
    name: 'pmap_remove',
    section: '3',
    doc: 'Takes the pages of a range out; one shootdown covers it. Table frames stay until pmap_destroy.',
    parameters: [pmapParameter, vaParameter, { name: 'pages', type: { kind: 'integer' } }],
    errors: [],
    steps: {
      1: 'lock the pmap',
      2: 'a present leaf: its D bit goes to vm_page.dirty, the entry to 0',
      3: 'shootdown of the range',
      4: 'unlock',
    },
  },
  function* (here: Here, { pmap, va, pages, object, object_offset }: RemoveArgs): Steps<void> {
    const { machine } = here;
    const locks: Locks = [];
    if (here.step('1')) yield;
    yield* take(here, locks, pmap.lock);
    let removed = 0;
    for (const leaf of [...leavesIn(machine, pmap.root, va, va + pages * 4096)]) {
      if (here.step('2')) yield;
      const page = object.vo_pages.get(Math.floor((object_offset + (leaf.va - va)) / 4096));
      if (page !== undefined && (leaf.entry[0] & D) !== 0) page.dirty = true;
      write(here, pmap, leaf.table, LEAF, leaf.va, [0, 0]);
      emit(machine, EventKind.pteClear, here.cluster, clearFields(here, pmap, leaf.va, leaf.entry));
      removed += 1;
    }
    if (here.step('3')) yield;
    if (removed > 0) yield* shootdown(here, { pmap, va, pages });
    if (here.step('4')) yield;
    giveAll(here, locks);
  },
);

/** Beyond so many pages a core drops everything instead of page by page. */
const MOST_SINGLE_PAGES = 64;

/** Every core whose active pmap it is; in the kernel half every core, global entries included (V2). */
export const shootdown = kernelFunction(
  {
    name: 'tlb_shootdown',
    section: '3',
    doc: 'Drops a range from the TLB of every core that runs the pmap; returns when all have acknowledged.',
    parameters: [pmapParameter, vaParameter, { name: 'pages', type: { kind: 'integer' } }],
    errors: [],
    steps: { 1: 'one core: drop, and its acknowledgement (V8)' },
  },
  function* (here: Here, { pmap, va, pages }: { pmap: Pmap; va: number; pages: number }): Steps<void> {
    const { machine } = here;
    const isKernelHalf = va >= KERNEL_START;
    const cores: number[] = [];
    for (let core = 0; core < coreCount(machine.config); core++)
      if (isKernelHalf || pageTableRoot(machine, core) === pmap.root) cores.push(core);
    const fields = { pmap: pmap.root, va, pages, cores: cores.join(' ') };
    emit(machine, Own['tlb.shootdown'], here.cluster, fields);
    for (const core of cores) {
      if (here.step('1')) yield;
      drop(here, core, va, pages, isKernelHalf);
    }
  },
);

function drop(here: Here, core: number, va: number, pages: number, isKernelHalf: boolean): void {
  const { machine, core: self } = here;
  const { config } = machine;
  if (pages > MOST_SINGLE_PAGES) flushTlb(machine, core, !isKernelHalf);
  else for (let page = 0; page < pages; page++) invalidateTlb(machine, core, Math.floor(va / 4096) + page);
  if (core === self) return;
  sendIpi(machine, core, Math.floor(va / 4096));
  const hops = latency(config, clusterOfCore(config, self), clusterOfCore(config, core));
  addCycles(machine, self, config.cost.T_IPI + 2 * hops);
  acknowledgeIpi(machine, core);
  emit(machine, Own['tlb.ack'], here.cluster, { core });
}

/** 4.9 step 9a. */
export function invalidateHere(here: Here, va: number): void {
  const { machine, core } = here;
  invalidateTlb(machine, core, Math.floor(va / 4096));
  emit(machine, Own['tlb.local'], here.cluster, { core, va });
}

export const pmap_destroy = kernelFunction(
  {
    name: 'pmap_destroy',
    section: '3',
    doc: 'Frees the tables of the user half and the PML4. What lies below the kernel’s entries is never freed (V2).',
    parameters: [pmapParameter],
    errors: [],
    steps: { 1: 'cores that still run it go on in the kernel’s own', 2: 'a table', 3: 'the PML4' },
  },
  function* (here: Here, { pmap }: { pmap: Pmap }): Steps<void> {
    const { machine } = here;
    if (here.step('1')) yield;
    leavePmap(here, pmap);
    const { root } = pmap;
    const forget = (table: TablePlace): void => {
      tellTable(machine, 'table-free', { ...table, root }, () => processOf(here, pmap));
      giveFrame(here, table.ppn);
      here.kernel.tables -= 1;
    };
    for (const table of tablesBelow(machine, root)) {
      if (here.step('2')) yield;
      forget(table);
    }
    if (here.step('3')) yield;
    forget({ ppn: root, depth: 1, vpn: 0 });
    pmap.root = -1;
  },
);

export function leavePmap({ machine, kernel }: Here, { root }: Pmap): void {
  for (let core = 0; core < coreCount(machine.config); core++)
    if (pageTableRoot(machine, core) === root) setPageTableRoot(machine, core, kernel.kernelPmap.root);
}

/** What the common events say of an entry of a region's tree. */
export function rangeOf(here: Here, { vr_pmap }: VmRegion, { e_address, e_size }: VmRegionEntry) {
  return { process: ownerOf(here, vr_pmap), start: e_address, end: e_address + e_size };
}

function processOf({ kernel }: Here, pmap: Pmap): number | null {
  return kernel.processes.find(({ region }) => region?.vr_pmap === pmap)?.owner ?? null;
}

/** Counter owner of the process whose address space it is; the running one's where that is being taken apart. */
export function ownerOf(here: Here, pmap: Pmap): number {
  return processOf(here, pmap) ?? here.activity.owner;
}
