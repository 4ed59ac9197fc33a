/** Between values of a scenario and what kernel functions take and give (FunctionInfo's types). */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { clusterIndex } from '../../hardware/machine-config.ts';
import { endOfSpace, exactAddress, machineAddress } from '../../hardware/virtual-address.ts';
import type { Parameter, ProtectionBits, ValueType } from '../../execution/function-info.ts';
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import type { Protection } from '../../kernels/view.ts';
import { commonPrefix, memberValue } from './evaluation.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { kindOf } from '../state/values.ts';
import type { PlaceValue, Value } from '../state/values.ts';
import { fromKernelObject, requireLive } from './kernel-values.ts';
import { requirePlace } from '../state/places.ts';

/** The kernel's form of a value, or a failure at the argument. `name` is the parameter's. */
export function toKernel(run: Run, value: Value, type: ValueType, name: string, range: SourceRange): unknown {
  const plain = principalValue(value, type);
  const refuse = (wanted: string): never => {
    throw new ScenarioFailure('WALK225', `${name} takes ${wanted}, not ${kindOf(plain)}`, range);
  };
  const end = endOfSpace(addressBitsOf(run.machine));
  switch (type.kind) {
    case 'address': {
      const address = toBigInt(plain) ?? refuse('an integer');
      return type.exact === true ? address : toAddress(run, name, address, range);
    }
    case 'vpn':
      return Number(inRange('page numbers', name, toBigInt(plain) ?? refuse('an integer'), end >> 12n, range));
    case 'size': {
      const most = type.any === true ? 2n ** 64n : end;
      return Number(inRange('lengths', name, toBigInt(plain) ?? refuse('an integer'), most, range));
    }
    case 'handle':
      return toHandle(plain, range) ?? (plain === null ? null : refuse('a handle'));
    case 'integer':
    case 'ppn':
    case 'offset':
    case 'time':
      return toNumber(plain) ?? refuse('an integer');
    case 'u64':
      return toBigInt(plain) ?? refuse('an integer');
    case 'boolean':
      return typeof plain === 'boolean' ? plain : refuse('true or false');
    case 'string':
    case 'buffer':
      if (plain === null && type.kind === 'string' && type.nullable === true) return null;
      if (typeof plain === 'string') return plain;
      if (type.kind === 'buffer' && type.orAddress === true)
        return toAddress(run, name, toBigInt(plain) ?? refuse('a string or an address'), range);
      return refuse('a string');
    case 'protection':
      return (
        (type.bits === undefined ? toProtection(run, plain) : toProtectionBits(plain, type.bits)) ??
        refuse('a protection such as rw')
      );
    case 'place':
      return isPlace(plain) ? placeOf(run, plain, range) : refuse('a place such as (1,0)');
    case 'cluster':
      if (typeof plain === 'bigint') return Number(plain);
      return isPlace(plain) ? placeOf(run, plain, range).cluster : refuse('a place such as (1,0)');
    case 'process':
      return processOf(plain) ?? refuse('a process');
    case 'thread':
      return threadOfValue(run, plain) ?? refuse('a thread');
    case 'access':
      return isWord(plain) && ['r', 'w', 'x'].includes(plain.word) ? plain.word : refuse('r, w or x');
    case 'any':
    case 'slot':
      return plain;
    case 'enumeration':
    case 'flags': {
      const bits = toBits(plain, type.members);
      if (type.kind === 'enumeration' && type.closed === true && !Object.values(type.members).includes(bits ?? -1))
        return refuse(`one of ${wordsOf(type.members)}`);
      return bits ?? refuse(`one of ${wordsOf(type.members)}`);
    }
    case 'object':
      if (plain === null) return null;
      requireLive(plain, range);
      return objectOf(plain, type.type) ?? refuse(`a ${type.type}`);
    case 'record':
      return (
        toRecord(run, plain, type.fields, range) ??
        refuse(`a record { ${type.fields.map((field) => field.name).join(', ')} }`)
      );
    case 'list':
      return Array.isArray(plain) ? plain.map((item) => toKernel(run, item, type.of, name, range)) : refuse('a list');
  }
}

