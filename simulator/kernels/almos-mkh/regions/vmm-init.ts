import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { ppnAt } from '../../../hardware/physical-memory.ts';
import { addressOfVpn } from '../../../hardware/word.ts';
import {
  CONFIG_THREAD_MAX_PER_CLUSTER,
  CONFIG_VMM_ARGS_BASE,
  CONFIG_VMM_ARGS_SIZE,
  CONFIG_VMM_ELF_BASE,
  CONFIG_VMM_ENVS_BASE,
  CONFIG_VMM_ENVS_SIZE,
  CONFIG_VMM_HEAP_BASE,
  CONFIG_VMM_KENTRY_BASE,
  CONFIG_VMM_KENTRY_SIZE,
  CONFIG_VMM_STACK_BASE,
  CONFIG_VMM_VSPACE_SIZE,
  KENTRY_ATTR,
  VsegFlag,
  VsegType,
} from '../base/constants.ts';
import { hal_gpt_create, hal_gpt_set_pte } from '../memory/gpt-functions.ts';
import { halOf } from '../base/hal-of.ts';
import { takeDescriptor } from '../memory/kcm.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { vmmBases, type Vmm } from '../objects/vmm.ts';
import { attach, flagsOfType, type Vseg } from '../objects/vseg.ts';
import { emptyZombiLists } from '../objects/mmap-manager.ts';

/** 5.1. Any failure is a kernel panic. */
export const vmm_init = kernelFunction(
  {
    name: 'vmm_init',
    section: '5.1',
    doc: 'Makes the empty address space of a new process descriptor: allocators, page table, and the vsegs kentry, args, envs.',
    parameters: [{ name: 'process', type: { kind: 'process' } }],
    errors: [],
    steps: {
      1: 'check the configuration of the address space; a violation: panic "config"',
      2: 'empty VSL, vsegs_lock, counters, bases and entry_point 0',
      3: 'STACK allocator: empty bitmap, base, lock',
      4: 'MMAP allocator: the whole zone free, 32 empty zombi lists, lock; heap_vpn_base',
      5: 'hal_gpt_create: PT1 in the local PPM; failure: panic',
      6: 'register kentry (CODE, identity); kent_vpn_base := 4',
      7: 'register args (DATA, no mapper); args_vpn_base := 8',
      8: 'register envs (DATA, no mapper); envs_vpn_base := 0xC',
      9: 'TSAR: map one of the 4 kentry pages by identity',
      10: 'done',
    },
  },
  function* (here: Here, { process }: { process: ProcessDescriptor }): Steps<void> {
    const { vmm } = process;
    const error = yield* initialiseVmm(here, process);
    if (error) panic(here, `no memory for the page table of ${process.ref.name}`);
    if (here.step('7')) yield;
    if (!register(here, process, VsegType.DATA, CONFIG_VMM_ARGS_BASE, CONFIG_VMM_ARGS_SIZE))
      panic(here, 'no vseg for args');
    vmm.args_vpn_base = CONFIG_VMM_ARGS_BASE;
    if (here.step('8')) yield;
    if (!register(here, process, VsegType.DATA, CONFIG_VMM_ENVS_BASE, CONFIG_VMM_ENVS_SIZE))
      panic(here, 'no vseg for envs');
    vmm.envs_vpn_base = CONFIG_VMM_ENVS_BASE;
    if (yield* mapKentry(here, process)) panic(here, `no memory for the page table of ${process.ref.name}`);
    if (here.step('10')) yield;
  },
);

