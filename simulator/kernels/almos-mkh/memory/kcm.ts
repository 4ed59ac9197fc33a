import { refuse } from '../../../execution/refusal.ts';
import { clusterX, clusterY } from '../../../hardware/machine-config.ts';
import { mustFail } from '../../injections.ts';
import { clusterAt, type Here } from '../objects/state.ts';

/** What the kernel object pool of a cluster gives out (2.9). It is not taken from the PPM. */
export type ObjectKind = 'vseg' | 'process' | 'thread';

const quotaName = { vseg: 'vsegQuota', process: 'processQuota', thread: 'threadQuota' } as const;

/** Takes one descriptor of a cluster's quota; false when there is none left: whoever asked answers ENOMEM. */
export function takeDescriptor(here: Here, cluster: number, kind: ObjectKind): boolean {
  const { kcm } = clusterAt(here, cluster);
  if (mustFail(here.kernel, 'object-alloc', cluster)) return false;
  const name = quotaName[kind];
  const quota = here.kernel.options[name];
  if (kcm[kind] >= quota) {
    const { config } = here.machine;
    const place = `${String(clusterX(config, cluster))},${String(clusterY(config, cluster))}`;
    refuse(
      here,
      'ENOMEM',
      `cluster (${place}) has as many ${kind} descriptors as ${name} ${String(quota)} allows`,
      'limit',
    );
    return false;
  }
  kcm[kind] += 1;
  return true;
}

export function giveDescriptor(here: Here, cluster: number, kind: ObjectKind): void {
  clusterAt(here, cluster).kcm[kind] -= 1;
}
