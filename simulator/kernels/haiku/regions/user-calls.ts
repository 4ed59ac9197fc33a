/** 4.11, 4.17, 4.18, 4.25 to 4.27: what user programs call, with pointers of theirs. */
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { KERNEL_BASE, PAGE_PRESENT, SYS_MAX_OS_NAME_LEN, SYS_MAX_PATH_LEN, type VmError } from '../base/constants.ts';
import { aidParameter, currentUserAspaceId, getAspaceById, getRegionById } from './aspaces.ts';
import { putRegion } from './delete.ts';
import { user_memcpy, user_strncpy } from './user-memory.ts';
import { putAspace } from '../memory/put-aspace.ts';
import {
  addrTypeParameter,
  lockParameter,
  mappingParameter,
  wiringParameter,
  type Created,
} from './region-parameters.ts';
import { cloneRegion } from './clone-region.ts';
import { createAnonymousRegion } from './anonymous-region.ts';
import { mapFileInto } from './map-file.ts';
import { query } from '../memory/translation-map.ts';
import type { Here, Steps, VmRegion } from '../base/state.ts';

const BAD = 'ERR_VM_BAD_USER_MEMORY';
const user = (name: string): Parameter => ({ name, type: { kind: 'address' }, doc: 'an address of the user' });
const sizeParameter: Parameter = { name: 'size', type: { kind: 'size' } };
const errors = [
  'ERR_VM_BAD_USER_MEMORY', 'ERR_VM_INVALID_ASPACE', 'ERR_INVALID_ARGS', 'ERR_NO_MEMORY', 'ERR_VM_BAD_ADDRESS', 'ERR_VM_NO_REGION_SLOT',
  'ERR_VM_WOULD_OVERCOMMIT', 'ERR_VFS_PATH_NOT_FOUND', 'ERR_VM_INVALID_REGION', 'ERR_VM_PF_BAD_ADDRESS',
]; // prettier-ignore
function isKernelPointer(pointer: number): boolean {
  return pointer >= KERNEL_BASE;
}

function* copyString(here: Here, from: number, length: number): Steps<{ text: string } | typeof BAD> {
  const buffer = { bytes: [] as number[] };
  const error = yield* user_strncpy(here, { to: buffer, from, size: length - 1 });
  if (typeof error === 'string') return error;
  const end = buffer.bytes.indexOf(0);
  return { text: String.fromCharCode(...(end < 0 ? buffer.bytes : buffer.bytes.slice(0, end))) };
}

function* copyWord(here: Here, from: number): Steps<number | typeof BAD> {
  const word = { bytes: [] as number[] };
  const error = yield* user_memcpy(here, { to: word, from, size: 4 });
  if (typeof error === 'string') return error;
  const [a = 0, b = 0, c = 0, d = 0] = word.bytes;
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}

/** The region stays when the address cannot be given back (0.2). */
function* giveAddress(here: Here, uaddress: number, { result, address }: Created): Steps<number | typeof BAD> {
  const bytes = [address & 0xff, (address >>> 8) & 0xff, (address >>> 16) & 0xff, address >>> 24];
  const error = yield* user_memcpy(here, { to: uaddress, from: { bytes }, size: 4 });
  return typeof error === 'string' ? error : result;
}

interface UserArgs {
  readonly uname: number;
  readonly uaddress: number;
  readonly addr_type: number;
  readonly lock: number;
}

export const user_vm_create_anonymous_region = kernelFunction(
  {
    name: 'user_vm_create_anonymous_region',
    section: '4.11',
    doc: 'vm_create_anonymous_region for the current process.',
    parameters: [user('uname'), user('uaddress'), addrTypeParameter, sizeParameter, wiringParameter, lockParameter],
    result: { kind: 'integer' },
    errors,
    steps: {
      1: 'uname in the kernel’s range: ERR_VM_BAD_USER_MEMORY',
      2: 'uaddress in the kernel’s range: the same (D23)',
      3: 'copy 31 characters of the name; an error is returned',
      4: 'copy the address; an error is returned',
      5: 'vm_create_anonymous_region in the current address space; an error is returned',
      6: 'copy the address back; an error is returned, and the region stays',
      7: 'the id',
    },
  },
  function* (here: Here, args: UserArgs & { size: number; wiring: number }): Steps<number | VmError> {
    if (here.step('1')) yield;
    if (isKernelPointer(args.uname)) return BAD;
    if (here.step('2')) yield;
    if (isKernelPointer(args.uaddress)) return BAD;
    if (here.step('3')) yield;
    const name = yield* copyString(here, args.uname, SYS_MAX_OS_NAME_LEN);
    if (typeof name === 'string') return name;
    if (here.step('4')) yield;
    const address = yield* copyWord(here, args.uaddress);
    if (typeof address === 'string') return address;
    if (here.step('5')) yield;
    const wanted = { ...args, name: name.text, address, aid: currentUserAspaceId(here) };
    const made = yield* createAnonymousRegion(here, wanted);
    if (typeof made === 'string') return made;
    if (here.step('6')) yield;
    const id = yield* giveAddress(here, args.uaddress, made);
    if (here.step('7')) yield;
    return id;
  },
);

