/** `NAME = EXPR`, `NAME += EXPR`, `LIST[i] = EXPR`: what changes a `var`, where it is bound. */
import type { KernelGenerator } from '../../execution/activation.ts';
import { boundedList } from '../calls/bounded-values.ts';
import { evaluateFully, integer } from '../calls/evaluate.ts';
import type { Evaluation } from '../calls/evaluation.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression, Statement } from '../scenario/scenario.ts';
import { ownList } from '../state/own-lists.ts';
import { microStep } from '../state/run.ts';
import { kindOf, type Value } from '../state/values.ts';

type Assignment = Extract<Statement, { readonly kind: 'assign' }>;

export function* assign(start: Evaluation, statement: Assignment): KernelGenerator<void> {
  const evaluation = start.isKept ? start : { ...start, memo: new Map(start.memo) };
  const { index, value } = statement;
  const at = index === null ? null : yield* evaluateFully(evaluation, index);
  // `LIST[f()] += 1` calls f once.
  if (index !== null) evaluation.memo.set(index, at);
  const fresh = yield* evaluateFully(evaluation, value);
  const { run, here, isInterleaved } = evaluation;
  if (isInterleaved && statement.isShared && here !== null && microStep(run, here)) yield;
  const scope = scopeOf(evaluation, statement);
  scope.set(
    statement.name,
    index === null ? fresh : withElement(evaluation, statement, scope, { index, at, value: fresh }),
  );
}

function scopeOf({ scopes }: Evaluation, { name, nameRange }: Assignment): Map<string, Value> {
  const scope = scopes.find((candidate) => candidate.has(name));
  if (scope === undefined) throw new ScenarioFailure('WALK224', `nothing has the name ${name} here`, nameRange);
  return scope;
}

interface Element {
  readonly index: Expression;
  readonly at: Value;
  readonly value: Value;
}

function withElement(
  { run }: Evaluation,
  { name, nameRange, range }: Assignment,
  scope: ReadonlyMap<string, Value>,
  { index, at, value }: Element,
): Value {
  const list = scope.get(name) ?? null;
  if (!Array.isArray(list))
    throw new ScenarioFailure(
      'WALK217',
      `only the elements of a list can be changed, not of ${kindOf(list)}`,
      nameRange,
    );
  const place = integer(at, index);
  if (place < 0n || place >= BigInt(list.length)) {
    const message = `there is no element ${String(place)}: the length is ${String(list.length)}`;
    throw new ScenarioFailure('WALK218', message, index.range);
  }
  const changed = ownList(list);
  changed[Number(place)] = value;
  // A plain value takes the place of one element at least.
  return typeof value === 'object' && value !== null ? boundedList(changed, run.program.bounds, range) : changed;
}
