import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { NO_ROOT, pageTableRoot, setPageTableRoot } from '../../../hardware/core.ts';
import { rawEntry } from '../../../hardware/page-table-walker.ts';
import { tellTable, type TableFrame } from '../../../hardware/table-events.ts';
import { pageOfPpn, ppnAt, zeroFrame } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { hex, type Ppn, type Vpn } from '../../../hardware/word.ts';
import { Attr, KERNEL_PT1_PAGE } from '../base/constants.ts';
import { remoteAccess } from '../objects/cost.ts';
import { halOf } from '../base/hal-of.ts';
import { PageUse } from '../objects/page.ts';
import { allocatePages, freePages } from './ppm-functions.ts';
import type { Cluster, Here, Steps } from '../objects/state.ts';
import { keepTlbsTrue, type EntryChange } from './tlb-coherence.ts';
import type { Gpt } from '../objects/gpt.ts';

export const gptParameter = { name: 'gpt', type: { kind: 'object', type: 'gpt' } } as const;
export const vpnParameter = { name: 'vpn', type: { kind: 'vpn' } } as const;
const attrParameter = { name: 'attr', type: { kind: 'flags', name: 'attr', members: Attr } } as const;
const ppnParameter = { name: 'ppn', type: { kind: 'ppn' } } as const;

export const hal_gpt_create = kernelFunction(
  {
    name: 'hal_gpt_create',
    section: '10.4',
    doc: 'Makes an empty page table in its own cluster: its root (PT1: 8 KiB, PML4: 4 KiB), zeroed.',
    parameters: [gptParameter],
    errors: ['ENOMEM'],
    steps: {
      1: 'take two aligned pages for PT1, or one for the PML4; none: ENOMEM',
      2: 'zero them; ptr, ppn and page of the descriptor',
    },
  },
  function* (here: Here, { gpt }: { gpt: Gpt }): Steps<'ENOMEM' | void> {
    if (here.stage('1')) yield;
    const { rootOrder } = halOf(here.machine);
    const page = yield* allocatePages(here, gpt.cluster, rootOrder, PageUse.table);
    if (page < 0) return 'ENOMEM';
    if (here.stage('2')) yield;
    gpt.ppn = ppnAt(here.machine, gpt.cluster, page);
    gpt.page = gpt.ppn;
    gpt.ptr = page * 4096;
    for (let frame = 0; frame < 2 ** rootOrder; frame++) zeroFrame(here.machine, gpt.ppn + frame);
    tellTableOf(here, 'table-alloc', gpt, { ppn: gpt.ppn, depth: 1, vpn: 0 });
  },
);

export const hal_gpt_destroy = kernelFunction(
  {
    name: 'hal_gpt_destroy',
    section: '10.4',
    doc: 'Gives back every table below the root, then the root. All entries must be unmapped.',
    parameters: [gptParameter],
    errors: [],
    steps: { 1: 'free one table', 2: 'free the root; cores that still run on it go back to the kernel’s own table' },
  },
  function* (here: Here, { gpt }: { gpt: Gpt }): Steps<void> {
    leaveTable(here, gpt);
    for (const table of halOf(here.machine).listTables(here.machine, gpt.ppn)) {
      if (here.stage('1')) yield;
      tellTableOf(here, 'table-free', gpt, table);
      yield* freePages(here, gpt.cluster, pageOfPpn(here.machine, table.ppn));
    }
    if (here.stage('2')) yield;
    tellTableOf(here, 'table-free', gpt, { ppn: gpt.ppn, depth: 1, vpn: 0 });
    yield* freePages(here, gpt.cluster, pageOfPpn(here.machine, gpt.ppn));
    gpt.ppn = 0;
    gpt.page = 0;
    gpt.ptr = 0;
  },
);

