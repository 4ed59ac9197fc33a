/** Statements inside `parallel` and `explore`: a block runs as one activity, so its nesting is the generator's own. */
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { evaluateFully, integer, truth } from '../calls/evaluate.ts';
import { AtStatement, microStep, type Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { evaluateCount, evaluationOf, executeStatement, type StatementContext } from './statements.ts';
import type { Value } from '../state/values.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Runs statements one after another as the activity's thread; each begins with a micro-step. */
export function* runBlock(context: StatementContext, statements: readonly Statement[]): KernelGenerator<void> {
  const { run, here } = context;
  for (const statement of statements) {
    here.activity.line = statement.range.line;
    here.label = AtStatement.before;
    if (microStep(run, here)) yield;
    here.label = AtStatement.begun;
    requireRunnable(run, here, statement);
    run.script.lastPlaces.set(here.activity.agent, statement.range);
    yield* runStatement(context, statement);
  }
}

function requireRunnable(run: Run, here: Activation, { range }: Statement): void {
  const thread = here.activity.thread as ThreadObject | null;
  if (thread !== null && !thread.alive)
    throw new ScenarioFailure('WALK210', `${thread.name} has ended: no statement can run as it`, range);
  if (run.machine.panic !== null)
    throw new ScenarioFailure('WALK209', `the kernel has panicked (${run.machine.panic})`, range);
}

function* runStatement(context: StatementContext, statement: Statement): KernelGenerator<void> {
  switch (statement.kind) {
    case 'for':
      return yield* runFor(context, statement);
    case 'repeat':
      return yield* runRepeat(context, statement);
    case 'if':
      return yield* runIf(context, statement);
    case 'as':
    case 'parallel':
    case 'explore':
    case 'expect-parallel-fails':
      throw new ScenarioFailure(
        'WALK225',
        `${statement.kind} cannot stand inside a block that is interleaved`,
        statement.range,
      );
    default:
      return yield* executeStatement(context, statement);
  }
}

function inner(context: StatementContext, scope: Map<string, Value>): StatementContext {
  return { ...context, scopes: [scope, ...context.scopes] };
}

/** A round counts as a step of the run, but there is nothing in it for others to see. */
function beginRound({ run, here }: StatementContext): boolean {
  const isWanted = microStep(run, here);
  here.activity.isAtomic = true;
  return isWanted;
}

function* runFor(context: StatementContext, statement: StatementOf<'for'>): KernelGenerator<void> {
  const evaluation = evaluationOf(context);
  const from = integer(yield* evaluateFully(evaluation, statement.from), statement.from);
  const to = integer(yield* evaluateFully(evaluation, statement.to), statement.to);
  const step = statement.step === null ? 1n : integer(yield* evaluateFully(evaluation, statement.step), statement.step);
  if (step <= 0n)
    throw new ScenarioFailure('WALK225', `the step is ${String(step)}; it has to be above 0`, statement.range);
  for (let at = from; at < to; at += step) {
    if (beginRound(context)) yield;
    yield* runBlock(inner(context, new Map<string, Value>([[statement.name, at]])), statement.body);
  }
}

function* runRepeat(context: StatementContext, statement: StatementOf<'repeat'>): KernelGenerator<void> {
  const times = yield* evaluateCount(context, statement.times, 'the number of rounds');
  for (let round = 0; round < times; round++) {
    if (beginRound(context)) yield;
    yield* runBlock(inner(context, new Map()), statement.body);
  }
}

function* runIf(context: StatementContext, statement: StatementOf<'if'>): KernelGenerator<void> {
  const holds = truth(yield* evaluateFully(evaluationOf(context), statement.condition), statement.condition);
  const block = holds ? statement.then : statement.else;
  if (block !== null) yield* runBlock(inner(context, new Map()), block);
}