const steps = {
  1: 'a pointer in the kernel’s range: ERR_VM_BAD_USER_MEMORY',
  2: 'copy the name, the path and the address from the user; an error is returned',
  3: 'do it for the current address space',
  4: 'an error is returned',
  5: 'copy the address back; an error is returned, and the region stays',
  6: 'the id',
} as const;

interface Wanted {
  readonly name: string;
  readonly path: string;
  readonly address: number;
}

/** Steps 1 and 2. */
function* fromUser(here: Here, uname: number, uaddress: number, upath: number | null): Steps<Wanted | typeof BAD> {
  if (here.step('1')) yield;
  if ([uname, uaddress, upath ?? 0].some(isKernelPointer)) return BAD;
  if (here.step('2')) yield;
  const name = yield* copyString(here, uname, SYS_MAX_OS_NAME_LEN);
  if (typeof name === 'string') return name;
  const path = upath === null ? { text: '' } : yield* copyString(here, upath, SYS_MAX_PATH_LEN);
  if (typeof path === 'string') return path;
  const address = yield* copyWord(here, uaddress);
  return typeof address === 'string' ? address : { name: name.text, path: path.text, address };
}

/** Steps 4 to 6. */
function* toUser(here: Here, uaddress: number, made: Created | VmError): Steps<number | VmError> {
  if (here.step('4')) yield;
  if (typeof made === 'string') return made;
  if (here.step('5')) yield;
  const id = yield* giveAddress(here, uaddress, made);
  if (here.step('6')) yield;
  return id;
}

export const user_vm_map_file = kernelFunction(
  {
    name: 'user_vm_map_file',
    section: '4.17',
    doc: 'Maps a file for the current process.',
    parameters: [
      user('uname'),
      user('uaddress'),
      addrTypeParameter,
      sizeParameter,
      lockParameter,
      mappingParameter,
      user('upath'),
      { name: 'offset', type: { kind: 'offset' }, default: 0 },
    ],
    result: { kind: 'integer' },
    errors,
    steps,
  },
  function* (
    here: Here,
    args: UserArgs & { size: number; mapping: number; upath: number; offset: number },
  ): Steps<number | VmError> {
    const wanted = yield* fromUser(here, args.uname, args.uaddress, args.upath);
    if (typeof wanted === 'string') return wanted;
    if (here.step('3')) yield;
    const made = yield* mapFileInto(here, { ...args, ...wanted, aid: currentUserAspaceId(here), kernel: false });
    return yield* toUser(here, args.uaddress, made);
  },
);

export const user_vm_clone_region = kernelFunction(
  {
    name: 'user_vm_clone_region',
    section: '4.18',
    doc: 'Clones a region into the current process.',
    parameters: [
      user('uname'),
      user('uaddress'),
      addrTypeParameter,
      { name: 'source_region', type: { kind: 'integer' } },
      mappingParameter,
      lockParameter,
    ],
    result: { kind: 'integer' },
    errors,
    steps,
  },
  function* (here: Here, args: UserArgs & { source_region: number; mapping: number }): Steps<number | VmError> {
    const wanted = yield* fromUser(here, args.uname, args.uaddress, null);
    if (typeof wanted === 'string') return wanted;
    if (here.step('3')) yield;
    const made = yield* cloneRegion(here, { ...args, ...wanted, aid: currentUserAspaceId(here) });
    return yield* toUser(here, args.uaddress, made);
  },
);

interface RegionInfo {
  readonly id: number;
  readonly base: number;
  readonly size: number;
  readonly lock: number;
  readonly wiring: number;
  readonly name: string;
}

function infoOf({ id, base, size, lock, wiring, name }: VmRegion): RegionInfo {
  return { id, base, size, lock, wiring, name: name.slice(0, SYS_MAX_OS_NAME_LEN - 1) };
}

