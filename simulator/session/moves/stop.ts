/** What moves a simulation, and why it stood still again. */
import type { FunctionInfo } from '../../execution/function-info.ts';
import type { Trap, TrapFilter } from '../state/run.ts';
import type { Watch } from './watches.ts';
import type { SourceFrame, SourceRange } from '../scenario/scenario.ts';

/** `in` goes to the thread's own next micro-step, `instruction` to that of any thread, `statement` to whichever statement is next. */
export type StepKind = 'continue' | 'over' | 'in' | 'out' | 'instruction' | 'statement';

/** `accept` may refuse a stop: a condition that does not hold, a hit count, a logpoint. */
export interface LineBreak {
  readonly id: number;
  readonly line: number;
  /** The file that the line is of; any file that the run goes through unless named. */
  readonly file?: string;
  readonly accept?: () => boolean;
}

export interface FunctionBreak {
  readonly id: number;
  readonly name: string;
  readonly accept?: () => boolean;
}

/** Before a numbered step of a kernel function. */
export interface StepBreak extends FunctionBreak {
  readonly label: string;
}

/** `accept` is told the place at which the run would stop. */
export interface DataBreak {
  readonly id: number;
  /** What it watches, for texts. */
  readonly name: string;
  readonly watch: Watch;
  readonly accept?: (at: Position) => boolean;
}

export interface ExceptionBreak {
  readonly filter: TrapFilter;
  readonly accept?: (trap: Trap) => boolean;
}

/** They belong to whoever asks; the simulation never keeps them. */
export interface Breaks {
  readonly lines: readonly LineBreak[];
  /** Told of every statement that is about to begin, but those inside interleaved blocks; true stops there. */
  readonly watch?: (range: SourceRange) => boolean;
  readonly functions: readonly FunctionBreak[];
  readonly steps?: readonly StepBreak[];
  readonly data?: readonly DataBreak[];
  readonly exceptions: readonly ExceptionBreak[];
}

export const noBreaks: Breaks = { lines: [], functions: [], exceptions: [] };

/** Line breakpoints that are hit at a line. */
export function hitsAt({ lines }: Breaks, line: number, file: string): number[] {
  return lines
    .filter((one) => one.line === line && (one.file ?? file) === file && (one.accept?.() ?? true))
    .map(({ id }) => id);
}

export interface StepRequest {
  readonly kind: StepKind;
  /** Whose step it is; the current thread's unless named. */
  readonly thread?: number;
  readonly breakpoints?: Breaks;
  /** Nobody has stopped here yet: breakpoints of the statement that is next count as well. */
  readonly isFirst?: boolean;
  /** Data breakpoints that the micro-step from here on hits count as well. */
  readonly watchesHere?: boolean;
}

export interface Stop {
  readonly reason:
    'budget' | 'step' | 'breakpoint' | 'function breakpoint' | 'data breakpoint' | 'exception' | 'entry' | 'end';
  readonly description: string;
  readonly thread?: number;
  readonly exception?: {
    readonly filter: TrapFilter;
    readonly text: string;
    readonly details: Readonly<Record<string, string>>;
  };
  /** Breakpoints that were hit. */
  readonly hits?: readonly number[];
  /** The run has gone a micro-step too far: this is where it stops. */
  readonly at?: Position;
}

/** A position of the run: statements begun, and micro-steps since the last one began; 0 stands between two statements. */
export interface Position {
  readonly statement: number;
  readonly step: number;
}

export function comparePositions(left: Position, right: Position): number {
  return left.statement - right.statement || left.step - right.step;
}

export interface SimulationFrame {
  readonly id: number;
  readonly name: string;
  readonly kind: 'kernel' | 'scenario';
  readonly info?: FunctionInfo;
  readonly label?: string;
  /** The def whose statement it is. */
  readonly def?: string;
  /** The function of the recorded program whose line it is. */
  readonly source?: SourceFrame;
  readonly args?: unknown;
  /** The scenario's, or the view of a recording that it replays. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
