import { clusterCount, clusterIndex, type MachineConfig } from '../../../hardware/machine-config.ts';
import type { AlmosState } from '../objects/state.ts';

/** 1.6, A13: a node of level k covers 2^k x 2^k clusters; what lies outside the mesh does not exist. */
interface Node {
  readonly x: number;
  readonly y: number;
  readonly level: number;
  readonly threads_nr: number;
  readonly pages_nr: number;
}

/** Cluster for a new process: down to the child with the smallest load, ties by pages taken, then lowest y, x. */
export function selectCluster(state: AlmosState, config: MachineConfig): number {
  let level = 0;
  while (2 ** level < Math.max(config.mesh.width, config.mesh.height)) level++;
  let x = 0;
  let y = 0;
  for (; level > 0; level--) {
    const half = 2 ** (level - 1);
    const children: Node[] = [];
    for (const childY of [y, y + half]) {
      for (const childX of [x, x + half]) {
        if (childX < config.mesh.width && childY < config.mesh.height) {
          children.push(sumOf(state, config, childX, childY, level - 1));
        }
      }
    }
    const best = children.reduce((least, child) => (isLess(child, least) ? child : least));
    x = best.x;
    y = best.y;
  }
  return clusterIndex(config, x, y);
}

/** Children come by lowest y, then x, so that an equal load keeps the earlier one. */
function isLess(a: Node, b: Node): boolean {
  return a.threads_nr < b.threads_nr || (a.threads_nr === b.threads_nr && a.pages_nr < b.pages_nr);
}

function sumOf(state: AlmosState, config: MachineConfig, x: number, y: number, level: number): Node {
  let threads_nr = 0;
  let pages_nr = 0;
  for (let cx = x; cx < Math.min(x + 2 ** level, config.mesh.width); cx++) {
    for (let cy = y; cy < Math.min(y + 2 ** level, config.mesh.height); cy++) {
      const { kcm, ppm } = state.clusters[clusterIndex(config, cx, cy)] as AlmosState['clusters'][number];
      threads_nr += kcm.thread;
      pages_nr += ppm.pages_nr - ppm.reserved_nr - ppm.free_pages_nr;
    }
  }
  return { x, y, level, threads_nr, pages_nr };
}

/** 9.6, ppmFallback: clusters by pages taken, least first. */
export function clustersByLoad(state: AlmosState, config: MachineConfig): number[] {
  const used = (cluster: number): number => {
    const { ppm } = state.clusters[cluster] as AlmosState['clusters'][number];
    return ppm.pages_nr - ppm.reserved_nr - ppm.free_pages_nr;
  };
  const order = Array.from({ length: clusterCount(config) }, (_, cluster) => cluster);
  return order.sort((a, b) => used(a) - used(b) || a - b);
}
