import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The mesh of clusters: what each runs, who waits for whom, what the network carries. */
export const clusterPanel: PanelKind = {
  viewType: 'pagewalk.cluster',
  title: 'Cluster',
  bundle: 'cluster',
  sends: [...sentByPanels, 'showMemory'],
};
