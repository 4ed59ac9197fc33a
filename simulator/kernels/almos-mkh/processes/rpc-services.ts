/** 8.7: what a server does for each service. The one table that joins messages and functions. */
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { clusterOfPpn, pageOfPpn, ppnAt } from '../../../hardware/physical-memory.ts';
import { vmm_create_vseg } from '../regions/create-vseg.ts';
import { VsegType } from '../base/constants.ts';
import { vmm_display } from './display.ts';
import { process_make_exec } from './exec.ts';
import { process_destroy } from './exit.ts';
import { process_make_fork } from './fork.ts';
import { vmm_get_pte } from '../faults/get-pte.ts';
import { mapper_get_page, mapper_move_buffer } from '../memory/mapper-functions.ts';
import { PageUse } from '../objects/page.ts';
import { allocatePages, freePages } from '../memory/ppm-functions.ts';
import { thread_user_create } from './process-manager.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import { vmm_remove_region } from '../regions/remove-region.ts';
import type { RpcCalls, RpcName } from '../objects/rpc-calls.ts';
import { vmm_set_cow } from '../regions/set-cow.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { Vseg } from '../objects/vseg.ts';

type RpcServices = {
  readonly [N in RpcName]: (here: Here, args: RpcCalls[N]['in']) => Steps<RpcCalls[N]['out']>;
};

export const rpcServices: RpcServices = {
  *PMEM_GET_PAGES(here, { order }) {
    const page = yield* allocatePages(here, here.cluster, order, PageUse.user);
    return page < 0 ? null : ppnAt(here.machine, here.cluster, page);
  },
  *PMEM_RELEASE_PAGES(here, { page }) {
    yield* freePages(here, clusterOfPpn(here.machine, page), pageOfPpn(here.machine, page));
  },
  PROCESS_MAKE_EXEC: (here, args) => process_make_exec(here, args),
  PROCESS_MAKE_FORK: (here, args) => process_make_fork(here, args),
  PROCESS_MAKE_EXIT: (here, { process }) => process_destroy(here, { process }),
  PROCESS_MAKE_KILL: (here, { process }) => process_destroy(here, { process }),
  THREAD_USER_CREATE: (here, args) => thread_user_create(here, args),
  VMM_GET_VSEG: (here, { process, vaddr }) => searchReference(here, process, vaddr),
  VMM_GET_PTE: (here, { process, vpn, cow }) => vmm_get_pte(here, { process, vpn, cow }),
  MAPPER_MOVE_BUFFER: (here, args) => mapper_move_buffer(here, args),
  MAPPER_GET_PAGE: (here, args) => mapper_get_page(here, args),
  VMM_CREATE_VSEG: (here, { placement, ...args }) => vmm_create_vseg(here, { ...args, cxy: placement }),
  VMM_REMOVE_REGION: (here, args) => vmm_remove_region(here, args),
  VMM_SET_COW: (here, { process, thread }) => vmm_set_cow(here, { process, thread_xp: thread }),
  VMM_DISPLAY: (here, { process, mapping }) => vmm_display(here, { process, mapping }),
};

/** The reference's own stacks are nobody else's (3.5). */
function* searchReference(here: Here, { vmm }: ProcessDescriptor, vaddr: number): Steps<Vseg | 'EINVAL'> {
  if (!tryLock(here, vmm.vsegs_lock, 'read')) yield* waitForLock(here, vmm.vsegs_lock, 'read');
  const found = vmm.vsegs_root.find((v) => v.vsegType !== VsegType.STACK && vaddr >= v.min && vaddr < v.max);
  release(here, vmm.vsegs_lock);
  return found ?? 'EINVAL';
}
