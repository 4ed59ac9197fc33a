import type { Machine } from './machine.ts';
import type { Ppn } from './word.ts';

/** Physical pages that belong to a peripheral: an access there is no bus error. */
export interface DeviceWindow {
  readonly name: string;
  readonly ppn: Ppn;
  readonly pages: number;
}

export function addDevice(machine: Machine, window: DeviceWindow): void {
  machine.devices.push(window);
}

export function isDevicePage(machine: Machine, ppn: Ppn): boolean {
  for (const window of machine.devices) {
    if (ppn >= window.ppn && ppn < window.ppn + window.pages) return true;
  }
  return false;
}
