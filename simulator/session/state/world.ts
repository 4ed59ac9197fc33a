import type { Machine } from '../../hardware/machine.ts';
import type { Script } from './script.ts';

/** Everything that a run changes, as one graph of plain data. */
export interface World {
  readonly machine: Machine;
  readonly kernelState: unknown;
  readonly script: Script;
}
