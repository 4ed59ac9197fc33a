import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The map of a process's address space. */
export const addressSpacePanel: PanelKind = {
  viewType: 'pagewalk.addressSpace',
  title: 'Address Space',
  bundle: 'address-space',
  sends: sentByPanels,
};
