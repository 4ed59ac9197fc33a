/** 2.6: handles, and how functions take and give them. A handle counts one reference and carries no rights. */
import type { FunctionInfo, Parameter } from '../../execution/function-info.ts';
import { kernelFunction, type KernelFunction } from '../../execution/activation.ts';
import { ROOT_HANDLE, VM_REGION_DEAD, type Status } from './constants.ts';
import { give, isHeld, take, type Locks } from './locks.ts';
import { addReference, dropReference, pin, unpin } from './references.ts';
import { killRegion } from './kill.ts';
import {
  currentProcess,
  type Here,
  type Steps,
  type KernelObject,
  type VmObject,
  type VmRegion,
  type VmrState,
} from './state.ts';

type HandleError = 'BAD_HANDLE' | 'WRONG_TYPE';

/** The current task's table: outside every process the kernel's own. */
export function handleTable(here: Here): Map<number, KernelObject> {
  return currentProcess(here)?.handles ?? here.kernel.kernelHandles;
}

/** The caller's reference becomes the handle's. The lowest free value is used. */
export function installHandle(table: Map<number, KernelObject>, object: KernelObject): number {
  let handle = 1;
  while (table.has(handle)) handle++;
  table.set(handle, object);
  return handle;
}

/** V10: the root of a process has a reserved value that holds no reference. */
function rootOf({ processes }: VmrState, handle: number): VmRegion | null {
  return processes.find(({ pid }) => pid === handle - ROOT_HANDLE)?.region ?? null;
}

/** What a handle, an object itself, or null stands for. */
export function resolve(here: Here, handle: unknown): KernelObject | null | 'BAD_HANDLE' {
  if (handle === null || handle === undefined) return null;
  if (typeof handle === 'object') return handle as KernelObject;
  if (typeof handle !== 'number') return 'BAD_HANDLE';
  const object = handle >= ROOT_HANDLE ? rootOf(here.kernel, handle) : handleTable(here).get(handle);
  return object ?? 'BAD_HANDLE';
}

export function regionBehind(here: Here, handle: unknown): VmRegion | null | HandleError {
  const object = resolve(here, handle);
  if (object === null || object === 'BAD_HANDLE') return object;
  return object.type === 'vm_region' ? object : 'WRONG_TYPE';
}

export function objectBehind(here: Here, handle: unknown): VmObject | null | HandleError {
  const object = resolve(here, handle);
  if (object === null || object === 'BAD_HANDLE') return object;
  return object.type === 'vm_object' ? object : 'WRONG_TYPE';
}

/** Where the specification knows null. */
const nullable = new Set(['vm_region_create.parent', 'vm_region_map_object.object']);

function isKernelObject(value: unknown): value is KernelObject {
  const type = (value as { type?: unknown } | null | undefined)?.type;
  return type === 'vm_region' || type === 'vm_object';
}

const regionNames = new Set(['region', 'handle', 'parent', 'src_region', 'dest_region', 'a', 'b']);

/**
 * A function as scenarios call it: its handle parameters are looked up, those of `regionNames` as regions, the others as objects,, looked up in the function's own
 * frame. A missing region or object is what the specification calls null.
 */
export function byHandles<A, R>(
  info: FunctionInfo,
  body: (here: Here, args: A) => Steps<R>,
): KernelFunction<Readonly<Record<string, unknown>>, R | HandleError, VmrState> {
  return kernelFunction({ ...info, errors: [...info.errors, 'BAD_HANDLE', 'WRONG_TYPE'] }, function* (here, args) {
    const resolved: Record<string, unknown> = { ...args };
    for (const { name, type } of info.parameters) {
      if (type.kind !== 'handle') continue;
      const target = regionNames.has(name) ? regionBehind(here, args[name]) : objectBehind(here, args[name]);
      if (typeof target === 'string') return target;
      if (target === null && !nullable.has(`${info.name}.${name}`)) return 'BAD_HANDLE';
      resolved[name] = target;
    }
    const pinned = info.parameters.flatMap(({ name }) => (isKernelObject(resolved[name]) ? [resolved[name]] : []));
    pinned.forEach(pin);
    const result = yield* body(here, resolved as A);
    for (const object of pinned) yield* unpin(here, object);
    return result;
  });
}

/** A thread may be in a call while another one ends the task: nobody would ever close what it opens. */
function hasEnded(here: Here): boolean {
  return currentProcess(here)?.alive === false;
}

/** `out` of a create function: the caller's reference goes into the current task's table. */
export function* giveHandle(here: Here, made: KernelObject | Status): Steps<{ out: number } | Status> {
  if (typeof made === 'string') return made;
  if (!hasEnded(here)) return { out: installHandle(handleTable(here), made) };
  yield* dropReference(here, made, 'handle');
  return 'BAD_STATE';
}

export const handle = (name: string): Parameter => ({ name, type: { kind: 'handle' } });
export const outHandle: readonly Parameter[] = [{ name: 'out', type: { kind: 'integer' } }];

