/** The members of the kernel's objects by the specification's field names (chapter 2). */
import type { ObjectTypeInfo } from '../../kernel.ts';
import { PAGE_TYPE_DUMMY, PAGE_TYPE_PHYSICAL } from '../base/constants.ts';
import { countOf } from '../base/locks.ts';
import { cacheRefOf, pageHandle } from '../memory/pages.ts';
import type {
  DummyPage,
  HaikuState,
  Mutex,
  PageId,
  PageQueue,
  Process,
  RwSem,
  VmAddressSpace,
  VmCache,
  VmCacheRef,
  VmPage,
  VmRegion,
  VmStore,
  VmTranslationMap,
  VmVirtualMap,
  Vnode,
} from '../base/state.ts';

export const objectTypes: readonly ObjectTypeInfo[] = [
  {
    name: 'vm_page',
    doc: '2.1: the descriptor of a physical page, or a dummy page.',
    fields: {
      ppn: 'physical page number', offset: 'byte offset in its cache', cache_ref: 'owner, or none', ref_count: 'region mappings of the page (D1)',
      type: 'PAGE_TYPE_PHYSICAL or _DUMMY', state: 'PAGE_STATE_…', queue_prev: 'towards the head of its queue', queue_next: 'towards the tail',
      cache_prev: 'newer page of its cache', cache_next: 'older page of its cache', hash_next: 'no two pages of a cache share an offset: none',
    },
  },
  {
    name: 'vm_cache_ref',
    doc: '2.2: the counted, locked handle of a cache.',
    fields: { cache: 'its cache', lock: 'mutex: holder, sem', region_list: 'regions that show the cache, new ones first', ref_count: 'references', address: 'of the object' },
  },
  {
    name: 'vm_cache',
    doc: '2.3: resident pages of a store.',
    fields: {
      page_list: 'pages, new ones first', ref: 'its cache_ref', source: 'the cache beneath, or none', store: 'where contents come from',
      virtual_size: 'bytes promised', temporary: 'contents die with it', scan_skip: 'the page daemon ignores it', address: 'of the object',
    },
  },
  {
    name: 'vm_store',
    doc: '2.4: where page contents come from and go to.',
    fields: { cache: 'its cache', committed_size: 'bytes', data: 'vnode, base_addr or none', address: 'of the object', kind: 'anonymous, vnode, device or null', vnode: 'the file', base_addr: 'of a device' },
  },
  {
    name: 'vm_region',
    doc: '2.5: a range of virtual addresses that shows a window of a cache.',
    fields: {
      name: 'copy of its name', id: 'region id', base: 'first address', size: 'bytes', lock: 'LOCK_… bits', wiring: 'REGION_WIRING_…',
      ref_count: 'references', cache_ref: 'what it shows', cache_offset: 'where its window begins', aspace: 'its address space',
      aspace_next: 'the next by base', map: 'its virtual map', cache_next: 'older region of the cache', cache_prev: 'newer region of the cache',
      hash_next: 'ids below 1024 share no bucket: none', sim_mapping: 'mapping argument used', sim_share: 'private or shared, for fork', address: 'of the object',
    },
  },
  {
    name: 'vm_virtual_map',
    doc: '2.7: the sorted list of regions.',
    fields: {
      region_list: 'regions by base', region_hint: 'found last', change_count: 'insertions and removals', sem: 'aspacelock: count, holder, readers, waiters',
      aspace: 'its address space', base: 'first address', size: 'bytes',
    },
  },
  {
    name: 'vm_address_space',
    doc: '2.8: an address space.',
    fields: {
      virtual_map: 'its regions', translation_map: 'its page tables', name: 'its name', id: 'aspace id', ref_count: 'references', fault_count: 'since the last adjustment',
      state: 'VM_ASPACE_STATE_…', scan_va: 'where the page daemon goes on', working_set_size: 'pages', max_working_set: 'pages', min_working_set: 'pages',
      last_working_set_adjust: 'microseconds', address: 'of the object',
    },
  },
  {
    name: 'vm_translation_map',
    doc: '2.9: page tables.',
    fields: {
      arch_data: 'the page directory, and what is to be invalidated', lock: 'recursive: holder, sem, recursion', map_count: 'pages and page tables', pgdir_virt: 'page directory, virtual', pgdir_phys: 'page directory, physical',
      num_invalidate_pages: 'remembered for invalidation', pages_to_invalidate: 'the first 64 of them', address: 'of the object',
    },
  },
  {
    name: 'page_queue',
    doc: '7.3: a queue of pages; [i] counts from its head.',
    fields: { head: 'entered last', tail: 'leaves first', count: 'pages', length: 'pages' },
  },
  { name: 'arch_data', doc: '2.9: the machine’s part of a translation map.', fields: { pgdir_virt: 'page directory, virtual', pgdir_phys: 'page directory, physical', num_invalidate_pages: 'remembered for invalidation', pages_to_invalidate: 'the first 64 of them' } },
  { name: 'paddr_desc', doc: '8.7: 4 MB of physical memory.', fields: { va: 'its window, 0: none', ref_count: 'references of the window' } },
  { name: 'vnode', doc: '3.4: a file in use.', fields: { path: 'its path', size: 'bytes', cache: 'its cache_ref, or none', ref_count: 'references' } },
  { name: 'hash_iterator', doc: '4.45: where vm_aspace_walk_next goes on.', fields: {} },
  { name: 'thread', doc: 'A thread.', fields: { fault_handler: 'where a kernel access that is not resolved goes on; 0: nowhere', stack_region: 'id of its stack’s region' } },
  { name: 'process', doc: 'A process.', fields: { aspace: 'its address space', aspace_id: 'its id' } },
  { name: 'rw_sem', doc: '1.6: a read/write semaphore.', fields: { id: 'sem_id', count: 'of 1024', holder: 'the writer', readers: 'who reads', waiters: 'who waits' } },
  { name: 'mutex', doc: '1.6: a mutex or recursive lock.', fields: { sem: 'sem_id', holder: 'who holds it', recursion: 'how often', readers: 'none', waiters: 'who waits' } },
  { name: 'semaphore', doc: 'A counting semaphore.', fields: { name: 'its name', count: 'how many are left' } },
]; // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;

