/** The views that only ALMOS-MKH has: descriptors by cluster, buddy lists, released mmap ranges, remote procedure calls. */
import type { Machine } from '../../../hardware/machine.ts';
import { clusterX, clusterY } from '../../../hardware/machine-config.ts';
import { hex, addressOfVpn } from '../../../hardware/word.ts';
import type { ProcessObject } from '../../kernel.ts';
import { viewLimit, type KernelView, type ViewNode, type ViewTable, type ViewTree } from '../../kernel-view.ts';
import type { RegionView } from '../../view.ts';
import { MAX_ORDER } from '../objects/buddy.ts';
import { regionsOf } from './inspect.ts';
import type { Process, ProcessDescriptor } from '../objects/process.ts';
import { readRecord } from '../objects/rpc-trace.ts';
import type { AlmosState } from '../objects/state.ts';

/** RPCs that are told, the last ones. */
const MOST_RPCS = 40;

export function almosViews(
  state: AlmosState,
  machine: Machine,
  process: ProcessObject | null,
  around: number,
): KernelView[] {
  const place = (cluster: number): string =>
    `${String(clusterX(machine.config, cluster))},${String(clusterY(machine.config, cluster))}`;
  const own = process as Process | null;
  return [
    ...(own?.alive === true ? [descriptors(state, own, place), releasedRanges(own)] : []),
    buddyLists(state, around, place),
    rpcQueues(state, around, place),
    lastRpcs(state, place),
  ];
}

type Place = (cluster: number) => string;

/** Clusters side by side in a table. */
const MOST_COLUMNS = 16;

/** So many of a list as fit, beginning with that one, or before it where the list ends. */
function windowAround<T>(list: readonly T[], at: number, most: number): readonly T[] {
  const start = Math.max(0, Math.min(at, list.length - most));
  return list.slice(start, start + most);
}

/** 1.4, 2.4. */
function descriptors(state: AlmosState, process: Process, place: Place): ViewTree {
  return {
    shape: 'tree', id: 'descriptors', title: `Descriptors of ${process.name}`, more: 0,
    note: 'A process has a descriptor with its own vseg list and page table in every cluster where it lives. The reference knows all; a copy learns of a vseg when a thread there first needs it.',
    nodes: process.copies.map((copy) => descriptor(state, process, copy, place)),
  }; // prettier-ignore
}

function descriptor(state: AlmosState, process: Process, copy: ProcessDescriptor, place: Place): ViewNode {
  const isReference = copy === copy.ref;
  const vsegs = regionsOf(state, process, copy.cluster);
  const threads = copy.th_tbl.flatMap((thread) => (thread === null ? [] : [thread.name]));
  return {
    id: `in ${String(copy.cluster)}`,
    label: place(copy.cluster),
    detail: [
      isReference ? 'reference' : 'copy',
      `PT1 at frame ${hex(copy.vmm.gpt.ppn)}`,
      threads.length === 0 ? 'no thread' : threads.join(', '),
    ].join(' · '),
    tone: 'normal',
    children: vsegs.map((vseg) => vsegNode(copy.cluster, vseg)),
  };
}

function vsegNode(cluster: number, { start, end, name, protection, kind, note }: RegionView): ViewNode {
  const { read, write, execute } = protection;
  const rights = `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}`;
  return {
    id: `in ${String(cluster)} at ${hex(start)}`,
    label: name,
    detail: `${hex(start)} – ${hex(end)} ${rights} · ${note}`,
    tone: kind === 'file' || kind === 'shared' ? 'shared' : 'normal',
    children: [],
  };
}

/** 5.17. */
function releasedRanges({ vmm }: Process): ViewTable {
  const { zombi_list, first_free_vpn } = vmm.mmap_mgr;
  const ranges = zombi_list.flatMap((list, order) => list.map((range) => ({ order, range })));
  return {
    shape: 'table', id: 'zombi-lists', title: 'Released mmap ranges',
    note: `mmap takes the last released range of exactly its size, rounded up to a power of two; else from the part never used, which begins at ${hex(addressOfVpn(first_free_vpn))}.`,
    more: Math.max(0, ranges.length - viewLimit),
    columns: [{ title: 'pages', align: 'right' }, { title: 'from', align: 'left' }],
    rows: ranges.slice(0, viewLimit).map(({ order, range }) => ({
      id: hex(range.vpn_base), tone: 'normal', cells: [(2 ** order).toLocaleString('en'), hex(addressOfVpn(range.vpn_base))],
    })),
  }; // prettier-ignore
}

