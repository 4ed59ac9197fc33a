import { kernelFunction } from '../../../execution/activation.ts';
import { addressOfPpn, pageOffset, vpnOf } from '../../../hardware/word.ts';
import { Attr } from '../base/constants.ts';
import { attrOf, ppnOfEntry } from '../memory/gpt-functions.ts';
import { vmm_handle_page_fault } from './page-fault.ts';
import { currentThread, descriptorIn } from '../objects/process.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { VmmError } from '../objects/rpc-calls.ts';

const BIG_PAGE_BYTES = 0x20_0000;
const VSPACE_BYTES = 0x1_0000_0000;

export const vmm_v2p_translate = kernelFunction(
  {
    name: 'vmm_v2p_translate',
    section: '5.15',
    doc: 'The physical address of a virtual one, in the calling thread’s cluster; a missing page is faulted in, never copied.',
    parameters: [
      {
        name: 'ident',
        type: { kind: 'boolean' },
        doc: 'true: a kernel address, which is its own local physical address',
      },
      { name: 'ptr', type: { kind: 'address' } },
    ],
    outputs: [{ name: 'paddr', type: { kind: 'address' } }],
    errors: ['EINVAL', 'ENOMEM', 'EIO'],
    steps: {
      1: 'kernel address: paddr := local_cxy << 32 | ptr',
      2: 'vpn and offset of ptr',
      3: 'read the entry in the local GPT',
      4: 'not mapped: vmm_handle_page_fault, read again',
      5: 'paddr := ppn << 12 | offset; a big page has 21 bits of offset',
    },
  },
  function* (here: Here, { ident, ptr }: { ident: boolean; ptr: number }): Steps<{ paddr: number } | VmmError> {
    if (here.step('1')) yield;
    if (!(ptr >= 0 && ptr < VSPACE_BYTES)) return 'EINVAL';
    if (ident) return { paddr: addressOfPpn(clusterAt(here, here.cluster).first_ppn) + ptr };
    if (here.step('2')) yield;
    const vpn = vpnOf(ptr);
    const thread = currentThread(here);
    const process = descriptorIn(thread?.process ?? here.kernel.process_zero, here.cluster);
    if (process === null) return 'EINVAL';
    const { gpt } = process.vmm;
    if (here.step('3')) yield;
    while ((attrOf(here, gpt, vpn) & Attr.MAPPED) === 0) {
      if (thread === null) return 'EINVAL';
      if (here.step('4')) yield;
      here.kernel.badAddress[here.core] = ptr;
      const error = yield* vmm_handle_page_fault(here, { process, vpn });
      here.kernel.badAddress[here.core] = -1;
      if (error) return error;
    }
    if (here.step('5')) yield;
    const isSmall = (attrOf(here, gpt, vpn) & Attr.SMALL) !== 0;
    const offset = isSmall ? pageOffset(ptr) : ptr % BIG_PAGE_BYTES;
    return { paddr: ppnOfEntry(here, gpt, vpn) * 4096 + offset };
  },
);
