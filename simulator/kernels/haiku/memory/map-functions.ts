/** 8.6: the operations of a translation map as scenarios call them; those that change it lock it around the change. */
import { setPageTableRoot } from '../../../hardware/core.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { holdsLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { PAGE_SIZE } from '../base/constants.ts';
import { clearFlags, flushMap, lockMap, mapPage, query, unlockMap, unmapPage } from './translation-map.ts';
import { pageDown, pageUp, type Here, type Steps, type VmAddressSpace, type VmTranslationMap } from '../base/state.ts';

const mapParameter: Parameter = { name: 'map', type: { kind: 'object', type: 'vm_translation_map' } };
const vaParameter: Parameter = { name: 'va', type: { kind: 'address' } };
const attributesParameter: Parameter = { name: 'attributes', type: { kind: 'integer' } };
const integer = { kind: 'integer' } as const;

const map_tmap = kernelFunction(
  {
    name: 'map_tmap',
    section: '8.6',
    doc: 'Enters a page in a translation map.',
    parameters: [mapParameter, vaParameter, { name: 'pa', type: { kind: 'address' } }, attributesParameter],
    result: integer,
    errors: [],
    steps: { 1: 'lock, map, unlock, which flushes' },
  },
  function* (here: Here, args: { map: VmTranslationMap; va: number; pa: number; attributes: number }): Steps<number> {
    if (here.step('1')) yield;
    yield* lockMap(here, args.map);
    yield* mapPage(here, args);
    unlockMap(here, args.map);
    return 0;
  },
);

const unmap_tmap = kernelFunction(
  {
    name: 'unmap_tmap',
    aliases: ['unmap'],
    section: '8.6',
    doc: 'Clears the present bit of each page of a range; frame and other bits stay, page tables too.',
    parameters: [
      mapParameter,
      { name: 'start', type: { kind: 'address' } },
      { name: 'end', type: { kind: 'address' } },
    ],
    result: integer,
    errors: [],
    steps: { 1: 'the next page', 2: 'unlock, which flushes' },
  },
  function* (here: Here, { map, start, end }: { map: VmTranslationMap; start: number; end: number }): Steps<number> {
    yield* lockMap(here, map);
    for (let va = pageDown(start); va < pageUp(end); va += 4096) {
      if (here.step('1')) yield;
      unmapPage(here, map, va);
    }
    if (here.step('2')) yield;
    unlockMap(here, map);
    return 0;
  },
);

const query_tmap = kernelFunction(
  {
    name: 'query_tmap',
    aliases: ['query'],
    section: '8.6',
    doc: 'What a translation map says of an address; nothing is cleared.',
    parameters: [mapParameter, vaParameter],
    result: integer,
    outputs: [
      { name: 'physical', type: { kind: 'address' } },
      { name: 'flags', type: integer },
    ],
    errors: [],
    steps: { 1: 'read the entry' },
  },
  function* (here: Here, { map, va }: { map: VmTranslationMap; va: number }): Steps<object> {
    if (here.step('1')) yield;
    const { pa, flags } = query(here.machine, map, va);
    return { result: 0, physical: pa, flags };
  },
);

const get_mapped_size_tmap = kernelFunction(
  {
    name: 'get_mapped_size_tmap',
    aliases: ['get_mapped_size'],
    section: '8.6',
    doc: 'map_count: pages mapped through a map, and page tables that it allocated.',
    parameters: [mapParameter],
    result: integer,
    errors: [],
    steps: { 1: 'map_count' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Steps<number> {
    if (here.step('1')) yield;
    return map.map_count;
  },
);

const protect_tmap = kernelFunction(
  {
    name: 'protect_tmap',
    aliases: ['protect'],
    section: '8.6',
    doc: 'Not implemented: panics. Nothing in the VM calls it.',
    parameters: [
      mapParameter,
      { name: 'base', type: { kind: 'address' } },
      { name: 'top', type: { kind: 'address' } },
      attributesParameter,
    ],
    result: integer,
    errors: ['ERR_UNIMPLEMENTED'],
    steps: { 1: 'panic' },
  },
  function* (here: Here): Steps<number> {
    if (here.step('1')) yield;
    return panic(here, 'unimplemented');
  },
);

const clear_flags_tmap = kernelFunction(
  {
    name: 'clear_flags_tmap',
    aliases: ['clear_flags'],
    section: '8.6',
    doc: 'Clears accessed and dirty bits.',
    parameters: [mapParameter, vaParameter, { name: 'flags', type: integer }],
    result: integer,
    errors: [],
    steps: { 1: 'lock, clear, unlock, which flushes' },
  },
  function* (here: Here, { map, va, flags }: { map: VmTranslationMap; va: number; flags: number }): Steps<number> {
    if (here.step('1')) yield;
    yield* lockMap(here, map);
    clearFlags(here, map, va, flags);
    unlockMap(here, map);
    return 0;
  },
);

const flush_tmap = kernelFunction(
  {
    name: 'flush_tmap',
    aliases: ['flush'],
    section: '8.6',
    doc: 'Takes what is remembered for invalidation out of every core’s TLB.',
    parameters: [mapParameter],
    errors: [],
    steps: { 1: 'nothing remembered; up to 64 pages: a list; more: everything' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Steps<void> {
    if (here.step('1')) yield;
    flushMap(here, map);
  },
);

const lock_tmap = kernelFunction(
  {
    name: 'lock_tmap',
    section: '8.6',
    doc: 'Takes the recursive lock of a translation map; the first acquisition forgets what is to be invalidated.',
    parameters: [mapParameter],
    result: integer,
    errors: [],
    steps: { 1: '+T' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Steps<number> {
    if (here.step('1')) yield;
    yield* lockMap(here, map);
    return 0;
  },
);

const unlock_tmap = kernelFunction(
  {
    name: 'unlock_tmap',
    section: '8.6',
    doc: 'Gives the recursive lock of a translation map back; the outermost release flushes first.',
    parameters: [mapParameter],
    result: integer,
    errors: [],
    steps: { 1: '-T' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Steps<number> {
    if (here.step('1')) yield;
    if (!holdsLock(here, map.lock.lock, 'write')) panic(here, 'the map is not locked by this thread');
    unlockMap(here, map);
    return 0;
  },
);

const get_pgdir = kernelFunction(
  {
    name: 'get_pgdir',
    section: '8.10',
    doc: 'The physical address of a page directory.',
    parameters: [mapParameter],
    result: { kind: 'address' },
    errors: [],
    steps: { 1: 'pgdir_phys' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Steps<number> {
    if (here.step('1')) yield;
    return map.pgdir_phys;
  },
);

function swap(name: 'vm_aspace_swap' | 'arch_vm_aspace_swap', section: string) {
  return kernelFunction(
    {
      name,
      section,
      doc: 'Makes an address space the one that the core runs in.',
      parameters: [{ name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } }],
      errors: [],
      steps: { 1: 'load the page directory base register, which flushes the core’s TLB' },
    },
    function* (here: Here, { aspace }: { aspace: VmAddressSpace }): Steps<void> {
      if (here.step('1')) yield;
      setPageTableRoot(here.machine, here.core, aspace.translation_map.pgdir_phys / PAGE_SIZE);
    },
  );
}

export const mapFunctions = [
  lock_tmap, unlock_tmap, map_tmap, unmap_tmap, query_tmap, get_mapped_size_tmap, protect_tmap, clear_flags_tmap, flush_tmap, get_pgdir,
  swap('vm_aspace_swap', '13.2'), swap('arch_vm_aspace_swap', '8.11'),
]; // prettier-ignore
