import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { isError } from '../../../execution/result.ts';
import { addressOfVpn, vpnOf, type Vpn } from '../../../hardware/word.ts';
import { Attr, HARDWARE_ATTR } from '../base/constants.ts';
import { remoteAccess } from '../objects/cost.ts';
import { enterFault, leaveFault } from '../rpc/gate.ts';
import { vmm_get_pte } from './get-pte.ts';
import { vmm_get_vseg } from './get-vseg.ts';
import { attrOf, ensureTables, ppnOfEntry, writeEntry } from '../memory/gpt-functions.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { rpc_vmm_get_pte_client } from '../rpc/rpc-clients.ts';
import type { Here, Steps } from '../objects/state.ts';
import { findByPage, isPrivate } from '../objects/vseg.ts';
import type { VmmError } from '../objects/rpc-calls.ts';

interface FaultArgs {
  readonly process: ProcessDescriptor;
  readonly vpn: Vpn;
}

const parameters = [
  { name: 'process', type: { kind: 'process' } },
  { name: 'vpn', type: { kind: 'vpn' } },
] as const;
const errors = ['ENOMEM', 'EINVAL', 'EIO'] as const;

export const vmm_handle_page_fault = kernelFunction(
  {
    name: 'vmm_handle_page_fault',
    section: '5.19',
    doc: 'Maps a missing page for the faulting thread’s cluster: here if this is the reference or the vseg is private, else by the reference.',
    parameters,
    errors,
    steps: {
      1: 'pgfault_nr += 1',
      2: 'vmm_get_vseg of the bad address; an error is counted and returned',
      3: 'PRIVATE vseg: vmm_get_pte on the local descriptor',
      4: 'local is the reference: vmm_get_pte(cow = false)',
      5: 'else RPC VMM_GET_PTE(cow = false) to the reference; set the local PTE to what the reference has now',
      6: 'count a refusal: m_err_nr for ENOMEM, u_err_nr otherwise',
    },
  },
  function* (here: Here, args: FaultArgs): Steps<VmmError | void> {
    const { process } = args;
    yield* enterFault(here, process);
    if (here.step('1')) yield;
    process.vmm.pgfault_nr += 1;
    const error = yield* findAndMap(here, args, false);
    leaveFault(process);
    return error;
  },
);

export const vmm_copy_on_write = kernelFunction(
  {
    name: 'vmm_copy_on_write',
    section: '5.20',
    doc: 'Gives the faulting thread a page of its own to write: here if this is the reference or the vseg is private, else by the reference.',
    parameters,
    errors,
    steps: {
      1: 'cow_nr += 1',
      2: 'vmm_get_vseg of the bad address; an error is counted and returned',
      3: 'PRIVATE vseg: vmm_get_pte on the local descriptor',
      4: 'local is the reference: vmm_get_pte(cow = true)',
      5: 'else RPC VMM_GET_PTE(cow = true) to the reference; set the local PTE to what the reference has now',
      6: 'count a refusal: m_err_nr for ENOMEM, u_err_nr otherwise',
    },
  },
  function* (here: Here, args: FaultArgs): Steps<VmmError | void> {
    const { process } = args;
    yield* enterFault(here, process);
    if (here.step('1')) yield;
    process.vmm.cow_nr += 1;
    const error = yield* findAndMap(here, args, true);
    leaveFault(process);
    return error;
  },
);

/** Steps 2 to 6 of both. */
function* findAndMap(here: Here, { process, vpn }: FaultArgs, cow: boolean): Steps<VmmError | void> {
  if (here.step('2')) yield;
  const found = yield* vmm_get_vseg(here, { process, vaddr: badAddressIn(here, vpn) });
  if (isError(found)) return countRefusal(process, found);
  const isLocal = isPrivate(found.vseg) || isReference(process);
  if (here.step(isPrivate(found.vseg) ? '3' : isReference(process) ? '4' : '5')) yield;
  const error = isLocal ? yield* mapHere(here, process, vpn, cow) : yield* mapByReference(here, process, vpn, cow);
  if (!error) return;
  if (here.step('6')) yield;
  return countRefusal(process, error);
}

function* mapHere(here: Here, process: ProcessDescriptor, vpn: Vpn, cow: boolean): Steps<VmmError | void> {
  const pte = yield* vmm_get_pte(here, { process, vpn, cow });
  if (isError(pte)) return pte;
}

/** The client side of RPC_VMM_GET_PTE. */
function* mapByReference(here: Here, process: ProcessDescriptor, vpn: Vpn, cow: boolean): Steps<VmmError | void> {
  const { ref } = process;
  if (here.kernel.options.directRemotePte && !cow && isMappedInReference(here, process, vpn)) {
    process.vmm.remote_pgfault_nr += 1;
    return yield* cacheReferencePte(here, process, vpn);
  }
  const pte = yield* rpc_vmm_get_pte_client(here, { cxy: ref.cluster, process: ref, vpn, cow });
  // Page faults only: cow_nr counts the others.
  if (!cow) process.vmm.remote_pgfault_nr += 1;
  if (isError(pte)) return pte;
  return yield* cacheReferencePte(here, process, vpn);
}

/** 7.5. */
function isMappedInReference(here: Here, { ref }: ProcessDescriptor, vpn: Vpn): boolean {
  remoteAccess(here, ref.cluster);
  return (attrOf(here, ref.vmm.gpt, vpn) & (Attr.MAPPED | Attr.LOCKED)) === Attr.MAPPED;
}

/**
 * A9: the local entry is written in the step that reads the reference's, so that it never holds what the
 * reference no longer has. If that is nothing, nothing is written and the access is retried.
 */
function* cacheReferencePte(here: Here, process: ProcessDescriptor, vpn: Vpn): Steps<'ENOMEM' | void> {
  const { ref, vmm } = process;
  const error = yield* ensureTables(here, vmm.gpt, vpn);
  if (error) return error;
  if (!tryLock(here, ref.vmm.vsegs_lock, 'read')) yield* waitForLock(here, ref.vmm.vsegs_lock, 'read');
  remoteAccess(here, ref.cluster);
  const attr = attrOf(here, ref.vmm.gpt, vpn) & ~(HARDWARE_ATTR | Attr.LOCKED);
  const isCurrent = (attr & Attr.MAPPED) !== 0 && findByPage(vmm, vpn) !== null;
  if (isCurrent) writeEntry(here, vmm.gpt, vpn, attr, ppnOfEntry(here, ref.vmm.gpt, vpn));
  release(here, ref.vmm.vsegs_lock);
}

/** A4. Returns the error for the caller. */
function countRefusal({ vmm }: ProcessDescriptor, error: VmmError): VmmError {
  if (error === 'ENOMEM') vmm.m_err_nr += 1;
  else vmm.u_err_nr += 1;
  return error;
}

/** 5.19 step 2: the byte that was accessed, if the MMU reported one in this page, else the page's first. */
function badAddressIn(here: Here, vpn: Vpn): number {
  const address = here.kernel.badAddress[here.core] as number;
  return address >= 0 && vpnOf(address) === vpn ? address : addressOfVpn(vpn);
}
