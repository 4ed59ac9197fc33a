/** Chapter 10: the commands of the kernel's debugger. They take no locks and change nothing. */
import { pageTableRoot } from '../../../hardware/core.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { REFUSED } from '../../../hardware/mmu.ts';
import { readBytes } from '../../../hardware/physical-memory.ts';
import { PAGE_PRESENT, pageStateTexts } from '../base/constants.ts';
import { query } from '../memory/translation-map.ts';
import { byBucket } from '../base/state.ts';
import type { HaikuState, PageId, VmAddressSpace, VmCacheRef, VmRegion } from '../base/state.ts';

type Lines = readonly string[];

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function addressOf(object: { readonly address: number } | null | undefined): string {
  return hex(object?.address ?? 0);
}

/** What starts with 0x is a number, if no sensible one (10.2). */
function numberOf(argument: string): number | null {
  return argument.startsWith('0x') ? Number(argument) : null;
}

/** 10.4 */
export function regionLines(region: VmRegion): Lines {
  const { cache_ref } = region;
  const list = cache_ref?.region_list ?? [];
  const place = list.indexOf(region);
  return [
    `address: ${addressOf(region)}`, `name: ${region.name}`, `id: ${hex(region.id)}`, `base: ${hex(region.base)}`, `size: ${hex(region.size)}`,
    `lock: ${hex(region.lock)}`, `wiring: ${hex(region.wiring)}`, `ref_count: ${String(region.ref_count)}`, `cache_ref: ${addressOf(cache_ref)}`,
    `cache_offset: ${hex(region.cache_offset)}`, `cache_next: ${addressOf(list[place + 1])}`, `cache_prev: ${addressOf(list[place - 1])}`,
  ]; // prettier-ignore
}

function sorted<T extends { readonly id: number }>(table: Map<number, T>): T[] {
  return [...table.values()].sort(byBucket);
}

/** 10.3, R33; hash order: by bucket, in each the newest first. Lock and wiring are decimal here, unlike in 10.4. */
export function regionListLines({ region_table }: HaikuState): Lines {
  const row = ({ address, id, name, base, size, lock, wiring }: VmRegion): string =>
    [hex(address), hex(id), name, hex(base), hex(size), String(lock), String(wiring)].join(' ');
  return ['address id name base size lock wiring', ...sorted(region_table).map(row)];
}

/** 10.6 */
export function aspaceLines(aspace: VmAddressSpace): Lines {
  const { virtual_map: map } = aspace;
  return [
    `address: ${addressOf(aspace)}`, `name: ${aspace.name}`, `id: ${hex(aspace.id)}`, `ref_count: ${String(aspace.ref_count)}`,
    `fault_count: ${String(aspace.fault_count)}`, `working_set_size: ${String(aspace.working_set_size)}`,
    `translation_map: ${addressOf(aspace.translation_map)}`, `base: ${hex(map.base)}`, `size: ${hex(map.size)}`,
    `change_count: ${String(map.change_count)}`, `sem: ${map.sem.id < 0 ? String(map.sem.id) : hex(map.sem.id)}`,
    `region_hint: ${addressOf(map.region_hint)}`, 'region_list:', ...map.region_list.map(shortRegion),
  ]; // prettier-ignore
}

function shortRegion({ id, base, size, name, lock }: VmRegion): string {
  return `  ${hex(id)} ${hex(base)} ${hex(size)} ${name} ${hex(lock)}`;
}

/** 10.5 */
export function aspaceListLines({ aspace_table }: HaikuState): Lines {
  const row = ({ address, id, name, virtual_map: { base, size } }: VmAddressSpace): string =>
    [hex(address), hex(id), name, hex(base), hex(size)].join(' ');
  return ['address id name base size', ...sorted(aspace_table).map(row)];
}

/** 10.7 */
export function cacheRefLines(ref: VmCacheRef): Lines {
  const { holder } = ref.lock.lock;
  return [
    `address: ${addressOf(ref)}`, `cache: ${addressOf(ref.cache)}`, `lock.holder: ${holder ?? '-1'}`,
    `lock.sem: ${ref.lock.sem < 0 ? String(ref.lock.sem) : hex(ref.lock.sem)}`, 'region_list:', ...ref.region_list.map(shortRegion),
    `ref_count: ${String(ref.ref_count)}`,
  ]; // prettier-ignore
}

/** 10.8 */
export function cacheLines(state: HaikuState, { cache }: VmCacheRef): Lines {
  return [
    `address: ${addressOf(cache)}`, `cache_ref: ${addressOf(cache.ref)}`, `source: ${addressOf(cache.source)}`, `store: ${addressOf(cache.store)}`,
    `virtual_size: ${hex(cache.virtual_size)}`, `temporary: ${String(Number(cache.temporary))}`, `scan_skip: ${String(Number(cache.scan_skip))}`,
    'page_list:', ...[...cache.page_list].reverse().map((page) => pageLine(state, page)),
  ]; // prettier-ignore
}

const BYTES_PER_PAGE_STRUCTURE = 44;

function stateText(state: number): string {
  return `state: ${String(state)} (${pageStateTexts[state] ?? 'unknown'})`;
}

