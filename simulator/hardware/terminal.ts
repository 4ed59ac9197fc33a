import type { Machine } from './machine.ts';

/** TXY0, the kernel console. */
export interface Terminal {
  readonly lines: string[];
}

/** Prints a text as one or more whole lines. */
export function printLine(machine: Machine, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) machine.terminal.lines.push(line);
}
