/** What the kernel writes into an address space that it builds, and that no core runs yet. */
import { pageTableRoot, setPageTableRoot } from '../../../hardware/core.ts';
import { Access } from '../../../hardware/machine.ts';
import { REFUSED, translate } from '../../../hardware/mmu.ts';
import { writeBytes } from '../../../hardware/physical-memory.ts';
import { PAGE_SIZE, type VmError } from '../base/constants.ts';
import { pageDown, type Here, type Steps, type VmAddressSpace } from '../base/state.ts';
import { softFault } from '../regions/soft-fault.ts';

/** Page by page; where the translation is missing or read-only, a write fault of the kernel's comes first. */
export function* writeAsKernel(
  here: Here,
  aspace: VmAddressSpace,
  address: number,
  bytes: Uint8Array,
): Steps<VmError | void> {
  for (let done = 0; done < bytes.length;) {
    const va = address + done;
    const pa = translateIn(here, aspace, va);
    if (pa === REFUSED) {
      const error = yield* softFault(here, { address: va, is_write: true, is_user: false, aspace });
      if (error) return error;
      continue;
    }
    const part = bytes.subarray(done, done + pageDown(va) + PAGE_SIZE - va);
    writeBytes(here.machine, pa, part);
    done += part.length;
  }
}

/** A supervisor's write in an address space that the core does not run. */
function translateIn({ machine, core }: Here, { translation_map }: VmAddressSpace, va: number): number {
  const root = pageTableRoot(machine, core);
  setPageTableRoot(machine, core, translation_map.pgdir_phys / PAGE_SIZE);
  const pa = translate(machine, core, va, Access.write, false);
  setPageTableRoot(machine, core, root);
  return pa;
}
