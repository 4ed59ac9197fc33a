import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The structures that only this kernel has. */
export const kernelPanel: PanelKind = {
  viewType: 'pagewalk.kernel',
  title: 'Kernel',
  bundle: 'kernel',
  sends: sentByPanels,
};