function leaveTable(here: Here, gpt: Gpt): void {
  const { machine } = here;
  const { coresPerCluster } = machine.config;
  for (let core = gpt.cluster * coresPerCluster; core < (gpt.cluster + 1) * coresPerCluster; core++) {
    const root = pageTableRoot(machine, core);
    if (root === NO_ROOT || root !== gpt.ppn) continue;
    setPageTableRoot(machine, core, ppnAt(machine, gpt.cluster, KERNEL_PT1_PAGE));
  }
}

function tellTableOf(here: Here, name: 'table-alloc' | 'table-free', gpt: Gpt, table: Omit<TableFrame, 'root'>): void {
  tellTable(here.machine, name, { ...table, root: gpt.ppn }, () => processOf(here, gpt));
}

function processOf({ kernel }: Here, gpt: Gpt): number | null {
  const { local_root } = kernel.clusters[gpt.cluster] as Cluster;
  return local_root.find(({ vmm }) => vmm.gpt === gpt)?.ref.owner ?? null;
}

/** The tables for a page, made now if absent; ENOMEM when their cluster has no page left. */
export function* ensureTables(here: Here, gpt: Gpt, vpn: Vpn, big = false): Steps<'ENOMEM' | void> {
  const { machine } = here;
  const hal = halOf(machine);
  if (gpt.ppn === 0) panic(here, 'there is no page table');
  for (;;) {
    const missing = hal.missingTables(machine, gpt.ppn, vpn, big);
    if (missing === 0) return;
    if (hal.isBigPage(machine, gpt.ppn, vpn)) panic(here, `vpn ${hex(vpn, 5)} lies under a big page`);
    const page = yield* allocatePages(here, gpt.cluster, 0, PageUse.table);
    if (page < 0) return 'ENOMEM';
    const table = ppnAt(machine, gpt.cluster, page);
    zeroFrame(machine, table);
    // Another core may have been as quick while this one waited for the allocator.
    if (hal.missingTables(machine, gpt.ppn, vpn, big) < missing) yield* freePages(here, gpt.cluster, page);
    else {
      const depth = hal.writePointer(machine, gpt.ppn, vpn, table);
      tellTableOf(here, 'table-alloc', gpt, { ppn: table, depth, vpn });
    }
  }
}

/** Writes a small page's entry in one go; its tables must exist. Clears LOCKED. */
export function writeEntry(here: Here, gpt: Gpt, vpn: Vpn, attr: number, ppn: Ppn): void {
  const { machine } = here;
  const hal = halOf(machine);
  if (hal.missingTables(machine, gpt.ppn, vpn, false) > 0) throw new Error(`internal: no table for vpn ${hex(vpn)}`);
  remoteAccess(here, gpt.cluster);
  const before = entryOf(here, gpt, vpn);
  const after = { attr: attr & ~Attr.LOCKED, ppn };
  hal.writeSmall(machine, gpt.ppn, vpn, after.attr, ppn);
  keepTlbsTrue(here, gpt, vpn, before, after);
  emitSet(here, gpt, vpn, before, 1);
}

interface Entry extends EntryChange {
  /** The entry's words; 0 while nobody listens. */
  readonly raw: bigint;
}

function entryOf(here: Here, gpt: Gpt, vpn: Vpn): Entry {
  return { attr: attrOf(here, gpt, vpn), ppn: ppnOfEntry(here, gpt, vpn), raw: rawOf(here, gpt, vpn) };
}

function rawOf({ machine }: Here, gpt: Gpt, vpn: Vpn): bigint {
  return machine.trace.on ? rawEntry(machine, halOf(machine).readWords(machine, gpt.ppn, vpn)) : 0n;
}

/** After the change. */
function emitSet(here: Here, gpt: Gpt, vpn: Vpn, before: Entry, pages: number): void {
  const { machine, cluster } = here;
  const { raw } = before;
  if (!machine.trace.on) emit(machine, EventKind.pteSet, cluster, null);
  else {
    const { ppn, raw: after } = entryOf(here, gpt, vpn);
    emit(machine, EventKind.pteSet, cluster, { vpn, pages, ppn, root: gpt.ppn, before: raw, after });
  }
}

