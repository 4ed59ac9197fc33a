/**
 * Expressions. `perform` runs the calls in an expression as the machine's micro-steps and remembers their values;
 * `evaluate` then gives the whole expression's value at once, without any effect.
 */
import type { KernelGenerator } from '../../execution/activation.ts';
import { calculate, complement, negate } from './arithmetic.ts';
import { hasEffects, isEffect, isSharedName, lookUp, readsWorld, takesSteps, valueOfName } from './evaluation.ts';
import type { Evaluation, Expected } from './evaluation.ts';
import { principalValue } from './convert.ts';
import { elementsOf, fromKernelObject, memberOf } from './kernel-values.ts';
import { requirePlace } from '../state/places.ts';
import { microStep } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import { childrenOf } from '../scenario/expression-parts.ts';
import type { Expression } from '../scenario/scenario.ts';
import { boundedList, joinedStrings } from './bounded-values.ts';
import { isSameValue } from './comparison.ts';
import { shareList } from '../state/own-lists.ts';
import { displayValue, kindOf, objectName } from '../state/values.ts';
import type { PlaceValue, Value } from '../state/values.ts';

type Node<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

/** The value of an expression, its calls included. */
export function* evaluateFully(
  evaluation: Evaluation,
  expression: Expression,
  expected: Expected = null,
): KernelGenerator<Value> {
  const known = evaluation.memo.get(expression);
  if (known !== undefined) return known;
  const value = yield* evaluateAnew(evaluation, expression, expected);
  if (evaluation.isKept) evaluation.memo.set(expression, value);
  return value;
}

function* evaluateAnew(evaluation: Evaluation, expression: Expression, expected: Expected): KernelGenerator<Value> {
  if (!takesSteps(evaluation, expression)) return evaluate(evaluation, expression, expected);
  if (isEffect(expression)) return yield* evaluation.calls.performCall(evaluation, expression as Node<'call'>);
  return evaluate(yield* performAll(evaluation, expression, expected), expression, expected);
}

/** Performs the calls in an expression. With the answer the expression, and any part of it, can be evaluated at once. */
export function* performAll(
  evaluation: Evaluation,
  expression: Expression,
  expected: Expected = null,
): KernelGenerator<Evaluation> {
  const own: Evaluation = evaluation.isKept ? evaluation : { ...evaluation, memo: new Map(evaluation.memo) };
  yield* perform(own, expression, expected);
  if (own.isInterleaved && own.here !== null) {
    const isWanted = microStep(own.run, own.here);
    if (!readsWorld(expression)) own.here.activity.isAtomic = true;
    if (isWanted) yield;
  }
  return own;
}

/**
 * Runs the calls, from left to right. Outside `parallel` what stands before a call is evaluated before it runs;
 * inside, all the rest comes after the last call.
 */
function* perform(evaluation: Evaluation, expression: Expression, expected: Expected): KernelGenerator<void> {
  if (!takesSteps(evaluation, expression) || evaluation.memo.has(expression)) return;
  if (isSharedName(expression)) {
    if (evaluation.here !== null && microStep(evaluation.run, evaluation.here)) yield;
    evaluation.memo.set(expression, evaluate(evaluation, expression, expected));
    return;
  }
  if (isEffect(expression)) {
    evaluation.memo.set(expression, yield* evaluation.calls.performCall(evaluation, expression as Node<'call'>));
    return;
  }
  if (expression.kind === 'call' && expression.callee === 'output') {
    evaluation.memo.set(expression, yield* performOutput(evaluation, expression));
    return;
  }
  if (expression.kind === 'binary' && (expression.operator === 'and' || expression.operator === 'or')) {
    yield* performLogic(evaluation, expression);
    return;
  }
  const children = childrenOf(expression);
  const last = children.findLastIndex(hasEffects);
  for (const [index, child] of children.entries()) {
    yield* perform(evaluation, child, expected);
    if (index < last && !evaluation.isInterleaved && (child.kind !== 'name' || child.variable !== undefined)) {
      evaluation.memo.set(child, evaluate(evaluation, child, expected));
    }
  }
}

/** The right side runs only if the left one does not decide. */
function* performLogic(evaluation: Evaluation, expression: Node<'binary'>): KernelGenerator<void> {
  yield* perform(evaluation, expression.left, null);
  if (!takesSteps(evaluation, expression.right)) return;
  const left = evaluate(evaluation, expression.left, null);
  evaluation.memo.set(expression.left, left);
  if (left === (expression.operator === 'and')) yield* perform(evaluation, expression.right, null);
}

