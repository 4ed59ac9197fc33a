/** One process's log, read: its accesses as columns, and what happened between them as events. */
import type { AccessColumns } from './access-columns.ts';

export interface CallResult {
  readonly ok: boolean;
  /** The value, or the error number. */
  readonly value: number;
}

export type LogEvent = {
  /** Line in the log, from 1. */
  readonly line: number;
  /** How many accesses stand before it. */
  readonly at: number;
} & LogEventBody;

export interface CallEvent {
  readonly kind: 'call';
  readonly tid: number;
  readonly number: number;
  /** Without `sys_`: `mmap`. */
  readonly name: string;
  /** As printed, without blanks: `0x0`, `4294967295`, `0x48f0b8(/proc/self/exe)`. */
  readonly args: readonly string[];
  /** Pid of the process that a fork made. */
  readonly child: number | null;
  /** Its line ends in `[async] ...`: the process may have had to wait. */
  readonly blocks: boolean;
  /** Set by its completion, wherever that stands; null when the log never says. */
  result: CallResult | null;
  /** Index of the completion event of a blocking call. */
  completion: number | null;
}

type LogEventBody =
  | CallEvent
  | {
      readonly kind: 'completion';
      readonly tid: number;
      readonly number: number;
      readonly call: number;
      readonly result: CallResult;
    }
  /** From here on that thread runs. */
  | { readonly kind: 'switch'; readonly tid: number }
  /** An access was refused, and the program handles it. `isMapped`: something is there, and does not allow it. */
  | { readonly kind: 'signal'; readonly signal: number; readonly address: number; readonly isMapped: boolean }
  /** The process ends by a signal. */
  | { readonly kind: 'killed'; readonly signal: number; readonly name: string; address: number | null };

/** Accesses from `access` on stand on consecutive lines from `line` on. */
export interface LineRun {
  readonly access: number;
  readonly line: number;
}

export interface AccessCounts {
  fetches: number;
  loads: number;
  stores: number;
  modifies: number;
}

export interface ProcessLog {
  readonly file: string;
  readonly pid: number;
  readonly parentPid: number | null;
  readonly command: string;
  readonly accesses: AccessColumns;
  readonly events: readonly LogEvent[];
  readonly runs: readonly LineRun[];
  readonly counts: AccessCounts;
  readonly lines: number;
  readonly bytes: number;
  /** As the tool prints it at the end; null after a signal or an exec. */
  readonly exitCode: number | null;
}

/** Line of the log on which an access stands. */
export function lineOfAccess(log: ProcessLog, access: number): number {
  const { runs } = log;
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((runs[middle] as LineRun).access <= access) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  if (run === undefined) throw new Error(`internal: ${log.file} has no access ${String(access)}`);
  return run.line + (access - run.access);
}

/** A number as lackey prints it: decimal, or hexadecimal after `0x`. Text in brackets after it is ignored. */
export function numberArgument(call: CallEvent, index: number): number {
  const text = call.args[index] ?? '0';
  const bracket = text.indexOf('(');
  return Number(bracket < 0 ? text : text.slice(0, bracket));
}

/** What stands in brackets after a pointer to a string: `/proc/self/exe`. */
export function textArgument(call: CallEvent, index: number): string | null {
  const text = call.args[index] ?? '';
  const bracket = text.indexOf('(');
  return bracket < 0 ? null : text.slice(bracket + 1, text.endsWith(')') ? -1 : undefined);
}
