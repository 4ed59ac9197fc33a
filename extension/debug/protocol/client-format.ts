import type { Arguments } from './arguments.ts';

/** How the client counts lines and columns, and what else it has told about itself. Ours count from 1. */
export interface ClientFormat {
  readonly lineBase: 0 | 1;
  readonly columnBase: 0 | 1;
  readonly knowsMemoryEvents: boolean;
  readonly knowsInvalidation: boolean;
}

export const defaultFormat: ClientFormat = {
  lineBase: 1,
  columnBase: 1,
  knowsMemoryEvents: false,
  knowsInvalidation: false,
};

export function readFormat(args: Arguments): ClientFormat {
  return {
    lineBase: args.boolean('linesStartAt1', true) ? 1 : 0,
    columnBase: args.boolean('columnsStartAt1', true) ? 1 : 0,
    knowsMemoryEvents: args.boolean('supportsMemoryEvent', false),
    knowsInvalidation: args.boolean('supportsInvalidatedEvent', false),
  };
}

export function toClient(
  { lineBase, columnBase }: ClientFormat,
  line: number,
  column: number,
): { line: number; column: number } {
  return { line: line - 1 + lineBase, column: column - 1 + columnBase };
}

export function fromClientLine({ lineBase }: ClientFormat, line: number): number {
  return line + 1 - lineBase;
}

/** `format: { hex }` of a request. */
export function readValueFormat(args: Arguments): 'hex' | 'decimal' | null {
  const { format } = args.fields;
  if (typeof format !== 'object' || format === null || !('hex' in format)) return null;
  return format.hex === true ? 'hex' : 'decimal';
}
