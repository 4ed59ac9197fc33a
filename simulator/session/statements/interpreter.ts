/**
 * The one interpreter of statements. A statement that holds others is performed by evaluating its head and answering the block
 * to enter; who runs statements one after another (sequential.ts) and who interleaves them (interleaved.ts) keep the stack of
 * blocks, as data, and come back for the statement that is next in it.
 */
import type { KernelGenerator } from '../../execution/activation.ts';
import { principalValue } from '../calls/convert.ts';
import { evaluateFully, integer, truth } from '../calls/evaluate.ts';
import { DefCall } from '../calls/def-call.ts';
import { elementsOf } from '../calls/kernel-values.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Program } from '../scenario/program.ts';
import type { Expression, Statement } from '../scenario/scenario.ts';
import { callDepth, scopeOfRound, type Passage } from '../state/control.ts';
import { blockFrame, type ControlFrame } from '../state/script.ts';
import { kindOf, type Value } from '../state/values.ts';
import { threadOfValue } from './thread-lookup.ts';
import { evaluateCount, evaluationOf, executeStatement, type StatementContext } from './statements.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Performs a statement as the activity's thread, which stands in `control`. What it answers is where that leads. */
export function* performStatement(
  context: StatementContext,
  statement: Statement,
  control: readonly ControlFrame[],
): KernelGenerator<Passage> {
  return context.run.program.defs.isCaller(statement)
    ? yield* performPart(context, statement, control)
    : yield* performWhole(context, statement);
}

/** Up to the first def that it calls and that has not returned yet. */
function* performPart(
  context: StatementContext,
  statement: Statement,
  control: readonly ControlFrame[],
): KernelGenerator<Passage> {
  const { program } = context.run;
  const before = control.at(-1)?.values ?? new Map<number, Value>();
  const kept = new Map([...before].map(([number, value]) => [program.defs.at(number), value]));
  const failure = control.at(-1)?.failure ?? null;
  const failed = failure === null ? null : { call: program.defs.at(failure.call), error: failure.error };
  try {
    return yield* performWhole({ ...context, kept, failed }, statement);
  } catch (error) {
    if (!(error instanceof DefCall)) throw error;
    requireDepth(context, error, control);
    return enterDef(program, error, kept);
  }
}

export const DEEPEST_CALLS = 64;

function requireDepth(
  { run, isInterleaved }: StatementContext,
  { def, expression }: DefCall,
  control: readonly ControlFrame[],
): void {
  const depth = callDepth(control) + (isInterleaved ? callDepth(run.script.control) : 0);
  if (depth < DEEPEST_CALLS) return;
  const message = `${def.name} is called too deeply: at most ${String(DEEPEST_CALLS)} calls of defs may be inside each other`;
  throw new ScenarioFailure('WALK245', message, expression.calleeRange);
}

function enterDef(
  { blocks, defs }: Program,
  { def, expression, scope }: DefCall,
  kept: ReadonlyMap<Expression, Value>,
): Passage {
  const values = new Map<number, Value>();
  for (const [part, value] of kept) {
    const number = defs.numberOf(part);
    if (number !== undefined) values.set(number, value);
  }
  const call = defs.numberOf(expression);
  if (call === undefined) throw new Error(`internal: the call of ${def.name} has no number`);
  const frame = blockFrame(blocks.numberOf(def.body), { kind: 'def', name: def.name, scope, call });
  return { kind: 'calling', frame, values };
}

function* performWhole(context: StatementContext, statement: Statement): KernelGenerator<Passage> {
  switch (statement.kind) {
    case 'return': {
      const { value } = statement;
      return { kind: 'return', value: value === null ? null : yield* evaluateFully(evaluationOf(context), value) };
    }
    case 'fail':
      return { kind: 'fail', error: statement.error };
    case 'break':
    case 'continue':
      return statement.kind;
    case 'as':
      return yield* enterAs(context, statement);
    case 'on':
      return enterOn(context, statement);
    case 'for-list':
      return yield* enterList(context, statement);
    case 'while':
      return yield* enterWhile(context, statement);
    case 'for':
      return yield* enterFor(context, statement);
    case 'repeat':
      return yield* enterRepeat(context, statement);
    case 'if':
      return yield* enterIf(context, statement);
    default:
      yield* executeStatement(context, statement);
      return null;
  }
}

