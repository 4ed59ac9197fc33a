/** Operations that constant operands show to be impossible, and statements that therefore never run. */
import type { AstNode } from 'langium';
import { expectedTypes } from '../expected-type.ts';
import * as ast from '../generated/ast.ts';
import { areComparable, isInteger, kindInWords } from '../value-kinds.ts';
import type { StaticKind } from '../value-kinds.ts';
import { calculate, inRange } from './constants.ts';
import type { CheckContext } from './context.ts';
import { complain } from './guarded.ts';
import type { Where } from './report.ts';
import { isChained } from './structure.ts';

export function checkArithmeticOf(node: AstNode, context: CheckContext): void {
  if (ast.isBinary(node)) checkBinary(node, context);
  else if (ast.isUnary(node)) checkUnary(node, context);
  else if (ast.isAssignment(node)) checkAssigned(node, context);
  else if (ast.isForStatement(node)) checkLoop(node, context);
  else if (ast.isRepeatStatement(node)) checkRepeat(node, context);
}

function impossible(context: CheckContext, node: AstNode, where: Where, message: string): void {
  complain(context, 'WALK130', node, where, message);
}

function checkBinary(node: ast.Binary, context: CheckContext): void {
  const { constants, kinds } = context;
  const [left, right] = [constants.of(node.left), constants.of(node.right)];
  // A divisor or a distance is wrong whatever stands on the left.
  const result = right === null ? null : calculate(node.operator, left ?? 1n, right);
  if (typeof result === 'string') impossible(context, node, node.right, result);
  else if (result !== null && left !== null && inRange(result) === null) {
    impossible(context, node, node, `The result ${String(result)} leaves the range from -2^63 to 2^64-1.`);
  }
  const joined = joinedProtection(node, context);
  if (joined !== null) impossible(context, node, node, joined);
  if (isChained(node)) return;
  const message = kindProblem(node.operator, kinds.of(node.left), kinds.of(node.right));
  if (message !== null) impossible(context, node, { node, property: 'operators' }, message);
}

/** `r | w`, where a protection is expected. */
function joinedProtection(node: ast.Binary, { vocabulary, bindingOf }: CheckContext): string | null {
  const { left, right } = node;
  if (node.operator !== '|' || !ast.isNameReference(left) || !ast.isNameReference(right)) return null;
  if (
    bindingOf.has(left) ||
    bindingOf.has(right) ||
    !/^[rwx]{1,2}$/.test(left.name) ||
    !/^[rwx]{1,2}$/.test(right.name)
  )
    return null;
  if (!expectedTypes(node, vocabulary).some(({ kind }) => kind === 'protection')) return null;
  const letters = [...'rwx'].filter((letter) => left.name.includes(letter) || right.name.includes(letter)).join('');
  return `A protection is one word: write \`${letters}\`.`;
}

function kindProblem(operator: string, left: StaticKind, right: StaticKind): string | null {
  if (left === 'unknown' || right === 'unknown') return null;
  const words = `${kindInWords(left)} and ${kindInWords(right)}`;
  switch (operator) {
    case '==':
    case '!=':
      return areComparable(left, right) ? null : `\`${operator}\` compares values of one kind, not ${words}.`;
    case 'and':
    case 'or':
      return left === 'boolean' && right === 'boolean' ? null : `\`${operator}\` joins two booleans, not ${words}.`;
    case '+':
      if (left === 'string' || (left === 'list' && right === 'list')) return null;
      if (right === 'string') return `Text begins with a string: write \`"" + … + …\`, not ${words}.`;
      break;
  }
  return isInteger(left) && isInteger(right) ? null : `\`${operator}\` takes two integers, not ${words}.`;
}

/** `x += "a"` for an integer. */
function checkAssigned(node: ast.Assignment, context: CheckContext): void {
  const { kinds, variableOf, constants } = context;
  const { operator, index, value } = node;
  if (operator === '=' || index !== undefined) return;
  const plain = operator.slice(0, -1);
  const right = constants.of(value);
  const result = right === null ? null : calculate(plain, 1n, right);
  if (typeof result === 'string') impossible(context, node, value, result);
  const old = kinds.ofBinding(variableOf.get(node)) ?? 'unknown';
  const message = kindProblem(plain, old, kinds.of(value));
  if (message !== null) impossible(context, node, { node, property: 'operator' }, message);
}

function checkUnary(node: ast.Unary, context: CheckContext): void {
  const { constants, kinds } = context;
  const operand = constants.of(node.operand);
  const kind = kinds.of(node.operand);
  if (operand !== null && node.operator !== 'not' && constants.of(node) === null) {
    impossible(context, node, node, 'The result leaves the range from -2^63 to 2^64-1.');
  }
  if (kind === 'unknown' || (node.operator === 'not' ? kind === 'boolean' : isInteger(kind))) return;
  const wanted = kindInWords(node.operator === 'not' ? 'boolean' : 'integer');
  impossible(context, node, node.operand, `\`${node.operator}\` takes ${wanted}, not ${kindInWords(kind)}.`);
}

function checkLoop(node: ast.ForStatement, context: CheckContext): void {
  const { report, constants } = context;
  const step = node.step === undefined ? null : constants.of(node.step);
  if (node.step !== undefined && step !== null && step <= 0n) {
    impossible(context, node, node.step, `A step of ${String(step)} never reaches the end: a step is at least 1.`);
  }
  const [from, to] = [constants.of(node.from), node.to === undefined ? null : constants.of(node.to)];
  if (from === null || to === null || from < to) return;
  const message = `The loop never runs: ${String(from)} is not less than ${String(to)}, and the end is exclusive.`;
  report.warning('WALK127', { node, property: 'to' }, message);
}

function checkRepeat(node: ast.RepeatStatement, context: CheckContext): void {
  const { report, constants } = context;
  const times = constants.of(node.times);
  if (times === null || times > 0n) return;
  if (times < 0n) impossible(context, node, node.times, `A loop cannot run ${String(times)} times.`);
  else report.warning('WALK127', node.times, 'The loop never runs: it repeats 0 times.');
}
