/** Physical frames of a cluster, with everyone who maps them. */
import { clusterOfPpn, framesPerCluster, isFrame, pageOfPpn, ppnAt } from '../hardware/physical-memory.ts';
import type { Ppn } from '../hardware/word.ts';
import { bankFigures } from './bank-figures.ts';
import { clusterName, CowBits } from './entry.ts';
import { tableOf } from './frame-table.ts';
import type { FrameModel, FramesModel, Mapping } from './models.ts';
import type { Inspection } from './inspection.ts';

export function frames(inspection: Inspection, cluster: number, start: number, count: number): FramesModel {
  const total = framesPerCluster(inspection.machine);
  const end = Math.min(total, start + count);
  const wanted = new Set<Ppn>();
  for (let page = start; page < end; page++) wanted.add(ppnAt(inspection.machine, cluster, page));
  const mappings = mappingsOf(inspection, wanted);
  return {
    cluster: clusterName(inspection, cluster),
    frames: total,
    free: inspection.kernel.freeFrames(cluster),
    start,
    ...bankFigures(tableOf(inspection, cluster), inspection.kernel.hasFreeBlocks),
    rows: [...wanted].map((ppn) => frameModel(inspection, ppn, mappings.get(ppn) ?? [])),
  };
}

/** Null where there is no memory. */
export function frameOf(inspection: Inspection, ppn: Ppn): FrameModel | null {
  if (!isFrame(inspection.machine, ppn)) return null;
  return frameModel(inspection, ppn, mappingsOf(inspection, new Set([ppn])).get(ppn) ?? []);
}

function frameModel(inspection: Inspection, ppn: Ppn, mappedBy: readonly Mapping[]): FrameModel {
  const { refs, forks, state, order, isFree, content } = inspection.kernel.frame(ppn);
  const cluster = clusterName(inspection, clusterOfPpn(inspection.machine, ppn));
  const page = pageOfPpn(inspection.machine, ppn);
  return { ppn, page, cluster, state, content: isFree ? 'free' : content, refs, forks, order, mappedBy };
}

function mappingsOf(inspection: Inspection, wanted: ReadonlySet<Ppn>): Map<Ppn, Mapping[]> {
  const found = new Map<Ppn, Mapping[]>();
  const cow = new CowBits(inspection);
  for (const { process, table, scan } of inspection.scans.values()) {
    for (const entry of scan.entries) {
      for (let page = 0; page < entry.pages; page++) {
        const ppn = entry.ppn + page;
        if (!wanted.has(ppn)) continue;
        const mapping = {
          process: process.name,
          cluster: clusterName(inspection, table.cluster),
          vpn: entry.vpn + page,
          writable: entry.writable,
          cow: cow.has(entry),
        };
        const known = found.get(ppn);
        if (known === undefined) found.set(ppn, [mapping]);
        else known.push(mapping);
      }
    }
  }
  return found;
}
