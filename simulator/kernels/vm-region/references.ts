/** 2.7: reference counts, and what happens when one reaches 0. */
import { emit } from '../../hardware/trace-event.ts';
import { writeFile } from '../../hardware/block-device.ts';
import { readBytes } from '../../hardware/physical-memory.ts';
import { addCycles } from '../../hardware/core.ts';
import { EventKind } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { PAGE_SIZE, VM_REGION_ONLINE } from './constants.ts';
import { Own } from './events.ts';
import { giveFrame } from './frames.ts';
import { killUnreachable } from './retire.ts';
import { giveAll, headerOf, lockRegion, type Locks } from './locks.ts';
import { pmap_destroy } from './pmap.ts';
import { mustFail } from '../injections.ts';
import type { Here, Steps, KernelObject, VmObject, VmRegion, VmRegionMapping } from './state.ts';

export type Why = 'handle' | 'tree' | 'mapping' | 'retired' | 'temporary' | 'task';

export function addReference(here: Here, object: KernelObject, why: Why): void {
  change(here, object, 1, why);
}

function change({ machine, cluster }: Here, object: KernelObject, delta: number, why: Why): number {
  const header = headerOf(object);
  header.ob_refcount += delta;
  emit(machine, Own.ref, cluster, { object: header.ob_id, delta, count: header.ob_refcount, why });
  return header.ob_refcount;
}

/** A reference less; at 0 the object is finalised. */
export function* dropReference(here: Here, object: KernelObject, why: Why): Steps<void> {
  if (change(here, object, -1, why) > 0 || headerOf(object).pins > 0) return;
  yield* finalise(here, object);
}

/** A call that looks a handle up keeps what it found until it returns; the reference count does not tell. */
export function pin(object: KernelObject): void {
  headerOf(object).pins += 1;
}

export function* unpin(here: Here, object: KernelObject): Steps<void> {
  const header = headerOf(object);
  header.pins -= 1;
  if (header.pins === 0 && header.ob_refcount === 0 && object.freed === null) yield* finalise(here, object);
}

function* finalise(here: Here, object: KernelObject): Steps<void> {
  if (object.type === 'vm_region') yield* vm_region_finalise(here, { region: object });
  else yield* vm_object_destroy(here, { object });
}

export const vm_region_finalise = kernelFunction(
  {
    name: 'vm_region_finalise',
    section: '2.7',
    doc: 'Frees a region that nobody refers to any more, and what it kept.',
    parameters: [],
    errors: [],
    steps: {
      1: 'still ONLINE: the steps of kill',
      2: 'a retired mapping: drop its object reference, free it',
      3: 'a retired child: drop the reference',
      4: 'a root: destroy the pmap',
      5: 'free the object',
    },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<void> {
    if (region.vr_status === VM_REGION_ONLINE) {
      if (here.step('1')) yield;
      const locks: Locks = [];
      yield* lockRegion(here, locks, region);
      yield* killUnreachable(here, region);
      giveAll(here, locks);
    }
    for (const retired of region.vr_retired.splice(0)) {
      if (retired.type === 'vm_region_mapping') {
        if (here.step('2')) yield;
        yield* freeMapping(here, retired, 'retired');
      } else {
        if (here.step('3')) yield;
        yield* dropReference(here, retired, 'retired');
      }
    }
    if (region.vr_entry.isRoot && region.vr_pmap.root >= 0) {
      if (here.step('4')) yield;
      yield* pmap_destroy(here, { pmap: region.vr_pmap });
    }
    if (here.step('5')) yield;
    here.kernel.regions.delete(region.vr_base.ob_id);
    region.freed = 'vm_region_finalise step 5';
    emit(here.machine, Own['region.free'], here.cluster, { id: region.vr_base.ob_id });
  },
);

/** The mapping's memory goes, and with it its reference of the object. */
export function* freeMapping(here: Here, mapping: VmRegionMapping, why: Why): Steps<void> {
  mapping.freed = `${here.info.name} step ${here.label}`;
  here.kernel.mappings -= 1;
  yield* dropReference(here, mapping.m_object, why);
}

export const vm_object_destroy = kernelFunction(
  {
    name: 'vm_object_destroy',
    section: '4.15',
    doc: 'Frees an object that nobody refers to any more, its pages first; a file’s dirty pages are written back.',
    parameters: [],
    errors: [],
    steps: { 1: 'a dirty page of a file: write it back', 2: 'free a page', 3: 'free the object' },
  },
  function* (here: Here, { object }: { object: VmObject }): Steps<void> {
    for (const index of [...object.vo_pages.keys()].sort((a, b) => a - b)) {
      if (object.vo_kind === 'FILE' && object.vo_pages.get(index)?.dirty === true) {
        if (here.step('1')) yield;
        writeBack(here, object, index);
      }
      if (here.step('2')) yield;
      freePage(here, object, index);
    }
    if (here.step('3')) yield;
    here.kernel.objects.delete(object.vo_base.ob_id);
    if (object.file !== null && here.kernel.files.get(object.file.name) === object)
      here.kernel.files.delete(object.file.name);
    object.freed = 'vm_object_destroy step 3';
    emit(here.machine, Own['object.free'], here.cluster, { object: object.vo_base.ob_id });
  },
);

/** Not beyond the end of the file. A write that fails loses the page, as a disk does. */
function writeBack(here: Here, { file, vo_pages }: VmObject, index: number): void {
  const page = vo_pages.get(index);
  if (file === null || page === undefined || mustFail(here.kernel, 'file-write', here.cluster)) return;
  const length = Math.max(0, Math.min(PAGE_SIZE, file.size - index * PAGE_SIZE));
  if (length > 0) writeFile(file, index * PAGE_SIZE, readBytes(here.machine, page.frame * PAGE_SIZE, length));
  page.dirty = false;
  addCycles(here.machine, here.core, here.machine.config.cost.T_IOC);
  emit(here.machine, EventKind.pageOut, here.cluster, { file: file.name, index, ppn: page.frame });
}

export function freePage(here: Here, object: VmObject, index: number): void {
  const page = object.vo_pages.get(index);
  if (page === undefined) return;
  object.vo_pages.delete(index);
  if (object.vo_kind !== 'PHYS') giveFrame(here, page.frame);
  const fields = { object: object.vo_base.ob_id, index, frame: page.frame };
  emit(here.machine, Own['object.page_free'], here.cluster, fields);
}
