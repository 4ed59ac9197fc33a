import { kernelFunction } from '../../../execution/activation.ts';
import { clusterOfPpn, pageOfPpn, writeBytes, zeroFrame } from '../../../hardware/physical-memory.ts';
import { clusterCount, clusterOfCxy } from '../../../hardware/machine-config.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { addressOfPpn, PAGE_SIZE, type Ppn, type Vpn } from '../../../hardware/word.ts';
import { VsegFlag, VsegType } from '../base/constants.ts';
import { payFill } from '../objects/cost.ts';
import { clustersByLoad } from '../rpc/dqdt.ts';
import { mapper_get_page, mapper_move_buffer } from '../memory/mapper-functions.ts';
import { getPage, releasePage } from '../rpc/pages.ts';
import { rpc_mapper_get_page_client, rpc_mapper_move_buffer_client } from '../rpc/rpc-clients.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { isPrivate, type Vseg } from '../objects/vseg.ts';
import type { Mapper } from '../objects/mapper.ts';
import { changeRefcount } from '../objects/page-counts.ts';

/** 5.22: the one place where a user page comes to life. */
export const vmm_get_one_ppn = kernelFunction(
  {
    name: 'vmm_get_one_ppn',
    section: '5.22',
    doc: 'The frame for a page that is not mapped yet: the mapper’s own page for FILE, else a new one, filled as the vseg says.',
    parameters: [
      { name: 'vseg', type: { kind: 'object', type: 'vseg' } },
      { name: 'vpn', type: { kind: 'vpn' } },
    ],
    outputs: [{ name: 'ppn', type: { kind: 'ppn' } }],
    errors: ['ENOMEM', 'EIO'],
    steps: {
      1: 'FILE: the page of the mapper (RPC MAPPER_GET_PAGE if remote), refcount += 1; null: EIO',
      2: 'others: target cluster by type; one page from its PPM (RPC PMEM_GET_PAGES if remote); null: ENOMEM',
      3: 'CODE, DATA with a mapper: bytes of the file (RPC MAPPER_MOVE_BUFFER if remote), the rest zero; failure frees the page: EIO',
      4: 'STACK, ANON, REMOTE, or no mapper: zero',
      5: 'page.forks := 0, refcount := 1',
    },
  },
  function* (here: Here, { vseg, vpn }: { vseg: Vseg; vpn: Vpn }): Steps<{ ppn: Ppn } | 'ENOMEM' | 'EIO'> {
    if (vseg.vsegType === VsegType.FILE) {
      if (here.step('1')) yield;
      const page = yield* filePage(here, vseg, vpn);
      return page === null ? 'EIO' : { ppn: page };
    }
    if (here.step('2')) yield;
    const ppn = yield* newPage(here, vseg, vpn);
    if (ppn === null) return 'ENOMEM';
    const { mapper } = vseg;
    if (mapper !== null) {
      if (here.step('3')) yield;
      const error = yield* fillFromFile(here, vseg, mapper, vpn, ppn);
      if (error) {
        yield* releasePage(here, ppn);
        return error;
      }
    } else {
      if (here.step('4')) yield;
      zeroPage(here, ppn);
    }
    if (here.step('5')) yield;
    const { pages_tbl } = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm;
    pages_tbl.forks[pageOfPpn(here.machine, ppn)] = 0;
    pages_tbl.refcount[pageOfPpn(here.machine, ppn)] = 1;
    return { ppn };
  },
);

/** The page itself, shared by everybody who maps the file (9.4). */
function* filePage(here: Here, vseg: Vseg, vpn: Vpn): Steps<Ppn | null> {
  const mapper = vseg.mapper as Mapper;
  const index = vpn - vseg.vpn_base + Math.floor(vseg.file_offset / PAGE_SIZE);
  const ppn =
    mapper.cluster === here.cluster
      ? yield* mapper_get_page(here, { mapper, index })
      : yield* rpc_mapper_get_page_client(here, { cxy: mapper.cluster, mapper, index });
  if (ppn === null) return null;
  changeRefcount(here, ppn, 1);
  return ppn;
}

/** 3.1, 3.3: the cluster that supplies a page of a vseg. */
export function targetOf(here: Here, vseg: Vseg, vpn: Vpn): number {
  if (isPrivate(vseg)) return here.cluster;
  // i = vpn mod clusters; x = i div y_size, y = i mod y_size: cluster indexes count the same way.
  if ((vseg.flags & VsegFlag.DISTRIB) !== 0) return vpn % clusterCount(here.machine.config);
  return clusterOfCxy(here.machine.config, vseg.cxy);
}

/** 9.6: with ppmFallback, other clusters are asked in the order of their load. */
export function* newPage(here: Here, vseg: Vseg, vpn: Vpn): Steps<Ppn | null> {
  const target = targetOf(here, vseg, vpn);
  const ppn = yield* getPage(here, target);
  if (ppn !== null || here.kernel.options.ppmFallback === 'none' || isPrivate(vseg)) return ppn;
  for (const cluster of clustersByLoad(here.kernel, here.machine.config)) {
    if (cluster === target || clusterAt(here, cluster).ppm.free_pages_nr === 0) continue;
    const other = yield* getPage(here, cluster);
    if (other !== null) return other;
  }
  return null;
}

function* fillFromFile(here: Here, vseg: Vseg, mapper: Mapper, vpn: Vpn, ppn: Ppn): Steps<'EIO' | void> {
  const offset = (vpn - vseg.vpn_base) * PAGE_SIZE;
  const size = Math.min(PAGE_SIZE, vseg.file_size - offset);
  if (size <= 0) {
    zeroPage(here, ppn);
    return;
  }
  const source = { mapper, file_offset: vseg.file_offset + offset, dst: ppn, size };
  const error =
    mapper.cluster === here.cluster
      ? yield* mapper_move_buffer(here, source)
      : yield* rpc_mapper_move_buffer_client(here, { cxy: mapper.cluster, ...source });
  if (error) return error;
  if (size === PAGE_SIZE) return;
  writeBytes(here.machine, addressOfPpn(ppn, size), new Uint8Array(PAGE_SIZE - size));
  payFill(here, clusterOfPpn(here.machine, ppn), PAGE_SIZE - size);
}

/** By the thread that runs here, with remote stores if the page is remote (7.3). */
function zeroPage(here: Here, ppn: Ppn): void {
  const cluster = clusterOfPpn(here.machine, ppn);
  zeroFrame(here.machine, ppn);
  payFill(here, cluster);
  emit(here.machine, EventKind.pageZero, cluster, { ppn });
}
