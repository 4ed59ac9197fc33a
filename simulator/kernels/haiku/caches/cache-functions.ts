/** 2.11, 3.5: the functions of caches and of the page hash as scenarios call them. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { PAGE_STATE_CLEAR, PAGE_STATE_FREE, PAGE_STATE_UNUSED } from '../base/constants.ts';
import {
  acquireCacheRef, insertPage, lookupPage, releaseCacheRef, removePage, vm_cache_create, vm_cache_insert_region, vm_cache_ref_create,
  vm_cache_remove_region,
} from './caches.ts'; // prettier-ignore
import { cacheRefOf, pageHandle } from '../memory/pages.ts';
import type { DummyPage, Here, Steps, VmCacheRef, VmPage } from '../base/state.ts';

const refParameter = { name: 'ref', type: { kind: 'object', type: 'vm_cache_ref' } } as const;
const nullableRef = { name: 'ref', type: { kind: 'object', type: 'vm_cache_ref', nullable: true } } as const;
const pageParameter = { name: 'page', type: { kind: 'object', type: 'vm_page' } } as const;
const offParameter = { name: 'off', type: { kind: 'offset' } } as const;

const vm_cache_acquire_ref = kernelFunction(
  {
    name: 'vm_cache_acquire_ref',
    section: '3.5',
    doc: 'Takes a reference of a cache.',
    parameters: [nullableRef, { name: 'acquire_store_ref', type: { kind: 'boolean' }, default: true }],
    errors: [],
    steps: { 1: 'NULL: panic', 2: 'the store’s reference, if asked', 3: 'one reference more' },
  },
  function* (
    here: Here,
    { ref, acquire_store_ref }: { ref: VmCacheRef | null; acquire_store_ref: boolean },
  ): Steps<void> {
    if (here.step('1')) yield;
    if (ref === null) panic(here, 'NULL');
    if (here.step('2')) yield;
    if (here.step('3')) yield;
    acquireCacheRef(ref, acquire_store_ref);
  },
);

const vm_cache_release_ref = kernelFunction(
  { ...releaseCacheRef.info, parameters: [nullableRef] },
  function* (here: Here, { ref }: { ref: VmCacheRef | null }): Steps<void> {
    yield* releaseCacheRef(here, ref);
  },
);

const vm_cache_lookup_page = kernelFunction(
  {
    name: 'vm_cache_lookup_page',
    section: '3.5',
    doc: 'The page of an offset in a cache, or NULL. No reference is taken.',
    parameters: [refParameter, offParameter],
    result: { kind: 'object', type: 'vm_page', nullable: true },
    errors: [],
    steps: { 1: '+K, look in the page hash, -K' },
  },
  function* (here: Here, { ref, off }: { ref: VmCacheRef; off: number }): Steps<VmPage | DummyPage | null> {
    if (here.step('1')) yield;
    const page = lookupPage(ref, off);
    if (page === null) return null;
    return page < 0 ? (here.kernel.dummies.get(page) ?? null) : pageHandle(here.kernel, page);
  },
);

interface PageArgs {
  readonly ref: VmCacheRef;
  readonly page: VmPage;
  readonly off: number;
}

const vm_cache_insert_page = kernelFunction(
  {
    name: 'vm_cache_insert_page',
    section: '3.5',
    doc: 'Enters a page in a cache, at the front of its list. The cache is locked, and nothing is at the offset.',
    parameters: [refParameter, pageParameter, offParameter],
    errors: [],
    steps: { 1: 'offset; the front of page_list; cache_ref; the page hash' },
  },
  function* (here: Here, { ref, page, off }: PageArgs): Steps<void> {
    if (here.step('1')) yield;
    if (lookupPage(ref, off) !== null) panic(here, 'a page is at the offset already');
    if (cacheRefOf(here.kernel, page.ppn) !== null) panic(here, 'the page is in a cache already');
    const state = here.kernel.pages.state[page.ppn] ?? PAGE_STATE_UNUSED;
    if ([PAGE_STATE_FREE, PAGE_STATE_CLEAR, PAGE_STATE_UNUSED].includes(state))
      panic(here, 'the page is not allocated');
    insertPage(here.kernel, ref, page.ppn, off);
  },
);

const vm_cache_remove_page = kernelFunction(
  {
    name: 'vm_cache_remove_page',
    section: '3.5',
    doc: 'Takes a page out of its cache, which is locked.',
    parameters: [refParameter, pageParameter],
    errors: [],
    steps: { 1: 'out of the page hash and page_list; cache_ref NULL' },
  },
  function* (here: Here, { ref, page }: Omit<PageArgs, 'off'>): Steps<void> {
    if (here.step('1')) yield;
    if (cacheRefOf(here.kernel, page.ppn) !== ref) panic(here, 'the page is not in the cache');
    removePage(here.kernel, ref.cache, page.ppn);
  },
);

interface PageKey {
  readonly cache_ref: VmCacheRef | null;
  readonly offset: number;
}

const nullablePage = { name: 'p', type: { kind: 'object', type: 'vm_page', nullable: true } } as const;
const keyParameter = {
  name: 'key',
  type: {
    kind: 'record',
    fields: [
      { ...refParameter, name: 'cache_ref' },
      { name: 'offset', type: { kind: 'offset' } },
    ],
  },
} as const;

function keyOf({ kernel }: Here, { ppn }: VmPage): PageKey {
  return { cache_ref: cacheRefOf(kernel, ppn), offset: kernel.pages.offset[ppn] ?? 0 };
}

const page_compare_func = kernelFunction(
  {
    name: 'page_compare_func',
    section: '3.5',
    doc: '0 if a page is at that offset of that cache, else -1.',
    parameters: [{ ...nullablePage, type: { kind: 'object', type: 'vm_page' } }, keyParameter],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'compare both' },
  },
  function* (here: Here, { p, key }: { p: VmPage; key: PageKey }): Steps<number> {
    if (here.step('1')) yield;
    const own = keyOf(here, p);
    return own.cache_ref === key.cache_ref && own.offset === key.offset ? 0 : -1;
  },
);

const page_hash_func = kernelFunction(
  {
    name: 'page_hash_func',
    section: '2.11',
    doc: 'The bucket of a page, or where it is NULL of the key: page number of the offset xor address of the cache_ref / 16.',
    parameters: [nullablePage, keyParameter, { name: 'range', type: { kind: 'integer' }, default: 1024 }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'xor, modulo' },
  },
  function* (here: Here, { p, key, range }: { p: VmPage | null; key: PageKey; range: number }): Steps<number> {
    if (here.step('1')) yield;
    const { cache_ref, offset } = p === null ? key : keyOf(here, p);
    const mixed = (Math.floor(offset / 4096) ^ ((cache_ref?.address ?? 0) >>> 4)) >>> 0;
    return range > 0 ? mixed % range : panic(here, 'no buckets');
  },
);

export const cacheFunctions = [
  page_compare_func, page_hash_func, vm_cache_create, vm_cache_ref_create, vm_cache_acquire_ref, vm_cache_release_ref,
  vm_cache_lookup_page, vm_cache_insert_page, vm_cache_remove_page, vm_cache_insert_region, vm_cache_remove_region,
]; // prettier-ignore
