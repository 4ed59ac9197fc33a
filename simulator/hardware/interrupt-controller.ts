import type { Machine } from './machine.ts';
import { CoreWord, readCoreWord, writeCoreWord } from './core-registers.ts';

/**
 * Inter-processor interrupts: each core has one WTI mailbox, a 32-bit word whose write raises the interrupt
 * and whose read acknowledges it (ALMOS-MKH 10.9). A second write before the read replaces the word, as in the hardware.
 */
export interface Ipi {
  readonly value: number;
  /** Core that wrote the mailbox last. */
  readonly from: number;
}

export function sendIpi(machine: Machine, toCore: number, value = 0): void {
  writeCoreWord(machine, toCore, CoreWord.mailboxValue, value);
  writeCoreWord(machine, toCore, CoreWord.mailboxSender, machine.cause.core);
  writeCoreWord(machine, toCore, CoreWord.mailboxPending, 1);
}

export function isIpiPending(machine: Machine, core: number): boolean {
  return readCoreWord(machine, core, CoreWord.mailboxPending) !== 0;
}

/** What waits in the mailbox, without acknowledging it. */
export function pendingIpi(machine: Machine, core: number): Ipi | null {
  if (!isIpiPending(machine, core)) return null;
  return {
    value: readCoreWord(machine, core, CoreWord.mailboxValue),
    from: readCoreWord(machine, core, CoreWord.mailboxSender),
  };
}

/** Reads the mailbox and lowers the interrupt. Null if none was raised. */
export function acknowledgeIpi(machine: Machine, core: number): Ipi | null {
  const ipi = pendingIpi(machine, core);
  writeCoreWord(machine, core, CoreWord.mailboxPending, 0);
  return ipi;
}
