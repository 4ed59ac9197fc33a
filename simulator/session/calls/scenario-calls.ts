/** Calls that touch neither machine nor kernel, but what the scenario itself keeps: its chance and its mutexes. */
import type { KernelGenerator } from '../../execution/activation.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { CallExpression } from '../scenario/scenario.ts';
import { scenarioFunction } from '../scenario/program.ts';
import { nextNumber } from '../state/random-numbers.ts';
import { microStep } from '../state/run.ts';
import type { Mutex } from '../state/script.ts';
import { kindOf, type Value } from '../state/values.ts';
import { bindArguments } from './arguments.ts';
import { evaluateFully, integer } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';

type Running = Evaluation & { readonly here: NonNullable<Evaluation['here']> };

export function isScenarioCall({ callee }: CallExpression): boolean {
  return callee === 'random' || callee === 'lock' || callee === 'unlock';
}

/** What all blocks share, so each is a micro-step where they are interleaved. */
export function* performScenarioCall(evaluation: Running, expression: CallExpression): KernelGenerator<Value> {
  const [bound] = bindArguments(scenarioFunction(expression.callee), expression);
  if (bound === undefined) throw new Error(`internal: ${expression.callee} without its argument`);
  const { value: written } = bound.argument;
  const value = yield* evaluateFully(evaluation, written);
  const { run, here, isInterleaved } = evaluation;
  if (isInterleaved && microStep(run, here)) yield;
  if (expression.callee === 'random') return numberBelow(evaluation, integer(value, written), expression);
  const mutex = mutexOf(evaluation, value, expression);
  if (expression.callee === 'lock') yield* lock(evaluation, mutex);
  else unlock(evaluation, mutex, expression);
  return null;
}

function numberBelow({ run }: Running, count: bigint, { range }: CallExpression): bigint {
  if (count > 0n && count <= 2n ** 64n) return nextNumber(run.script, count);
  throw new ScenarioFailure('WALK225', `random(${String(count)}): the number of values is at least 1`, range);
}

function mutexOf({ run }: Running, value: Value, { callee, range }: CallExpression): Mutex {
  const object =
    typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'object'
      ? value.object
      : null;
  const mutex = run.script.mutexes.find((one) => one === object);
  if (mutex !== undefined) return mutex;
  throw new ScenarioFailure('WALK225', `${callee} takes a mutex, not ${kindOf(value)}`, range);
}

function* lock({ run, here }: Running, mutex: Mutex): KernelGenerator<void> {
  const { activity } = here;
  while (mutex.holder !== null) {
    activity.wait = {
      kind: 'lock',
      description: () => describe(mutex, activity.agent),
      ready: () => mutex.holder === null,
    };
    yield;
    // Somebody else may have been quicker.
  }
  mutex.holder = activity.agent;
  run.machine.cause.step = run.engine.steps;
}

function describe({ name, holder }: Mutex, agent: string): string {
  if (holder === agent) return `the mutex ${name}, which it holds itself`;
  return `the mutex ${name}, which ${holder ?? 'nobody'} holds`;
}

function unlock({ here }: Running, mutex: Mutex, { range }: CallExpression): void {
  const { agent } = here.activity;
  if (mutex.holder === agent) {
    mutex.holder = null;
    return;
  }
  const holder = mutex.holder === null ? 'nobody holds it' : `${mutex.holder} holds it`;
  throw new ScenarioFailure('WALK225', `${agent} cannot unlock the mutex ${mutex.name}: ${holder}`, range);
}
