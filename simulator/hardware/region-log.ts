/**
 * Which source line mapped, unmapped or protected a range of addresses last: for messages that name the line that is to
 * blame. Kernels note what they change, so it holds for their functions called by name, for exec and brk as well.
 */
import type { FieldsOfEvent } from './event-shapes.ts';
import type { Machine } from './machine.ts';
import { emit, EventKind } from './trace-event.ts';
import type { VirtualAddress } from './word.ts';

export interface RegionNote {
  /** `forked`: what held in the parent's range holds in the child's from then on. */
  readonly action: 'mapped' | 'unmapped' | 'protected' | 'forked';
  /** Whose addresses they are. */
  readonly owner: number;
  /** Of a forked process. */
  readonly parent?: number;
  /** `[start, end)`. */
  readonly start: VirtualAddress;
  readonly end: VirtualAddress;
  readonly line: number;
}

/** Older ones are forgotten. */
const MOST_NOTES = 512;

type Range = Pick<RegionNote, 'action' | 'start' | 'end'> & { readonly owner?: number | undefined };

/** Notes that the running line did that to a part of a region. */
export function noteRegion({ regionLog, cause }: Machine, { action, start, end, owner = cause.owner }: Range): void {
  regionLog.push({ action, owner, start, end, line: cause.line });
  if (regionLog.length > MOST_NOTES) regionLog.shift();
}

/** Emits the end of a whole region, and notes it. */
export function emitRemoval(machine: Machine, cluster: number, removed: FieldsOfEvent<'region-remove'>): void {
  const { process: owner, start, end } = removed;
  noteRegion(machine, { action: 'unmapped', start, end, owner });
  emit(machine, EventKind.regionRemove, cluster, removed);
}

/** Where the log stands, for `noteFork` and `noteOwner`. */
export function lastNote({ regionLog }: Machine): RegionNote | null {
  return regionLog.at(-1) ?? null;
}

/** Emits the beginning of a region, and notes it. */
export function emitCreation(machine: Machine, cluster: number, created: FieldsOfEvent<'region-create'>): void {
  const { process: owner, start, end } = created;
  noteRegion(machine, { action: 'mapped', start, end, owner });
  emit(machine, EventKind.regionCreate, cluster, created);
}

/**
 * Called when a fork is complete: what holds in the child is of the parent's lines. Where copies are noted as the
 * parent's, `since` is the last note before the fork; those behind it are dropped.
 */
export function noteFork(
  { regionLog, cause }: Machine,
  parent: number,
  child: number,
  since?: RegionNote | null,
): void {
  if (since !== undefined) {
    const first = since === null ? 0 : regionLog.indexOf(since) + 1;
    const others = regionLog.splice(first).filter(({ owner, action }) => owner !== parent || action !== 'mapped');
    regionLog.push(...others);
  }
  regionLog.push({ action: 'forked', owner: child, parent, start: 0, end: Number.POSITIVE_INFINITY, line: cause.line });
  if (regionLog.length > MOST_NOTES) regionLog.shift();
}

/**
 * Called when a process has been made whose regions were there before it: what the running owner noted behind `since` is of
 * the process from then on.
 */
export function noteOwner({ regionLog, cause }: Machine, owner: number, since: RegionNote | null): void {
  const first = since === null ? 0 : regionLog.indexOf(since) + 1;
  const notes = regionLog.splice(first);
  regionLog.push(...notes.map((note) => (note.owner === cause.owner ? { ...note, owner } : note)));
}

export type Blame = Pick<RegionNote, 'action' | 'line'>;

/** What was done last to an address of an owner, among some actions; in a forked process also what its parent did before. */
export function blameFor(
  { regionLog }: Machine,
  actions: readonly RegionNote['action'][],
  owner: number,
  address: VirtualAddress,
): Blame | null {
  let whose = owner;
  for (let at = regionLog.length - 1; at >= 0; at--) {
    const note = regionLog[at] as RegionNote;
    if (note.owner !== whose) continue;
    if (note.action === 'forked') whose = note.parent as number;
    else if (actions.includes(note.action) && address >= note.start && address < note.end) return note;
  }
  return null;
}
