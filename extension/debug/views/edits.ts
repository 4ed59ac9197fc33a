/** Changes at a stop: of memory, names and kernel objects, and calls from the console. Each leads to a branch of the run. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { addressBitsOf } from '../../../simulator/hardware/layouts/formats.ts';
import { clusterOfCore } from '../../../simulator/hardware/machine-config.ts';
import { mappedAddress } from '../../../simulator/hardware/mapped-address.ts';
import { isCanonical } from '../../../simulator/hardware/virtual-address.ts';
import { hasEffects } from '../../../simulator/session/calls/evaluation.ts';
import type { Edit, Viewpoint } from '../../../simulator/session/moves/edits.ts';
import { MAIN } from '../../../simulator/session/moves/timeline.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import type { Expression } from '../../../simulator/session/scenario/scenario.ts';
import type { Value } from '../../../simulator/session/state/values.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { badAddress, cannotEvaluate, cannotSet, unknownThread } from '../protocol/errors.ts';
import { parseExpression } from '../protocol/expression.ts';
import type { Handler } from '../handlers.ts';
import { parseReference } from './memory.ts';
import { subjectOf, tablesOf, type Subject } from './subject.ts';
import { evaluateIn, requireSubject, threadOf, toVariable } from './variables.ts';
import { valueRow } from './values.ts';

export const editHandlers: Readonly<Record<string, Handler>> = {
  setVariable,
  setExpression,
  writeMemory,
  terminateThreads,
  'pagewalk/branches': branches,
};

function setVariable(debuggee: Debuggee, args: Arguments): DebugProtocol.SetVariableResponse['body'] {
  debuggee.requireStopped(args.command);
  const name = args.string('name');
  const { rows, frame } = debuggee.variables.container(args.integer('variablesReference', 1));
  const row = rows.find((one) => one.name === name);
  if (row?.expression === undefined) throw cannotSet(name, 'it is computed from other values');
  const subject = requireSubject(debuggee, args.command, frame ?? undefined);
  return set(debuggee, subject, row.expression, args.string('value'));
}

function setExpression(debuggee: Debuggee, args: Arguments): DebugProtocol.SetExpressionResponse['body'] {
  const subject = requireSubject(debuggee, args.command, args.optionalInteger('frameId'));
  return set(debuggee, subject, args.string('expression'), args.string('value'));
}

function set(
  debuggee: Debuggee,
  subject: Subject,
  written: string,
  text: string,
): DebugProtocol.SetVariableResponse['body'] {
  const target = parseExpression(written);
  const value = parseExpression(text);
  if (hasEffects(target) || hasEffects(value)) throw cannotSet(written, 'a call changes the run by itself');
  edit(debuggee, { kind: 'value', target, value, as: viewpoint(debuggee, subject) }, `${written} = ${text}`);
  const now = valueRow(subject, '', evaluateIn(debuggee, target, subject), written);
  const { evaluateName: _name, name: _row, ...body } = toVariable(debuggee, now, subject.process?.owner ?? 0);
  return body;
}

/** What the console calls; the value of the call. */
export function callFromConsole(debuggee: Debuggee, expression: Expression, subject: Subject, text: string): Value {
  return edit(debuggee, { kind: 'call', expression, as: viewpoint(debuggee, subject) }, text);
}

function writeMemory(debuggee: Debuggee, args: Arguments): DebugProtocol.WriteMemoryResponse['body'] {
  const { simulation } = debuggee.requireStopped(args.command);
  const subject = subjectOf(simulation);
  const { machine, kernel, core } = subject;
  const bits = addressBitsOf(machine);
  const text = args.string('memoryReference');
  const { owner, address } = parseReference(text, bits);
  const start = address + (args.optionalInteger('offset') ?? 0);
  if (!isCanonical(start, bits)) throw badAddress(`${text} with offset ${String(start - address)}`);
  const data = bytesOf(args);
  const process = owner === 0 ? subject.process : (kernel.processes().find((one) => one.owner === owner) ?? null);
  if (process === null) throw cannotSet(text, 'no process has that memory');
  const roots = tablesOf(subject, process).map(({ root }) => root);
  const mapped = mappedBytes(data.length, (at) => mappedAddress(machine, roots, start + at) !== null);
  if (mapped < data.length && !args.boolean('allowPartial', false))
    throw cannotSet(`0x${(start + mapped).toString(16)}`, 'nothing is mapped there');
  const bytes = data.subarray(0, mapped);
  if (bytes.length > 0) {
    const cluster = clusterOfCore(machine.config, core);
    const what = `${String(bytes.length)} bytes at 0x${start.toString(16)}`;
    edit(debuggee, { kind: 'memory', owner: process.owner, cluster, address: start, bytes }, what);
  }
  return { bytesWritten: bytes.length };
}

/** How many bytes from the first one on are mapped. */
function mappedBytes(count: number, isMapped: (at: number) => boolean): number {
  for (let at = 0; at < count; at++) if (!isMapped(at)) return at;
  return count;
}

function bytesOf(args: Arguments): Uint8Array {
  const data = args.string('data');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data) || data.length % 4 !== 0) throw args.wrong('data', 'base64');
  return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
}

/** Each ends its process, as `exit` does; the run goes on as a branch. */
function terminateThreads(debuggee: Debuggee, args: Arguments): void {
  const { simulation } = debuggee.requireStopped(args.command);
  const known = simulation.threads();
  const wanted = args.integers('threadIds').map((id) => {
    const thread = known.find((one) => one.id === id);
    if (thread === undefined) throw unknownThread(id);
    return thread.name;
  });
  for (const thread of wanted) {
    const expression = parseExpression('exit(code: 1)');
    edit(debuggee, { kind: 'call', expression, as: { thread, frame: null } }, `${thread} ends`);
  }
}

/** Makes the change, and tells everybody that shows something. */
function edit(debuggee: Debuggee, change: Edit, text: string): Value {
  const { simulation } = debuggee.requireStopped('edit');
  const before = simulation.branch.name;
  try {
    const { value, branch } = simulation.edit(change, text);
    debuggee.breakpoints.forgetHitsFrom(simulation.position);
    const news = branch === before ? `Also on ${branch}` : `${branch} leaves ${before} here`;
    debuggee.output.flush();
    debuggee.output.write('console', `${news}: ${text}`, simulation.stack(simulation.currentThreadId).at(-1));
    debuggee.runner.announceEdit();
    return value;
  } catch (error) {
    if (error instanceof ScenarioFailure) throw cannotEvaluate(error.message);
    throw error;
  }
}

function viewpoint({ simulation }: Debuggee, subject: Subject): Viewpoint {
  const frames = simulation?.framesAbove(subject.frame) ?? null;
  return { thread: threadOf(subject)?.name ?? null, frame: frames };
}

/** The lines of the run: where each leaves another, what was changed, and which one this is. */
function branches(debuggee: Debuggee, { command }: Arguments): object {
  const { simulation } = debuggee.requireSimulation(command);
  return {
    branches: simulation.branches().map((branch) => ({
      name: branch.name,
      parent: branch.parent,
      position: branch.from,
      edits: branch.edits.map(({ position, text }) => ({ position, text })),
      isMain: branch.name === MAIN,
      isCurrent: branch === simulation.branch,
    })),
  };
}
