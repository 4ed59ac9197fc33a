/** Everything about one cluster: its TLBs, interrupts, files and devices. */
import { pendingIpi } from '../hardware/interrupt-controller.ts';
import { coreIndex } from '../hardware/machine-config.ts';
import { clusterOfPpn } from '../hardware/physical-memory.ts';
import { listTlb, type TlbEntryView } from '../hardware/tlb.ts';
import { bankFigures } from './bank-figures.ts';
import { clusterName, frameClusterName } from './entry.ts';
import { tableOf } from './frame-table.ts';
import type { Inspection } from './inspection.ts';
import type { ClusterDetail, TlbEntryModel, TlbModel } from './machine-models.ts';

export function clusterDetail(inspection: Inspection, cluster: number): ClusterDetail {
  const { machine, kernel } = inspection;
  const { config } = machine;
  const cores = Array.from({ length: config.coresPerCluster }, (_, local) => coreIndex(config, cluster, local));
  return {
    cluster: clusterName(inspection, cluster),
    totals: bankFigures(tableOf(inspection, cluster), kernel.hasFreeBlocks).totals,
    tlbs: cores.flatMap((core) => tlbsOf(inspection, core)),
    interrupts: cores.flatMap((core) => {
      const ipi = pendingIpi(machine, core);
      return ipi === null ? [] : [{ core, ...ipi }];
    }),
    files: machine.disk.files.filter((file) => file.cluster === cluster).map(({ name, size }) => ({ name, size })),
    devices: machine.devices.filter(({ ppn }) => clusterOfPpn(machine, ppn) === cluster).map(({ name }) => name),
  };
}

function tlbsOf(inspection: Inspection, core: number): TlbModel[] {
  const { map } = inspection.machine.memory;
  const size = map.tlbSets * map.tlbWays;
  const tlb = (side: string, fetch: boolean): TlbModel => ({
    core,
    side,
    size,
    entries: [...listTlb(inspection.machine, core, fetch)]
      .sort((one, other) => other.lastUse - one.lastUse)
      .map((entry) => entryModel(inspection, entry)),
  });
  return map.dataTlbWord === 0 ? [tlb('both', false)] : [tlb('data', false), tlb('fetch', true)];
}

function entryModel(inspection: Inspection, entry: TlbEntryView): TlbEntryModel {
  const { vpn, ppn, pages, writable, executable, user, global, dirty } = entry;
  const bits = { W: writable, X: executable, U: user, G: global, D: dirty };
  return {
    vpn,
    ppn,
    pages,
    cluster: frameClusterName(inspection, ppn),
    bits: Object.entries(bits)
      .filter(([, isSet]) => isSet)
      .map(([name]) => name)
      .join(' '),
    set: (vpn / pages) & (inspection.machine.memory.map.tlbSets - 1),
  };
}
