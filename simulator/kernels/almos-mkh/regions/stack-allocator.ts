import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { hex, type Vpn } from '../../../hardware/word.ts';
import { CONFIG_THREAD_MAX_PER_CLUSTER } from '../base/constants.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { StackManager, PageRange } from '../objects/stack-manager.ts';

const processParameter = { name: 'process', type: { kind: 'process' } } as const;

/** 5.16. The first page of a slot is never part of the range: it catches overflows (4.3). */
export const stack_alloc = kernelFunction(
  {
    name: 'stack_alloc',
    aliases: ['vmm_stack_alloc'],
    section: '5.16',
    doc: 'Takes the lowest free slot of the STACK zone; its first page stays unmapped to catch overflows.',
    parameters: [processParameter],
    outputs: [
      { name: 'vpn_base', type: { kind: 'vpn' } },
      { name: 'vpn_size', type: { kind: 'integer' } },
    ],
    errors: ['ENOMEM'],
    steps: {
      1: 'lock',
      2: 'i := lowest clear bit; none: unlock, ENOMEM',
      3: 'set bit i',
      4: 'vpn_base := stack_base + i * STACK_SIZE + 1; vpn_size := STACK_SIZE - 1',
      5: 'unlock',
    },
  },
  function* (here: Here, { process }: { process: ProcessDescriptor }): Steps<PageRange | 'ENOMEM'> {
    const { stack_mgr } = process.vmm;
    if (here.step('1')) yield;
    if (!tryLock(here, stack_mgr.lock)) yield* waitForLock(here, stack_mgr.lock);
    if (here.step('2')) yield;
    const slot = lowestClearBit(stack_mgr.bitmap);
    if (slot < 0) {
      release(here, stack_mgr.lock);
      return 'ENOMEM';
    }
    if (here.step('3')) yield;
    stack_mgr.bitmap = (stack_mgr.bitmap | (1 << slot)) >>> 0;
    if (here.step('4')) yield;
    const range = { vpn_base: stack_mgr.vpn_base + slot * stack_mgr.slotPages + 1, vpn_size: stack_mgr.slotPages - 1 };
    if (here.step('5')) yield;
    release(here, stack_mgr.lock);
    return range;
  },
);

export const stack_free = kernelFunction(
  {
    name: 'stack_free',
    aliases: ['vmm_stack_free'],
    section: '5.16',
    doc: 'Gives a slot of the STACK zone back.',
    parameters: [processParameter, { name: 'vpn_base', type: { kind: 'vpn' }, doc: 'as stack_alloc gave it' }],
    errors: [],
    steps: { 1: 'lock', 2: 'clear the bit of the slot', 3: 'unlock' },
  },
  function* (here: Here, { process, vpn_base }: { process: ProcessDescriptor; vpn_base: Vpn }): Steps<void> {
    const { stack_mgr } = process.vmm;
    const slot = slotOf(stack_mgr, vpn_base);
    if (slot < 0 || slot >= CONFIG_THREAD_MAX_PER_CLUSTER)
      panic(here, `page ${hex(vpn_base, 5)} is in no slot of the STACK zone`);
    if (here.step('1')) yield;
    if (!tryLock(here, stack_mgr.lock)) yield* waitForLock(here, stack_mgr.lock);
    if (here.step('2')) yield;
    stack_mgr.bitmap = (stack_mgr.bitmap & ~(1 << slot)) >>> 0;
    if (here.step('3')) yield;
    release(here, stack_mgr.lock);
  },
);

/** The slot whose usable range begins at a page. */
export function slotOf(stack_mgr: StackManager, vpn_base: Vpn): number {
  return Math.floor((vpn_base - 1 - stack_mgr.vpn_base) / stack_mgr.slotPages);
}

function lowestClearBit(bitmap: number): number {
  const clear = ~bitmap;
  if (clear === 0) return -1;
  const bit = 31 - Math.clz32(clear & -clear);
  return bit < CONFIG_THREAD_MAX_PER_CLUSTER ? bit : -1;
}
