/** A machine for a recording, where the user names none: its processes should fit, whatever the kernel does with memory. */
import { type MachineConfig, MAX_PAGES } from '../../hardware/machine-config.ts';

/** Bytes at once, over all processes. */
export interface MemoryNeed {
  /** Of pages that were touched, and of programs. */
  readonly touched: number;
  /** Of all that is mapped, counted again for each fork: what a kernel promises that never gives more than it has. */
  readonly promised: number;
}

const PAGE = 4096;
/** Room for the kernel itself. */
const KERNEL_BYTES = 8 * 2 ** 20;

/**
 * With the smallest power of two of memory in a cluster that holds what is needed, at least the machine's own. Pages of one
 * process may all come from one cluster; page tables, caches of files and pages kept for a copy take half as much again.
 */
export function sizedFor(config: MachineConfig, needs: readonly MemoryNeed[], promisesMemory: boolean): MachineConfig {
  const bytes = needs.reduce(
    (sum, { touched, promised }) => sum + need(touched, promised, promisesMemory),
    KERNEL_BYTES,
  );
  let memoryBytes = config.memoryBytes;
  while (memoryBytes < bytes && memoryBytes * 2 <= MAX_PAGES * PAGE) memoryBytes *= 2;
  return memoryBytes === config.memoryBytes ? config : { ...config, memoryBytes };
}

function need(touched: number, promised: number, promisesMemory: boolean): number {
  return promisesMemory ? Math.max(1.5 * touched, 1.25 * promised) : 1.5 * touched;
}