/** Lines that the call printed on the kernel's terminal. */
function* performOutput(evaluation: Evaluation, expression: Node<'call'>): KernelGenerator<Value> {
  const call = expression.args[0]?.value as Node<'call'>;
  const { lines } = evaluation.run.machine.terminal;
  const before = lines.length;
  yield* evaluation.calls.performCall(evaluation, call);
  return lines
    .slice(before)
    .map((line) => `${line}\n`)
    .join('');
}

/** Without effects: calls must have been performed. */
export function evaluate(evaluation: Evaluation, expression: Expression, expected: Expected = null): Value {
  const known = evaluation.memo.get(expression);
  if (known !== undefined) return known;
  switch (expression.kind) {
    case 'integer':
    case 'size':
    case 'string':
    case 'boolean':
      return expression.value;
    case 'time':
      return cyclesOfTime(evaluation, expression);
    case 'none':
      return noneOrProtection(expected);
    case 'name':
      return shareList(valueOfName(evaluation, expression.name, expression.range, expected));
    case 'place':
      return evaluatePlace(evaluation, expression);
    case 'list':
      return boundedList(
        expression.items.map((item) => evaluate(evaluation, item, elementType(expected))),
        evaluation.run.program.bounds,
        expression.range,
      );
    case 'record':
      return evaluateRecord(evaluation, expression, expected);
    case 'call':
      return evaluation.calls.observe(evaluation, expression);
    case 'member':
      return evaluateMember(evaluation, expression);
    case 'index':
      return evaluateIndex(evaluation, expression);
    case 'unary':
      return evaluateUnary(evaluation, expression);
    case 'binary':
      return evaluateBinary(evaluation, expression, expected);
  }
}

/** `none` is a protection where one is expected. */
function noneOrProtection(expected: Expected): Value {
  if (expected?.kind !== 'protection') return null;
  return { kind: 'protection', protection: { read: false, write: false, execute: false } };
}

function elementType(expected: Expected): Expected {
  return expected?.kind === 'list' ? expected.of : expected?.kind === 'record' ? null : expected;
}

const microseconds = { us: 1n, ms: 1000n, s: 1_000_000n } as const;

function cyclesOfTime(evaluation: Evaluation, { value, unit }: Node<'time'>): bigint {
  if (unit === 'cycles') return value;
  return value * microseconds[unit] * BigInt(evaluation.run.program.config.cost.CYCLES_PER_US);
}

function evaluatePlace(evaluation: Evaluation, expression: Node<'place'>): PlaceValue {
  const number = (part: Expression): number => Number(integer(evaluate(evaluation, part), part));
  const place: PlaceValue = {
    kind: 'place',
    x: number(expression.x),
    y: number(expression.y),
    core: expression.core === null ? null : number(expression.core),
  };
  return requirePlace(evaluation.run, place, expression.range);
}

function evaluateRecord(evaluation: Evaluation, expression: Node<'record'>, expected: Expected): Value {
  const fields = new Map<string, Value>();
  for (const { name, value } of expression.fields) {
    const type =
      expected?.kind === 'record' ? (expected.fields.find((field) => field.name === name)?.type ?? null) : null;
    fields.set(name, evaluate(evaluation, value, type));
  }
  boundedList([...fields.values()], evaluation.run.program.bounds, expression.range);
  return { kind: 'record', fields, principal: null };
}

function evaluateMember(evaluation: Evaluation, expression: Node<'member'>): Value {
  const { receiver, member } = expression;
  if (receiver.kind === 'name' && receiver.name === 'kernel') {
    const { kernel } = evaluation.run;
    if (Object.hasOwn(kernel.globals, member)) return fromKernelObject(evaluation.run, kernel.readGlobal(member));
    throw new ScenarioFailure('WALK218', `${kernel.name} has no global ${member}`, expression.range);
  }
  const value = evaluate(evaluation, receiver);
  const found = memberOf(evaluation.run, value, member, expression.range);
  if (found !== undefined) return found;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'object';
  const what = isObject ? objectName(value.object) : kindOf(value);
  throw new ScenarioFailure('WALK218', `${what} has no member ${member}`, expression.range);
}

/** The value of an expression for a moment: nobody keeps it, so that a list of a `var` stays its own. */
export function borrow(evaluation: Evaluation, expression: Expression): Value {
  const bound =
    expression.kind === 'name' && !evaluation.memo.has(expression) ? lookUp(evaluation, expression.name) : undefined;
  return Array.isArray(bound) ? bound : evaluate(evaluation, expression);
}

