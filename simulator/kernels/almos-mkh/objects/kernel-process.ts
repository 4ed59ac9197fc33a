/** LPID 0: the kernel's own process, with a table in every cluster (A18). Its descriptors are made on first use. */
import { ppnAt } from '../../../hardware/physical-memory.ts';
import type { Machine } from '../../../hardware/machine.ts';
import type { Ppn } from '../../../hardware/word.ts';
import { CONFIG_VMM_HEAP_BASE, CONFIG_VMM_STACK_BASE, KERNEL_PT1_PAGE } from '../base/constants.ts';
import { createCopy, descriptorIn, insertCopy, type ProcessDescriptor } from './process.ts';
import type { AlmosState } from './state.ts';

export function kernelRoot(machine: Machine, cluster: number): Ppn {
  return ppnAt(machine, cluster, KERNEL_PT1_PAGE);
}

/** The kernel process's descriptor in a cluster. */
export function kernelDescriptor({ process_zero }: AlmosState, machine: Machine, cluster: number): ProcessDescriptor {
  const known = descriptorIn(process_zero, cluster);
  const descriptor = known ?? createCopy(process_zero, cluster);
  if (known === null) insertCopy(process_zero, descriptor);
  if (descriptor.vmm.gpt.ppn === 0) useBootTable(machine, descriptor);
  return descriptor;
}

/** PT1 is two reserved pages of each bank. */
function useBootTable(machine: Machine, { vmm, cluster }: ProcessDescriptor): void {
  vmm.gpt.ppn = kernelRoot(machine, cluster);
  vmm.gpt.page = vmm.gpt.ppn;
  vmm.gpt.ptr = KERNEL_PT1_PAGE * 4096;
  vmm.mmap_mgr.vpn_base = CONFIG_VMM_HEAP_BASE;
  vmm.mmap_mgr.first_free_vpn = CONFIG_VMM_HEAP_BASE;
  vmm.mmap_mgr.vpn_size = CONFIG_VMM_STACK_BASE - CONFIG_VMM_HEAP_BASE;
}
