import type { PanelKind } from '../webview/webview-host.ts';
import { sentByPanels } from './session-panel.ts';

/** The whole run: who did what, step by step. */
export const timelinePanel: PanelKind = {
  viewType: 'pagewalk.timeline',
  title: 'Timeline',
  bundle: 'timeline',
  sends: [...sentByPanels, 'seek'],
};