const idParameter: Parameter = { name: 'id', type: { kind: 'integer' } };
const infoFields: readonly Parameter[] = [
  idParameter,
  { name: 'base', type: { kind: 'address' } },
  sizeParameter,
  { name: 'lock', type: { kind: 'integer' } },
  { name: 'wiring', type: { kind: 'integer' } },
  { name: 'name', type: { kind: 'string' } },
];

export const vm_get_region_info = kernelFunction(
  {
    name: 'vm_get_region_info',
    section: '4.26',
    doc: 'What a region is: id, base, size, lock, wiring and the first 31 characters of its name.',
    parameters: [idParameter, { name: 'info', type: { kind: 'any' }, optional: true, doc: 'none: NULL' }],
    outputs: [{ name: 'info', type: { kind: 'record', fields: infoFields } }],
    errors: ['ERR_INVALID_ARGS', 'ERR_VM_INVALID_REGION'],
    steps: { 1: 'info NULL: ERR_INVALID_ARGS', 2: 'the region', 3: 'copy', 4: 'put it', 5: '0' },
  },
  function* (here: Here, { id, info }: { id: number; info?: unknown }): Steps<{ info: RegionInfo } | VmError> {
    if (here.step('1')) yield;
    if (info === null) return 'ERR_INVALID_ARGS';
    if (here.step('2')) yield;
    const region = yield* getRegionById(here, { rid: id });
    if (region === null) return 'ERR_VM_INVALID_REGION';
    if (here.step('3')) yield;
    const copied = infoOf(region);
    if (here.step('4')) yield;
    yield* putRegion(here, region);
    if (here.step('5')) yield;
    return { info: copied };
  },
);

function bytesOfInfo({ id, base, size, lock, wiring, name }: RegionInfo): number[] {
  const words = [id, base, size, lock, wiring];
  const bytes = words.flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);
  return [...bytes, ...Array.from({ length: SYS_MAX_OS_NAME_LEN }, (_, index) => name.charCodeAt(index) || 0)];
}

export const user_vm_get_region_info = kernelFunction(
  {
    name: 'user_vm_get_region_info',
    section: '4.25',
    doc: 'What a region is, into a user’s buffer.',
    parameters: [idParameter, user('uinfo')],
    result: { kind: 'integer' },
    errors: [BAD, 'ERR_INVALID_ARGS', 'ERR_VM_INVALID_REGION'],
    steps: { 1: 'a kernel pointer: ERR_VM_BAD_USER_MEMORY', 2: 'vm_get_region_info', 3: 'copy to the user', 4: '0' },
  },
  function* (here: Here, { id, uinfo }: { id: number; uinfo: number }): Steps<number | VmError> {
    if (here.step('1')) yield;
    if (isKernelPointer(uinfo)) return BAD;
    if (here.step('2')) yield;
    const info = yield* vm_get_region_info(here, { id });
    if (typeof info === 'string') return info;
    if (here.step('3')) yield;
    const error = yield* user_memcpy(here, { to: uinfo, from: { bytes: bytesOfInfo(info.info) }, size: 52 });
    if (here.step('4')) yield;
    return error;
  },
);

export const vm_get_page_mapping = kernelFunction(
  {
    name: 'vm_get_page_mapping',
    section: '4.27',
    doc: 'The frame that an address is mapped to; the offset in the page is not added.',
    parameters: [aidParameter, { name: 'vaddr', type: { kind: 'address' } }],
    outputs: [{ name: 'paddr', type: { kind: 'address' } }],
    errors: ['ERR_VM_INVALID_ASPACE', 'ERR_VM_PAGE_NOT_PRESENT'],
    steps: {
      1: 'the address space',
      2: 'query, without the map’s lock',
      3: 'put it',
      4: 'not present: ERR_VM_PAGE_NOT_PRESENT (D26)',
    },
  },
  function* (
    here: Here,
    { aid, vaddr }: { aid: number; vaddr: number },
  ): Steps<{ paddr: number; error?: string } | 'ERR_VM_INVALID_ASPACE'> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    const { pa, flags } = query(here.machine, aspace.translation_map, vaddr);
    if (here.step('3')) yield;
    yield* putAspace(here, aspace);
    if (here.step('4')) yield;
    return (flags & PAGE_PRESENT) !== 0 ? { paddr: pa } : { paddr: 0, error: 'ERR_VM_PAGE_NOT_PRESENT' };
  },
);

export const userFunctions = [
  user_vm_create_anonymous_region, user_vm_map_file, user_vm_clone_region, vm_get_region_info, user_vm_get_region_info, vm_get_page_mapping,
]; // prettier-ignore
