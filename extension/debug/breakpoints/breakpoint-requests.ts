import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../protocol/arguments.ts';
import { fileKey } from './breakpoints.ts';
import type { FunctionBreakpoint } from './breakpoint-set.ts';
import { isExceptionFilter } from '../protocol/capabilities.ts';
import { fromClientLine, toClient } from '../protocol/client-format.ts';
import { isLaunchedText } from '../protocol/source-references.ts';
import type { Debuggee } from '../debuggee.ts';
import { hasEnded } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import { parseHitCondition } from './hit-condition.ts';

type Breakpoints = { breakpoints: DebugProtocol.Breakpoint[] };

export const breakpointHandlers: Readonly<Record<string, Handler>> = {
  setBreakpoints,
  setFunctionBreakpoints,
  setExceptionBreakpoints,
  breakpointLocations,
};

function setBreakpoints(debuggee: Debuggee, args: Arguments): Breakpoints {
  refuseAfterEnd(debuggee, args);
  const { breakpoints, format, launchedText } = debuggee;
  launchedText.check();
  const source = args.record('source');
  const file = source.optionalString('path') ?? source.optionalString('name') ?? '';
  const reference = source.optionalInteger('sourceReference', 0);
  const isInLaunchedText = isLaunchedText(reference);
  const isOnChangedText = !isInLaunchedText && launchedText.changeOf(file) !== null;
  const set = breakpoints.lines.set(
    file,
    args.records('breakpoints').map((one) => ({
      requestedLine: fromClientLine(format, one.integer('line')),
      ...(reference === undefined || reference === 0 ? {} : { reference }),
      ...conditionsOf(one),
      ...logMessageOf(one),
      isOnChangedText,
    })),
    isInLaunchedText,
  );
  debuggee.placeBreakpoints();
  return { breakpoints: set.map((breakpoint) => breakpoints.describe(breakpoint, format)) };
}

function setFunctionBreakpoints(debuggee: Debuggee, args: Arguments): Breakpoints {
  refuseAfterEnd(debuggee, args);
  const { breakpoints } = debuggee;
  breakpoints.functions = args
    .records('breakpoints')
    .map((one) => ({ id: breakpoints.newId(), name: one.string('name').trim(), ...conditionsOf(one) }));
  return { breakpoints: breakpoints.functions.map((breakpoint) => describeFunction(debuggee, breakpoint)) };
}

function describeFunction({ program }: Debuggee, { id, name, problem }: FunctionBreakpoint): DebugProtocol.Breakpoint {
  if (problem !== undefined) return { id, verified: false, message: problem };
  if (program === null) return { id, verified: false, message: 'The kernel is known once the scenario is loaded.' };
  const { kernel } = program;
  const isKnown = kernel.functions.some(({ info }) => info.name === name || info.aliases?.includes(name) === true);
  return isKnown
    ? { id, verified: true }
    : { id, verified: false, message: `${kernel.title} has no function ${name}.` };
}

function setExceptionBreakpoints(debuggee: Debuggee, args: Arguments): Breakpoints {
  refuseAfterEnd(debuggee, args);
  const filters = [
    ...args.strings('filters').map((filter) => ({ filter })),
    ...args.records('filterOptions').map((one) => ({ filter: one.string('filterId'), ...conditionOf(one) })),
  ];
  debuggee.breakpoints.exceptions = filters.filter(({ filter }) => isExceptionFilter(filter));
  return {
    breakpoints: filters.map(({ filter }) =>
      isExceptionFilter(filter) ? { verified: true } : { verified: false, message: `There is no exception ${filter}.` },
    ),
  };
}

function breakpointLocations(debuggee: Debuggee, args: Arguments): { breakpoints: DebugProtocol.BreakpointLocation[] } {
  const { program } = debuggee.requireSimulation(args.command);
  const { format } = debuggee;
  const source = args.record('source');
  const file = fileKey(source.optionalString('path') ?? source.optionalString('name') ?? '');
  if (!isLaunchedText(source.optionalInteger('sourceReference', 0)) && debuggee.launchedText.changeOf(file) !== null)
    return { breakpoints: [] };
  const { locations: all } = program.sources.find((one) => fileKey(one.file) === file) ?? { locations: [] };
  const first = fromClientLine(format, args.integer('line'));
  const last = fromClientLine(format, args.optionalInteger('endLine') ?? args.integer('line'));
  const locations = all.filter(({ line }) => line >= first && line <= last);
  return { breakpoints: locations.map(({ line, column }) => toClient(format, line, column)) };
}

function conditionOf(one: Arguments): { condition?: string } {
  const condition = one.optionalString('condition')?.trim();
  return condition === undefined || condition === '' ? {} : { condition };
}

function conditionsOf(one: Arguments): { condition?: string; hitCondition?: string; problem?: string } {
  const hitCondition = one.optionalString('hitCondition')?.trim();
  if (hitCondition === undefined || hitCondition === '') return conditionOf(one);
  const problem = `'${hitCondition}' is no hit count: write 5, >= 5 or % 5.`;
  return { ...conditionOf(one), hitCondition, ...(parseHitCondition(hitCondition) === null ? { problem } : {}) };
}

function logMessageOf(one: Arguments): { logMessage?: string } {
  const logMessage = one.optionalString('logMessage');
  return logMessage === undefined || logMessage === '' ? {} : { logMessage };
}

function refuseAfterEnd(debuggee: Debuggee, { command }: Arguments): void {
  if (debuggee.phase === 'ended') throw hasEnded(command);
}