function emitClear(here: Here, gpt: Gpt, vpn: Vpn, { ppn, raw }: Entry, pages: number): void {
  emit(here.machine, EventKind.pteClear, here.cluster, { vpn, pages, ppn, root: gpt.ppn, before: raw });
}

const unmapped = { attr: 0, ppn: 0 };
/** Pages of 4 KiB in a big one, on both machines. */
const BIG_PAGES = 512;

/** 10.4 set_pte. SMALL says which level. */
export const hal_gpt_set_pte = kernelFunction(
  {
    name: 'hal_gpt_set_pte',
    section: '10.4',
    doc: 'Maps a page: the frame’s number is written before the attributes, LOCKED is cleared, a missing table is taken first.',
    parameters: [gptParameter, vpnParameter, attrParameter, ppnParameter],
    errors: ['ENOMEM'],
    steps: {
      1: 'a page needs its tables (TSAR: a small page its PT2): take those that are absent; none: ENOMEM',
      2: 'write frame number, then attributes',
    },
  },
  function* (
    here: Here,
    { gpt, vpn, attr, ppn }: { gpt: Gpt; vpn: Vpn; attr: number; ppn: Ppn },
  ): Steps<'ENOMEM' | void> {
    const big = (attr & Attr.SMALL) === 0;
    if (!big || halOf(here.machine).missingTables(here.machine, gpt.ppn, vpn, big) > 0) {
      if (here.stage('1')) yield;
      const error = yield* ensureTables(here, gpt, vpn, big);
      if (error) return error;
    }
    if (here.stage('2')) yield;
    if (big) setBigEntry(here, gpt, vpn, attr, ppn);
    else writeEntry(here, gpt, vpn, attr, ppn);
  },
);

function setBigEntry(here: Here, gpt: Gpt, vpn: Vpn, attr: number, ppn: Ppn): void {
  const hal = halOf(here.machine);
  if (hal.missingTables(here.machine, gpt.ppn, vpn, false) === 0)
    panic(here, `vpn ${hex(vpn, 5)} has a table of small pages`);
  remoteAccess(here, gpt.cluster);
  const before = entryOf(here, gpt, vpn);
  hal.writeBig(here.machine, gpt.ppn, vpn, attr, ppn);
  keepTlbsTrue(here, gpt, vpn, before, { attr, ppn });
  emitSet(here, gpt, vpn, before, BIG_PAGES);
}

/** Reads without a step: what `hal_gpt_get_pte` gives. Nothing is mapped where there is no table. */
export function attrOf(here: Here, gpt: Gpt, vpn: Vpn): number {
  return gpt.ppn === 0 ? 0 : halOf(here.machine).readAttr(here.machine, gpt.ppn, vpn);
}

export function ppnOfEntry(here: Here, gpt: Gpt, vpn: Vpn): Ppn {
  return gpt.ppn === 0 ? 0 : halOf(here.machine).readPpn(here.machine, gpt.ppn, vpn);
}

export const hal_gpt_get_pte = kernelFunction(
  {
    name: 'hal_gpt_get_pte',
    section: '10.4',
    doc: 'Reads an entry; 0, 0 if absent.',
    parameters: [gptParameter, vpnParameter],
    outputs: [attrParameter, ppnParameter],
    errors: [],
    steps: { 1: 'read both words' },
  },
  function* (here: Here, { gpt, vpn }: { gpt: Gpt; vpn: Vpn }): Steps<{ attr: number; ppn: Ppn }> {
    if (here.stage('1')) yield;
    remoteAccess(here, gpt.cluster);
    return { attr: attrOf(here, gpt, vpn), ppn: ppnOfEntry(here, gpt, vpn) };
  },
);

