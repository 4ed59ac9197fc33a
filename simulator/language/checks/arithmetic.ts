/** Operations that constant operands show to be impossible, and statements that therefore never run. */
import type { AstNode } from 'langium';
import type { Binding } from '../bindings.ts';
import * as ast from '../generated/ast.ts';
import { largestInteger, parseInteger, parseSize, smallestInteger } from '../literals.ts';
import { kindInWords } from '../static-kind.ts';
import type { StaticKind } from '../static-kind.ts';
import type { CheckContext } from './context.ts';
import type { Where } from './report.ts';

type BindingOf = ReadonlyMap<ast.NameReference, Binding>;

/** The integer that an expression of literals and their bindings gives; null where it is none or impossible. */
export function constantOf(node: ast.Expression, bindingOf: BindingOf): bigint | null {
  switch (node.$type) {
    case 'IntegerLiteral':
      return inRange(parseInteger(node.value));
    case 'SizeLiteral':
      return inRange(parseSize(node.value));
    case 'Parenthesis': {
      const [only, second] = node.items;
      return only === undefined || second !== undefined ? null : constantOf(only, bindingOf);
    }
    case 'NameReference': {
      const bound = bindingOf.get(node)?.node;
      return bound?.$type === 'LetStatement' ? constantOf(bound.value, bindingOf) : null;
    }
    case 'Unary': {
      const operand = node.operator === 'not' ? null : constantOf(node.operand, bindingOf);
      return operand === null ? null : inRange(node.operator === '-' ? -operand : ~operand);
    }
    case 'Binary': {
      const [left, right] = [constantOf(node.left, bindingOf), constantOf(node.right, bindingOf)];
      const result = left === null || right === null ? null : calculate(node.operator, left, right);
      return typeof result === 'bigint' ? inRange(result) : null;
    }
    default:
      return null;
  }
}

function inRange(value: bigint): bigint | null {
  return value < smallestInteger || value > largestInteger ? null : value;
}

/** The result, what is impossible about it, or null where it is no integer. */
function calculate(operator: string, left: bigint, right: bigint): bigint | string | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0n) return 'Division by zero.';
      return operator === '/' ? left / right : left % right;
    case '<<':
    case '>>':
      if (right < 0n || right > 63n) return `A shift by ${String(right)}: shifts go from 0 to 63.`;
      return operator === '<<' ? left << right : left >> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    default:
      return null;
  }
}

export function checkArithmeticOf(node: AstNode, context: CheckContext): void {
  if (ast.isBinary(node)) checkBinary(node, context);
  else if (ast.isUnary(node)) checkUnary(node, context);
  else if (ast.isForStatement(node)) checkLoop(node, context);
  else if (ast.isRepeatStatement(node)) checkRepeat(node, context);
}

/** What may never be evaluated is no reason to refuse the file: a condition may guard against just that. */
function complain({ report }: CheckContext, guarded: AstNode, where: Where, message: string): void {
  if (isGuarded(guarded)) report.warning('WALK130', where, `${message} Reached, it fails.`);
  else report.error('WALK130', where, message);
}

/** Does a condition, or the left side of `and` and `or`, decide whether the run comes here? */
function isGuarded(node: AstNode): boolean {
  const { $container: parent, $containerProperty: property } = node;
  if (parent === undefined) return false;
  if (ast.isBinary(parent) && (parent.operator === 'and' || parent.operator === 'or') && property === 'right')
    return true;
  const isCondition = ast.isIfStatement(parent) && property === 'condition';
  if ((ast.isIfStatement(parent) && !isCondition) || ast.isElseIf(parent)) return true;
  return isGuarded(parent);
}

function checkBinary(node: ast.Binary, context: CheckContext): void {
  const { bindingOf, kinds } = context;
  const [left, right] = [constantOf(node.left, bindingOf), constantOf(node.right, bindingOf)];
  // A divisor or a distance is wrong whatever stands on the left.
  const result = right === null ? null : calculate(node.operator, left ?? 1n, right);
  if (typeof result === 'string') complain(context, node, node.right, result);
  else if (result !== null && left !== null && inRange(result) === null) {
    complain(context, node, node, `The result ${String(result)} leaves the range from -2^63 to 2^64-1.`);
  }
  const message = kindProblem(node.operator, kinds.of(node.left), kinds.of(node.right));
  if (message !== null) complain(context, node, { node, property: 'operators' }, message);
}

function kindProblem(operator: string, left: StaticKind, right: StaticKind): string | null {
  const [a, b] = [group(left), group(right)];
  if (a === 'unknown' || b === 'unknown') return null;
  const words = `${kindInWords(left)} and ${kindInWords(right)}`;
  switch (operator) {
    case '==':
    case '!=':
      return a === b || a === 'none' || b === 'none'
        ? null
        : `\`${operator}\` compares values of one kind, not ${words}.`;
    case 'and':
    case 'or':
      return a === 'boolean' && b === 'boolean' ? null : `\`${operator}\` joins two booleans, not ${words}.`;
    case '+':
      if (a === 'string' && b === 'string') return null;
      break;
  }
  return a === 'integer' && b === 'integer' ? null : `\`${operator}\` takes two integers, not ${words}.`;
}

/** Times are integers of cycles; records stand for their principal value. */
function group(kind: StaticKind): StaticKind {
  if (kind === 'time') return 'integer';
  return kind === 'record' || kind === 'list' ? 'unknown' : kind;
}

function checkUnary(node: ast.Unary, context: CheckContext): void {
  const { bindingOf, kinds } = context;
  const operand = constantOf(node.operand, bindingOf);
  const kind = group(kinds.of(node.operand));
  if (operand !== null && node.operator !== 'not' && constantOf(node, bindingOf) === null) {
    complain(context, node, node, 'The result leaves the range from -2^63 to 2^64-1.');
  }
  const wanted = node.operator === 'not' ? 'boolean' : 'integer';
  if (kind === 'unknown' || kind === wanted) return;
  const message = `\`${node.operator}\` takes ${kindInWords(wanted)}, not ${kindInWords(kind)}.`;
  complain(context, node, node.operand, message);
}

function checkLoop(node: ast.ForStatement, context: CheckContext): void {
  const { report, bindingOf } = context;
  const step = node.step === undefined ? null : constantOf(node.step, bindingOf);
  if (node.step !== undefined && step !== null && step <= 0n) {
    complain(context, node, node.step, `A step of ${String(step)} never reaches the end: a step is at least 1.`);
  }
  const [from, to] = [constantOf(node.from, bindingOf), constantOf(node.to, bindingOf)];
  if (from === null || to === null || from < to) return;
  const message = `No round: ${String(from)} is not below ${String(to)}, and the end is exclusive.`;
  report.warning('WALK127', { node, property: 'to' }, message);
}

function checkRepeat(node: ast.RepeatStatement, context: CheckContext): void {
  const { report, bindingOf } = context;
  const times = constantOf(node.times, bindingOf);
  if (times === null || times > 0n) return;
  if (times < 0n) complain(context, node, node.times, `${String(times)} rounds: a count is at least 0.`);
  else report.warning('WALK127', node.times, 'No round: the block never runs.');
}