export const handle_open = kernelFunction(
  {
    name: 'handle_open',
    section: '2.6',
    doc: 'A handle for an object, the lowest free value of the current task; one more reference.',
    parameters: [handle('obj')],
    result: { kind: 'integer' },
    errors: ['BAD_HANDLE'],
    steps: { 1: 'reference the object, enter it' },
  },
  function* (here: Here, { obj }: { obj: unknown }): Steps<number | 'BAD_HANDLE'> {
    if (here.step('1')) yield;
    const object = resolve(here, obj);
    if (object === null || object === 'BAD_HANDLE' || hasEnded(here)) return 'BAD_HANDLE';
    return openHandle(here, object);
  },
);

/** What a scenario opens by name is its own (walk language 8). */
function openHandle(here: Here, object: KernelObject): number {
  addReference(here, object, 'handle');
  const value = installHandle(handleTable(here), object);
  here.kernel.opened.add(openedName(here, value));
  return value;
}

function openedName(here: Here, value: number): string {
  return `${currentProcess(here)?.name ?? 'kernel'}:${String(value)}`;
}

export const handle_dup = kernelFunction(
  {
    name: 'handle_dup',
    section: '2.6',
    doc: 'A second handle for what a handle names.',
    parameters: [handle('h')],
    result: { kind: 'integer' },
    errors: ['BAD_HANDLE'],
    steps: { 1: 'reference the object, enter it' },
  },
  function* (here: Here, { h }: { h: unknown }): Steps<number | 'BAD_HANDLE'> {
    if (here.step('1')) yield;
    const object = resolve(here, h);
    if (object === null || object === 'BAD_HANDLE' || hasEnded(here)) return 'BAD_HANDLE';
    return openHandle(here, object);
  },
);

export const handle_close = kernelFunction(
  {
    name: 'handle_close',
    section: '2.6',
    doc: 'Closes a handle; the last reference frees what it names.',
    parameters: [handle('h')],
    errors: ['BAD_HANDLE'],
    steps: { 1: 'leave the table', 2: 'drop the reference' },
  },
  function* (here: Here, { h }: { h: unknown }): Steps<'BAD_HANDLE' | void> {
    if (here.step('1')) yield;
    const table = handleTable(here);
    const object = typeof h === 'number' ? table.get(h) : undefined;
    if (object === undefined) return 'BAD_HANDLE';
    table.delete(h as number);
    here.kernel.opened.delete(openedName(here, h as number));
    if (here.step('2')) yield;
    yield* dropReference(here, object, 'handle');
  },
);

/** What a scenario sees behind a handle. */
export const obj = kernelFunction(
  {
    name: 'obj',
    section: '2.6',
    doc: 'The object behind a handle, without a reference.',
    parameters: [handle('h')],
    result: { kind: 'object', type: '' },
    errors: ['BAD_HANDLE'],
    steps: {},
  },

  function* (here: Here, { h }: { h: unknown }): Steps<KernelObject | null | 'BAD_HANDLE'> {
    return resolve(here, h);
  },
);

/** V9: an unlock drops the reference that a kill left to this thread. */
export function* unlockRegion(here: Here, region: VmRegion): Steps<void> {
  const lock = region.vr_base.ob_lock;
  give(here, [lock], lock);
  if (region.tree_reference_of !== here.activity.agent) return;
  region.tree_reference_of = null;
  yield* dropReference(here, region, 'tree');
}

export const vm_region_kill = byHandles(
  {
    name: 'vm_region_kill',
    section: '4.4',
    doc: 'Kills a region and all below it. Called with the region locked (vm_region_lock_irqsave), returns with it locked.',
    parameters: [handle('region'), { name: 'lock_flags', type: { kind: 'integer' }, default: 1, inOut: true }],
    errors: ['BAD_STATE', 'INVALID_ARGUMENT'],
    steps: killRegion.info.steps,
  },
  function* (here: Here, { region, lock_flags }: { region: VmRegion; lock_flags: number }) {
    const lock = region.vr_base.ob_lock;
    // 4.4: the caller has it locked. Who has not may not kill it.
    if (!isHeld(here, lock)) return 'INVALID_ARGUMENT';
    const error = yield* killRegion(here, { region, locks: [lock] });
    return error ?? { lock_flags };
  },
);

/** C8: the system call around it. */
export const region_kill = byHandles(
  {
    name: 'region_kill',
    section: '4.4',
    doc: 'Kills the region that a handle names: lock, vm_region_kill, unlock, drop the tree’s reference.',
    parameters: [handle('handle')],
    errors: ['BAD_STATE'],
    steps: { 1: 'lock', 2: 'vm_region_kill', 3: 'unlock, drop the tree’s reference' },
  },
  function* (here: Here, { handle: region }: { handle: VmRegion }): Steps<'BAD_STATE' | void> {
    return yield* killByCall(here, region);
  },
);

/** The same for the kernel's own use. */
export const killByHand = kernelFunction(
  { ...region_kill.info, parameters: [], errors: ['BAD_STATE'] },
  function* (here: Here, { region }: { region: VmRegion }): Steps<'BAD_STATE' | void> {
    return yield* killByCall(here, region);
  },
);

function* killByCall(here: Here, region: VmRegion): Steps<'BAD_STATE' | void> {
  const locks: Locks = [];
  if (here.step('1')) yield;
  yield* take(here, locks, region.vr_base.ob_lock);
  if (here.step('2')) yield;
  const error = region.vr_status === VM_REGION_DEAD ? 'BAD_STATE' : yield* killRegion(here, { region, locks });
  if (here.step('3')) yield;
  yield* unlockRegion(here, region);
  return error;
}
