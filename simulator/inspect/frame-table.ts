/** What each frame of a cluster is: a number for each, and what the numbers mean. Small enough to keep for the next stop. */
import { framesPerCluster, ppnAt } from '../hardware/physical-memory.ts';
import { usesOf, type Mapped } from './frame-uses.ts';
import type { FrameKind } from './physical-models.ts';

export interface FrameTable {
  readonly kinds: readonly FrameKind[];
  /** By page of the cluster: index into `kinds`. */
  readonly ids: Uint32Array;
}

/** By cluster, of those that somebody has asked for. */
export type FrameTables = Map<number, FrameTable>;

export function frameTable(mapped: Mapped, cluster: number): FrameTable {
  const { machine, kernel } = mapped;
  const uses = usesOf(mapped);
  const frames = framesPerCluster(machine);
  const kinds: FrameKind[] = [];
  const numbers = new Map<string, number>();
  const ids = new Uint32Array(frames);
  for (let page = 0; page < frames; page++) {
    const ppn = ppnAt(machine, cluster, page);
    const { state, order, isFree, content } = kernel.frame(ppn);
    const use = isFree || content === 'kernel' ? undefined : uses[content === 'table' ? 'tables' : 'mapped'].get(ppn);
    const kind = {
      content: isFree ? ('free' as const) : content,
      state,
      order: isFree ? order : 0,
      owners: use?.owners ?? [],
      cow: use?.cow ?? false,
    };
    const key = kindKey(kind);
    let number = numbers.get(key);
    if (number === undefined) {
      number = kinds.push(kind) - 1;
      numbers.set(key, number);
    }
    ids[page] = number;
  }
  return { kinds, ids };
}

/** From now on it is read at every stop. */
export function tableOf(inspection: Mapped & { readonly frameTables: FrameTables }, cluster: number): FrameTable {
  let table = inspection.frameTables.get(cluster);
  if (table === undefined) {
    table = frameTable(inspection, cluster);
    inspection.frameTables.set(cluster, table);
  }
  return table;
}

/** The same clusters' tables at a new stop, so that the next question can be told what has changed. */
export function frameTablesAgain(before: FrameTables, mapped: Mapped): FrameTables {
  return new Map([...before.keys()].map((cluster) => [cluster, frameTable(mapped, cluster)]));
}

/** Equal keys are equal kinds. A block that is cut or joined changes nothing that is in its frames. */
export function kindKey({ content, state, order, owners, cow }: FrameKind, withOrder = true): string {
  return [content, state, withOrder ? order : '', cow, ...owners].join('\n');
}

/** Frames that are something else than at the stop before; nothing without one. */
export function changedFrames(now: FrameTable, before: FrameTable | null): (page: number) => boolean {
  if (before === null) return () => false;
  const keys = (table: FrameTable) => table.kinds.map((kind) => kindKey(kind, false));
  const [nowKeys, beforeKeys] = [keys(now), keys(before)];
  return (page) => nowKeys[now.ids[page] as number] !== beforeKeys[before.ids[page] as number];
}
