/** Calls: of functions that exist here, with arguments that fit. */
import type { FunctionInfo, Parameter } from '../../execution/function-info.ts';
import type { CallableFunction } from '../catalogue.ts';
import { isWordOf, parameterOf } from '../expected-type.ts';
import * as ast from '../generated/ast.ts';
import { foreignFunctions } from '../hints/foreign-words.ts';
import { alternatives, kindInWords, takes, typeInWords } from '../value-kinds.ts';
import type { CheckContext } from './context.ts';
import { didYouMean } from './nearest.ts';
import type { Where } from './report.ts';

interface Complaint {
  readonly at: Where;
  readonly message: string;
}

export function checkCall(call: ast.Call, context: CheckContext): void {
  const functions = context.vocabulary.functionsNamed(call.callee);
  if (functions.length === 0) {
    reportUnknown(call, context);
    return;
  }
  // A kernel may have its own function beside a common one: the call must fit one of them.
  const complaints = functions.map(({ info }) => complaintsAbout(call, info, context));
  if (complaints.some((list) => list.length === 0)) return;
  for (const { at, message } of complaints[0] ?? []) context.report.error('WALK104', at, message);
}

function reportUnknown(call: ast.Call, { model, report, vocabulary, firstBindings, suggestions }: CheckContext): void {
  const { callee } = call;
  const at = { node: call, property: 'callee' };
  const owners = vocabulary.kernelsWithFunction(callee);
  const [owner] = owners;
  if (owner === undefined) {
    const foreign = Object.hasOwn(foreignFunctions, callee) ? foreignFunctions[callee] : undefined;
    if (foreign !== undefined) {
      report.error('WALK102', at, `There is no function \`${callee}\`. ${foreign}`);
      return;
    }
    const hint = firstBindings.has(callee)
      ? ' It is a binding, and values cannot be called.'
      : didYouMean(
          callee,
          suggestions.among(() => vocabulary.functionNames()),
        );
    report.error('WALK102', at, `There is no function \`${callee}\`.${hint}`);
  } else if (vocabulary.kernel === null && model.statements.some(ast.isKernelsDeclaration)) {
    const message = `\`${callee}\` is a function of ${owners.join(' and ')}: put the call into \`on ${owner} { … }\`.`;
    report.error('WALK128', at, message);
  } else if (vocabulary.kernel === null) {
    report.error(
      'WALK128',
      at,
      `\`${callee}\` is a function of ${owners.join(' and ')}: begin the file with \`kernel ${owner}\`.`,
    );
  } else {
    report.error(
      'WALK103',
      at,
      `\`${callee}\` is a function of ${owners.join(' and ')}, and this file runs on ${vocabulary.kernel.name}.`,
    );
  }
}

function complaintsAbout(call: ast.Call, info: FunctionInfo, context: CheckContext): Complaint[] {
  const complaints: Complaint[] = [];
  const given = new Map<string, ast.Argument>();
  let named = false;
  for (const argument of call.arguments) {
    const complaint = checkPosition(call, argument, info, given, named) ?? checkKind(call, argument, info, context);
    if (complaint !== null) complaints.push(complaint);
    named ||= argument.name !== undefined;
    // One argument too many says it of all behind it.
    if (argument.name === undefined && parameterOf(call, argument, info) === null) break;
  }
  const missing = info.parameters.filter((parameter) => isRequired(parameter) && !given.has(parameter.name));
  if (missing.length > 0 && complaints.length === 0) {
    const names = missing.map(({ name }) => `\`${name}\``).join(', ');
    complaints.push({
      at: { node: call, property: 'callee' },
      message: `${info.name} lacks ${names}: ${signature(info)}`,
    });
  }
  return complaints;
}

function isRequired(parameter: FunctionInfo['parameters'][number]): boolean {
  return parameter.optional !== true && !('default' in parameter);
}

