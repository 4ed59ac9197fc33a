import type { ValueType } from '../../execution/function-info.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { observation } from '../scenario/program.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import { childrenOf } from '../scenario/expression-parts.ts';
import type { CallExpression, Expression, SourceRange } from '../scenario/scenario.ts';
import type { ProtectionValue, Value, WordValue } from '../state/values.ts';
import { protectionOfWord } from '../state/values.ts';

/** Bindings, innermost level first. */
export type Scopes = readonly Map<string, Value>[];

/** How calls inside an expression come to their values. Calls hold expressions themselves: an evaluation is given both. */
export interface CallEvaluator {
  /** Runs a call on the machine, to its value; one that fails stops the statement. */
  performCall(evaluation: Evaluation, expression: CallExpression): KernelGenerator<Value>;
  /** Without any effect. */
  observe(evaluation: Evaluation, expression: CallExpression): Value;
}

/** Where and as whom an expression is evaluated. */
export interface Evaluation {
  readonly run: Run;
  readonly calls: CallEvaluator;
  /** The activity's base frame; null where only observations are allowed (the debugger's views). */
  readonly here: Activation | null;
  readonly thread: ThreadObject | null;
  readonly core: number;
  readonly cluster: number;
  readonly scopes: Scopes;
  /** Inside `parallel` or `explore`: calls first, then all the rest in one micro-step (walk language 4). */
  readonly isInterleaved: boolean;
  /** Values of calls and other parts that were evaluated already. */
  readonly memo: Map<Expression, Value>;
  /** The statement is performed in parts: all that is evaluated is remembered. */
  readonly isKept: boolean;
  /** The call that a def ended with an error, in a statement that is performed in parts. */
  readonly failed?: FailedDef | null;
}

export interface FailedDef {
  readonly call: Expression;
  readonly error: string;
}

/** What a name where it stands is expected to be, beyond the types of parameters. */
export type Expected = ValueType | { readonly kind: 'word' } | null;

export function lookUp(evaluation: Evaluation, name: string): Value | undefined {
  for (const scope of evaluation.scopes) {
    const value = scope.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A word where one is expected wins over a binding that cannot be meant; else binding, then constant of the kernel. */
export function valueOfName(evaluation: Evaluation, name: string, range: SourceRange, expected: Expected): Value {
  const bound = lookUp(evaluation, name);
  const word = expected === null ? null : wordValue(name, expected);
  if (word !== null && (bound === undefined || !fits(bound, word))) return word;
  if (bound !== undefined) return bound;
  const { constants } = evaluation.run.kernel;
  const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
  if (constant !== undefined) return BigInt(constant);
  const protection = protectionOfWord(name);
  if (protection !== null) return { kind: 'protection', protection };
  throw new ScenarioFailure('WALK224', `nothing has the name ${name} here`, range);
}

function fits(bound: Value, word: WordValue | ProtectionValue): boolean {
  if (typeof bound === 'bigint') return word.kind === 'word' && word.value !== null;
  return typeof bound === 'object' && bound !== null && !Array.isArray(bound) && bound.kind === word.kind;
}

function wordValue(name: string, expected: Exclude<Expected, null>): WordValue | ProtectionValue | null {
  switch (expected.kind) {
    case 'protection': {
      const protection = protectionOfWord(name);
      return protection === null ? null : { kind: 'protection', protection };
    }
    case 'access':
      return name === 'r' || name === 'w' || name === 'x' ? { kind: 'word', word: name, value: null } : null;
    case 'enumeration':
    case 'flags':
      return memberValue(name, expected.members);
    case 'word':
      return { kind: 'word', word: name, value: null };
    default:
      return null;
  }
}

/** By its full name, or by its last part in lower case: `lazy` for `REGION_WIRING_LAZY`. */
export function memberValue(name: string, members: Readonly<Record<string, number>>): WordValue | null {
  if (Object.hasOwn(members, name)) return { kind: 'word', word: name, value: BigInt(members[name] as number) };
  const prefix = commonPrefix(Object.keys(members));
  for (const [member, value] of Object.entries(members)) {
    if (member.slice(prefix.length).toLowerCase() === name || member.toLowerCase() === name) {
      return { kind: 'word', word: member, value: BigInt(value) };
    }
  }
  return null;
}

/** Up to and including the last `_` that all members share. */
export function commonPrefix(names: readonly string[]): string {
  let prefix = names.length > 1 ? (names[0] as string) : '';
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.slice(0, prefix.lastIndexOf('_') + 1);
}

const effects = new WeakMap<Expression, boolean>();

/** Does evaluating it run anything on the machine? Observations do not. */
export function hasEffects(expression: Expression): boolean {
  const known = effects.get(expression);
  if (known !== undefined) return known;
  const found = isEffect(expression) || childrenOf(expression).some(hasEffects);
  effects.set(expression, found);
  return found;
}

const sharing = new WeakMap<Expression, boolean>();

/** Does it read a `var` that other blocks may change? */
function readsShared(expression: Expression): boolean {
  const known = sharing.get(expression);
  if (known !== undefined) return known;
  const found = isSharedName(expression) || childrenOf(expression).some(readsShared);
  sharing.set(expression, found);
  return found;
}

export function isSharedName(expression: Expression): boolean {
  return expression.kind === 'name' && expression.variable === 'shared';
}

/** Does evaluating it take micro-steps of its own? */
export function takesSteps({ isInterleaved }: Evaluation, expression: Expression): boolean {
  return hasEffects(expression) || (isInterleaved && readsShared(expression));
}

/** Can what is left of it, once its calls were performed, change with what others do? Bindings and literals do not. */
export function readsWorld(expression: Expression): boolean {
  if (isEffect(expression)) return false;
  if (expression.kind === 'member' || expression.kind === 'index' || expression.kind === 'call') return true;
  return childrenOf(expression).some(readsWorld);
}

/** `output(CALL)` runs its call; every other observation changes nothing. */
export function isEffect(expression: Expression): boolean {
  return expression.kind === 'call' && (expression.isDef === true || observation(expression.callee) === null);
}
