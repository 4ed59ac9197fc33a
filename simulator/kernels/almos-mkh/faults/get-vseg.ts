import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { remoteAccess } from '../objects/cost.ts';
import { giveDescriptor, takeDescriptor } from '../memory/kcm.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { rpc_vmm_get_vseg_client } from '../rpc/rpc-clients.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { attach, duplicate, findByAddress, isPrivate, type Vseg } from '../objects/vseg.ts';

export const vmm_get_vseg = kernelFunction(
  {
    name: 'vmm_get_vseg',
    section: '5.14',
    doc: 'The local vseg that holds an address; a copy asks the reference once and keeps what it learns.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vaddr', type: { kind: 'address' } },
    ],
    outputs: [{ name: 'vseg', type: { kind: 'object', type: 'vseg' } }],
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'search the local VSL (read lock); found: done',
      2: 'local is the reference: EINVAL',
      3: 'RPC VMM_GET_VSEG to the reference; an error: EINVAL',
      4: 'allocate a local descriptor; null: ENOMEM',
      5: 'copy the fields by remote reads; PRIVATE: cxy := local',
      6: 'attach (write lock), vsegs_nr += 1',
    },
  },
  function* (
    here: Here,
    { process, vaddr }: { process: ProcessDescriptor; vaddr: number },
  ): Steps<{ vseg: Vseg } | 'EINVAL' | 'ENOMEM'> {
    const { vmm } = process;
    for (;;) {
      if (here.step('1')) yield;
      if (!tryLock(here, vmm.vsegs_lock, 'read')) yield* waitForLock(here, vmm.vsegs_lock, 'read');
      const local = findByAddress(vmm, vaddr);
      release(here, vmm.vsegs_lock);
      if (local !== null) return { vseg: local };
      if (here.step('2')) yield;
      if (isReference(process)) return 'EINVAL';
      if (here.step('3')) yield;
      const remote = yield* rpc_vmm_get_vseg_client(here, { cxy: process.ref.cluster, process: process.ref, vaddr });
      if (remote === 'EINVAL') return 'EINVAL';
      if (here.step('4')) yield;
      if (!takeDescriptor(here, process.cluster, 'vseg')) return 'ENOMEM';
      if (here.step('5')) yield;
      const vseg = yield* attachCopy(here, process, remote, vaddr);
      if (vseg !== null) return { vseg };
      giveDescriptor(here, process.cluster, 'vseg');
    }
  },
);

/**
 * Steps 5 and 6 as one (A9): the reference's list is read-locked meanwhile, so that nobody removes the vseg
 * between the copy and its registration. Null when it is gone already, or when another thread has brought it.
 */
function* attachCopy(here: Here, process: ProcessDescriptor, remote: Vseg, vaddr: number): Steps<Vseg | null> {
  const { vsegs_lock } = process.ref.vmm;
  if (!tryLock(here, vsegs_lock, 'read')) yield* waitForLock(here, vsegs_lock, 'read');
  if (here.step('6')) yield;
  if (!tryLock(here, process.vmm.vsegs_lock)) yield* waitForLock(here, process.vmm.vsegs_lock);
  remoteAccess(here, process.ref.cluster);
  const isStillThere = remote.vmm === process.ref.vmm && vaddr >= remote.min && vaddr < remote.max;
  let vseg: Vseg | null = null;
  if (isStillThere && findByAddress(process.vmm, vaddr) === null) {
    vseg = duplicate(remote);
    if (isPrivate(vseg)) vseg.cxy = clusterAt(here, process.cluster).cxy;
    attach(process.vmm, vseg);
  }
  release(here, process.vmm.vsegs_lock);
  release(here, vsegs_lock);
  return vseg;
}
