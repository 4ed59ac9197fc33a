/** Data breakpoints: what can be watched of a row, an expression or an address, and how. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { addressBitsOf } from '../../../simulator/hardware/layouts/formats.ts';
import { isCanonical, machineAddress } from '../../../simulator/hardware/virtual-address.ts';
import { PAGE_SIZE } from '../../../simulator/hardware/word.ts';
import { hasEffects } from '../../../simulator/session/calls/evaluation.ts';
import type { Expression } from '../../../simulator/session/scenario/scenario.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { DataBreakpoint } from '../breakpoints/breakpoint-set.ts';
import { readDataId, writeDataId, type WatchedData } from '../breakpoints/data-id.ts';
import { knownNames } from '../breakpoints/known-names.ts';
import { readConditions } from '../breakpoints/stop-conditions.ts';
import type { Debuggee } from '../debuggee.ts';
import { cannotEvaluate, hasEnded } from '../protocol/errors.ts';
import { parseExpression } from '../protocol/expression.ts';
import { dataModes, type DataMode } from '../protocol/capabilities.ts';
import type { VariableRow } from '../protocol/variable-store.ts';
import type { Handler } from '../handlers.ts';
import type { Subject } from './subject.ts';
import { evaluateIn, requireSubject, threadOf } from './variables.ts';

export const dataBreakpointHandlers: Readonly<Record<string, Handler>> = { dataBreakpointInfo, setDataBreakpoints };

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type AccessType = DebugProtocol.DataBreakpointAccessType;

/** What an address holds where nobody says how much. */
const WORD = 8;

function dataBreakpointInfo(debuggee: Debuggee, args: Arguments): Info {
  const name = args.string('name');
  const mode = modeOf(args);
  const row = rowNamed(debuggee, args, name);
  const frame = row === null ? args.optionalInteger('frameId') : (row.frame ?? undefined);
  const subject = requireSubject(debuggee, args.command, frame);
  const given = args.optionalInteger('bytes', 1);
  try {
    const data =
      row === null ? ofExpression(debuggee, args, subject, name, mode, given) : ofRow(subject, row.row, mode, given);
    return {
      dataId: writeDataId(data),
      description: describe(data),
      accessTypes: accessTypesOf(data),
      canPersist: true,
    };
  } catch (error) {
    if (error instanceof Error) return { dataId: null, description: error.message };
    throw error;
  }
}

function modeOf(args: Arguments): DataMode {
  const mode = args.optionalString('mode') ?? 'access';
  const known = dataModes.find((one) => one.mode === mode);
  if (known === undefined) throw args.wrong('mode', dataModes.map((one) => one.mode).join(', '));
  return known.mode;
}

function rowNamed(
  debuggee: Debuggee,
  args: Arguments,
  name: string,
): { row: VariableRow; frame: number | null } | null {
  const reference = args.optionalInteger('variablesReference', 0) ?? 0;
  if (reference === 0) return null;
  const { rows, frame } = debuggee.variables.container(reference);
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw cannotEvaluate(`There is no ${name} there.`);
  return { row, frame };
}

function ofRow(subject: Subject, row: VariableRow, mode: DataMode, bytes: number | undefined): WatchedData {
  const { address, expression, size, isEntry } = row;
  if (address !== undefined && isEntry !== true) return ofAddress(subject, address, mode, bytes ?? size ?? WORD);
  if (expression === undefined) throw cannotEvaluate(`${row.name} is computed from other values: watch those.`);
  return ofValue(subject, expression);
}