/** Undefined: the object has no such member. */
export function readField(state: HaikuState, object: object, field: string): unknown {
  const type = (object as { type?: unknown }).type;
  switch (type) {
    case 'vm_page':
      return readPage(state, object as VmPage, field);
    case 'dummy_page':
      return readDummy(object as DummyPage, field);
    case 'vm_region':
      return readRegion(object as VmRegion, field);
    case 'vm_virtual_map':
      return field === 'aspace' ? ownerOf(state, object as VmVirtualMap) : pick(type, object, field);
    case 'vm_cache':
      return field === 'page_list' ? pageList(state, object as VmCache) : pick(type, object, field);
    case 'vm_store':
      return field === 'data' ? dataOf(object as VmStore) : pick(type, object, field);
    case 'vm_translation_map':
      return field === 'arch_data' ? { type: 'arch_data', map: object } : pick(type, object, field);
    case 'arch_data':
      return pick('vm_translation_map', (object as { map: VmTranslationMap }).map, field);
    case 'page_queue':
      return readQueue(state, object as PageQueue, field);
    case 'vnode':
      return field === 'size' ? (object as { file: { size: number } }).file.size : pick(type, object, field);
    case 'rw_sem':
      return field === 'count' ? countOf(object as RwSem) : readLockField(state, object as RwSem, field);
    case 'mutex':
      return readLockField(state, object as Mutex, field);
    case 'lock':
      return ['name', 'holder', 'readers', 'waiters'].includes(field) ? (object as Fields)[field] : undefined;
    case 'process':
      return readProcess(object as Process, field);
    default:
      return typeof type === 'string' ? pick(type, object, field) : undefined;
  }
}