/** Steps 1 to 6, which vmm_copy shares as its step 1 (B3, A1). */
export function* initialiseVmm(
  here: Here,
  process: ProcessDescriptor,
  label: string | null = null,
): Steps<'ENOMEM' | void> {
  const { vmm } = process;
  if (here.step(label ?? '1')) yield;
  checkConfiguration(here);
  if (here.step(label ?? '2')) yield;
  clear(vmm);
  if (here.step(label ?? '3')) yield;
  vmm.stack_mgr.bitmap = 0;
  vmm.stack_mgr.vpn_base = CONFIG_VMM_STACK_BASE;
  vmm.stack_mgr.slotPages = here.kernel.options.stackSize;
  if (here.step(label ?? '4')) yield;
  vmm.mmap_mgr.vpn_base = CONFIG_VMM_HEAP_BASE;
  vmm.mmap_mgr.first_free_vpn = CONFIG_VMM_HEAP_BASE;
  vmm.mmap_mgr.vpn_size = CONFIG_VMM_STACK_BASE - CONFIG_VMM_HEAP_BASE;
  vmm.mmap_mgr.zombi_list.splice(0, Infinity, ...emptyZombiLists());
  vmm.heap_vpn_base = CONFIG_VMM_HEAP_BASE;
  if (here.step(label ?? '5')) yield;
  const error = yield* hal_gpt_create(here, { gpt: vmm.gpt });
  if (error) return error;
  if (here.step(label ?? '6')) yield;
  const isRegistered = register(
    here,
    process,
    VsegType.CODE,
    CONFIG_VMM_KENTRY_BASE,
    CONFIG_VMM_KENTRY_SIZE,
    VsegFlag.IDENT,
  );
  vmm.kent_vpn_base = CONFIG_VMM_KENTRY_BASE;
  return isRegistered ? undefined : 'ENOMEM';
}

/** 4.2. */
function checkConfiguration(here: Here): void {
  const { stackSize } = here.kernel.options;
  const utilsEnd = CONFIG_VMM_KENTRY_BASE + CONFIG_VMM_KENTRY_SIZE + CONFIG_VMM_ARGS_SIZE + CONFIG_VMM_ENVS_SIZE;
  const holds: boolean =
    utilsEnd <= CONFIG_VMM_ELF_BASE &&
    CONFIG_VMM_ELF_BASE < CONFIG_VMM_HEAP_BASE &&
    stackSize * CONFIG_THREAD_MAX_PER_CLUSTER <= CONFIG_VMM_VSPACE_SIZE - CONFIG_VMM_STACK_BASE;
  if (!holds) panic(here, `config: 32 stacks of ${String(stackSize)} pages do not fit the STACK zone`);
}

function clear(vmm: Vmm): void {
  vmm.vsegs_root.length = 0;
  vmm.vsegs_nr = 0;
  vmm.pgfault_nr = 0;
  vmm.u_err_nr = 0;
  vmm.m_err_nr = 0;
  vmm.false_pgfault_nr = 0;
  vmm.cow_nr = 0;
  vmm.remote_pgfault_nr = 0;
  for (const base of vmmBases) vmm[base] = 0;
}

/** A utils vseg: nothing else is there yet, so it can meet no conflict. */
function register(
  here: Here,
  { vmm, cluster }: ProcessDescriptor,
  type: VsegType,
  vpn_base: number,
  vpn_size: number,
  flags = 0,
): boolean {
  if (!takeDescriptor(here, cluster, 'vseg')) return false;
  const vseg: Vseg = {
    type: 'vseg',
    vmm: null,
    vsegType: type,
    min: addressOfVpn(vpn_base),
    max: addressOfVpn(vpn_base + vpn_size),
    vpn_base,
    vpn_size,
    flags: flagsOfType(type) | flags,
    file_offset: 0,
    file_size: 0,
    mapper: null,
    // A public vseg's copies equal the reference's in every field (I3).
    // A DATA vseg is spread by page and has no cluster; every copy's args and envs equal the reference's (I3).
    cxy: type === VsegType.DATA ? 0 : clusterAt(here, cluster).cxy,
    freed: null,
  };
  attach(vmm, vseg);
  return true;
}

/** Step 9: every copy maps its own cluster's kernel entry (4.4). */
export function* mapKentry(here: Here, process: ProcessDescriptor, label = '9'): Steps<'ENOMEM' | void> {
  const { gpt } = process.vmm;
  // x86-64 reaches the kernel's entry code without it (10.10).
  if (!halOf(here.machine).mapsKentry) return;
  for (let vpn = CONFIG_VMM_KENTRY_BASE; vpn < CONFIG_VMM_KENTRY_BASE + CONFIG_VMM_KENTRY_SIZE; vpn++) {
    if (here.step(label)) yield;
    const ppn = ppnAt(here.machine, process.cluster, vpn);
    const error = yield* hal_gpt_set_pte(here, { gpt, vpn, attr: KENTRY_ATTR, ppn });
    if (error) return error;
  }
}
