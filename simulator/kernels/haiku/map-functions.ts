/** 8.6: the operations of a translation map as scenarios call them; those that change it lock it around the change. */
import { kernelFunction } from '../../execution/frame.ts';
import type { Parameter } from '../../execution/function-info.ts';
import { panic } from '../../execution/panic.ts';
import { clearFlags, flushMap, lockMap, mapPage, query, unlockMap, unmapPage } from './translation-map.ts';
import { pageDown, pageUp, type Here, type Kernelly, type VmTranslationMap } from './state.ts';

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
  function* (
    here: Here,
    args: { map: VmTranslationMap; va: number; pa: number; attributes: number },
  ): Kernelly<number> {
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
  function* (here: Here, { map, start, end }: { map: VmTranslationMap; start: number; end: number }): Kernelly<number> {
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
  function* (here: Here, { map, va }: { map: VmTranslationMap; va: number }): Kernelly<object> {
    if (here.step('1')) yield;
    const { pa, flags } = query(here.machine, map, va);
    return { result: 0, physical: pa, flags };
  },
);

const get_mapped_size_tmap = kernelFunction(
  {
    name: 'get_mapped_size_tmap',
    section: '8.6',
    doc: 'map_count: pages mapped through a map, and page tables that it allocated.',
    parameters: [mapParameter],
    result: integer,
    errors: [],
    steps: { 1: 'map_count' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Kernelly<number> {
    if (here.step('1')) yield;
    return map.map_count;
  },
);

const protect_tmap = kernelFunction(
  {
    name: 'protect_tmap',
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
  function* (here: Here): Kernelly<number> {
    if (here.step('1')) yield;
    return panic(here, 'unimplemented');
  },
);

const clear_flags_tmap = kernelFunction(
  {
    name: 'clear_flags_tmap',
    section: '8.6',
    doc: 'Clears accessed and dirty bits.',
    parameters: [mapParameter, vaParameter, { name: 'flags', type: integer }],
    result: integer,
    errors: [],
    steps: { 1: 'lock, clear, unlock, which flushes' },
  },
  function* (here: Here, { map, va, flags }: { map: VmTranslationMap; va: number; flags: number }): Kernelly<number> {
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
    section: '8.6',
    doc: 'Takes what is remembered for invalidation out of every core’s TLB.',
    parameters: [mapParameter],
    errors: [],
    steps: { 1: 'nothing remembered; up to 64 pages: a list; more: everything' },
  },
  function* (here: Here, { map }: { map: VmTranslationMap }): Kernelly<void> {
    if (here.step('1')) yield;
    flushMap(here, map);
  },
);

export const mapFunctions = [
  map_tmap, unmap_tmap, query_tmap, get_mapped_size_tmap, protect_tmap, clear_flags_tmap, flush_tmap,
]; // prettier-ignore
