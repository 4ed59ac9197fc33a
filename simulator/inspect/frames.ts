/** Physical frames of a cluster, with everyone who maps them. */
import { clusterOfPpn, framesPerCluster, isFrame, pageOfPpn, ppnAt } from '../hardware/physical-memory.ts';
import type { Ppn } from '../hardware/word.ts';
import { clusterName, CowBits } from './entry.ts';
import type { FrameModel, FramesModel, Mapping } from './models.ts';
import type { Moment } from './moment.ts';

export function frames(moment: Moment, cluster: number, start: number, count: number): FramesModel {
  const total = framesPerCluster(moment.machine);
  const end = Math.min(total, start + count);
  const wanted = new Set<Ppn>();
  for (let page = start; page < end; page++) wanted.add(ppnAt(moment.machine, cluster, page));
  const mappings = mappingsOf(moment, wanted);
  return {
    cluster: clusterName(moment, cluster),
    frames: total,
    free: moment.kernel.freeFrames(moment.state, cluster),
    start,
    rows: [...wanted].map((ppn) => frameModel(moment, ppn, mappings.get(ppn) ?? [])),
  };
}

/** Null where there is no memory. */
export function frameOf(moment: Moment, ppn: Ppn): FrameModel | null {
  if (!isFrame(moment.machine, ppn)) return null;
  return frameModel(moment, ppn, mappingsOf(moment, new Set([ppn])).get(ppn) ?? []);
}

function frameModel(moment: Moment, ppn: Ppn, mappedBy: readonly Mapping[]): FrameModel {
  const { refs, forks, state, order } = moment.kernel.frame(moment.state, moment.machine, ppn);
  const cluster = clusterName(moment, clusterOfPpn(moment.machine, ppn));
  return { ppn, page: pageOfPpn(moment.machine, ppn), cluster, state, refs, forks, order, mappedBy };
}

function mappingsOf(moment: Moment, wanted: ReadonlySet<Ppn>): Map<Ppn, Mapping[]> {
  const found = new Map<Ppn, Mapping[]>();
  const cow = new CowBits(moment);
  for (const { process, table, scan } of moment.scans.values()) {
    for (const entry of scan.entries) {
      for (let page = 0; page < entry.pages; page++) {
        const ppn = entry.ppn + page;
        if (!wanted.has(ppn)) continue;
        const mapping = {
          process: process.name,
          cluster: clusterName(moment, table.cluster),
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