function evaluateIndex(evaluation: Evaluation, expression: Node<'index'>): Value {
  const list = elementsOf(evaluation.run, principalValue(borrow(evaluation, expression.receiver)));
  const index = integer(evaluate(evaluation, expression.index), expression.index);
  if (!Array.isArray(list) && typeof list !== 'string') {
    throw new ScenarioFailure('WALK217', `${kindOf(list)} cannot be indexed`, expression.range);
  }
  const item = index < 0n || index >= BigInt(list.length) ? undefined : list[Number(index)];
  if (item === undefined)
    throw new ScenarioFailure(
      'WALK218',
      `there is no element ${index}: the length is ${list.length}`,
      expression.range,
    );
  return item;
}

function evaluateUnary(evaluation: Evaluation, expression: Node<'unary'>): Value {
  const value = principalValue(evaluate(evaluation, expression.operand));
  if (expression.operator === 'not') return !truth(value, expression.operand);
  const operand = integer(value, expression.operand);
  return checked(expression.operator === '-' ? negate(operand) : complement(operand), expression);
}

function checked(result: bigint | string, expression: Expression): bigint {
  if (typeof result === 'bigint') return result;
  throw new ScenarioFailure('WALK216', result, expression.range);
}

export function integer(value: Value, expression: Expression): bigint {
  const plain = principalValue(value);
  if (typeof plain === 'bigint') return plain;
  if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
    if (plain.kind === 'word' && plain.value !== null) return plain.value;
    if (plain.kind === 'protection' && plain.bits !== undefined) return plain.bits;
  }
  throw new ScenarioFailure('WALK217', `an integer is needed here, not ${kindOf(plain)}`, expression.range);
}

export function truth(value: Value, expression: Expression): boolean {
  const plain = principalValue(value);
  if (typeof plain === 'boolean') return plain;
  throw new ScenarioFailure('WALK217', `true or false is needed here, not ${kindOf(plain)}`, expression.range);
}

function evaluateBinary(evaluation: Evaluation, expression: Node<'binary'>, expected: Expected): Value {
  const { operator, left, right } = expression;
  switch (operator) {
    case 'and':
      return truth(evaluate(evaluation, left), left) && truth(evaluate(evaluation, right), right);
    case 'or':
      return truth(evaluate(evaluation, left), left) || truth(evaluate(evaluation, right), right);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [first, second] = comparedValues(evaluation, expression);
      return isComparisonTrue(operator, first, second, expression);
    }
    default:
      return evaluateArithmetic(evaluation, expression, expected);
  }
}

function evaluateArithmetic(evaluation: Evaluation, expression: Node<'binary'>, expected: Expected): Value {
  const { operator, left, right } = expression;
  const first = principalValue(evaluate(evaluation, left, expected));
  const second = principalValue(evaluate(evaluation, right, expected));
  if (operator === '+') {
    const { bounds } = evaluation.run.program;
    if (typeof first === 'string')
      return joinedStrings(first, typeof second === 'string' ? second : displayValue(second), bounds, expression.range);
    if (Array.isArray(first) && Array.isArray(second))
      return boundedList([...first, ...second], bounds, expression.range);
  }
  return checked(calculate(operator, integer(first, left), integer(second, right)), expression);
}

/** Both sides of a comparison. A bare name that is nothing else is a word of the other side's kind. */
export function comparedValues(evaluation: Evaluation, expression: Node<'binary'>): readonly [Value, Value] {
  const { left, right } = expression;
  if (left.kind === 'name') {
    const second = principalValue(evaluate(evaluation, right));
    return [principalValue(evaluate(evaluation, left, expectedBeside(second))), second];
  }
  const first = principalValue(evaluate(evaluation, left));
  return [first, principalValue(evaluate(evaluation, right, expectedBeside(first)))];
}

function expectedBeside(other: Value): Expected {
  if (typeof other !== 'object' || other === null || Array.isArray(other)) return null;
  if (other.kind === 'word') return { kind: 'word' };
  return other.kind === 'protection' ? { kind: 'protection' } : null;
}

function isComparisonTrue(operator: string, left: Value, right: Value, expression: Node<'binary'>): boolean {
  if (operator === '==' || operator === '!=') {
    const same = isSameValue(left, right);
    if (same !== null) return same === (operator === '==');
    throw new ScenarioFailure('WALK217', `${kindOf(left)} cannot be compared with ${kindOf(right)}`, expression.range);
  }
  const first = integer(left, expression.left);
  const second = integer(right, expression.right);
  if (operator === '<') return first < second;
  if (operator === '<=') return first <= second;
  return operator === '>' ? first > second : first >= second;
}
