/** 7, C4, V12: fork replays the region tree; there is no copy-on-write in this kernel. */
import { lastNote, noteFork } from '../../hardware/region-log.ts';
import { refuse } from '../../execution/refusal.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { dismantle } from './address-space.ts';
import { entriesOf } from './btree.ts';
import { VM_REGION_DEAD, type Status } from './constants.ts';
import { createRegion } from './create.ts';
import { giveAll, lockRegion, type Locks } from './locks.ts';
import { mapObject } from './map-object.ts';
import { addReference, dropReference } from './references.ts';
import { cloneObject } from './vm-object.ts';
import { newProcess, registerThread } from './process.ts';
import { mustFail } from '../injections.ts';
import type { Here, Steps, Process, VmObject, VmRegion, VmRegionMapping } from './state.ts';

interface Replay {
  /** PRIVATE objects by koid: each is cloned once, whole. */
  readonly clones: Map<number, VmObject>;
  /** Which region stands for which. */
  readonly copies: Map<VmRegion, VmRegion>;
}

export const fork = kernelFunction(
  {
    name: 'task_fork',
    section: '7',
    doc: 'A second task with the same tree of regions: shared mappings show the same objects, private ones eager copies.',
    parameters: [],
    result: { kind: 'process' },
    errors: ['NO_MEMORY', 'BAD_STATE', 'MEMORY_FAULT'],
    steps: {
      1: 'a new root',
      2: 'a region of the tree, locked, and its double',
      3: 'a shared mapping: the same object; a private one: the clone of its object',
      4: 'drop the clones’ own references',
      5: 'the task and its thread. Failure: everything undone',
    },
  },
  function* (here: Here, { parent, core }: { parent: Process; core: number }): Steps<Process | Status> {
    const source = parent.region;
    if (source === null || mustFail(here.kernel, 'object-alloc', here.cluster))
      return refuse(here, 'NO_MEMORY', 'no memory is left for the task');
    const since = lastNote(here.machine);
    const locks: Locks = [];
    const replay: Replay = { clones: new Map(), copies: new Map() };
    if (here.step('1')) yield;
    const { vr_entry, vr_prot, vr_name } = source;
    const root = yield* createRegion(here, {
      parent: null, name: vr_name, offset: vr_entry.e_offset, region_len: vr_entry.e_size, prot: vr_prot,
    }); // prettier-ignore
    if (typeof root === 'string') return root;
    const error = yield* replayRegion(here, source, root, replay, locks);
    for (const clone of replay.clones.values()) {
      if (here.step('4')) yield;
      yield* dropReference(here, clone, 'temporary');
    }
    if (error !== null) yield* dismantle(here, root);
    giveAll(here, locks);
    if (error !== null) return error;
    if (here.step('5')) yield;
    const child = makeTask(here, parent, root, replay, core);
    noteFork(here.machine, parent.owner, child.owner, since);
    return child;
  },
);

function makeTask(here: Here, parent: Process, region: VmRegion, { copies }: Replay, core: number): Process {
  const name = `${parent.name}.fork${String(++parent.forks)}`;
  const child = newProcess(here.kernel, name, here.cluster, parent);
  const copyOf = (original: VmRegion | null): VmRegion | null =>
    original === null ? null : (copies.get(original) ?? null);
  child.region = region;
  child.heap = copyOf(parent.heap);
  child.mmap = copyOf(parent.mmap);
  child.brk = parent.brk;
  child.codeStart = parent.codeStart;
  child.dataStart = parent.dataStart;
  child.stackStart = parent.stackStart;
  child.path = parent.path;
  here.kernel.processes.push(child);
  registerThread(here.kernel, name, child, core);
  return child;
}

/** Retired entries are not replayed; regions stay locked until fork is over. */
function* replayRegion(
  here: Here,
  source: VmRegion,
  target: VmRegion,
  replay: Replay,
  locks: Locks,
): Steps<Status | null> {
  if (here.step('2')) yield;
  yield* lockRegion(here, locks, source);
  // Another thread may have ended the task, or killed a part of it, while this one waited.
  if (source.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
  replay.copies.set(source, target);
  for (const { container, e_offset } of entriesOf(source.vr_entries)) {
    const error =
      container.type === 'vm_region'
        ? yield* replayChild(here, container, target, replay, locks)
        : yield* replayMapping(here, container, e_offset, target, replay);
    if (error !== null) return error;
  }
  return null;
}

function* replayChild(
  here: Here,
  child: VmRegion,
  parent: VmRegion,
  replay: Replay,
  locks: Locks,
): Steps<Status | null> {
  const { vr_name, vr_prot, vr_entry } = child;
  const copy = yield* createRegion(here, {
    parent, name: vr_name, offset: vr_entry.e_offset, region_len: vr_entry.e_size, prot: vr_prot,
  }); // prettier-ignore
  if (typeof copy === 'string') return copy;
  yield* dropReference(here, copy, 'temporary');
  return yield* replayRegion(here, child, copy, replay, locks);
}

function* replayMapping(
  here: Here,
  mapping: VmRegionMapping,
  region_offset: number,
  region: VmRegion,
  replay: Replay,
): Steps<Status | null> {
  if (here.step('3')) yield;
  const { m_kind, m_object, m_object_offset, m_prot, m_label, m_entry } = mapping;
  const object = m_kind === 'SHARED' ? m_object : yield* cloneOf(here, m_object, replay);
  if (typeof object === 'string') return object;
  if (m_kind === 'SHARED') addReference(here, object, 'temporary');
  const made = yield* mapObject(here, {
    region, region_offset, object, object_offset: m_object_offset, length: m_entry.e_size, prot: m_prot, kind: m_kind, label: m_label,
  }); // prettier-ignore
  if (m_kind === 'SHARED') yield* dropReference(here, object, 'temporary');
  return typeof made === 'string' ? made : null;
}

/** V12: cloned whole, so offsets stay; every page copied counts. */
function* cloneOf(here: Here, object: VmObject, { clones }: Replay): Steps<VmObject | Status> {
  const known = clones.get(object.vo_base.ob_id);
  if (known !== undefined) return known;
  const clone = yield* cloneObject(here, { object, off: 0, len: object.vo_size });
  if (typeof clone === 'string') return clone;
  clones.set(object.vo_base.ob_id, clone);
  for (const [index, { frame }] of clone.vo_pages)
    emit(here.machine, EventKind.pageCopy, here.cluster, { from: object.vo_pages.get(index)?.frame ?? -1, to: frame });
  return clone;
}
