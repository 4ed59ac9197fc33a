import type { PanelKind } from './panel-host.ts';

/** The structures that only this kernel has. */
export const kernelPanel: PanelKind = {
  viewType: 'pagewalk.kernel',
  title: 'Kernel',
  bundle: 'kernel',
};
