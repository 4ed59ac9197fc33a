import { kernelFunction } from '../../../execution/activation.ts';
import { createLock, holdsLock, release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { hex, type Vpn } from '../../../hardware/word.ts';
import { gptParameter, vpnParameter } from './gpt-functions.ts';
import { halOf } from '../base/hal-of.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { Gpt } from '../objects/gpt.ts';

/** The lock of an entry, keyed by page; it needs no PT2 and shows as attribute LOCKED where there is one. */
export function* lockEntry(here: Here, gpt: Gpt, vpn: Vpn): Steps<void> {
  let lock = gpt.locks.get(vpn);
  if (lock === undefined) {
    lock = createLock(`the PTE lock of vpn ${hex(vpn, 5)}`);
    gpt.locks.set(vpn, lock);
  }
  if (!tryLock(here, lock)) yield* waitForLock(here, lock);
  if (gpt.ppn !== 0) halOf(here.machine).markLocked(here.machine, gpt.ppn, vpn, true);
}

export function unlockEntry(here: Here, gpt: Gpt, vpn: Vpn): void {
  const lock = gpt.locks.get(vpn);
  if (lock === undefined || !holdsLock(here, lock, 'write'))
    panic(here, `the entry of vpn ${hex(vpn, 5)} is not locked`);
  release(here, lock);
  if (gpt.ppn !== 0) halOf(here.machine).markLocked(here.machine, gpt.ppn, vpn, false);
  if (lock.waiters.length === 0) gpt.locks.delete(vpn);
}

export const hal_gpt_lock_pte = kernelFunction(
  {
    name: 'hal_gpt_lock_pte',
    section: '10.4',
    doc: 'Takes the lock of an entry, waiting while another thread holds it.',
    parameters: [gptParameter, vpnParameter],
    errors: [],
    steps: { 1: 'wait until the lock is free, take it' },
  },
  function* (here: Here, { gpt, vpn }: { gpt: Gpt; vpn: Vpn }): Steps<void> {
    if (here.stage('1')) yield;
    yield* lockEntry(here, gpt, vpn);
  },
);

export const hal_gpt_unlock_pte = kernelFunction(
  {
    name: 'hal_gpt_unlock_pte',
    section: '10.4',
    doc: 'Gives the lock of an entry back.',
    parameters: [gptParameter, vpnParameter],
    errors: [],
    steps: { 1: 'give the lock back' },
  },
  function* (here: Here, { gpt, vpn }: { gpt: Gpt; vpn: Vpn }): Steps<void> {
    if (here.stage('1')) yield;
    unlockEntry(here, gpt, vpn);
  },
);
