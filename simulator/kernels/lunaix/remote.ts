/** 4.11: a remote transaction maps pages of one region of another space into a window, copies into them, and leaves. */
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import { loadFrame } from '../../hardware/physical-memory.ts';
import { emit } from '../../hardware/trace-event.ts';
import { hex } from '../../hardware/word.ts';
import { copyPage, fillAnonymous, fillFromFile } from './break-sharing.ts';
import {
  ANON, GUARD, PAGE_SIZE, PTE_A, PTE_D, PTE_P, PTE_W, REMOTEVM_MAX_PAGES, REMOTE_WINDOW, VMS_SELF,
} from './constants.ts'; // prettier-ignore
import { enterKernel, keepForCore, leaveKernel, lunaixFunction } from './klock.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { findRegion, isReadShared, isWriteShared, residentEntry } from './region.ts';
import { pageDown, u32, type Here, type Lunaixly, type MmRegion, type ProcMm, type RemoteVmctx } from './state.ts';
import { flushPage, frameOfEntry, loadL2, mountedRoot, readL2, touchPage, writeL2 } from './tables.ts';
import { readMemory, type BadMemory } from './user-memory.ts';
import { vmm_del_mapping } from './vmm.ts';

interface EnterArgs {
  readonly mm: ProcMm;
  readonly vm_mnt: number;
  readonly remote_base: number;
  readonly size: number;
}

export const procvm_enter_remote_transaction = kernelFunction(
  {
    name: 'procvm_enter_remote_transaction',
    aliases: ['procvm_enter_remote'],
    section: '4.11',
    doc: 'Maps the pages of a range of one region of a mounted space into the kernel window. The lock stays with the core.',
    parameters: [
      { name: 'mm', type: { kind: 'object', type: 'proc_mm' } },
      { name: 'vm_mnt', type: { kind: 'address' } },
      { name: 'remote_base', type: { kind: 'address' } },
      { name: 'size', type: { kind: 'size' } },
    ],
    result: { kind: 'address' },
    outputs: [{ name: 'rvmctx', type: { kind: 'object', type: 'remote_vmctx' } }],
    errors: [],
    steps: {
      1: 'pages: floor(size / 4096) + 1',
      2: 'REMOTEVM_MAX_PAGES or more: panic',
      3: 'one region must hold the base and the byte after the range, else panic',
      4: 'the window is in use: panic (before the lock is asked for, C9)',
      5: 'fill the context',
      '6a': 'a page that is there: break its sharing (D20, L3), map its frame in the window',
      '6b': 'a page that is not: make it as a fault would (D21), map it here and there',
      '6c': 'the guard: panic',
      7: 'the mount point',
    },
  },
  function* (here: Here, args: EnterArgs): Lunaixly<{ result: number; rvmctx: RemoteVmctx }> {
    const { mm, vm_mnt, remote_base, size } = args;
    if (here.kernel.remoteWindow !== null) {
      if (here.step('4')) yield;
      panic(here, 'remote window busy');
    }
    yield* enterKernel(here);
    if (here.step('1')) yield;
    const pages = Math.floor(size / PAGE_SIZE) + 1;
    if (here.step('2')) yield;
    if (pages >= REMOTEVM_MAX_PAGES)
      panic(here, `${String(pages)} pages: the remote window holds ${String(REMOTEVM_MAX_PAGES - 1)}`);
    if (here.step('3')) yield;
    const region = findRegion(mm.regions.items, remote_base);
    if (region === null) return panic(here, `no region holds ${hex(remote_base, 8)}`);
    const after = remote_base + size;
    if (after < region.start || after >= region.end)
      panic(here, `${hex(after, 8)}, the byte after the range, is not in its region`);
    if (here.step('4')) yield;
    if (here.kernel.remoteWindow !== null) panic(here, 'remote window busy');
    if (here.step('5')) yield;
    const rvmctx = openWindow(here, args, pages);
    for (let page = 0; page < pages; page++) yield* mapPage(here, rvmctx, region, page);
    if (here.step('7')) yield;
    keepForCore(here);
    return { result: vm_mnt, rvmctx };
  },
);

