import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Activation } from '../../../simulator/execution/activation.ts';
import type { ThreadObject } from '../../../simulator/kernels/kernel.ts';
import { argumentsOf } from '../../../simulator/session/calls/frame-names.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import type { Expression } from '../../../simulator/session/scenario/scenario.ts';
import type { Value } from '../../../simulator/session/state/values.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { cannotEvaluate, unknownFrame } from '../protocol/errors.ts';
import { recordingRows } from './recording-scope.ts';
import type { Handler } from '../handlers.ts';
import { memoryReference } from './memory.ts';
import { clusterRows, coreRows, counterRows, pageTableRows, processRows } from './scopes.ts';
import { subjectOf, tablesOf, type Subject } from './subject.ts';
import { argumentRow, valueRow } from './values.ts';

import type { VariableRow } from '../protocol/variable-store.ts';

export const variableHandlers: Readonly<Record<string, Handler>> = { scopes, variables };

/** Rows in one answer at most. */
const MOST_ROWS = 10_000;

function scopes(debuggee: Debuggee, args: Arguments): DebugProtocol.ScopesResponse['body'] {
  const { simulation } = debuggee.requireStopped(args.command);
  const frameId = requireFrame(debuggee, args.integer('frameId'));
  const subject = subjectOf(simulation, frameId);
  const { process } = subject;
  const frame = simulation.frame(frameId);
  const scope = (
    name: string,
    rows: () => readonly VariableRow[],
    hint: { expensive: boolean; presentationHint?: string },
  ): DebugProtocol.Scope => ({
    name,
    variablesReference: debuggee.variables.reference(process, rows, frameId),
    ...hint,
  });
  const recording = recordingRows(debuggee, frameId);
  const given = frame === null ? [] : argumentRows(subject, frame);
  // A recording that no scenario replays binds no names.
  const hasNames = recording.length === 0 || simulation.bindings().size > 0;
  const near = { expensive: false };
  const far = { expensive: true };
  return {
    scopes: [
      ...(given.length === 0 ? [] : [scope('Arguments', () => given, { ...near, presentationHint: 'arguments' })]),
      ...(recording.length === 0 ? [] : [scope('Recording', () => recording, near)]),
      ...(hasNames
        ? [scope('Variables', () => bindingRows(debuggee, subject), { ...near, presentationHint: 'locals' })]
        : []),
      ...(process === null ? [] : [scope('Process', () => processRows(subject, process), near)]),
      ...(process === null ? [] : [scope('Page table', () => tableRows(subject), far)]),
      scope('Core', () => coreRows(subject), near),
      scope('Cluster', () => clusterRows(subject), near),
      scope('Counters', () => counterRows(subject), far),
    ],
  };
}

function argumentRows(subject: Subject, frame: Activation): VariableRow[] {
  return argumentsOf(frame).map(({ name, raw, type }) => argumentRow(subject, name, raw, type));
}

function bindingRows({ simulation }: Debuggee, subject: Subject): VariableRow[] {
  return [...(simulation?.bindings(subject.stackFrame) ?? [])].map(([name, value]) =>
    valueRow(subject, name, value, name),
  );
}

function tableRows(subject: Subject): VariableRow[] {
  const { process } = subject;
  const [table] = process === null ? [] : tablesOf(subject, process);
  return process === null || table === undefined
    ? [{ name: 'table', value: 'none' }]
    : pageTableRows(subject, process, table);
}

function variables(debuggee: Debuggee, args: Arguments): DebugProtocol.VariablesResponse['body'] {
  debuggee.requireStopped(args.command);
  const { owner, frame, rows } = debuggee.variables.container(args.integer('variablesReference', 1));
  const start = args.optionalInteger('start', 0) ?? 0;
  const count = args.optionalInteger('count', 0) ?? 0;
  const all =
    args.optionalString('filter') === 'named' && rows.length > 0 && rows[0]?.name.startsWith('[') === true ? [] : rows;
  const shown = all.slice(start, start + (count === 0 ? MOST_ROWS : Math.min(count, MOST_ROWS)));
  return { variables: shown.map((row) => toVariable(debuggee, row, owner, frame)) };
}

/** An integer is shown in hexadecimal, in decimal or, as `0x103 = 259`, in both. */
function formatted(value: string, format: Debuggee['valueFormat']): string {
  const match = /^(?:(0x[0-9a-f]+) = )?(-?\d+)$/.exec(value);
  if (format === null || match === null) return value;
  const [, hex, decimal = ''] = match;
  if (format === 'decimal') return decimal;
  return (
    hex ??
    (decimal.startsWith('-') ? `-0x${BigInt(decimal.slice(1)).toString(16)}` : `0x${BigInt(decimal).toString(16)}`)
  );
}

export function toVariable(
  debuggee: Debuggee,
  row: VariableRow,
  owner: number,
  frame: number | null = null,
): DebugProtocol.Variable {
  const { name, value, type, expression, address, children, indexed } = row;
  return {
    name,
    value: formatted(value, debuggee.valueFormat),
    variablesReference: children === undefined ? 0 : debuggee.variables.referenceOf(owner, children, frame),
    ...(type === undefined ? {} : { type }),
    ...(expression === undefined ? {} : { evaluateName: expression }),
    ...(address === undefined ? {} : { memoryReference: memoryReference(owner, address) }),
    ...(indexed === undefined || children === undefined ? {} : { indexedVariables: indexed }),
  };
}

/** The value of an expression in a frame; what is wrong with it becomes an error for the client. */
export function evaluateIn(debuggee: Debuggee, expression: Expression, subject: Subject): Value {
  const { simulation } = debuggee.requireSimulation('evaluate');
  const { frame, stackFrame } = subject;
  try {
    return simulation.evaluate(expression, { thread: threadOf(subject), frame, stackFrame });
  } catch (error) {
    if (error instanceof ScenarioFailure) throw cannotEvaluate(error.message);
    throw error;
  }
}

/** A server's frame is read as the process that it works for. */
export function threadOf({ thread, process, kernel }: Subject): ThreadObject | null {
  return thread ?? (process === null ? null : kernel.mainThread(process));
}

/** The same where the simulation stands, also while it moves: for conditions and log messages. */
export function evaluateCurrent(debuggee: Debuggee, expression: Expression, names?: Map<string, Value>): Value {
  const { simulation } = debuggee.requireSimulation('evaluate');
  const frame = simulation.currentFrame;
  const thread = simulation.currentThread ?? threadOf(subjectOf(simulation));
  try {
    return simulation.evaluate(expression, { thread, frame, ...(names === undefined ? {} : { names }) });
  } catch (error) {
    if (error instanceof ScenarioFailure) throw cannotEvaluate(error.message);
    throw error;
  }
}

export function requireSubject(debuggee: Debuggee, command: string, frameId: number | undefined): Subject {
  const { simulation } = debuggee.requireStopped(command);
  return subjectOf(simulation, frameId === undefined ? undefined : requireFrame(debuggee, frameId));
}

/** Editors may ask about a frame before they have fetched the new stack: what counts is that it is in it. */
function requireFrame({ simulation }: Debuggee, id: number): number {
  const stacks = simulation?.threads().map((thread) => simulation.stack(thread.id)) ?? [];
  if (!stacks.flat().some((frame) => frame.id === id)) throw unknownFrame(id);
  return id;
}
