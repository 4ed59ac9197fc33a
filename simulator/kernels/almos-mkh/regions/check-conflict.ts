import { kernelFunction } from '../../../execution/activation.ts';
import { holdsLock, release, tryLock, waitForLock } from '../../../execution/lock.ts';
import type { Vpn } from '../../../hardware/word.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import { vpnEnd, type Vseg } from '../objects/vseg.ts';

export const vmm_check_conflict = kernelFunction(
  {
    name: 'vmm_check_conflict',
    section: '5.7',
    doc: 'The first vseg of the list whose reserved range meets a range of pages, or null.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vpn_base', type: { kind: 'vpn' } },
      { name: 'vpn_size', type: { kind: 'integer' } },
    ],
    result: { kind: 'object', type: 'vseg', nullable: true },
    errors: [],
    steps: {
      1: 'take vsegs_lock (read)',
      2: 'first vseg in list order whose reserved range overlaps [vpn_base, vpn_base + vpn_size)',
      3: 'release; that vseg, or null',
    },
  },
  function* (
    here: Here,
    { process, vpn_base, vpn_size }: { process: ProcessDescriptor; vpn_base: Vpn; vpn_size: number },
  ): Steps<Vseg | null> {
    const { vmm } = process;
    const isHeld = holdsLock(here, vmm.vsegs_lock, 'read');
    if (here.step('1')) yield;
    if (!isHeld && !tryLock(here, vmm.vsegs_lock, 'read')) yield* waitForLock(here, vmm.vsegs_lock, 'read');
    if (here.step('2')) yield;
    const end = vpn_base + vpn_size;
    const found = vpn_size === 0 ? undefined : vmm.vsegs_root.find((v) => v.vpn_base < end && vpn_base < vpnEnd(v));
    if (here.step('3')) yield;
    if (!isHeld) release(here, vmm.vsegs_lock);
    return found ?? null;
  },
);
