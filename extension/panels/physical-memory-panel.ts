import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The frames of every cluster, and who has them. */
export const physicalMemoryPanel: PanelKind = {
  viewType: 'pagewalk.physicalMemory',
  title: 'Physical Memory',
  bundle: 'physical-memory',
  sends: sentByPanels,
};
