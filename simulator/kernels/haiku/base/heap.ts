/** 2.12, H11: addresses of kernel objects. They count upwards and are never used again; page directories come from the top. */
import { PAGE_SIZE } from './constants.ts';
import { mustFail } from '../../injections.ts';
import type { Here } from './state.ts';

/** One call, of so many bytes: a stable address, or 0 when it was made to fail. */
export function kmalloc(here: Here, bytes: number): number {
  const { kernel } = here;
  if (mustFail(kernel, ['kmalloc', 'object-alloc'], here.cluster)) return 0;
  const address = kernel.heap_next;
  kernel.heap_next += Math.ceil(bytes / 16) * 16;
  return address;
}

/** A page-aligned page for a page directory; 0 when none is left. */
export function allocatePageDirectory(here: Here): number {
  const { kernel } = here;
  if (mustFail(kernel, ['kmalloc', 'object-alloc'], here.cluster)) return 0;
  kernel.free_pgdirs.sort((a, b) => a - b);
  const again = kernel.free_pgdirs.pop();
  if (again !== undefined) return again;
  if (kernel.next_pgdir - PAGE_SIZE < kernel.heap_base) return 0;
  kernel.next_pgdir -= PAGE_SIZE;
  return kernel.next_pgdir;
}

export function freePageDirectory(here: Here, address: number): void {
  here.kernel.free_pgdirs.push(address);
}
