/** 7, V13: mprotect by unmapping each piece of a range and mapping it again. Contents survive: they live in the object. */
import { rangeOf } from './pmap.ts';
import { noteRegion } from '../../hardware/region-log.ts';
import { addressText } from './dump.ts';
import { refuse } from '../../execution/refusal.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { entriesIn } from './btree.ts';
import { VM_PROT_EXEC, VM_PROT_READ, VM_PROT_RWX, VM_PROT_WRITE, VM_REGION_DEAD, type Status } from './constants.ts';
import { isInRange } from './create.ts';
import { mapObject } from './map-object.ts';
import { addReference, dropReference } from './references.ts';
import { deniedByObject, deniedByRegion } from './refusals.ts';
import { hasMiddleCut, unmapRange } from './unmap.ts';
import { mustFail } from '../injections.ts';
import {
  endOf,
  isPageMultiple,
  pageUp,
  type Here,
  type Steps,
  type VmObject,
  type VmRegion,
  type VmRegionMapping,
} from './state.ts';

interface Piece {
  readonly region: VmRegion;
  readonly offset: number;
  readonly size: number;
  readonly object: VmObject;
  readonly object_offset: number;
  readonly kind: VmRegionMapping['m_kind'];
  readonly label: string;
}

interface ProtectArgs {
  readonly root: VmRegion;
  readonly address: number;
  readonly length: number;
  readonly prot: number;
}

export const protect = kernelFunction(
  {
    name: 'task_protect',
    section: '7',
    doc: 'Changes the protection of a range, piece by piece. This kernel has no such function of its own.',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'ACCESS_DENIED', 'NO_MEMORY'],
    steps: {
      1: 'the pieces of mappings in the range',
      2: 'all of them must allow the protection: else ACCESS_DENIED, nothing changed',
      3: 'allocate the new mappings: NO_MEMORY changes nothing',
      4: 'a piece: unmap it',
      5: 'and map it again where it was',
    },
  },
  function* (here: Here, { root, address, length, prot }: ProtectArgs): Steps<Status | void> {
    const start = address - root.vr_entry.e_address;
    const size = pageUp(length);
    if (here.step('1')) yield;
    if (!(length > 0)) return refuse(here, 'INVALID_ARGUMENT', `the length is ${String(length)}`);
    if (!isPageMultiple(start)) return refuse(here, 'INVALID_ARGUMENT', `${addressText(address)} is not page-aligned`);
    if (!isInRange(root, start, size))
      return refuse(here, 'INVALID_ARGUMENT', `the range at ${addressText(address)} leaves the task’s root region`);
    if ((prot & (VM_PROT_WRITE | VM_PROT_EXEC)) !== 0 && (prot & VM_PROT_READ) === 0)
      return refuse(here, 'INVALID_ARGUMENT', 'w and x need r as well');
    if (root.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
    const pieces: Piece[] = [];
    if (here.step('2')) yield;
    const denied = collectPieces(here, root, { start, end: start + size, prot }, pieces);
    if (denied !== null) return denied;
    if (here.step('3')) yield;
    const mappings = pieces.length + (hasMiddleCut(root, start, start + size) ? 1 : 0);
    for (let made = 0; made < mappings; made++)
      if (mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
    for (const piece of pieces) {
      const error = yield* replacePiece(here, piece, prot);
      if (error) return error;
    }
  },
);

interface Change {
  /** Within the region. */
  readonly start: number;
  readonly end: number;
  readonly prot: number;
}

/** Refuses where a mask on the way or an object forbids the protection. */
function collectPieces(here: Here, region: VmRegion, change: Change, pieces: Piece[]): 'ACCESS_DENIED' | null {
  const { start, end, prot } = change;
  const entries = entriesIn(region.vr_entries, start, end);
  if ((prot & ~region.vr_prot) !== 0) return entries.length === 0 ? null : deniedByRegion(here, prot, region);
  for (const entry of entries) {
    const from = Math.max(start, entry.e_offset);
    const to = Math.min(end, endOf(entry));
    const { container } = entry;
    if (container.type === 'vm_region') {
      const inside = { start: from - entry.e_offset, end: to - entry.e_offset, prot };
      const denied = collectPieces(here, container, inside, pieces);
      if (denied !== null) return denied;
      continue;
    }
    const { m_object, m_object_offset, m_kind, m_label } = container;
    if ((prot & VM_PROT_RWX & ~m_object.vo_prot) !== 0) return deniedByObject(here, prot & VM_PROT_RWX, m_object);
    pieces.push({
      region, offset: from, size: to - from, object: m_object, object_offset: m_object_offset + (from - entry.e_offset), kind: m_kind,
      label: m_label,
    }); // prettier-ignore
  }
  return null;
}

/** The object is kept while nothing maps it. Somebody who maps in the hole meanwhile makes it fail. */
function* replacePiece(here: Here, piece: Piece, prot: number): Steps<Status | void> {
  const { region, offset, size, object, object_offset, kind, label } = piece;
  addReference(here, object, 'temporary');
  if (here.step('4')) yield;
  const place = { region, region_offset: offset, length: size, isAllocated: true };
  const error = yield* unmapRange(here, place);
  if (here.step('5')) yield;
  const made = error ?? (yield* mapObject(here, { ...place, object, object_offset, prot, kind, label }));
  yield* dropReference(here, object, 'temporary');
  if (typeof made === 'string') return made;
  const { process: owner, start, end } = rangeOf(here, region, made.m_entry);
  noteRegion(here.machine, { action: 'protected', owner, start, end });
}
