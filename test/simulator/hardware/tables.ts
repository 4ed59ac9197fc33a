import { setPageTableRoot } from '../../../simulator/hardware/core.ts';
import type { MachineConfig, Preset } from '../../../simulator/hardware/machine-config.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { Access, createMachine } from '../../../simulator/hardware/machine.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { readFrame32, writeFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';

/** Page tables for tests, written word by word with the manuals' own numbers. */

export const { read, write, fetch } = Access;

export function machineOf(preset: Preset, changes: Partial<MachineConfig> = {}): Machine {
  return createMachine({ ...presets[preset], ...changes });
}

/** Two zeroed frames for PT1; every core 0 of the machine runs it. */
export function tsarRoot(machine: Machine, pt1 = 0x100, core = 0): number {
  zeroFrame(machine, pt1);
  zeroFrame(machine, pt1 + 1);
  setPageTableRoot(machine, core, pt1);
  return pt1;
}

export function setPt1(machine: Machine, pt1: number, ix1: number, word: number): void {
  writeFrame32(machine, pt1 + (ix1 >> 10), (ix1 & 1023) * 4, word);
}

export function setPt2(machine: Machine, pt2: number, ix2: number, word0: number, word1: number): void {
  writeFrame32(machine, pt2, ix2 * 8, word0);
  writeFrame32(machine, pt2, ix2 * 8 + 4, word1);
}

/** Maps one small page of the table at `pt1`, with the PT2 in frame `pt2` (zeroed when PT1 has no pointer yet). */
export function mapTsar(machine: Machine, pt1: number, pt2: number, vpn: number, word0: number, ppn: number): void {
  const ix1 = vpn >> 9;
  if (readFrame32(machine, pt1 + (ix1 >> 10), (ix1 & 1023) * 4) === 0) {
    zeroFrame(machine, pt2);
    setPt1(machine, pt1, ix1, 0xc000_0000 + pt2);
  }
  setPt2(machine, pt2, vpn & 511, word0, ppn);
}

export function setEntry32(machine: Machine, table: number, index: number, word: number): void {
  writeFrame32(machine, table, index * 4, word);
}

export function setEntry64(machine: Machine, table: number, index: number, entry: bigint): void {
  writeFrame32(machine, table, index * 8, Number(entry & 0xffff_ffffn));
  writeFrame32(machine, table, index * 8 + 4, Number(entry >> 32n));
}

export function entry64(machine: Machine, table: number, index: number): bigint {
  const low = readFrame32(machine, table, index * 8);
  return (BigInt(readFrame32(machine, table, index * 8 + 4)) << 32n) | BigInt(low);
}

/** The exception code of a user's access that must be refused. */
export function refusal(machine: Machine, va: number, access: Access, user = true, core = 0): number {
  const pa = translate(machine, core, va, access, user);
  if (pa !== -1) throw new Error(`0x${va.toString(16)} was allowed, at 0x${pa.toString(16)}`);
  return machine.fault.code;
}
