import { clusterCount } from '../../hardware/machine-config.ts';
import type { Inspectable } from '../history.ts';

/** Free frames of the whole machine. */
export function framesIn({ kernel, world }: Pick<Inspectable, 'kernel' | 'world'>): number {
  let free = 0;
  for (let cluster = 0; cluster < clusterCount(world.machine.config); cluster++) free += kernel.freeFrames(cluster);
  return free;
}
