/** The part of a kernel that a scenario itself brings: its fault handler. The session runs it; a kernel only asks. */
import type { MmuFault } from '../hardware/machine.ts';
import type { EntryView } from '../hardware/page-table-walker.ts';
import type { Activation, KernelGenerator } from './activation.ts';

export interface HostedCode {
  /**
   * Runs the scenario's handler as the trapping activity. `entry` is the last one that the walk read, null where there was no
   * table. Null: the access is to be tried again; a string is the error that refuses it; undefined: there is no handler.
   */
  handleFault(here: Activation, fault: MmuFault, entry: EntryView | null): KernelGenerator<string | null | undefined>;
}
