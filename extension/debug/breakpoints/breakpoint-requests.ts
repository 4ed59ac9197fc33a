import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../protocol/arguments.ts';
import { fileKey } from './breakpoints.ts';
import type { ExceptionBreakpoint, FunctionBreakpoint } from './breakpoint-set.ts';
import { exceptionNames, knownNames } from './known-names.ts';
import { readConditions } from './stop-conditions.ts';
import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import type { Program } from '../program/launch.ts';
import { isExceptionFilter } from '../protocol/capabilities.ts';
import { fromClientLine, toClient } from '../protocol/client-format.ts';
import { isLaunchedText } from '../protocol/source-references.ts';
import type { Debuggee } from '../debuggee.ts';
import { hasEnded } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';

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
  const isKnown = knownNames(debuggee.program, debuggee.listings.infoOf(file));
  const set = breakpoints.lines.set(
    file,
    args.records('breakpoints').map((one) => ({
      requestedLine: fromClientLine(format, one.integer('line')),
      ...(reference === undefined || reference === 0 ? {} : { reference }),
      ...readConditions(one, isKnown),
      isOnChangedText,
    })),
    isInLaunchedText,
  );
  debuggee.placeBreakpoints();
  return { breakpoints: set.map((breakpoint) => breakpoints.describe(breakpoint, format)) };
}

function setFunctionBreakpoints(debuggee: Debuggee, args: Arguments): Breakpoints {
  refuseAfterEnd(debuggee, args);
  const { breakpoints, program } = debuggee;
  breakpoints.functions = args.records('breakpoints').map((one) => {
    const name = one.string('name').trim();
    const info = functionNamed(program, name);
    const problem = info === undefined ? { problem: unknownFunction(program, name) } : {};
    return { id: breakpoints.newId(), name, ...readConditions(one, knownNames(program, info ?? null)), ...problem };
  });
  return { breakpoints: breakpoints.functions.map(describeFunction) };
}

function functionNamed(program: Program | null, name: string): FunctionInfo | undefined {
  return program?.kernel.functions
    .map(({ info }) => info)
    .find((info) => info.name === name || info.aliases?.includes(name) === true);
}

function unknownFunction(program: Program | null, name: string): string {
  if (program === null) return 'The kernel is known once the scenario is loaded.';
  return `${program.kernel.title} has no function ${name}.`;
}

function describeFunction({ id, problem }: FunctionBreakpoint): DebugProtocol.Breakpoint {
  return problem === undefined ? { id, verified: true } : { id, verified: false, message: problem };
}

function setExceptionBreakpoints(debuggee: Debuggee, args: Arguments): Breakpoints {
  refuseAfterEnd(debuggee, args);
  const isKnown = knownNames(debuggee.program, exceptionNames);
  const filters: ExceptionBreakpoint[] = [
    ...args.strings('filters').map((filter) => ({ filter })),
    ...args
      .records('filterOptions')
      .map((one) => ({ filter: one.string('filterId'), ...readConditions(one, isKnown) })),
  ].map((one) => (isExceptionFilter(one.filter) ? one : { ...one, problem: `There is no exception ${one.filter}.` }));
  debuggee.breakpoints.exceptions = filters;
  return {
    breakpoints: filters.map(({ problem }) =>
      problem === undefined ? { verified: true } : { verified: false, message: problem },
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
  const listing = debuggee.listings.breakable(file);
  const sources = listing === null ? program.sources : [...program.sources, listing];
  const { locations: all } = sources.find((one) => fileKey(one.file) === file) ?? { locations: [] };
  const first = fromClientLine(format, args.integer('line'));
  const last = fromClientLine(format, args.optionalInteger('endLine') ?? args.integer('line'));
  const locations = all.filter(({ line }) => line >= first && line <= last);
  return { breakpoints: locations.map(({ line, column }) => toClient(format, line, column)) };
}

function refuseAfterEnd(debuggee: Debuggee, { command }: Arguments): void {
  if (debuggee.phase === 'ended') throw hasEnded(command);
}
