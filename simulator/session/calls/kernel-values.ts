/** What a kernel's fields and results are to a scenario: plain values, lists, and objects by identity. */
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import type { Protection } from '../../kernels/view.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { objectName, record } from '../state/values.ts';
import type { Value } from '../state/values.ts';

export function fromKernelObject(run: Run, raw: unknown): Value {
  switch (typeof raw) {
    case 'number':
      return BigInt(Math.trunc(raw));
    case 'bigint':
    case 'boolean':
    case 'string':
      return raw;
    case 'object':
      return raw === null ? null : fromObject(run, raw);
    default:
      return null;
  }
}

function fromObject(run: Run, raw: object): Value {
  if (Array.isArray(raw)) return raw.map((item) => fromKernelObject(run, item));
  if (ArrayBuffer.isView(raw))
    return Array.from(raw as unknown as ArrayLike<number>, (item) => fromKernelObject(run, item));
  if (raw instanceof Map) return [...raw.values()].map((item) => fromKernelObject(run, item));
  if (raw instanceof Set) return [...raw].map((item) => fromKernelObject(run, item));
  const { type } = raw as { type?: unknown };
  if (type === 'protection') {
    const { protection, bits } = raw as { protection: Protection; bits: number };
    return { kind: 'protection', protection, bits: BigInt(bits) };
  }
  if (type === 'process') return { kind: 'process', process: raw as ProcessObject };
  if (type === 'thread') return { kind: 'thread', thread: raw as ThreadObject };
  return { kind: 'object', object: raw };
}

/** A kernel's list that is an object of its own, with `items` as a property or a field, as the list of its elements; other values as they are. */
export function elementsOf(run: Run, value: Value): Value {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value.kind !== 'object') return value;
  const own = (value.object as { items?: unknown }).items;
  const items = own ?? run.kernel.readField(value.object, 'items');
  return Array.isArray(items) ? fromKernelObject(run, items) : value;
}

/** A thread by the name under which locks know it; any other agent by its name. */
function agentValue(run: Run, agent: string): Value {
  const thread = run.kernel.threads().find(({ name }) => name === agent);
  return thread === undefined ? agent : { kind: 'thread', thread };
}

/** A member of a value by name; undefined when it has none. */
export function memberOf(run: Run, value: Value, member: string, range: SourceRange): Value | undefined {
  if (typeof value === 'string' || Array.isArray(value)) {
    return member === 'length' ? BigInt(value.length) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  switch (value.kind) {
    case 'place':
      return member === 'x' || member === 'y' || member === 'core' ? BigInt(value[member] ?? 0) : undefined;
    case 'protection': {
      if (member !== 'read' && member !== 'write' && member !== 'execute' && member !== 'user') return undefined;
      return value.protection[member] ?? false;
    }
    case 'word':
      return undefined;
    case 'record': {
      const field = value.fields.get(member);
      if (field !== undefined || value.principal === null) return field;
      const principal = value.fields.get(value.principal);
      return principal === undefined ? undefined : memberOf(run, principal, member, range);
    }
    case 'process':
      return orElse(processMember(run, value.process, member), () => objectMember(run, value.process, member, range));
    case 'thread':
      return orElse(threadMember(value.thread, member), () => objectMember(run, value.thread, member, range));
    case 'object':
      return objectMember(run, value.object, member, range);
  }
}

/** `none` is a value too. */
function orElse(found: Value | undefined, other: () => Value | undefined): Value | undefined {
  return found === undefined ? other() : found;
}

function processMember(run: Run, process: ProcessObject, member: string): Value | undefined {
  switch (member) {
    case 'pid':
      return BigInt(process.pid);
    case 'name':
      return process.name;
    case 'alive':
      return process.alive;
    case 'exit':
      return fromKernelObject(run, process.exit);
    case 'parent':
      return fromKernelObject(run, process.parent);
    case 'code':
      return BigInt(process.codeStart);
    case 'data':
      return BigInt(process.dataStart);
    case 'stack':
      return BigInt(process.stackStart);
    default:
      return undefined;
  }
}

function threadMember(thread: ThreadObject, member: string): Value | undefined {
  switch (member) {
    case 'name':
      return thread.name;
    case 'alive':
      return thread.alive;
    case 'process':
      return { kind: 'process', process: thread.process };
    case 'core':
      return BigInt(thread.core);
    default:
      return undefined;
  }
}

function objectMember(run: Run, object: object, member: string, range: SourceRange): Value | undefined {
  requireLiveObject(object, range);
  const raw = run.kernel.readField(object, member);
  if ((object as { type?: unknown }).type === 'lock') {
    if (member === 'holder' && typeof raw === 'string') return agentValue(run, raw);
    if ((member === 'readers' || member === 'waiters') && Array.isArray(raw)) {
      return raw.map((entry) =>
        agentValue(run, typeof entry === 'string' ? entry : (entry as { agent: string }).agent),
      );
    }
  }
  return raw === undefined ? undefined : fromKernelObject(run, raw);
}

export function requireLive(value: Value, range: SourceRange): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'object')
    requireLiveObject(value.object, range);
}

/** A kernel marks an object that it freed with the step that did it. */
function requireLiveObject(object: object, range: SourceRange): void {
  const { freed } = object as { freed?: unknown };
  if (typeof freed !== 'string') return;
  throw new ScenarioFailure('WALK219', `${objectName(object)} was freed by ${freed}`, range);
}

export function recordOf(run: Run, raw: Readonly<Record<string, unknown>>): Value {
  return record(Object.fromEntries(Object.entries(raw).map(([name, field]) => [name, fromKernelObject(run, field)])));
}