function dataOf({ kind, vnode, base_addr }: VmStore): Vnode | number | null {
  return kind === 'device' ? base_addr : vnode;
}

/** `items`: from the head. */
function readQueue(state: HaikuState, { head, tail, count }: PageQueue, field: string): unknown {
  switch (field) {
    case 'head':
      return head < 0 ? null : pageHandle(state, head);
    case 'tail':
      return tail < 0 ? null : pageHandle(state, tail);
    case 'count':
    case 'length':
      return count;
    case 'items': {
      const items: VmPage[] = [];
      for (let page = head; page >= 0; page = state.pages.next[page] ?? -1) items.push(pageHandle(state, page));
      return items;
    }
    default:
      return undefined;
  }
}

/** 2.11: buckets in their order, in each the page that was entered last first. */
function hashedPages(state: HaikuState): VmPage[] {
  const { pages } = state;
  const found: { page: number; bucket: number; entered: number }[] = [];
  pages.owner.forEach((_owner, page) => {
    const ref = cacheRefOf(state, page);
    if (ref === null) return;
    const bucket = ((Math.floor((pages.offset[page] ?? 0) / 4096) ^ (ref.address >>> 4)) >>> 0) % 1024;
    found.push({ page, bucket, entered: pages.entered[page] ?? 0 });
  });
  found.sort((a, b) => a.bucket - b.bucket || b.entered - a.entered);
  return found.map(({ page }) => pageHandle(state, page));
}

function pick(type: string, object: object, field: string): unknown {
  const info = objectTypes.find(({ name }) => name === type);
  return info !== undefined && Object.hasOwn(info.fields, field) ? (object as Fields)[field] : undefined;
}

/** Threads by themselves; other agents, such as daemons, by their names. */
function readLockField({ threads }: HaikuState, object: RwSem | Mutex, field: string): unknown {
  const { holder, readers, waiters } = object.lock;
  const named = (agent: string): unknown => threads.find(({ name }) => name === agent) ?? agent;
  switch (field) {
    case 'holder':
      return holder === null ? null : named(holder);
    case 'readers':
      return readers.map(named);
    case 'waiters':
      return waiters.map(({ agent }) => named(agent));
    default:
      return pick(object.type, object, field);
  }
}

function readProcess({ aspace }: Process, field: string): unknown {
  if (field === 'aspace') return aspace;
  return field === 'aspace_id' ? (aspace?.id ?? -1) : undefined;
}

function ownerOf({ aspace_table }: HaikuState, map: VmVirtualMap): VmAddressSpace | null {
  return [...aspace_table.values()].find(({ virtual_map }) => virtual_map === map) ?? null;
}

function pageOf(state: HaikuState, id: PageId | undefined): VmPage | DummyPage | null {
  if (id === undefined) return null;
  return id >= 0 ? pageHandle(state, id) : (state.dummies.get(id) ?? null);
}

function pageList(state: HaikuState, { page_list }: VmCache): (VmPage | DummyPage | null)[] {
  return page_list.map((id) => pageOf(state, id)).reverse();
}

function readPage(state: HaikuState, { ppn }: VmPage, field: string): unknown {
  const { pages } = state;
  const queued = (id: number | undefined): VmPage | null => (id === undefined || id < 0 ? null : pageHandle(state, id));
  const ref = cacheRefOf(state, ppn);
  switch (field) {
    case 'ppn':
      return ppn;
    case 'state':
      return pages.state[ppn];
    case 'type':
      return PAGE_TYPE_PHYSICAL;
    case 'ref_count':
      return pages.ref_count[ppn];
    case 'offset':
      return pages.offset[ppn];
    case 'cache_ref':
      return ref;
    case 'queue_prev':
      return queued(pages.prev[ppn]);
    case 'queue_next':
      return queued(pages.next[ppn]);
    case 'hash_next':
      return null;
    case 'cache_prev':
    case 'cache_next':
      return ref === null
        ? null
        : neighbour(pageList(state, ref.cache), pageHandle(state, ppn), field === 'cache_next');
    default:
      return undefined;
  }
}