/** Both words to 0, wherever the table is. Gives the frame that was there. */
export function clearEntry(here: Here, gpt: Gpt, vpn: Vpn): Ppn {
  const { machine } = here;
  const hal = halOf(machine);
  if (gpt.ppn === 0 || hal.missingTables(machine, gpt.ppn, vpn, false) > 0) return 0;
  const before = entryOf(here, gpt, vpn);
  const { ppn } = before;
  remoteAccess(here, gpt.cluster);
  hal.writeSmall(machine, gpt.ppn, vpn, 0, 0);
  keepTlbsTrue(here, gpt, vpn, before, unmapped);
  emitClear(here, gpt, vpn, before, 1);
  return ppn;
}

/** The same for a big page. */
export function clearBigEntry(here: Here, gpt: Gpt, vpn: Vpn): Ppn {
  const { machine } = here;
  const before = entryOf(here, gpt, vpn);
  const { ppn } = before;
  remoteAccess(here, gpt.cluster);
  halOf(machine).clearBig(machine, gpt.ppn, vpn);
  keepTlbsTrue(here, gpt, vpn, before, unmapped);
  emitClear(here, gpt, vpn, before, BIG_PAGES);
  return ppn;
}

export const hal_gpt_reset_pte = kernelFunction(
  {
    name: 'hal_gpt_reset_pte',
    section: '10.4',
    doc: 'Unmaps a small page: both words to 0. Its table stays.',
    parameters: [gptParameter, vpnParameter],
    errors: [],
    steps: { 1: 'both words to 0' },
  },
  function* (here: Here, { gpt, vpn }: { gpt: Gpt; vpn: Vpn }): Steps<void> {
    if (here.stage('1')) yield;
    clearEntry(here, gpt, vpn);
  },
);

/** Sets or clears attribute bits of a mapped entry atomically, wherever the table is. */
export function changeAttr(here: Here, gpt: Gpt, vpn: Vpn, attr: number): void {
  const before = entryOf(here, gpt, vpn);
  const { ppn } = before;
  remoteAccess(here, gpt.cluster);
  halOf(here.machine).writeSmallAttr(here.machine, gpt.ppn, vpn, attr);
  keepTlbsTrue(here, gpt, vpn, before, { attr, ppn });
  emitSet(here, gpt, vpn, before, 1);
}

export const hal_gpt_update_pte = kernelFunction(
  {
    name: 'hal_gpt_update_pte',
    section: '10.4',
    doc: 'Rewrites an entry that is mapped, by remote access if need be; leaves an unmapped one alone.',
    parameters: [gptParameter, vpnParameter, attrParameter, ppnParameter],
    errors: [],
    steps: { 1: 'mapped: write frame number, then attributes' },
  },
  function* (here: Here, { gpt, vpn, attr, ppn }: { gpt: Gpt; vpn: Vpn; attr: number; ppn: Ppn }): Steps<void> {
    if (here.stage('1')) yield;
    if ((attrOf(here, gpt, vpn) & Attr.MAPPED) !== 0) writeEntry(here, gpt, vpn, attr, ppn);
    else remoteAccess(here, gpt.cluster);
  },
);

function query(name: string, bit: number, doc: string) {
  return kernelFunction(
    {
      name,
      section: '10.4',
      doc,
      parameters: [gptParameter, vpnParameter],
      result: { kind: 'boolean' },
      errors: [],
      steps: { 1: 'read the attribute word' },
    },
    function* (here: Here, { gpt, vpn }: { gpt: Gpt; vpn: Vpn }): Steps<boolean> {
      if (here.stage('1')) yield;
      remoteAccess(here, gpt.cluster);
      return (attrOf(here, gpt, vpn) & bit) !== 0;
    },
  );
}

export const hal_gpt_is_mapped = query('hal_gpt_is_mapped', Attr.MAPPED, 'Is the page mapped?');
export const hal_gpt_is_cow = query('hal_gpt_is_cow', Attr.COW, 'Is the page marked copy-on-write?');
