/** Statements inside `parallel` and `explore`: a block runs as one activity, so its nesting is the generator's own. */
import type { Frame, KernelGenerator } from '../../execution/frame.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { evaluateFully, integer, truth } from '../calls/evaluate.ts';
import { AtStatement, microStep, type Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { evaluateCount, evaluationOf, executeStatement, type Execution } from './statements.ts';
import type { Value } from '../state/values.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Runs statements one after another as the activity's thread; each begins with a micro-step. */
export function* runBlock(execution: Execution, statements: readonly Statement[]): KernelGenerator<void> {
  const { run, here } = execution;
  for (const statement of statements) {
    here.activity.line = statement.range.line;
    here.label = AtStatement.before;
    if (microStep(run, here)) yield;
    here.label = AtStatement.begun;
    requireRunnable(run, here, statement);
    run.script.lastPlaces.set(here.activity.agent, statement.range);
    yield* runStatement(execution, statement);
  }
}

function requireRunnable(run: Run, here: Frame, { range }: Statement): void {
  const thread = here.activity.thread as ThreadObject | null;
  if (thread !== null && !thread.alive)
    throw new ScenarioFailure('WALK210', `${thread.name} has ended: no statement can run as it`, range);
  if (run.machine.panic !== null)
    throw new ScenarioFailure('WALK209', `the kernel has panicked (${run.machine.panic})`, range);
}

function* runStatement(execution: Execution, statement: Statement): KernelGenerator<void> {
  switch (statement.kind) {
    case 'for':
      return yield* runFor(execution, statement);
    case 'repeat':
      return yield* runRepeat(execution, statement);
    case 'if':
      return yield* runIf(execution, statement);
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
      return yield* executeStatement(execution, statement);
  }
}

function inner(execution: Execution, scope: Map<string, Value>): Execution {
  return { ...execution, scopes: [scope, ...execution.scopes] };
}

/** A round counts as a step of the run, but there is nothing in it for others to see. */
function beginRound({ run, here }: Execution): boolean {
  const isWanted = microStep(run, here);
  here.activity.isAtomic = true;
  return isWanted;
}

function* runFor(execution: Execution, statement: StatementOf<'for'>): KernelGenerator<void> {
  const evaluation = evaluationOf(execution);
  const from = integer(yield* evaluateFully(evaluation, statement.from), statement.from);
  const to = integer(yield* evaluateFully(evaluation, statement.to), statement.to);
  const step = statement.step === null ? 1n : integer(yield* evaluateFully(evaluation, statement.step), statement.step);
  if (step <= 0n)
    throw new ScenarioFailure('WALK225', `the step is ${String(step)}; it has to be above 0`, statement.range);
  for (let at = from; at < to; at += step) {
    if (beginRound(execution)) yield;
    yield* runBlock(inner(execution, new Map<string, Value>([[statement.name, at]])), statement.body);
  }
}

function* runRepeat(execution: Execution, statement: StatementOf<'repeat'>): KernelGenerator<void> {
  const times = yield* evaluateCount(execution, statement.times, 'the number of rounds');
  for (let round = 0; round < times; round++) {
    if (beginRound(execution)) yield;
    yield* runBlock(inner(execution, new Map()), statement.body);
  }
}

function* runIf(execution: Execution, statement: StatementOf<'if'>): KernelGenerator<void> {
  const holds = truth(yield* evaluateFully(evaluationOf(execution), statement.condition), statement.condition);
  const block = holds ? statement.then : statement.else;
  if (block !== null) yield* runBlock(inner(execution, new Map()), block);
}