function openWindow(here: Here, { mm, vm_mnt, remote_base }: EnterArgs, page_cnt: number): RemoteVmctx {
  const rvmctx: RemoteVmctx = {
    type: 'remote_vmctx', id: here.kernel.nextId++, mm, vms_mnt: vm_mnt, local_mnt: REMOTE_WINDOW, remote: pageDown(remote_base), page_cnt,
  }; // prettier-ignore
  here.kernel.remoteWindow = rvmctx;
  here.kernel.remoteContexts.push(rvmctx);
  const fields = { pages: page_cnt, remote: rvmctx.remote, local: rvmctx.local_mnt };
  emit(here.machine, Own['window.open'], here.cluster, fields);
  return rvmctx;
}

function* mapPage(here: Here, rvmctx: RemoteVmctx, region: MmRegion, page: number): Lunaixly<void> {
  const { vms_mnt, local_mnt, remote } = rvmctx;
  const va = remote + page * PAGE_SIZE;
  const root = mountedRoot(here, vms_mnt);
  const entry = loadL2(here, vms_mnt, root, va);
  if (u32(entry) === GUARD) {
    if (here.step('6c')) yield;
    panic(here, 'remote guard');
  }
  if ((entry & PTE_P) !== 0) {
    if (here.step('6a')) yield;
    yield* breakSharing(here, rvmctx, region, va, entry, page);
  } else {
    if (here.step('6b')) yield;
    obtainPage(here, rvmctx, region, va, page);
  }
  const frame = frameOfEntry(readL2(here.machine, root, va));
  const own = mountedRoot(here, VMS_SELF);
  const window = local_mnt + page * PAGE_SIZE;
  writeL2(here, VMS_SELF, own, window, frame * PAGE_SIZE + (PTE_P | PTE_W));
  flushPage(here, own, window);
}

/** L3: whatever the region's WRITE bit; the new entry has region_ptattr. */
function* breakSharing(
  here: Here,
  rvmctx: RemoteVmctx,
  region: MmRegion,
  va: number,
  entry: number,
  page: number,
): Lunaixly<void> {
  const isShared = (here.kernel.pmm.ref_counts[frameOfEntry(entry)] as number) > 1;
  if (!isReadShared(region) || !isShared) return;
  const copy = yield* copyPage(here, rvmctx.vms_mnt, va, () => residentEntry(region));
  if (copy === null) noFrame(here, rvmctx, page);
}

function obtainPage(here: Here, rvmctx: RemoteVmctx, region: MmRegion, va: number, page: number): void {
  const { vms_mnt } = rvmctx;
  if ((region.attr & ANON) === 0 && region.mfile === null) panic(here, 'WIP page fault route');
  const frame =
    (region.attr & ANON) !== 0 ? fillAnonymous(here, vms_mnt, region, va) : fillFromFile(here, vms_mnt, region, va);
  if (frame === 0 || typeof frame === 'string') noFrame(here, rvmctx, page);
}

/** Window pages are undone; what the remote got already stays. */
function noFrame(here: Here, { local_mnt }: RemoteVmctx, done: number): never {
  const own = mountedRoot(here, VMS_SELF);
  for (let page = 0; page < done; page++) writeL2(here, VMS_SELF, own, local_mnt + page * PAGE_SIZE, 0);
  return panic(here, 'remote nomem');
}

interface CopyArgs {
  readonly rvmctx: RemoteVmctx;
  readonly remote_dest: number;
  /** The kernel's own bytes, or an address of the running space. */
  readonly local_src: string | number;
  readonly sz: number;
}