/** A record stands for its principal value wherever a plain one is needed (walk language 8). */
export function principalValue(value: Value, type?: ValueType): Value {
  if (type?.kind === 'record' || type?.kind === 'any') return value;
  let plain = value;
  while (isTagged(plain) && plain.kind === 'record' && plain.principal !== null)
    plain = plain.fields.get(plain.principal) ?? null;
  return plain;
}

function isTagged(value: Value): value is Exclude<Value, bigint | boolean | string | null | Value[]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPlace(value: Value): value is PlaceValue {
  return isTagged(value) && value.kind === 'place';
}

function isWord(value: Value): value is Extract<Value, { readonly kind: 'word' }> {
  return isTagged(value) && value.kind === 'word';
}

function toBigInt(value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  return isWord(value) ? value.value : null;
}

/** Exact up to 2^53; beyond, where no kernel of 48-bit addresses has anything, the nearest number: the kernel refuses it itself. */
function toNumber(value: Value): number | null {
  const integer = toBigInt(value);
  return integer === null ? null : Number(integer);
}

/** The machine's number of an address; one that is not canonical is for the kernel to refuse. */
function toAddress({ machine }: Run, name: string, address: bigint, range: SourceRange): number {
  const bits = addressBitsOf(machine);
  return machineAddress(inRange('addresses', name, address, endOfSpace(bits), range), bits);
}

/** Thrown for an integer that no parameter of the machine's width can hold. */
export class ArgumentOutOfRange extends ScenarioFailure {}

function inRange(what: string, name: string, value: bigint, end: bigint, range: SourceRange): bigint {
  if (value >= 0n && value < end) return value;
  const text = value < 0n ? String(value) : `0x${value.toString(16)}`;
  const message = `${name} is ${text}, but ${what} reach from 0 to 0x${(end - 1n).toString(16)}`;
  throw new ArgumentOutOfRange('WALK225', message, range);
}

/** The kernel looks handles up itself, and refuses wrong ones. */
function toHandle(value: Value, range: SourceRange): number | object | null {
  const integer = toBigInt(value);
  if (integer !== null) return Number(integer);
  requireLive(value, range);
  return objectOf(value, '');
}

function toProtectionBits(value: Value, bits: ProtectionBits): number | null {
  const integer = toBigInt(value);
  if (integer !== null) return Number(integer);
  if (!isTagged(value) || value.kind !== 'protection') return null;
  const { read, write, execute, user } = value.protection;
  return (
    (read ? bits.read : 0) | (write ? bits.write : 0) | (execute ? bits.execute : 0) | (user === true ? bits.user : 0)
  );
}

/** Bits of a protection given as an integer: the kernel's own constants, else r 4, w 2, x 1. */
function toProtection(run: Run, value: Value): Protection | null {
  if (isTagged(value) && value.kind === 'protection') return value.protection;
  if (typeof value !== 'bigint') return null;
  const { constants } = run.kernel;
  const has = (name: string, bit: number): boolean => (value & BigInt(constants[name] ?? bit)) !== 0n;
  return { read: has('PROT_READ', 4), write: has('PROT_WRITE', 2), execute: has('PROT_EXEC', 1) };
}

function placeOf(run: Run, place: PlaceValue, range: SourceRange): { cluster: number; core: number } {
  const { x, y, core } = requirePlace(run, place, range);
  return { cluster: clusterIndex(run.program.config, x, y), core: core ?? 0 };
}

export function processOf(value: Value): ProcessObject | null {
  if (!isTagged(value)) return null;
  if (value.kind === 'process') return value.process;
  return value.kind === 'thread' ? value.thread.process : null;
}

export function threadOfValue(run: Run, value: Value): ThreadObject | null {
  if (!isTagged(value)) return null;
  if (value.kind === 'thread') return value.thread;
  return value.kind === 'process' ? run.kernel.mainThread(value.process) : null;
}

