import { mustFail } from '../../injections.ts';
import { clusterAt, type Here } from '../objects/state.ts';

/** What the kernel object pool of a cluster gives out (2.9). It is not taken from the PPM. */
export type ObjectKind = 'vseg' | 'process' | 'thread';

const quotaName = { vseg: 'vsegQuota', process: 'processQuota', thread: 'threadQuota' } as const;

/** Takes one descriptor of a cluster's quota; false when there is none left. */
export function takeDescriptor(here: Here, cluster: number, kind: ObjectKind): boolean {
  const { kcm } = clusterAt(here, cluster);
  if (mustFail(here.kernel, 'object-alloc', cluster)) return false;
  if (kcm[kind] >= here.kernel.options[quotaName[kind]]) return false;
  kcm[kind] += 1;
  return true;
}

export function giveDescriptor(here: Here, cluster: number, kind: ObjectKind): void {
  clusterAt(here, cluster).kcm[kind] -= 1;
}
