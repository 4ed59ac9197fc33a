/** Which of the user's breakpoints stop a run: conditions, hit counts and log messages are decided here. */
import type { Breaks, Position } from '../../../simulator/session/moves/stop.ts';
import type { Trap, TrapFilter } from '../../../simulator/session/state/run.ts';
import { displayValue, type Value } from '../../../simulator/session/state/values.ts';
import type { BreakpointPlace, ExceptionBreakpoint } from '../breakpoints/breakpoint-set.ts';
import type { Condition } from '../breakpoints/condition.ts';
import { namesOfException } from './exception-names.ts';
import type { LogMessage } from '../breakpoints/log-message.ts';
import type { Debuggee } from '../debuggee.ts';
import type { OutputPlace } from '../program/output.ts';
import { evaluateCurrent } from '../views/variables.ts';

/** For moves forward. */
export function breaksOf(debuggee: Debuggee): Breaks {
  return makeBreaks(debuggee, (place, at) => isHit(debuggee, place, at, true));
}

/** For moves backwards, which pass every place once more: nothing is logged. */
export function silentBreaksOf(debuggee: Debuggee): Breaks {
  return makeBreaks(debuggee, (place, at) => isHit(debuggee, place, at, false));
}

/** For nothing but counting: no place stops. */
export function countingBreaksOf(debuggee: Debuggee): Breaks {
  const count = (place: BreakpointPlace, at: Position | undefined): boolean => {
    if (place.hits !== undefined && holds(debuggee, place)) numberOfHit(debuggee, place, at);
    return false;
  };
  return { ...makeBreaks(debuggee, count), exceptions: [] };
}

/** `at` is given where the simulation stands elsewhere. */
type Accept = (place: BreakpointPlace, at?: Position) => boolean;

function makeBreaks(debuggee: Debuggee, accept: Accept): Breaks {
  const { breakpoints } = debuggee;
  const places = breakpoints.places();
  return {
    lines: places.flatMap((place) => (place.kind === 'line' ? [{ ...place, accept: () => accept(place) }] : [])),
    functions: places.flatMap((place) =>
      place.kind === 'function' ? [{ ...place, accept: () => accept(place) }] : [],
    ),
    steps: places.flatMap((place) => (place.kind === 'step' ? [{ ...place, accept: () => accept(place) }] : [])),
    data: places.flatMap((place) =>
      place.kind === 'data' ? [{ ...place, accept: (at: Position) => accept(place, at) }] : [],
    ),
    exceptions: breakpoints.exceptions
      .filter(({ problem }) => problem === undefined)
      .map((one) => ({ filter: one.filter as TrapFilter, accept: (trap: Trap) => isWanted(debuggee, one, trap) })),
  };
}

/**
 * `expect … fails` and `expect … kills` say what will happen, as a handler would: a filter stops there only where its
 * condition names `expected`.
 */
function isWanted(debuggee: Debuggee, { filter, condition }: ExceptionBreakpoint, trap: Trap): boolean {
  const isExpected = isExpectedHere(debuggee, filter);
  if (condition === undefined) return !isExpected;
  if (isExpected && !/\bexpected\b/.test(condition.text)) return false;
  return truthOf(debuggee, condition, null, namesOfException(debuggee, trap, isExpected));
}

function isExpectedHere({ simulation, program }: Debuggee, filter: string): boolean {
  if (simulation === null || program === null || (filter !== 'segv' && filter !== 'oom')) return false;
  const frame = simulation.stack(simulation.currentThreadId).at(-1);
  return frame?.file === program.scenario.file && program.expectingLines.has(frame.line);
}

function isHit(debuggee: Debuggee, place: BreakpointPlace, at: Position | undefined, isLogging: boolean): boolean {
  if (!holds(debuggee, place)) return false;
  const { hits, log } = place;
  if (hits !== undefined && !hits(numberOfHit(debuggee, place, at))) return false;
  if (log === undefined) return true;
  if (isLogging) {
    debuggee.output.flush();
    debuggee.output.write('console', fillIn(debuggee, log), outputPlace(debuggee, place));
  }
  return false;
}

function numberOfHit({ breakpoints, simulation }: Debuggee, place: BreakpointPlace, at?: Position): number {
  return simulation === null ? 0 : breakpoints.passesOf(place).numberAt(at ?? simulation.position);
}

function holds(debuggee: Debuggee, place: BreakpointPlace): boolean {
  const { condition } = place;
  return condition === undefined || truthOf(debuggee, condition, place);
}

/** A condition that cannot be evaluated stops, and says so: a breakpoint that silently never hits helps nobody. */
function truthOf(
  debuggee: Debuggee,
  { text, expression }: Condition,
  place: BreakpointPlace | null,
  names?: Map<string, Value>,
): boolean {
  const complain = (what: string): true => {
    debuggee.output.write('stderr', `The breakpoint's condition '${text}' ${what}`, outputPlace(debuggee, place));
    return true;
  };
  try {
    const value = evaluateCurrent(debuggee, expression, names);
    return typeof value === 'boolean' ? value : complain('is neither true nor false.');
  } catch (error) {
    return complain(`cannot be evaluated: ${messageOf(error)}`);
  }
}

/** Outside of a line: the statement that is being performed. */
function outputPlace({ simulation }: Debuggee, place: BreakpointPlace | null): OutputPlace | undefined {
  return place?.kind === 'line' ? place : simulation?.stack(simulation.currentThreadId).at(-1);
}

function fillIn(debuggee: Debuggee, message: LogMessage): string {
  const valueOf = ({ expression }: Condition): string => {
    try {
      return displayValue(evaluateCurrent(debuggee, expression));
    } catch (error) {
      return `{${messageOf(error)}}`;
    }
  };
  return message.map((part) => (typeof part === 'string' ? part : valueOf(part))).join('');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