/** 9.2. */
function buddyLists({ clusters }: AlmosState, around: number, place: Place): ViewTable {
  const shown = windowAround(clusters, around, MOST_COLUMNS);
  const orders = Array.from({ length: MAX_ORDER + 1 }, (_, order) => order);
  return {
    shape: 'table', id: 'buddy-lists', title: 'Free blocks by cluster',
    note: 'The buddy allocator of each cluster: how many blocks of 2^k pages are free. Taking one splits a larger block; giving it back merges it with its buddy.',
    more: clusters.length - shown.length,
    columns: [
      { title: 'pages', align: 'right' },
      ...shown.map(({ index }) => ({ title: place(index), align: 'right' as const })),
    ],
    rows: orders.map((order) => ({
      id: String(order), tone: 'normal',
      cells: [(2 ** order).toLocaleString('en'), ...shown.map(({ ppm }) => (ppm.free_pages_root.length[order] ?? 0).toLocaleString('en'))],
    })),
  }; // prettier-ignore
}

/** 8.2. */
function rpcQueues({ clusters }: AlmosState, around: number, place: Place): ViewTable {
  const fifos = clusters.flatMap(({ rpc_fifos }) => rpc_fifos);
  const first = fifos.findIndex(({ cluster }) => cluster === around);
  const shown = windowAround(fifos, first, viewLimit);
  return {
    shape: 'table', id: 'rpc-queues', title: 'RPC queues',
    note: 'Requests wait here until an RPC thread of the cluster takes them. A queue whose threads are all busy while clients wait for it is how kernels of this kind deadlock.',
    more: fifos.length - shown.length,
    columns: [
      { title: 'cluster', align: 'left' }, { title: 'waiting', align: 'right' }, { title: 'busy threads', align: 'right' },
      { title: 'requests', align: 'left' },
    ],
    rows: shown.map(({ cluster, core, queue, active }) => {
      const busy = active.filter((isBusy) => isBusy).length;
      return {
        id: String(core), tone: busy === active.length ? 'warning' : busy > 0 || queue.length > 0 ? 'changed' : 'muted',
        cells: [place(cluster), String(queue.length), `${String(busy)} of ${String(active.length)}`, queue.map(({ name }) => name).join(', ')],
      };
    }),
  }; // prettier-ignore
}

/** 8.9. */
function lastRpcs({ rpc }: AlmosState, place: Place): ViewTable {
  const first = Math.max(0, rpc.length - MOST_RPCS);
  const records = Array.from({ length: rpc.length - first }, (_, index) => readRecord(rpc, rpc.length - 1 - index));
  return {
    shape: 'table', id: 'rpcs', title: 'Remote procedure calls',
    note: 'The last ones first: who asked whom for what, and for how many cycles the client waited.',
    more: first,
    columns: [
      { title: '#', align: 'right' }, { title: 'name', align: 'left' }, { title: 'client', align: 'left' },
      { title: 'server', align: 'left' }, { title: 'cycles', align: 'right' }, { title: 'for #', align: 'right' },
    ],
    rows: records.flatMap((record) => {
      if (record === null) return [];
      const { seq, name, client, client_thread, server, time_post, time_done, parent } = record;
      const time = time_done === 0 ? 'waiting' : (time_done - time_post).toLocaleString('en');
      const cells = [String(seq), name, `${place(client)} ${client_thread}`, place(server), time, parent === null ? '' : String(parent)];
      return [{ id: String(seq), tone: time_done === 0 ? ('changed' as const) : ('normal' as const), cells }];
    }),
  }; // prettier-ignore
}
