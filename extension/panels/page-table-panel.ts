import type { PanelKind } from './panel-host.ts';

/** The entries of a process's page table, bit by bit. */
export const pageTablePanel: PanelKind = {
  viewType: 'pagewalk.pageTable',
  title: 'Page Table',
  bundle: 'page-table',
};
