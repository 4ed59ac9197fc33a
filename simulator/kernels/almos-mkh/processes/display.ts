import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { cxyOf } from '../../../hardware/machine-config.ts';
import { printLine } from '../../../hardware/terminal.ts';
import { Attr, HARDWARE_ATTR, VsegFlag } from '../base/constants.ts';
import { halOf } from '../base/hal-of.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import { nameOfType, vpnEnd, type Vseg } from '../objects/vseg.ts';

const digits = (value: number, width: number): string => value.toString(16).padStart(width, '0');

function headerLine(machine: Machine, { pid, cluster, ref, vmm }: ProcessDescriptor): string {
  const cxy = (index: number): string => digits(cxyOf(machine.config, index), 2);
  return `VMM pid=${digits(pid, 8)} cxy=${cxy(cluster)} ref=${cxy(ref.cluster)} vsegs=${String(vmm.vsegs_nr)}`;
}

function vsegLine(vseg: Vseg): string {
  const isDistributed = (vseg.flags & VsegFlag.DISTRIB) !== 0;
  const parts = [
    `  ${nameOfType(vseg.vsegType).padEnd(6)}`,
    `min=${digits(vseg.min, 8)}`,
    `max=${digits(vseg.max, 8)}`,
    `vpn=${digits(vseg.vpn_base, 5)}+${digits(vseg.vpn_size, 5)}`,
    `flags=${digits(vseg.flags, 4)}`,
    `cxy=${isDistributed ? 'dist' : digits(vseg.cxy, 2)}`,
    `file=${digits(vseg.file_offset, 1)}+${digits(vseg.file_size, 1)}`,
  ];
  return parts.join(' ');
}

/** What software wrote, without the bits that the hardware adds (10.3). */
function pteLine(machine: Machine, process: ProcessDescriptor, vpn: number): string | null {
  const root = process.vmm.gpt.ppn;
  if (root === 0) return null;
  const hal = halOf(machine);
  const attr = hal.readAttr(machine, root, vpn);
  if ((attr & Attr.MAPPED) === 0) return null;
  const ppn = hal.readPpn(machine, root, vpn);
  return `    vpn=${digits(vpn, 5)} attr=${digits(attr & ~HARDWARE_ATTR, 4)} ppn=${digits(ppn, 7)}`;
}

function displayLines(machine: Machine, process: ProcessDescriptor, mapping: boolean): string[] {
  const lines = [headerLine(machine, process)];
  for (const vseg of process.vmm.vsegs_root) {
    lines.push(vsegLine(vseg));
    for (let vpn = vseg.vpn_base; mapping && vpn < vpnEnd(vseg); vpn++) {
      const line = pteLine(machine, process, vpn);
      if (line !== null) lines.push(line);
    }
  }
  return lines;
}

/** What `vmm_display` prints for every descriptor of a process, by increasing cxy. */
export function displayText(machine: Machine, process: ProcessDescriptor, mapping: boolean): string {
  return process.ref.copies.flatMap((copy) => displayLines(machine, copy, mapping)).join('\n');
}

export const vmm_display = kernelFunction(
  {
    name: 'vmm_display',
    section: '5.2',
    doc: 'Prints on TXY0 the vsegs of a descriptor and, with mapping, every mapped PTE. Changes nothing.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'mapping', type: { kind: 'boolean' }, default: false },
    ],
    errors: [],
    steps: {
      1: 'take vsegs_lock (read)',
      2: 'header',
      3: 'one vseg, in list order',
      4: 'mapping: one line for each mapped PTE of the vseg, ascending',
      5: 'release',
    },
  },
  function* (here: Here, { process, mapping }: { process: ProcessDescriptor; mapping: boolean }): Steps<void> {
    const { machine } = here;
    const { vsegs_lock, vsegs_root } = process.vmm;
    if (here.step('1')) yield;
    if (!tryLock(here, vsegs_lock, 'read')) yield* waitForLock(here, vsegs_lock, 'read');
    if (here.step('2')) yield;
    printLine(machine, headerLine(machine, process));
    for (const vseg of vsegs_root) {
      if (here.step('3')) yield;
      printLine(machine, vsegLine(vseg));
      for (let vpn = vseg.vpn_base; mapping && vpn < vpnEnd(vseg); vpn++) {
        if (here.step('4')) yield;
        const line = pteLine(machine, process, vpn);
        if (line !== null) printLine(machine, line);
      }
    }
    if (here.step('5')) yield;
    release(here, vsegs_lock);
  },
);
