/** Every function that a scenario may call by its own name, in the order of the specification. */
import type { KernelFunction } from '../../execution/activation.ts';
import { vmm_check_conflict } from './regions/check-conflict.ts';
import { vmm_create_vseg } from './regions/create-vseg.ts';
import { vmm_display } from './processes/display.ts';
import { sys_exec } from './processes/exec.ts';
import { sys_fork } from './processes/fork.ts';
import { enterCall, leaveCall } from './rpc/gate.ts';
import { vmm_get_pte } from './faults/get-pte.ts';
import { vmm_get_vseg } from './faults/get-vseg.ts';
import { vmm_global_update_pte } from './faults/global-update-pte.ts';
import {
  hal_gpt_create,
  hal_gpt_destroy,
  hal_gpt_get_pte,
  hal_gpt_is_cow,
  hal_gpt_is_mapped,
  hal_gpt_reset_pte,
  hal_gpt_set_pte,
  hal_gpt_update_pte,
} from './memory/gpt-functions.ts';
import { hal_gpt_lock_pte, hal_gpt_unlock_pte } from './memory/pte-lock.ts'; // prettier-ignore
import { vmm_map_kernel_vseg } from './regions/map-kernel-vseg.ts';
import { mapper_get_page, mapper_move_buffer } from './memory/mapper-functions.ts';
import { mmap_alloc, mmap_free } from './regions/mmap-allocator.ts';
import { vmm_get_one_ppn } from './faults/one-ppn.ts';
import { vmm_copy_on_write, vmm_handle_page_fault } from './faults/page-fault.ts';
import { checkPreconditions } from './views/preconditions.ts';
import { ppm_alloc_pages, ppm_free_pages } from './memory/ppm-functions.ts';
import { currentThread } from './objects/process.ts';
import { vmm_remove_region } from './regions/remove-region.ts';
import { vmm_remove_vseg } from './regions/remove-vseg.ts';
import * as rpcClients from './rpc/rpc-clients.ts';
import { hal_gpt_set_cow, vmm_set_cow } from './regions/set-cow.ts';
import type { Here, Steps } from './objects/state.ts';
import { stack_alloc, stack_free } from './regions/stack-allocator.ts';
import { sys_mmap, sys_munmap, sys_open } from './processes/syscalls.ts';
import { vmm_unmap_vseg } from './regions/unmap-vseg.ts';
import { vmm_v2p_translate } from './faults/v2p-translate.ts';
import { hal_gpt_pte_copy, vmm_copy } from './regions/vmm-copy.ts';
import { vmm_destroy } from './regions/vmm-destroy.ts';
import { vmm_init } from './regions/vmm-init.ts';

/** Called by a thread, a function is a kernel call of its process: an exit waits for it. */
function asCall(fn: KernelFunction<never, unknown>): KernelFunction<never, unknown> {
  const call = fn as unknown as (caller: Here, args: unknown) => Steps<unknown>;
  const gated = function* (caller: Here, args: unknown): Steps<unknown> {
    checkPreconditions(caller, fn.info, args as Readonly<Record<string, unknown>>);
    const thread = currentThread(caller);
    if (thread === null) return yield* call(caller, args);
    if (!(yield* enterCall(caller, thread.process))) return 'ESRCH';
    const result = yield* call(caller, args);
    leaveCall(thread.process);
    return result;
  };
  return Object.assign(gated, { info: fn.info });
}

const callable: readonly KernelFunction<never, unknown>[] = [
  vmm_init,
  vmm_display,
  vmm_copy,
  vmm_set_cow,
  vmm_destroy,
  vmm_check_conflict,
  vmm_create_vseg,
  vmm_remove_vseg,
  vmm_map_kernel_vseg,
  vmm_global_update_pte,
  vmm_unmap_vseg,
  vmm_remove_region,
  vmm_get_vseg,
  vmm_v2p_translate,
  stack_alloc,
  stack_free,
  mmap_alloc,
  mmap_free,
  vmm_handle_page_fault,
  vmm_copy_on_write,
  vmm_get_pte,
  vmm_get_one_ppn,
  sys_mmap,
  sys_munmap,
  sys_open,
  sys_fork,
  sys_exec,
  ppm_alloc_pages,
  ppm_free_pages,
  mapper_get_page,
  mapper_move_buffer,
  hal_gpt_create,
  hal_gpt_destroy,
  hal_gpt_set_pte,
  hal_gpt_get_pte,
  hal_gpt_reset_pte,
  hal_gpt_lock_pte,
  hal_gpt_unlock_pte,
  hal_gpt_is_mapped,
  hal_gpt_is_cow,
  hal_gpt_pte_copy,
  hal_gpt_set_cow,
  hal_gpt_update_pte,
  ...(Object.values(rpcClients) as readonly KernelFunction<never, unknown>[]),
] as readonly KernelFunction<never, unknown>[];

export const functions: readonly KernelFunction<never, unknown>[] = callable.map(asCall);
