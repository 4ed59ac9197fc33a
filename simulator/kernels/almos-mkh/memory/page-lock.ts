import { createLock, release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { pageOfPpn, clusterOfPpn } from '../../../hardware/physical-memory.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';

/** page.lock, which makes `forks` safe although the page may be remote (9.5). Exists while somebody wants it. */
export function* lockPage(here: Here, ppn: Ppn): Steps<void> {
  const locks = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pageLocks;
  const page = pageOfPpn(here.machine, ppn);
  let lock = locks.get(page);
  if (lock === undefined) {
    lock = createLock(`page.lock of ${hex(ppn, 7)}`);
    locks.set(page, lock);
  }
  if (!tryLock(here, lock)) yield* waitForLock(here, lock);
}

export function unlockPage(here: Here, ppn: Ppn): void {
  const locks = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pageLocks;
  const page = pageOfPpn(here.machine, ppn);
  const lock = locks.get(page);
  if (lock === undefined) throw new Error(`internal: page ${hex(ppn)} is not locked`);
  release(here, lock);
  if (lock.waiters.length === 0) locks.delete(page);
}