export const procvm_copy_remote = lunaixFunction(
  {
    name: 'procvm_copy_remote',
    aliases: ['procvm_copy_remote_transaction'],
    section: '4.11',
    doc: 'Copies bytes through the window into the remote space; the number copied, or -1. Never a part (I17).',
    parameters: [
      { name: 'rvmctx', type: { kind: 'object', type: 'remote_vmctx' } },
      { name: 'remote_dest', type: { kind: 'address' } },
      {
        name: 'local_src',
        type: { kind: 'buffer', orAddress: true },
        doc: 'a string of the kernel’s, or an address of the running space',
      },
      { name: 'sz', type: { kind: 'size' } },
    ],
    result: { kind: 'integer' },
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'below the window: -1',
      2: 'beyond its last page, or ending exactly at its end: -1',
      3: 'copy; an address may fault on the way, and a bad one is EINVAL before anything is written (D19)',
      4: 'the number of bytes',
    },
  },
  function* (here: Here, { rvmctx, remote_dest, local_src, sz }: CopyArgs): Lunaixly<number | BadMemory> {
    if (here.step('1')) yield;
    if (remote_dest < rvmctx.remote || sz < 0) return answer(here, remote_dest - rvmctx.remote, sz, -1);
    if (here.step('2')) yield;
    const off = remote_dest - rvmctx.remote;
    if (Math.floor((off + sz) / PAGE_SIZE) >= rvmctx.page_cnt) return answer(here, off, sz, -1);
    if (here.step('3')) yield;
    const bytes = typeof local_src === 'string' ? bytesOf(local_src, sz) : yield* readMemory(here, local_src, sz);
    if (typeof bytes === 'string') return bytes;
    copyBytes(here, rvmctx, off, bytes);
    if (here.step('4')) yield;
    return answer(here, off, sz, sz);
  },
);

function answer(here: Here, off: number, size: number, result: number): number {
  emit(here.machine, Own['window.copy'], here.cluster, { off, size, result });
  return result;
}

/** A string's bytes, zeros behind them. */
function bytesOf(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < Math.min(size, text.length); index++) bytes[index] = text.charCodeAt(index) & 0xff;
  return bytes;
}

function copyBytes(here: Here, { mm, vms_mnt, local_mnt, remote }: RemoteVmctx, off: number, bytes: Uint8Array): void {
  const own = mountedRoot(here, VMS_SELF);
  for (let done = 0; done < bytes.length;) {
    const inPage = (off + done) % PAGE_SIZE;
    const part = Math.min(bytes.length - done, PAGE_SIZE - inPage);
    const page = pageDown(off + done);
    const frame = frameOfEntry(readL2(here.machine, own, local_mnt + page));
    loadFrame(here.machine, frame, bytes.subarray(done, done + part), inPage);
    touchPage(here.machine, own, local_mnt + page, PTE_A | PTE_D);
    const region = mm === null ? null : findRegion(mm.regions.items, remote + page);
    if (region !== null && region.mfile !== null && isWriteShared(region)) markDirty(here, vms_mnt, remote + page);
    done += part;
  }
}

/** The hardware sees only the window's entry; write-back looks at the remote one. */
function markDirty(here: Here, mnt: number, va: number): void {
  const root = mountedRoot(here, mnt);
  const entry = loadL2(here, mnt, root, va);
  if ((entry & (PTE_P | PTE_D)) === PTE_P) writeL2(here, mnt, root, va, u32(entry | PTE_D));
}

export const procvm_exit_remote_transaction = lunaixFunction(
  {
    name: 'procvm_exit_remote_transaction',
    aliases: ['procvm_exit_remote'],
    section: '4.11',
    doc: 'Takes the window down; remote pages and frames stay. A context that was not entered: no effect.',
    parameters: [{ name: 'rvmctx', type: { kind: 'object', type: 'remote_vmctx' } }],
    errors: [],
    steps: { 1: 'a window page: its entry is cleared, the frame is not freed', 2: 'the window is free' },
  },
  function* (here: Here, { rvmctx }: { rvmctx: RemoteVmctx }): Lunaixly<void> {
    if (here.kernel.remoteWindow !== rvmctx) return;
    for (let page = 0; page < rvmctx.page_cnt; page++) {
      if (here.step('1')) yield;
      yield* vmm_del_mapping(here, { mnt: VMS_SELF, va: rvmctx.local_mnt + page * PAGE_SIZE });
    }
    if (here.step('2')) yield;
    rvmctx.page_cnt = 0;
    rvmctx.mm = null;
    here.kernel.remoteWindow = null;
    const { remoteContexts } = here.kernel;
    remoteContexts.splice(remoteContexts.indexOf(rvmctx), 1);
    leaveKernel(here);
    emit(here.machine, Own['window.close'], here.cluster, {});
  },
);
