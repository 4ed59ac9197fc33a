/** The views that only this kernel has: cache chains, page queues, the commit account, windows, address spaces. */
import type { Machine } from '../../../hardware/machine.ts';
import { hex } from '../../../hardware/word.ts';
import type { ProcessObject } from '../../kernel.ts';
import {
  viewLimit,
  type KernelView,
  type ViewNode,
  type ViewStrip,
  type ViewTable,
  type ViewTone,
  type ViewTree,
} from '../../kernel-view.ts';
import {
  IOSPACE_CHUNK, IOSPACE_SLOTS, PAGE_STATE_BUSY, PAGE_STATE_INACTIVE, PAGE_STATE_MODIFIED, PAGE_STATE_WIRED, pageStateTexts,
  VM_ASPACE_STATE_DELETION,
} from '../base/constants.ts'; // prettier-ignore
import { departuresView } from './departures.ts';
import { lockText } from './inspect.ts';
import {
  endOf,
  type HaikuState,
  type PageId,
  type Process,
  type VmAddressSpace,
  type VmCache,
  type VmCacheRef,
  type VmRegion,
} from '../base/state.ts';

export function haikuViews(state: HaikuState, _machine: Machine, process: ProcessObject | null): KernelView[] {
  const aspace = process === null ? null : (process as Process).aspace;
  return [
    cacheChains(state, aspace),
    pageQueues(state),
    commitAccount(state),
    addressSpaces(state),
    iospace(state),
    departuresView(),
  ];
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}

interface Budget {
  left: number;
  more: number;
}

function take(budget: Budget): boolean {
  if (budget.left-- > 0) return true;
  budget.more += 1;
  return false;
}

/** 1.2: from each region down its chain: what a fault looks through. Without a process: every cache. */
function cacheChains(state: HaikuState, aspace: VmAddressSpace | null): ViewTree {
  const budget: Budget = { left: viewLimit, more: 0 };
  const nodes =
    aspace === null
      ? [...state.cache_refs.values()].flatMap((ref) => cacheNode(state, ref, budget, 'cache'))
      : aspace.virtual_map.region_list.flatMap((region) => regionNode(state, region, budget));
  return {
    shape: 'tree', id: 'cache-chains', title: 'Cache chains', nodes, more: budget.more,
    note: 'A fault looks for its page from the region’s own cache down the chain to the deepest. A write copies the page up; what lies higher hides what lies deeper.',
  }; // prettier-ignore
}

function regionNode(state: HaikuState, region: VmRegion, budget: Budget): ViewNode[] {
  if (!take(budget)) return [];
  const { id, name, base, lock, ref_count, cache_ref, sim_share } = region;
  return [
    {
      id: `region ${String(id)}`, label: `${name} #${String(id)}`,
      detail: `${hex(base, 8)}-${hex(endOf(region), 8)} ${lockText(lock)}, ref_count ${String(ref_count)}, ${sim_share}`,
      tone: sim_share === 'shared' ? 'shared' : 'normal',
      children: cache_ref === null ? [] : cacheNode(state, cache_ref, budget, `region ${String(id)}`),
    },
  ]; // prettier-ignore
}

const storeTexts = { anonymous: 'anonymous memory', vnode: 'file', device: 'device', null: 'nothing' } as const;

function storeText({ store }: VmCache): string {
  if (store.vnode !== null) return `file “${store.vnode.path}”`;
  return store.kind === 'device' ? `device at ${hex(store.base_addr, 8)}` : storeTexts[store.kind];
}

function cacheNode(state: HaikuState, ref: VmCacheRef, budget: Budget, path: string): ViewNode[] {
  if (!take(budget)) return [];
  const { cache, ref_count, region_list } = ref;
  const id = `${path} > ${String(ref.id)}`;
  const notes = [`ref_count ${String(ref_count)}`, count(cache.page_list.length, 'page')];
  if (cache.temporary) notes.push(`promises ${hex(cache.virtual_size, 1)}`);
  if (cache.scan_skip) notes.push('not scanned');
  const pages = [...cache.page_list].reverse().flatMap((page) => pageNode(state, page, budget, id));
  const source = cache.source?.ref ?? null;
  const below = source === null ? [] : cacheNode(state, source, budget, id);
  return [
    {
      id, label: `cache #${String(ref.id)} over ${storeText(cache)}`, detail: notes.join(', '),
      tone: region_list.length > 1 || ref_count > region_list.length ? 'shared' : 'normal', children: [...pages, ...below],
    },
  ]; // prettier-ignore
}

function pageNode({ pages, dummies }: HaikuState, page: PageId, budget: Budget, path: string): ViewNode[] {
  if (!take(budget)) return [];
  if (page < 0) {
    const offset = hex(dummies.get(page)?.offset ?? 0, 1);
    return [
      {
        id: `${path} dummy ${String(page)}`,
        label: `dummy at ${offset}`,
        detail: 'a fault is in progress here',
        tone: 'changed',
        children: [],
      },
    ];
  }
  const state = pages.state[page] ?? 7;
  const detail = `page ${hex(page, 1)} ${pageStateTexts[state] ?? 'unknown'}, ${count(pages.ref_count[page] ?? 0, 'mapping')}`;
  return [
    {
      id: `${path} ${hex(page, 1)}`,
      label: hex(pages.offset[page] ?? 0, 1),
      detail,
      tone: pageTone(state),
      children: [],
    },
  ];
}