function checkPosition(
  call: ast.Call,
  argument: ast.Argument,
  info: FunctionInfo,
  given: Map<string, ast.Argument>,
  named: boolean,
): Complaint | null {
  if (argument.name === undefined && named) {
    return { at: argument, message: 'Positional arguments come before named ones: move this one, or name it.' };
  }
  const parameter = parameterOf(call, argument, info);
  if (parameter === null) return { at: nameOrWhole(argument), message: noSuchParameter(argument, info) };
  if (given.has(parameter.name)) {
    return { at: nameOrWhole(argument), message: `\`${parameter.name}\` is given twice.` };
  }
  given.set(parameter.name, argument);
  return null;
}

function nameOrWhole(argument: ast.Argument): Where {
  return argument.name === undefined ? argument : { node: argument, property: 'name' };
}

function noSuchParameter(argument: ast.Argument, info: FunctionInfo): string {
  if (argument.name === undefined) {
    const count = info.parameters.length;
    const takesWords = count === 0 ? 'no arguments' : `at most ${String(count)} argument${count === 1 ? '' : 's'}`;
    return `${info.name} takes ${takesWords}: ${signature(info)}`;
  }
  const isOutput = info.outputs?.some(({ name }) => name === argument.name) ?? false;
  if (isOutput)
    return `\`${argument.name}\` is written by ${info.name}: it is a member of the result, not an argument.`;
  const names = info.parameters.map(({ name }) => name);
  return `${info.name} has no parameter \`${argument.name}\`.${didYouMean(argument.name, names)} ${signature(info)}`;
}

function checkKind(
  call: ast.Call,
  argument: ast.Argument,
  info: FunctionInfo,
  { kinds, constants, bindingOf }: CheckContext,
): Complaint | null {
  const parameter = parameterOf(call, argument, info);
  if (parameter === null) return null;
  const { value } = argument;
  if (ast.isNameReference(value) && isWordOf(value.name, parameter.type)) return null;
  // An unknown name is reported as such.
  if (ast.isNameReference(value) && !bindingOf.has(value) && kinds.of(value) === 'unknown') return null;
  const kind = kinds.of(value);
  const constant = constants.of(value);
  if (takes(parameter.type, kind) && (constant === null || isTaken(parameter, constant))) return null;
  const given = kind === 'integer' && constant !== null ? String(constant) : kindInWords(kind);
  const unmaps =
    call.callee === 'free' && kind === 'integer' ? ' Memory is unmapped with `munmap(ADDRESS, LENGTH)`.' : '';
  return { at: value, message: `\`${parameter.name}\` takes ${wanted(parameter)}, not ${given}.${unmaps}` };
}

function isTaken({ type, values }: Parameter, value: bigint): boolean {
  if (type.kind === 'enumeration' && type.closed === true)
    return Object.values(type.members).some((member) => BigInt(member) === value);
  return values === undefined || values.some((one) => BigInt(one) === value);
}

function wanted({ type, values }: Parameter): string {
  if (values !== undefined) return alternatives(values.map(String));
  if (type.kind !== 'enumeration' || type.closed !== true) return typeInWords(type);
  return alternatives(Object.keys(type.members).map((member) => `\`${member}\``));
}

/** `mmap(length, prot, kind?, …)`. */
export function signature(info: FunctionInfo): string {
  const parameters = info.parameters.map((parameter) => `${parameter.name}${isRequired(parameter) ? '' : '?'}`);
  return `${info.name}(${parameters.join(', ')})`;
}

/** Accesses and common operations run as a process. */
export function checkNeedsProcess(call: ast.Call, { report, vocabulary }: CheckContext): void {
  const functions = vocabulary.functionsNamed(call.callee);
  if (functions.length === 0 || !functions.every(isOperation)) return;
  if (call.callee === 'wait' && call.arguments.length > 0) return;
  for (
    let node = call.$container as ast.Call['$container'] | ast.Model['$container'];
    node !== undefined;
    node = node.$container
  ) {
    // A def runs as its caller.
    if (ast.isAsStatement(node) || ast.isDefStatement(node)) return;
  }
  const message = `\`${call.callee}\` needs a process: put it into \`as PROCESS { … }\`.`;
  report.error('WALK121', { node: call, property: 'callee' }, message);
}

function isOperation({ origin }: CallableFunction): boolean {
  return origin === 'operation';
}