function toBits(value: Value, members: Readonly<Record<string, number>>): number | null {
  if (isWord(value)) {
    const bits = value.value ?? memberValue(value.word, members)?.value;
    return bits === undefined ? null : Number(bits);
  }
  return typeof value === 'bigint' ? Number(value) : null;
}

function wordsOf(members: Readonly<Record<string, number>>): string {
  const names = Object.keys(members);
  const prefix = commonPrefix(names);
  return names.map((name) => name.slice(prefix.length).toLowerCase()).join(', ');
}

function objectOf(value: Value, type: string): object | null {
  if (!isTagged(value)) return null;
  const object =
    value.kind === 'object'
      ? value.object
      : value.kind === 'process'
        ? value.process
        : value.kind === 'thread'
          ? value.thread
          : null;
  if (object === null) return null;
  const actual = (object as { type?: unknown }).type;
  return type === '' || actual === undefined || actual === type ? object : null;
}

/** Missing fields are 0. A list gives the fields in order: `[base, len]` of an iovec. */
function toRecord(
  run: Run,
  value: Value,
  fields: readonly Parameter[],
  range: SourceRange,
): Record<string, unknown> | null {
  const given = new Map<string, Value>();
  if (Array.isArray(value)) value.forEach((item, index) => given.set(fields[index]?.name ?? `#${index}`, item));
  else if (isTagged(value) && value.kind === 'record') for (const [name, field] of value.fields) given.set(name, field);
  else return null;
  for (const name of given.keys()) {
    if (fields.some((field) => field.name === name)) continue;
    throw new ScenarioFailure(
      'WALK225',
      `there is no field ${name}; fields are ${fields.map((field) => field.name).join(', ')}`,
      range,
    );
  }
  const converted: Record<string, unknown> = {};
  for (const field of fields) {
    const item = given.get(field.name);
    converted[field.name] =
      item === undefined
        ? 'default' in field
          ? field.default
          : zeroOf(field.type)
        : toKernel(run, item, field.type, field.name, range);
  }
  return converted;
}

function zeroOf(type: ValueType): unknown {
  switch (type.kind) {
    case 'u64':
      return 0n;
    case 'boolean':
      return false;
    case 'string':
    case 'buffer':
      return '';
    case 'protection':
      return { read: false, write: false, execute: false };
    case 'list':
      return [];
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, zeroOf(field.type)]));
    case 'process':
    case 'thread':
    case 'object':
    case 'any':
    case 'slot':
      return null;
    default:
      return 0;
  }
}

/** A result or an out-parameter of a kernel function as a value. */
export function fromKernel(run: Run, raw: unknown, type: ValueType): Value {
  if (raw === null || raw === undefined) return null;
  switch (type.kind) {
    case 'enumeration': {
      const member = Object.entries(type.members).find(([, value]) => value === raw);
      return member === undefined
        ? fromKernelObject(run, raw)
        : { kind: 'word', word: member[0], value: BigInt(member[1]) };
    }
    case 'protection':
      return typeof raw === 'object'
        ? { kind: 'protection', protection: raw as Protection }
        : fromKernelObject(run, raw);
    case 'cluster':
    case 'place':
      return typeof raw === 'number' ? placeValue(run, raw) : fromKernelObject(run, raw);
    case 'record': {
      const fields = new Map<string, Value>();
      for (const field of type.fields)
        fields.set(field.name, fromKernel(run, (raw as Record<string, unknown>)[field.name], field.type));
      return { kind: 'record', fields, principal: null };
    }
    case 'address':
      return typeof raw === 'number' ? exactAddress(raw, addressBitsOf(run.machine)) : fromKernelObject(run, raw);
    case 'list':
      return Array.isArray(raw) ? raw.map((item) => fromKernel(run, item, type.of)) : fromKernelObject(run, raw);
    default:
      return fromKernelObject(run, raw);
  }
}

function placeValue(run: Run, cluster: number): PlaceValue {
  const { height } = run.program.config.mesh;
  return { kind: 'place', x: Math.floor(cluster / height), y: cluster % height, core: null };
}
