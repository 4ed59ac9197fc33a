/** Every function that a scenario may call by its own name, in the order of the specification. */
import type { KernelFunction } from '../../execution/activation.ts';
import { exec_load, execve } from './exec.ts';
import { page_fault_by_name } from './fault.ts';
import { sys_close, sys_open } from './file.ts';
import { region_maybe_cow, sys_fork } from './fork.ts';
import { create_heap, mem_adjust_inplace, sbrk, sys_brk } from './heap.ts';
import { mem_map, mem_remap, mmap_user, sys_mmap } from './mmap.ts';
import { pmm_alloc_cpage, pmm_alloc_page, pmm_free_page, pmm_ref_page } from './pmm.ts';
import { delete_process, new_process } from './process.ts';
import { mm_index, procvm_cleanup, procvm_create, procvm_dup, procvm_init_clean, region_copy_mm } from './procvm.ts';
import {
  mem_has_overlap, region_add, region_contains, region_create, region_create_range, region_dup, region_get, region_release,
  region_release_all, region_size, same_region, vm_regions,
} from './region.ts'; // prettier-ignore
import { procvm_copy_remote, procvm_enter_remote_transaction, procvm_exit_remote_transaction } from './remote.ts';
import { mem_msync, mem_sync_pages, msync } from './sync.ts';
import { mem_unmap, mem_unmap_region, sys_munmap } from './unmap.ts';
import {
  vmm_del_mapping, vmm_dup_page, vmm_lookupat, vmm_mount_pd, vmm_set_mapping, vmm_unmount_pd,
} from './vmm.ts'; // prettier-ignore

export const functions: readonly KernelFunction<never, unknown>[] = [
  pmm_alloc_page, pmm_alloc_cpage, pmm_free_page, pmm_ref_page,
  vmm_set_mapping, vmm_del_mapping, vmm_lookupat, vmm_mount_pd, vmm_unmount_pd, vmm_dup_page,
  procvm_create, procvm_init_clean, procvm_dup, region_copy_mm, procvm_cleanup, mm_index,
  region_create, region_create_range, region_add, region_get, region_contains, region_size, region_dup, same_region, region_release,
  region_release_all, mem_has_overlap, vm_regions,
  sys_mmap, mmap_user, mem_map, mem_remap,
  sys_munmap, mem_unmap, mem_unmap_region, mem_adjust_inplace, create_heap, sys_brk, sbrk, mem_sync_pages, mem_msync, msync,
  sys_fork, region_maybe_cow, page_fault_by_name,
  procvm_enter_remote_transaction, procvm_copy_remote, procvm_exit_remote_transaction,
  new_process, execve, exec_load, delete_process, sys_open, sys_close,
]; // prettier-ignore
