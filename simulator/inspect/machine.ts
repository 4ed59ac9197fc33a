/** The machine at a glance: clusters, their memory, their cores. */
import { cycles, owner } from '../hardware/core.ts';
import { clusterCount, coreIndex } from '../hardware/machine-config.ts';
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { countOf } from '../hardware/trace-event.ts';
import { clusterName } from './entry.ts';
import type { ClusterModel, CoreModel, MachineModel } from './models.ts';
import type { Moment } from './moment.ts';

export function machine(moment: Moment): MachineModel {
  const { config, counters } = moment.machine;
  return {
    preset: config.preset,
    paging: config.paging,
    mesh: config.mesh,
    coresPerCluster: config.coresPerCluster,
    memoryBytes: config.memoryBytes,
    kernel: moment.kernel.name,
    clusters: Array.from({ length: clusterCount(config) }, (_, cluster) => clusterModel(moment, cluster)),
    counters: Object.fromEntries(counters.names.map((name) => [name, countOf(moment.machine, name)])),
  };
}

function clusterModel(moment: Moment, cluster: number): ClusterModel {
  const { config } = moment.machine;
  const core = (index: number): CoreModel => {
    const running = owner(moment.machine, index);
    const process = moment.kernel
      .processes(moment.state)
      .find((candidate) => candidate.alive && candidate.owner === running);
    return { core: index, cycles: cycles(moment.machine, index), process: process?.name ?? null };
  };
  return {
    cluster: clusterName(moment, cluster),
    frames: framesPerCluster(moment.machine),
    free: moment.kernel.freeFrames(moment.state, cluster),
    cores: Array.from({ length: config.coresPerCluster }, (_, local) => core(coreIndex(config, cluster, local))),
  };
}
