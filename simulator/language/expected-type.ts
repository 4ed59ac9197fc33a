/** Which parameter an argument is for, and which types an expression may have where it stands. */
import type { AstNode } from 'langium';
import type { FunctionInfo, Parameter, ValueType } from '../execution/function-info.ts';
import { standsFor } from './catalogue.ts';
import type { Vocabulary } from './catalogue.ts';
import * as ast from './generated/ast.ts';

/** Null: the function has no such parameter. */
export function parameterOf(call: ast.Call, argument: ast.Argument, info: FunctionInfo): Parameter | null {
  if (argument.name !== undefined) return info.parameters.find(({ name }) => name === argument.name) ?? null;
  return info.parameters[argument.$containerIndex ?? call.arguments.indexOf(argument)] ?? null;
}

/** One type for each function that the surrounding call may mean; none where nothing particular is expected. */
export function expectedTypes(node: ast.Expression, vocabulary: Vocabulary): readonly ValueType[] {
  const container = node.$container as AstNode;
  if (ast.isArgument(container)) return typesOfArgument(container, vocabulary);
  if (ast.isField(container)) return typesOfField(container, vocabulary);
  if (ast.isListLiteral(container)) {
    return expectedTypes(container, vocabulary).flatMap((type) => (type.kind === 'list' ? [type.of] : [type]));
  }
  const passesOn =
    (ast.isParenthesis(container) && container.items.length === 1) ||
    (ast.isBinary(container) && joins.has(container.operator)) ||
    (ast.isUnary(container) && container.operator === '~');
  return passesOn ? expectedTypes(container, vocabulary) : [];
}

/** Operators that join flags. */
const joins: ReadonlySet<string> = new Set(['|', '&', '^', '+', '-']);

function typesOfArgument(argument: ast.Argument, vocabulary: Vocabulary): ValueType[] {
  const call = argument.$container;
  const functions = vocabulary.functionsNamed(call.callee);
  return functions.flatMap(({ info }) => parameterOf(call, argument, info)?.type ?? []);
}

function typesOfField(field: ast.Field, vocabulary: Vocabulary): ValueType[] {
  return expectedTypes(field.$container, vocabulary).flatMap((type) => {
    if (type.kind !== 'record') return [];
    return type.fields.find(({ name }) => name === field.name)?.type ?? [];
  });
}

/** Is the name a word of that type: a protection, an access, a member of an enumeration? */
export function isWordOf(name: string, type: ValueType): boolean {
  switch (type.kind) {
    case 'protection':
      return isProtectionWord(name);
    case 'access':
      return name === 'r' || name === 'w' || name === 'x';
    case 'enumeration':
    case 'flags':
      return Object.keys(type.members).some((member) => standsFor(name, member));
    default:
      return false;
  }
}

export function isProtectionWord(name: string): boolean {
  return name === 'none' || /^(?=.)r?w?x?u?$/.test(name);
}
