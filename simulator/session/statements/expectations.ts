/** `expect` in its forms: what counts as met, and what the message says if it is not. */
import type { KernelGenerator } from '../../execution/activation.ts';
import { attemptCall, killForRefusal } from '../calls/calls.ts';
import { isNamed, namesOf } from '../calls/call-failure.ts';
import { comparedValues, evaluate, performAll, truth } from '../calls/evaluate.ts';
import type { Evaluation } from '../calls/evaluation.ts';
import { explainFailure } from '../calls/explain.ts';
import { expressionText, usesHexadecimal } from '../scenario/expression-text.ts';
import { report, roundsIn } from '../state/findings.ts';
import { microStep, raise, type Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression, Statement } from '../scenario/scenario.ts';
import { explainValue, hex64, type Value } from '../state/values.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Null when it holds; else the failure, which the caller reports. */
export function* checkExpectation(
  evaluation: Evaluation,
  statement: StatementOf<'expect'>,
): KernelGenerator<ScenarioFailure | null> {
  const own = yield* performAll(evaluation, statement.value);
  if (truth(evaluate(own, statement.value), statement.value)) return null;
  const message = `expected ${expressionText(statement.value)}${sides(own, statement.value)}`;
  return new ScenarioFailure('WALK201', message, statement.value.range);
}

/** The values that made it false: of both sides of the comparison that decided. */
function sides(evaluation: Evaluation, expression: Expression): string {
  if (expression.kind === 'binary' && expression.operator === 'and') {
    const isLeftFalse = !truth(evaluate(evaluation, expression.left), expression.left);
    return sides(evaluation, isLeftFalse ? expression.left : expression.right);
  }
  if (expression.kind === 'unary') return sides(evaluation, expression.operand);
  if (expression.kind !== 'binary')
    return isLiteral(expression) ? '' : `, but ${said(expression, explainValue(evaluate(evaluation, expression)))}`;
  if (expression.operator === 'or') return '';
  const [left, right] = comparedValues(evaluation, expression);
  const parts = [
    isLiteral(expression.left) ? '' : said(expression.left, valueBeside(expression, left)),
    isLiteral(expression.right) ? '' : said(expression.right, valueBeside(expression, right)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `, but ${parts.join(' and ')}`;
}

/** In the base of the comparison's literals. */
function valueBeside(comparison: Expression, value: Value): string {
  const isHexadecimal = typeof value === 'bigint' && value >= 0n && usesHexadecimal(comparison);
  return isHexadecimal ? hex64(value) : explainValue(value);
}

function said(expression: Expression, value: string): string {
  return `${expressionText(expression, 5)} is ${value}`;
}

function isLiteral(expression: Expression): boolean {
  return ['integer', 'size', 'time', 'string', 'boolean', 'none', 'place'].includes(expression.kind);
}

export function* checkFailure(
  evaluation: Evaluation,
  statement: StatementOf<'expect-fails'>,
): KernelGenerator<ScenarioFailure | null> {
  const { call, error } = statement;
  const outcome = yield* attemptCall(evaluation, call);
  if ('value' in outcome) {
    return new ScenarioFailure(
      'WALK206',
      `expected ${expressionText(call)} to fail with ${error}, but it succeeded`,
      call.range,
    );
  }
  if (isNamed(evaluation.run.kernel, outcome.failure, error)) return null;
  const { message } = explainFailure(evaluation, call, outcome.failure);
  return new ScenarioFailure(
    'WALK207',
    `expected ${expressionText(call)} to fail with ${error}, but it failed with ${namesOf(outcome.failure)}: ${message}`,
    call.range,
  );
}

export function* checkKill(
  evaluation: Evaluation,
  statement: StatementOf<'expect-kills'>,
): KernelGenerator<ScenarioFailure | null> {
  const { call, error } = statement;
  const { run, thread } = evaluation;
  const outcome = yield* attemptCall(evaluation, call);
  const failure = 'failure' in outcome ? outcome.failure : null;
  if (failure !== null) yield* killForRefusal(evaluation, failure);
  const what = failure === null ? 'it succeeded' : `it failed with ${namesOf(failure)}`;
  if (thread === null || thread.process.alive) {
    return new ScenarioFailure(
      'WALK206',
      `expected ${expressionText(call)} to kill the process, but ${what} and the process lives on`,
      call.range,
    );
  }
  if (error === null || (failure !== null && isNamed(run.kernel, failure, error))) return null;
  return new ScenarioFailure(
    'WALK207',
    `expected ${expressionText(call)} to kill with ${error}, but ${what}`,
    call.range,
  );
}

/** An expectation that somebody may have given a name. */
interface Labelled {
  readonly label?: string;
}

/** The label stands before the message. */
export function labelled({ label }: Labelled, failure: ScenarioFailure): ScenarioFailure {
  if (label === undefined) return failure;
  const { code, message, range, related, names } = failure;
  return new ScenarioFailure(code, `${label}: ${message}`, range, related, names);
}

/** Counts an expectation that failed, and lets a debugger stop there. Whoever knows where it stands reports it. */
export function noteUnmet(run: Run, failure: ScenarioFailure): void {
  run.script.failed++;
  raise(run, 'expectation', () => ({ text: failure.message, details: { code: failure.code } }));
}

/** Counts the expectation, reports it if it failed, and lets a debugger stop there. */
export function* settleExpectation(
  evaluation: Evaluation,
  statement: Labelled,
  unmet: ScenarioFailure | null,
): KernelGenerator<void> {
  const { run, here, isInterleaved } = evaluation;
  const failure = unmet === null ? null : labelled(statement, unmet);
  if (failure === null) {
    run.script.passed++;
    return;
  }
  noteUnmet(run, failure);
  if (isInterleaved) throw failure;
  report(run, failure.toDiagnostic(), roundsIn(run.script.control));
  if (here !== null && microStep(run, here)) yield;
}