function pageLine({ pages, dummies, kernel_aspace }: HaikuState, page: PageId): string {
  if (page < 0) return `  DUMMY ${stateText(dummies.get(page)?.state ?? 0)}`;
  const structures = kernel_aspace?.virtual_map.region_list.find(({ name }) => name === 'page_structures')?.base ?? 0;
  const fields = [
    hex(structures + page * BYTES_PER_PAGE_STRUCTURE), `ppn: ${hex(page)}`, `offset: ${hex(pages.offset[page] ?? 0)}`, 'type: 0',
    stateText(pages.state[page] ?? 7), `ref_count: ${String(pages.ref_count[page] ?? 0)}`,
  ]; // prettier-ignore
  return `  ${fields.join(' ')}`;
}

/** 10.10 */
export function pageStatsLines({ pages }: HaikuState): Lines {
  const counts = new Array<number>(8).fill(0);
  for (const state of pages.state) counts[state] = (counts[state] ?? 0) + 1;
  return [0, 1, 2, 7, 3, 4, 5, 6].map((state) => `${pageStateTexts[state] ?? ''}: ${String(counts[state])}`);
}

const itemSizes: Readonly<Record<string, number>> = { db: 1, ds: 2, dw: 4 };

/** 10.9 */
export function memoryLines(state: HaikuState, machine: Machine, command: string, args: readonly string[]): Lines {
  const itemSize = itemSizes[command];
  if (itemSize === undefined) return [`display_mem: invalid call: ${command}`];
  const [place, count = '1'] = args;
  if (place === undefined) return [`${command}: not enough arguments`];
  const address = Number(place);
  const items = Number(count);
  if (!Number.isInteger(address) || address < 0 || address >= 2 ** 32)
    return [`${command}: invalid argument, pass address`];
  if (!Number.isInteger(items) || items < 1 || items > MOST_ITEMS)
    return [`${command}: invalid count, pass 1 to ${String(MOST_ITEMS)}`];
  const perLine = 16 / itemSize;
  const lines: string[] = [];
  for (let first = 0; first < items; first += perLine) {
    const at = address + first * itemSize;
    const bytes = bytesAt(state, machine, at, Math.min(perLine, items - first) * itemSize);
    if (bytes === null) return [...lines, `${command}: nothing is mapped at ${hex(at)}`];
    lines.push(memoryLine(at, bytes, itemSize));
  }
  return lines;
}

const MOST_ITEMS = 4096;

function memoryLine(address: number, bytes: readonly number[], itemSize: number): string {
  const text = bytes.map((byte) => (/[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : '.'));
  const items: string[] = [];
  for (let at = 0; at < bytes.length; at += itemSize) {
    const item = bytes.slice(at, at + itemSize).reverse();
    items.push(item.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  }
  return `[${hex(address)}] '${text.join('')}' ${items.join(' ')}`;
}

/** In the address space that core 0 runs in. */
function bytesAt({ tmap_list }: HaikuState, machine: Machine, address: number, length: number): number[] | null {
  const root = pageTableRoot(machine, 0);
  const map = tmap_list.find(({ pgdir_phys }) => pgdir_phys / 4096 === root) ?? tmap_list[0];
  const bytes: number[] = [];
  for (let index = 0; index < length && map !== undefined; index++) {
    const { pa, flags } = query(machine, map, address + index);
    const physical = (flags & PAGE_PRESENT) === 0 ? REFUSED : pa + ((address + index) % 4096);
    if (physical === REFUSED) return null;
    bytes.push(readBytes(machine, physical, 1)[0] ?? 0);
  }
  return bytes;
}

/** By id where the argument is a number, else every one of that name (10.2). */
export function findNamed<T extends { readonly id: number; readonly name: string }>(
  table: Map<number, T>,
  argument: string,
): T[] | null {
  const id = argument.length > 2 ? numberOf(argument) : null;
  if (id === null) return sorted(table).filter(({ name }) => name === argument);
  const found = table.get(id);
  return found === undefined ? null : [found];
}

/** The cache_ref at an address, or of the cache at that address; else what to say (10.2). */
export function findCacheRef(state: HaikuState, command: string, argument: string | undefined): VmCacheRef | string {
  if (argument === undefined) return `${command}: not enough arguments`;
  const address = numberOf(argument);
  if (address === null) return `${command}: invalid argument, pass address`;
  const isIt = (ref: VmCacheRef): boolean => (command === 'cache' ? ref.cache.address : ref.address) === address;
  return [...state.cache_refs.values()].find(isIt) ?? `${command}: no object at ${argument}`;
}

/** What a command line prints, or null where there is no such command. */
export function runCommand(state: HaikuState, machine: Machine, line: string): Lines | null {
  const [command = '', ...args] = line.trim().split(/\s+/);
  const [argument] = args;
  switch (command) {
    case 'regions':
      return regionListLines(state);
    case 'aspaces':
      return aspaceListLines(state);
    case 'region':
      if (argument === undefined) return ['region: not enough arguments'];
      return findNamed(state.region_table, argument)?.flatMap(regionLines) ?? ['invalid region id'];
    case 'aspace':
      if (argument === undefined) return ['aspace: not enough arguments'];
      return findNamed(state.aspace_table, argument)?.flatMap(aspaceLines) ?? ['invalid aspace id'];
    case 'cache_ref':
    case 'cache': {
      const found = findCacheRef(state, command, argument);
      if (typeof found === 'string') return [found];
      return command === 'cache' ? cacheLines(state, found) : cacheRefLines(found);
    }
    case 'db':
    case 'ds':
    case 'dw':
      return memoryLines(state, machine, command, args);
    case 'page_stats':
      return pageStatsLines(state);
    case 'free_pages':
      return ['free_pages: not implemented'];
    default:
      return null;
  }
}
