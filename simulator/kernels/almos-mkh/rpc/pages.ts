/** Pages from and to any cluster: directly where the page is local, by RPC where it is not. */
import { clusterOfPpn, pageOfPpn, ppnAt } from '../../../hardware/physical-memory.ts';
import type { Ppn } from '../../../hardware/word.ts';
import { remoteAccess } from '../objects/cost.ts';
import { PageUse } from '../objects/page.ts';
import { allocatePages, freePages } from '../memory/ppm-functions.ts';
import { rpc_pmem_get_pages_client, rpc_pmem_release_pages_client } from './rpc-clients.ts';
import type { Here, Steps } from '../objects/state.ts';

/** A page of a cluster, or null. No other cluster is tried (9.6). */
export function* getPage(here: Here, cluster: number): Steps<Ppn | null> {
  if (cluster !== here.cluster) return yield* rpc_pmem_get_pages_client(here, { cxy: cluster, order: 0 });
  const page = yield* allocatePages(here, cluster, 0, PageUse.user);
  return page < 0 ? null : ppnAt(here.machine, cluster, page);
}

/** 5.12, Release. */
export function* releasePage(here: Here, ppn: Ppn): Steps<void> {
  const cluster = clusterOfPpn(here.machine, ppn);
  if (cluster === here.cluster) yield* freePages(here, cluster, pageOfPpn(here.machine, ppn));
  else yield* rpc_pmem_release_pages_client(here, { cxy: cluster, page: ppn });
}

/** B1: a private page of a copy goes back to the copy's own PPM by remote access, without an RPC. */
export function* releaseRemotely(here: Here, ppn: Ppn): Steps<void> {
  const cluster = clusterOfPpn(here.machine, ppn);
  remoteAccess(here, cluster);
  yield* freePages(here, cluster, pageOfPpn(here.machine, ppn));
}
