import type { PanelKind } from './panel-host.ts';

/** The map of a process's address space. */
export const addressSpacePanel: PanelKind = {
  viewType: 'pagewalk.addressSpace',
  title: 'Address Space',
  bundle: 'address-space',
};
