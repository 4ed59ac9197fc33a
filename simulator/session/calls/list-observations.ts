/** Observations of lists and strings, which look at nothing but their arguments. */
import { bytesOfText } from '../scenario/program.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { Run } from '../state/run.ts';
import { kindOf, type Value } from '../state/values.ts';
import { calculate } from './arithmetic.ts';
import { isSameValue } from './comparison.ts';
import { elementsOf } from './kernel-values.ts';

interface Question {
  readonly evaluation: { readonly run: Run };
  readonly args: Readonly<Record<string, unknown>>;
  readonly range: SourceRange;
}

export const listObservers: Readonly<Record<string, (question: Question) => Value>> = {
  contains: ({ evaluation, args, range }) => {
    const whole = elementsOf(evaluation.run, args.text as Value);
    if (Array.isArray(whole)) return positionOf(whole, args.part as Value) !== null;
    if (typeof whole === 'string' && typeof args.part === 'string') return whole.includes(args.part);
    return refuse(`contains takes two strings, or a list and an element, not ${kindOf(whole)}`, range);
  },
  length: ({ evaluation, args, range }) => {
    const whole = elementsOf(evaluation.run, args.text as Value);
    if (Array.isArray(whole)) return BigInt(whole.length);
    if (typeof whole === 'string') return BigInt(bytesOfText(whole).length);
    return refuse(`length takes a string or a list, not ${kindOf(whole)}`, range);
  },
  index: (question) => positionOf(listOf('index', question), question.args.element as Value),
  sum: (question) => {
    let sum = 0n;
    for (const item of integersOf('sum', question)) {
      const next = calculate('+', sum, item);
      if (typeof next === 'string') throw new ScenarioFailure('WALK216', `sum: ${next}`, question.range);
      sum = next;
    }
    return sum;
  },
  min: (question) => extreme('min', question, (one, other) => one < other),
  max: (question) => extreme('max', question, (one, other) => one > other),
  hex: ({ args, range }) => {
    const number = args.n as bigint;
    if (number < 0n) return refuse(`hex takes a number that is not negative, not ${String(number)}`, range);
    const digits = (args.digits as number | undefined) ?? 1;
    if (digits < 1 || digits > 64) return refuse(`digits is ${String(digits)}; it is 1 to 64`, range);
    return `0x${number.toString(16).padStart(digits, '0')}`;
  },
};

function refuse(message: string, range: SourceRange): never {
  throw new ScenarioFailure('WALK217', message, range);
}

function listOf(name: string, { evaluation, args, range }: Question): readonly Value[] {
  const list = elementsOf(evaluation.run, args.list as Value);
  return Array.isArray(list) ? list : refuse(`${name} takes a list, not ${kindOf(list)}`, range);
}

function positionOf(list: readonly Value[], element: Value): bigint | null {
  const at = list.findIndex((item) => isSameValue(item, element) === true);
  return at < 0 ? null : BigInt(at);
}

function* integersOf(name: string, question: Question): Generator<bigint> {
  for (const item of listOf(name, question)) {
    if (typeof item !== 'bigint')
      refuse(`${name} takes a list of integers, and ${kindOf(item)} is in it`, question.range);
    yield item;
  }
}

function extreme(name: string, question: Question, isBetter: (one: bigint, other: bigint) => boolean): bigint {
  let best: bigint | null = null;
  for (const item of integersOf(name, question)) if (best === null || isBetter(item, best)) best = item;
  return best ?? refuse(`the list is empty: it has no ${name}`, question.range);
}
