import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import { commonOperations, observations } from '../../../simulator/kernels/common-operations.ts';
import { argumentsOf } from '../../../simulator/session/calls/frame-names.ts';
import { hasEffects } from '../../../simulator/session/calls/evaluation.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { parseExpression } from '../protocol/expression.ts';
import type { Handler } from '../handlers.ts';
import { signatureOf } from '../program/listing.ts';
import { callFromConsole } from './edits.ts';
import { recordedAddress } from './recording-scope.ts';
import type { Subject } from './subject.ts';
import { valueRow } from './values.ts';
import type { VariableRow } from '../protocol/variable-store.ts';
import { evaluateIn, requireSubject, toVariable } from './variables.ts';

export const evaluationHandlers: Readonly<Record<string, Handler>> = { evaluate, completions };

function evaluate(debuggee: Debuggee, args: Arguments): DebugProtocol.EvaluateResponse['body'] {
  const text = args.string('expression');
  const subject = requireSubject(debuggee, args.command, args.optionalInteger('frameId'));
  const recorded = recordedRow(debuggee, args, text);
  if (recorded !== null) return resultOf(debuggee, recorded, subject);
  const expression = parseExpression(text);
  // What is typed into the console may call: the run goes on as a branch then.
  const isCall = hasEffects(expression) && args.optionalString('context') === 'repl';
  const value = isCall
    ? callFromConsole(debuggee, expression, subject, text)
    : evaluateIn(debuggee, expression, subject);
  const row = valueRow(subject, '', value, hasEffects(expression) ? undefined : text);
  return resultOf(debuggee, row, subject);
}

/** Numbers under the mouse in the view of a recording are recorded addresses. */
function recordedRow(debuggee: Debuggee, args: Arguments, text: string): VariableRow | null {
  const frame = args.optionalInteger('frameId');
  const isHover = args.optionalString('context') === 'hover';
  return isHover && frame !== undefined ? recordedAddress(debuggee, frame, text.trim()) : null;
}

function resultOf(debuggee: Debuggee, row: VariableRow, { process }: Subject): DebugProtocol.EvaluateResponse['body'] {
  const { value, type, variablesReference, memoryReference, indexedVariables } = toVariable(
    debuggee,
    row,
    process?.owner ?? 0,
  );
  return {
    result: value,
    variablesReference,
    ...(type === undefined ? {} : { type }),
    ...(memoryReference === undefined ? {} : { memoryReference }),
    ...(indexedVariables === undefined ? {} : { indexedVariables }),
  };
}

/** Names that can stand where the cursor is: everything that is bound, and every function that can be called. */
function completions(debuggee: Debuggee, args: Arguments): DebugProtocol.CompletionsResponse['body'] {
  const { program } = debuggee.requireStopped(args.command);
  const text = args.string('text');
  const column = args.integer('column') - debuggee.format.columnBase;
  const before = text.slice(0, Math.max(0, column));
  const word = /[A-Za-z_][\w-]*$/.exec(before)?.[0] ?? '';
  const prefix = before.slice(0, before.length - word.length);
  const targets = prefix.endsWith('.')
    ? membersOf(debuggee, prefix.slice(0, -1), args.optionalInteger('frameId'))
    : [
        ...namesIn(debuggee, args.optionalInteger('frameId')).map((label) => ({ label, type: 'variable' as const })),
        ...[...program.kernel.functions.map(({ info }) => info), ...commonOperations, ...observations].map(
          functionItem,
        ),
        ...Object.keys(program.kernel.constants).map((label) => ({ label, type: 'value' as const })),
      ];
  return {
    targets: targets
      .filter(({ label }) => label.toLowerCase().startsWith(word.toLowerCase()))
      .map((item) => ({ ...item, start: prefix.length, length: word.length })),
  };
}

/** What a frame binds, and what is bound around it. */
function namesIn(debuggee: Debuggee, frameId: number | undefined): string[] {
  const { simulation } = debuggee.requireStopped('completions');
  const { frame } = requireSubject(debuggee, 'completions', frameId);
  const own = frame === null ? [] : argumentsOf(frame).map(({ name }) => name);
  return [...new Set([...own, ...simulation.bindings().keys()])];
}

function functionItem(info: FunctionInfo): DebugProtocol.CompletionItem {
  return { label: info.name, text: `${info.name}(`, type: 'function', detail: signatureOf(info) };
}

/** Members of what stands before the dot, if it can be evaluated without effect. */
function membersOf(debuggee: Debuggee, text: string, frame: number | undefined): DebugProtocol.CompletionItem[] {
  const receiver = /[\w.]+(\([^()]*\))?$/.exec(text)?.[0];
  if (receiver === undefined) return [];
  try {
    const subject = requireSubject(debuggee, 'completions', frame);
    const row = valueRow(subject, '', evaluateIn(debuggee, parseExpression(receiver), subject));
    return (row.children?.() ?? []).map(({ name, value }) => ({ label: name, type: 'field', detail: value }));
  } catch {
    return []; // nothing of that name: nothing to offer
  }
}