/** Of a thread that only calls can tell. */
function* enterAs(context: StatementContext, statement: StatementOf<'as'>): KernelGenerator<ControlFrame> {
  const { who, whoExpression, body, range } = statement;
  const { run } = context;
  if (whoExpression === undefined) throw new Error('internal: as NAME is entered by the script');
  const thread = threadOfValue(run, yield* evaluateFully(evaluationOf(context), whoExpression), who, range);
  return blockFrame(run.program.blocks.numberOf(body), { kind: 'as', thread });
}

/** What it binds belongs to the level around it, as with `as`. */
function enterOn(
  { run }: StatementContext,
  { kernels, then, else: otherwise }: StatementOf<'on'>,
): ControlFrame | null {
  const block = kernels.includes(run.kernel.name) ? then : otherwise;
  return block === null ? null : blockFrame(run.program.blocks.numberOf(block));
}

function* enterFor(context: StatementContext, statement: StatementOf<'for'>): KernelGenerator<ControlFrame | null> {
  const evaluation = evaluationOf(context);
  const at = integer(yield* evaluateFully(evaluation, statement.from), statement.from);
  const to = integer(yield* evaluateFully(evaluation, statement.to), statement.to);
  const step = statement.step === null ? 1n : integer(yield* evaluateFully(evaluation, statement.step), statement.step);
  if (step <= 0n) {
    const message = `the step is ${String(step)}; it has to be above 0`;
    throw new ScenarioFailure('WALK225', message, (statement.step ?? statement.to).range);
  }
  if (at >= to) return null;
  const scope = new Map<string, Value>([[statement.name, at]]);
  const block = context.run.program.blocks.numberOf(statement.body);
  return blockFrame(block, { kind: 'for', scope, name: statement.name, at, to, step });
}

function* enterList(
  context: StatementContext,
  statement: StatementOf<'for-list'>,
): KernelGenerator<ControlFrame | null> {
  const { name, list, body } = statement;
  const items = elementsOf(context.run, principalValue(yield* evaluateFully(evaluationOf(context), list)));
  if (!Array.isArray(items))
    throw new ScenarioFailure('WALK217', `a list is needed here, not ${kindOf(items)}`, list.range);
  if (items.length === 0) return null;
  const block = context.run.program.blocks.numberOf(body);
  const frame = blockFrame(block, { kind: 'for', name, items, to: BigInt(items.length), step: 1n });
  frame.scope = scopeOfRound(frame);
  return frame;
}

/** At the end of its block the statement is performed again. */
function* enterWhile(context: StatementContext, statement: StatementOf<'while'>): KernelGenerator<ControlFrame | null> {
  const { condition, body } = statement;
  if (!truth(yield* evaluateFully(evaluationOf(context), condition), condition)) return null;
  const block = context.run.program.blocks.numberOf(body);
  return blockFrame(block, { kind: 'while', scope: new Map<string, Value>() });
}

function* enterRepeat(
  context: StatementContext,
  statement: StatementOf<'repeat'>,
): KernelGenerator<ControlFrame | null> {
  const to = BigInt(yield* evaluateCount(context, statement.times, 'the number of rounds'));
  if (to === 0n) return null;
  const block = context.run.program.blocks.numberOf(statement.body);
  return blockFrame(block, { kind: 'repeat', scope: new Map<string, Value>(), at: 0n, to, step: 1n });
}

function* enterIf(context: StatementContext, statement: StatementOf<'if'>): KernelGenerator<ControlFrame | null> {
  const holds = truth(yield* evaluateFully(evaluationOf(context), statement.condition), statement.condition);
  const block = holds ? statement.then : statement.else;
  if (block === null) return null;
  return blockFrame(context.run.program.blocks.numberOf(block), { scope: new Map<string, Value>() });
}
