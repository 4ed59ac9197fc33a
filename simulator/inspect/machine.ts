/** The machine at a glance: clusters, their memory, their cores. */
import { cycles, owner } from '../hardware/core.ts';
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import { clusterCount, coreIndex } from '../hardware/machine-config.ts';
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { countOf } from '../hardware/counters.ts';
import { clusterName } from './entry.ts';
import type { ClusterModel, CoreModel, MachineModel } from './models.ts';
import type { Inspection } from './inspection.ts';

export function machine(inspection: Inspection): MachineModel {
  const { config, counters } = inspection.machine;
  return {
    preset: config.preset,
    paging: config.paging,
    addressBits: addressBitsOf(inspection.machine),
    mesh: config.mesh,
    coresPerCluster: config.coresPerCluster,
    memoryBytes: config.memoryBytes,
    kernel: inspection.kernel.name,
    clusters: Array.from({ length: clusterCount(config) }, (_, cluster) => clusterModel(inspection, cluster)),
    counters: Object.fromEntries(counters.names.map((name) => [name, countOf(inspection.machine, name)])),
  };
}

function clusterModel(inspection: Inspection, cluster: number): ClusterModel {
  const { config } = inspection.machine;
  const core = (index: number): CoreModel => {
    const running = owner(inspection.machine, index);
    const process = inspection.kernel.processes().find((candidate) => candidate.alive && candidate.owner === running);
    return { core: index, cycles: cycles(inspection.machine, index), process: process?.name ?? null };
  };
  return {
    cluster: clusterName(inspection, cluster),
    frames: framesPerCluster(inspection.machine),
    free: inspection.kernel.freeFrames(cluster),
    cores: Array.from({ length: config.coresPerCluster }, (_, local) => core(coreIndex(config, cluster, local))),
  };
}
