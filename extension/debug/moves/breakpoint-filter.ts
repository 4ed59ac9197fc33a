/** Which of the user's breakpoints stop a run: conditions, hit counts and log messages are decided here. */
import type { Breaks } from '../../../simulator/session/moves/stop.ts';
import type { TrapFilter } from '../../../simulator/session/state/run.ts';
import { displayValue } from '../../../simulator/session/state/values.ts';
import type { ExceptionBreakpoint } from '../breakpoints/breakpoint-set.ts';
import type { Debuggee } from '../debuggee.ts';
import { parseExpression } from '../protocol/expression.ts';
import { parseHitCondition } from '../breakpoints/hit-condition.ts';
import { evaluateCurrent } from '../views/variables.ts';

interface Conditions {
  readonly id: number;
  readonly line: number;
  readonly file?: string;
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** For moves forward. */
export function breaksOf(debuggee: Debuggee): Breaks {
  return makeBreaks(debuggee, (conditions) => isHit(debuggee, conditions));
}

/** For moves backwards, which pass every place once more: nothing is counted or logged. */
export function silentBreaksOf(debuggee: Debuggee): Breaks {
  return makeBreaks(debuggee, (conditions) => conditions.logMessage === undefined && holds(debuggee, conditions));
}

function makeBreaks(debuggee: Debuggee, accept: (conditions: Conditions) => boolean): Breaks {
  const { lines, functions, exceptions } = debuggee.breakpoints;
  return {
    lines: lines.placed().map((one) => {
      const conditions = { ...one, line: one.location.line, file: one.location.file };
      const { line, file } = one.location;
      return { id: one.id, line, file, accept: () => accept(conditions) };
    }),
    functions: functions
      .filter(({ problem }) => problem === undefined)
      .map((one) => ({ id: one.id, name: one.name, accept: () => accept({ ...one, line: 0 }) })),
    exceptions: exceptions.map((one) => ({
      filter: one.filter as TrapFilter,
      accept: () => !isExpected(debuggee, one) && accept({ id: 0, line: 0, ...one }),
    })),
  };
}

/**
 * `expect … fails` and `expect … kills` say what will happen, as a handler would: only a filter with a condition of its
 * own stops there.
 */
function isExpected({ simulation, program }: Debuggee, { filter, condition }: ExceptionBreakpoint): boolean {
  if (simulation === null || program === null || condition !== undefined) return false;
  if (filter !== 'segv' && filter !== 'oom') return false;
  const frame = simulation.stack(simulation.currentThreadId).at(-1);
  return frame?.file === program.scenario.file && program.expectingLines.has(frame.line);
}

function isHit(debuggee: Debuggee, conditions: Conditions): boolean {
  if (!holds(debuggee, conditions)) return false;
  const { id, line, file, hitCondition, logMessage } = conditions;
  if (hitCondition !== undefined) {
    const hits = debuggee.breakpoints.countHit(id);
    if (parseHitCondition(hitCondition)?.(hits) === false) return false;
  }
  if (logMessage === undefined) return true;
  debuggee.output.flush();
  debuggee.output.write('console', fillIn(debuggee, logMessage), { file, line });
  return false;
}

/** A condition that cannot be evaluated stops, and says so: a breakpoint that silently never hits helps nobody. */
function holds(debuggee: Debuggee, { condition, line, file }: Conditions): boolean {
  if (condition === undefined) return true;
  try {
    const value = evaluateCurrent(debuggee, parseExpression(condition));
    if (typeof value === 'boolean') return value;
    debuggee.output.write('stderr', `The breakpoint's condition '${condition}' is neither true nor false.`, {
      file,
      line,
    });
  } catch (error) {
    debuggee.output.write(
      'stderr',
      `The breakpoint's condition '${condition}' cannot be evaluated: ${messageOf(error)}`,
      { file, line },
    );
  }
  return true;
}

/** Replaces `{EXPR}` by its value; `\{` is a brace. */
function fillIn(debuggee: Debuggee, message: string): string {
  return message.replace(
    /\\([{}])|\{([^{}]*)\}/g,
    (_whole, brace: string | undefined, expression: string | undefined) => {
      if (brace !== undefined) return brace;
      try {
        return displayValue(evaluateCurrent(debuggee, parseExpression(expression ?? '')));
      } catch (error) {
        return `{${messageOf(error)}}`;
      }
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
