/** The machine at a glance: clusters, their memory, their cores and what these run, and the network between them. */
import { cycles, owner } from '../hardware/core.ts';
import { route } from '../hardware/interconnect.ts';
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import { clusterCount, coreIndex } from '../hardware/machine-config.ts';
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { countOf } from '../hardware/counters.ts';
import type { RequestView, ServerView } from '../kernels/view.ts';
import { clusterDetail } from './cluster-detail.ts';
import { currentCluster } from './context.ts';
import { clusterName } from './entry.ts';
import type { ClusterModel, CoreModel, LinkModel, MachineModel, RequestModel } from './machine-models.ts';
import type { Inspection } from './inspection.ts';
import { runningOn } from './running.ts';

/** With `detailed`, everything about that cluster as well. */
export function machine(inspection: Inspection, detailed: number | null): MachineModel {
  const { config, counters } = inspection.machine;
  return {
    preset: config.preset,
    paging: config.paging,
    addressBits: addressBitsOf(inspection.machine),
    mesh: config.mesh,
    coresPerCluster: config.coresPerCluster,
    memoryBytes: config.memoryBytes,
    kernel: inspection.kernel.name,
    stop: inspection.stop,
    current: clusterName(inspection, currentCluster(inspection)),
    clusters: clusterModels(inspection),
    links: linkModels(inspection),
    counters: Object.fromEntries(counters.names.map((name) => [name, countOf(inspection.machine, name)])),
    detail: detailed === null ? null : clusterDetail(inspection, detailed),
  };
}

function clusterModels(inspection: Inspection): ClusterModel[] {
  const { config } = inspection.machine;
  const cores = coreModels(inspection);
  const servers = new Map<number, ServerView[]>();
  for (const server of inspection.kernel.servers())
    servers.set(server.cluster, [...(servers.get(server.cluster) ?? []), server]);
  const request = (view: RequestView) => requestModel(inspection, view);
  return Array.from({ length: clusterCount(config) }, (_, cluster) => {
    const own = servers.get(cluster) ?? [];
    return {
      cluster: clusterName(inspection, cluster),
      frames: framesPerCluster(inspection.machine),
      free: inspection.kernel.freeFrames(cluster),
      cores: Array.from({ length: config.coresPerCluster }, (__, local) => cores(coreIndex(config, cluster, local))),
      servers: own.flatMap(({ threads }) => threads.map((view) => (view === null ? null : request(view)))),
      queue: own.flatMap(({ queue }) => queue.map(request)),
    };
  });
}

function requestModel(inspection: Inspection, { name, client, clientCluster }: RequestView): RequestModel {
  return { name, client, clientCluster: clientCluster < 0 ? null : clusterName(inspection, clientCluster) };
}

function coreModels(inspection: Inspection): (core: number) => CoreModel {
  const { traffic, kernel } = inspection;
  const running = runningOn(inspection);
  const owners = new Map(kernel.processes().flatMap(({ owner: of, name, alive }) => (alive ? [[of, name]] : [])));
  const spent = traffic.cycles.reduce((sum, count) => sum + count, 0);
  const atWork = new Set([...running.values()].flat().map(({ agent }) => agent));
  const idle = kernel.threads().filter(({ alive, name }) => alive && !atWork.has(name));
  return (core) => ({
    core,
    cycles: cycles(inspection.machine, core),
    process: owners.get(owner(inspection.machine, core)) ?? null,
    running: running.get(core) ?? [],
    idle: idle.filter((thread) => thread.core === core).map(({ name }) => name),
    load: spent === 0 ? 0 : (traffic.cycles[core] as number) / spent,
    tlbHits: traffic.tlbHits[core] as number,
    tlbMisses: traffic.tlbMisses[core] as number,
  });
}

/** Messages go x first, as the network routes them. */
function linkModels({ machine: { config }, traffic }: Inspection): LinkModel[] {
  const clusters = clusterCount(config);
  const links = new Map<number, { from: number; to: number; messages: number; accesses: number }>();
  for (const kind of ['messages', 'accesses'] as const)
    for (const [pair, count] of traffic[kind]) {
      const way = route(config, Math.floor(pair / clusters), pair % clusters);
      for (let hop = 1; hop < way.length; hop++) {
        const [from, to] = [way[hop - 1] as number, way[hop] as number];
        const key = from * clusters + to;
        let link = links.get(key);
        if (link === undefined) links.set(key, (link = { from, to, messages: 0, accesses: 0 }));
        link[kind] += count;
      }
    }
  return [...links.values()].sort((one, other) => one.from - other.from || one.to - other.to);
}