function ofExpression(
  debuggee: Debuggee,
  args: Arguments,
  subject: Subject,
  name: string,
  mode: DataMode,
  bytes: number | undefined,
): WatchedData {
  const expression = parseExpression(name);
  if (hasEffects(expression)) throw cannotEvaluate(`${name} calls a function: only what can be observed is watched.`);
  const frame = frameNumber(expression);
  if (frame !== null) return { kind: 'physical', mode, start: frame * PAGE_SIZE, end: (frame + 1) * PAGE_SIZE };
  const value = evaluateIn(debuggee, expression, subject);
  if (mode === 'physical' && typeof value === 'bigint') {
    const start = Number(value);
    return { kind: 'physical', mode, start, end: start + (bytes ?? 1) };
  }
  const isAddress = args.boolean('asAddress', false) || mode !== 'access';
  if (typeof value === 'bigint' && (isAddress || isMemory(subject, value)))
    return ofAddress(
      subject,
      machineAddress(value, addressBitsOf(subject.machine)),
      mode,
      bytes ?? (isAddress ? 1 : WORD),
    );
  return ofValue(subject, name);
}

/** `frame(0x103)` means the whole frame. */
function frameNumber(expression: Expression): number | null {
  if (expression.kind !== 'call' || expression.callee !== 'frame') return null;
  const [argument] = expression.args;
  return argument?.value.kind === 'integer' ? Number(argument.value.value) : null;
}

function isMemory({ machine, kernel, process }: Subject, value: bigint): boolean {
  const bits = addressBitsOf(machine);
  const address = machineAddress(value, bits);
  if (process === null || !isCanonical(address, bits)) return false;
  return kernel.regions(process, process.cluster).some(({ start, end }) => address >= start && address < end);
}

/** Faults and evictions are a page's. */
function ofAddress({ process, machine }: Subject, address: number, mode: DataMode, bytes: number): WatchedData {
  if (process === null) throw cannotEvaluate('No process runs here: an address means nothing.');
  if (!isCanonical(address, addressBitsOf(machine)))
    throw cannotEvaluate('That is not an address that an access can have.');
  const isPage = mode === 'fault' || mode === 'evict';
  const start = isPage ? address - (address % PAGE_SIZE) : address;
  const end = isPage ? Math.max(start + PAGE_SIZE, address + bytes) : address + bytes;
  return { kind: 'virtual', mode, owner: process.owner, process: process.name, start, end };
}

function ofValue(subject: Subject, expression: string): WatchedData {
  return { kind: 'value', expression, thread: threadOf(subject)?.name ?? null };
}

function describe(data: WatchedData): string {
  if (data.kind === 'value') return data.expression;
  const length = data.end - data.start;
  const what = `${length.toLocaleString('en')} ${length === 1 ? 'byte' : 'bytes'} at 0x${data.start.toString(16)}`;
  if (data.kind === 'physical') return `${what} of physical memory`;
  const mode = dataModes.find((one) => one.mode === data.mode);
  return `${what} of ${data.process}${data.mode === 'access' ? '' : ` (${mode?.label ?? ''})`}`;
}

function accessTypesOf(data: WatchedData): AccessType[] {
  if (data.kind === 'value') return ['write'];
  return data.mode === 'access' || data.mode === 'physical' ? ['read', 'write', 'readWrite'] : ['readWrite'];
}

function setDataBreakpoints(debuggee: Debuggee, args: Arguments): { breakpoints: DebugProtocol.Breakpoint[] } {
  if (debuggee.phase === 'ended') throw hasEnded(args.command);
  const { breakpoints, program } = debuggee;
  const isKnown = knownNames(program, null);
  breakpoints.data = args.records('breakpoints').map((one): DataBreakpoint => {
    const id = breakpoints.newId();
    const dataId = one.string('dataId');
    const read = readDataId(dataId, one.optionalString('accessType') ?? 'write');
    const key = `${dataId} ${one.optionalString('accessType') ?? ''}`;
    if (typeof read === 'string') return { id, key, name: '', watch: null, problem: read };
    return { id, key, name: describe(read.data), watch: read.watch, ...readConditions(one, isKnown) };
  });
  return {
    breakpoints: breakpoints.data.map(({ id, name, problem }) =>
      problem === undefined ? { id, verified: true, message: name } : { id, verified: false, message: problem },
    ),
  };
}
