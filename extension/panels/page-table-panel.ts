import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The entries of a process's page table, bit by bit. */
export const pageTablePanel: PanelKind = {
  viewType: 'pagewalk.pageTable',
  title: 'Page Table',
  bundle: 'page-table',
  sends: sentByPanels,
};