function pageTone(state: number): ViewTone {
  if (state === PAGE_STATE_BUSY) return 'changed';
  if (state === PAGE_STATE_MODIFIED) return 'warning';
  return state === PAGE_STATE_INACTIVE || state === PAGE_STATE_WIRED ? 'muted' : 'normal';
}

const queueNotes = {
  page_free_queue: 'contents arbitrary; the scrubber clears them',
  page_clear_queue: 'all zero',
  page_active_queue: 'in caches, wired, or not managed',
  page_modified_queue: 'wait for the pageout daemon',
} as const;

/** 7.2, 7.3: the next to be taken is the tail. */
function pageQueues({ pages }: HaikuState): ViewTable {
  const counts = new Array<number>(pageStateTexts.length).fill(0);
  for (const state of pages.state) counts[state] = (counts[state] ?? 0) + 1;
  const queues = Object.values(pages.queues).map(({ name, count, tail }) => ({
    id: name, tone: 'normal' as const, cells: [name, String(count), tail < 0 ? '' : hex(tail, 1), queueNotes[name]],
  })); // prettier-ignore
  const states = pageStateTexts.map((text, state) => ({
    id: `state ${text}`, tone: pageTone(state), cells: [text, String(counts[state] ?? 0), '', ''],
  })); // prettier-ignore
  return {
    shape: 'table', id: 'page-queues', title: 'Page queues and states', rows: [...queues, ...states], more: 0,
    columns: [{ title: 'queue or state', align: 'left' }, { title: 'pages', align: 'right' }, { title: 'next out', align: 'right' }, { title: '', align: 'left' }],
    note: 'Every physical page is on exactly one queue, by its state. Pages enter at the head and leave at the tail: first in, first out.',
  }; // prettier-ignore
}

/** I12: what is promised, by cache. */
function commitAccount(state: HaikuState): ViewTable {
  const caches = [...state.cache_refs.values()].filter(({ cache }) => cache.temporary && cache.virtual_size > 0);
  const rows = caches.slice(0, viewLimit - 2).map(({ id, cache, region_list }) => ({
    id: `cache ${String(id)}`, tone: 'normal' as const,
    cells: [`cache #${String(id)}${region_list[0] === undefined ? ', no region' : `, ${region_list[0].name}`}`, hex(cache.virtual_size, 1)],
  })); // prettier-ignore
  const promised = caches.reduce((sum, { cache }) => sum + cache.virtual_size, 0);
  return {
    shape: 'table', id: 'commit', title: 'Commit account', more: Math.max(0, caches.length - (viewLimit - 2)),
    rows: [
      { id: 'max_commit', tone: 'shared', cells: ['max_commit: may still be promised', hex(state.max_commit, 1)] },
      { id: 'promised', tone: 'normal', cells: ['promised', hex(promised, 1)] },
      ...rows,
    ],
    columns: [{ title: 'what', align: 'left' }, { title: 'bytes', align: 'right' }],
    note: 'Memory is promised when a region is made, not when it is touched: there is no overcommit. Both first lines add up to all of memory.',
  }; // prettier-ignore
}

function addressSpaces({ aspace_table, trimming_cycle }: HaikuState): ViewTable {
  const rows = [...aspace_table.values()].slice(0, viewLimit).map(({ id, name, ref_count, fault_count, working_set_size, state, virtual_map, translation_map }) => ({
    id: `aspace ${String(id)}`, tone: state === VM_ASPACE_STATE_DELETION ? ('dead' as const) : ('normal' as const),
    cells: [
      `${name} #${String(id)}`, String(ref_count), String(virtual_map.region_list.length), String(virtual_map.change_count), String(fault_count),
      String(translation_map.map_count), String(working_set_size),
    ],
  })); // prettier-ignore
  return {
    shape: 'table', id: 'address-spaces', title: 'Address spaces', rows, more: Math.max(0, aspace_table.size - viewLimit),
    columns: [
      { title: 'aspace', align: 'left' },
      ...['ref_count', 'regions', 'changes', 'faults', 'map_count', 'working set'].map((title) => ({ title, align: 'right' as const })),
    ],
    note: `The page daemon adjusts each working set by the rate of faults, and trims what is mapped beyond it while memory is short${trimming_cycle ? ', which it is' : ''}.`,
  }; // prettier-ignore
}

/** 8.7 */
function iospace({ iospace: { virtual_pmappings, paddr_desc, first_free_vmapping } }: HaikuState): ViewStrip {
  const used = virtual_pmappings.flatMap((chunk, slot) =>
    chunk < 0 ? [] : [{ chunk, slot, refs: paddr_desc[chunk]?.ref_count ?? 0 }],
  );
  return {
    shape: 'strip', id: 'iospace', title: 'IOSPACE: windows onto physical memory', unit: 'slot', start: 0, end: IOSPACE_SLOTS, more: 0,
    segments: used.map(({ chunk, slot, refs }) => ({
      start: slot, end: slot + 1, label: `chunk ${String(chunk)}`, detail: `physical ${hex(chunk * IOSPACE_CHUNK, 8)}, ${count(refs, 'reference')}`,
      tone: refs > 0 ? 'changed' : 'normal',
    })),
    note: `64 slots of 4 MB through which the kernel reaches physical pages. ${first_free_vmapping < IOSPACE_SLOTS ? `The next new chunk takes slot ${String(first_free_vmapping)}.` : 'All slots are taken: the one put first is replaced.'}`,
  }; // prettier-ignore
}
