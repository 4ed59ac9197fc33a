import type { Machine } from '../../../simulator/hardware/machine.ts';
import type { Inspectable } from '../../../simulator/inspect/requests.ts';
import type { BoundKernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';
import type { RegionView } from '../../../simulator/kernels/view.ts';

/** A kernel with one table, its root in frame 1, for one process: the least that a kernel can show. `cowMask`: of the first word. */
export function inspectable(
  machine: Machine,
  regions: readonly Omit<RegionView, 'object'>[],
  cowMask: number,
): Inspectable {
  const process = { name: 'team', pid: 5, owner: 1, alive: true, cluster: 0 } as ProcessObject;
  const kernel = {
    name: 'one-table',
    processes: () => [process],
    threads: () => [],
    regions: () => regions.map((region) => ({ ...region, object: null })),
    tables: () => [{ cluster: 0, root: 1, role: '' }],
    softwareBits: ({ words }: { words: readonly number[] }) => {
      const cow = ((words[0] ?? 0) & cowMask) !== 0;
      return { cow, names: cow ? ['cow'] : [] };
    },
    frame: () => ({ refs: 1, forks: 0, state: 'active', order: 0, isFree: false, content: 'data' as const }),
    freeFrames: () => 100,
  } as unknown as BoundKernel;
  return { kernel, world: { machine, kernelState: null }, currentThread: null, momentKey: 'now' };
}

export const region = (
  start: number,
  end: number,
  kind: RegionView['kind'],
  write: boolean,
): Omit<RegionView, 'object'> => ({
  start,
  end,
  protection: { read: true, write, execute: false },
  kind,
  name: kind,
  cluster: null,
  note: '',
});