function neighbour<T>(list: readonly T[], of: T, isNext: boolean): T | null {
  return list[list.indexOf(of) + (isNext ? 1 : -1)] ?? null;
}

function readDummy(dummy: DummyPage, field: string): unknown {
  switch (field) {
    case 'ppn':
    case 'ref_count':
      return 0;
    case 'type':
      return PAGE_TYPE_DUMMY;
    case 'state':
    case 'offset':
    case 'cache_ref':
      return dummy[field];
    default:
      return undefined;
  }
}

function readRegion(region: VmRegion, field: string): unknown {
  const inCache: VmCacheRef | null = region.cache_ref;
  switch (field) {
    case 'aspace_next':
      return neighbour(region.map.region_list, region, true);
    case 'cache_next':
    case 'cache_prev':
      return inCache === null ? null : neighbour(inCache.region_list, region, field === 'cache_next');
    case 'hash_next':
      return null;
    default:
      return pick('vm_region', region, field);
  }
}

export const globals: Readonly<Record<string, string>> = {
  kernel_aspace: 'the kernel’s address space',
  next_region_id: 'id of the next region',
  region_table: 'all regions, by id',
  region_hash_sem: 'read/write semaphore of region_table',
  next_aspace_id: 'id of the next address space',
  aspace_table: 'all address spaces, by id',
  aspace_hash_sem: 'read/write semaphore of aspace_table',
  max_commit: 'bytes that may still be promised',
  max_commit_lock: 'spinlock; 0: free',
  all_pages: 'all pages, by number',
  page_cache_table: 'pages in caches, in the order of the page hash',
  page_cache_table_lock: 'spinlock; 0: free',
  page_lock: 'spinlock of pages and queues; 0: free',
  num_pages: 'physical pages',
  physical_page_offset: 'number of the first page',
  page_free_queue: 'FREE pages',
  page_clear_queue: 'CLEAR pages',
  page_active_queue: 'pages in use',
  page_modified_queue: 'pages that wait for the pageout daemon',
  modified_pages_available: 'what the pageout daemon waits for',
  trimming_cycle: 'memory is short: working sets are trimmed',
  free_memory_low_water: 'free pages below which trimming begins',
  free_memory_high_water: 'free pages above which trimming ends',
  tmap_list: 'all translation maps',
  paddr_desc: 'chunks of physical memory: where IOSPACE shows them',
  virtual_pmappings: 'chunk of each slot of IOSPACE; -1: empty',
  first_free_vmapping: 'first empty slot; 64: none',
  mapped_paddr_lru: 'chunks without references, the oldest first',
  iospace_mutex: 'mutex of the windows',
  iospace_full_sem: 'what waits for a window to be put',
};

export function readGlobal(state: HaikuState, name: string): unknown {
  const byId = <T extends { id: number }>(table: Map<number, T>): T[] =>
    [...table.values()].sort((a, b) => a.id - b.id);
  switch (name) {
    case 'region_table':
      return byId(state.region_table);
    case 'aspace_table':
      return byId(state.aspace_table);
    case 'all_pages':
      return Array.from(state.pages.state, (_state, page) => pageHandle(state, page));
    case 'page_cache_table':
      return hashedPages(state);
    case 'page_cache_table_lock':
    case 'page_lock':
    case 'max_commit_lock':
    case 'physical_page_offset':
      return 0;
    case 'num_pages':
      return state.pages.num_pages;
    case 'page_free_queue':
    case 'page_clear_queue':
    case 'page_active_queue':
    case 'page_modified_queue':
      return state.pages.queues[name];
    case 'paddr_desc':
    case 'virtual_pmappings':
    case 'first_free_vmapping':
    case 'mapped_paddr_lru':
    case 'iospace_mutex':
    case 'iospace_full_sem':
      return state.iospace[name];
    default:
      return Object.hasOwn(globals, name) ? (state as unknown as Fields)[name] : undefined;
  }
}
