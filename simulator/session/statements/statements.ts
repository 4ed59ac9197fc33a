/** Statements that hold no others, each to its end as one activity. */
import { coreIndex } from '../../hardware/machine-config.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ProcessObject, ProgramImage, ThreadObject } from '../../kernels/kernel.ts';
import { performCall } from '../calls/calls.ts';
import { toKernel } from '../calls/convert.ts';
import { parseElf } from '../scenario/elf.ts';
import { evaluateFully, integer } from '../calls/evaluate.ts';
import { evaluationAt } from '../calls/begin-evaluation.ts';
import { lookUp } from '../calls/evaluation.ts';
import type { Evaluation, FailedDef, Scopes } from '../calls/evaluation.ts';
import { assign } from './assignment.ts';
import { checkExpectation, checkFailure, checkKill, settleExpectation } from './expectations.ts';
import { assetBytes, coreOfPlace, requirePartSize } from '../scenario/program.ts';
import type { Replayer } from '../state/replayer.ts';
import { addPrint } from '../state/output.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression, PlaceLiteral, SourceRange, Statement } from '../scenario/scenario.ts';
import { displayValue, kindOf } from '../state/values.ts';
import type { Value } from '../state/values.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

export interface StatementContext {
  readonly run: Run;
  readonly here: Activation;
  readonly scopes: Scopes;
  readonly isInterleaved: boolean;
  /** What the expressions of a statement that calls defs gave so far; null for any other statement. */
  readonly kept?: Map<Expression, Value> | null;
  /** The call of a def that ended with an error. */
  readonly failed?: FailedDef | null;
}

export function evaluationOf(context: StatementContext): Evaluation {
  const { run, here, scopes, isInterleaved, kept = null, failed = null } = context;
  return { ...evaluationAt(run, here, scopes, isInterleaved, kept), failed };
}

export function* executeStatement(context: StatementContext, statement: Statement): KernelGenerator<void> {
  const evaluation = evaluationOf(context);
  switch (statement.kind) {
    case 'process':
      return yield* createProcess(context, statement);
    case 'thread':
      return yield* createThread(context, statement);
    case 'let':
    case 'var':
      return yield* bindValue(context, statement);
    case 'assign':
      return yield* assign(evaluation, statement);
    case 'call':
      yield* performCall(evaluation, statement.call);
      return;
    case 'expect':
      return yield* settleExpectation(evaluation, statement, yield* checkExpectation(evaluation, statement));
    case 'expect-fails':
      return yield* settleExpectation(evaluation, statement, yield* checkFailure(evaluation, statement));
    case 'expect-kills':
      return yield* settleExpectation(evaluation, statement, yield* checkKill(evaluation, statement));
    case 'inject':
      return yield* inject(context, statement);
    case 'inject-clear':
      context.run.kernel.clearInjections();
      context.run.script.injections = [];
      return;
    case 'reserve':
      return yield* reserve(context, statement);
    case 'daemon':
      return switchDaemon(context, statement);
    case 'print':
      return yield* printValues(evaluation, statement);
    case 'dump':
      return dump(context, statement);
    case 'replay':
      return yield* replay(context, statement);
    default:
      throw new Error(`internal: ${statement.kind} is no simple statement`);
  }
}

function* createProcess(context: StatementContext, statement: StatementOf<'process'>): KernelGenerator<void> {
  const { run, here } = context;
  const { program, kernel } = run;
  const { name, range } = statement;
  const core =
    (yield* coreOfExpression(context, statement)) ??
    (statement.place === null ? coreIndex(program.config, 0, 0) : coreOfPlace(program.config, statement.place));
  const image = imageOf(run, statement);
  const imageCluster = program.imageClusters.get(`/bin/${name}`) ?? 0;
  const result = yield* onCore(run, here, { core, thread: null }, (inner) =>
    kernel.createProcess(inner, { name, core, image, imageCluster }),
  );
  if (typeof result === 'string')
    throw new ScenarioFailure('WALK205', `process ${name} could not be created: ${result}`, range);
  run.script.lastPlaces.set(name, range);
  bind(context, name, { kind: 'process', process: result });
}

/** Runs a part of a statement where it belongs: a process is made in its own cluster, a thread by its process. */
function* onCore<R>(
  run: Run,
  here: Activation,
  home: { readonly core: number; readonly thread: ThreadObject | null },
  body: (inner: Activation) => KernelGenerator<R>,
): KernelGenerator<R> {
  if (home.core === here.core && home.thread === here.activity.thread) return yield* body(here);
  const { engine, kernel } = run;
  const { core, thread } = home;
  kernel.activate(thread, core);
  const agent = thread?.name ?? here.activity.agent;
  const part = engine.spawn({ agent, core, owner: thread?.process.owner ?? 0, thread, line: here.activity.line }, body);
  here.activity.wait = {
    kind: 'condition',
    description: () => `its part on core ${String(core)}`,
    ready: () => part.state !== 'running',
  };
  yield;
  if (part.state === 'failed') throw part.error;
  return part.result as R;
}

function imageOf(run: Run, statement: StatementOf<'process'>): ProgramImage {
  if (statement.image.kind === 'sizes') {
    const { code, data } = statement.image;
    for (const [part, size] of [
      ['code', code],
      ['data', data],
    ] as const)
      requirePartSize(part, size, statement.range, run.program.bounds);
    return statement.image;
  }
  const { path } = statement.image;
  const image = parseElf(assetBytes(run.program.assets, path, statement.range));
  if (typeof image === 'string')
    throw new ScenarioFailure('WALK226', `${path} cannot be loaded: ${image}`, statement.range);
  return image;
}

function* createThread(context: StatementContext, statement: StatementOf<'thread'>): KernelGenerator<void> {
  const { run, here } = context;
  const { name, range } = statement;
  const given = statement.ofExpression;
  const process =
    given === undefined
      ? requireProcess(context, statement.of, range)
      : processOf(context, yield* evaluateFully(evaluationOf(context), given), statement.of, range);
  const core = (yield* coreOfExpression(context, statement)) ?? coreOfThread(run, process, statement.place);
  const main = run.kernel.mainThread(process);
  const home = { core: main?.core ?? coreIndex(run.program.config, process.cluster, 0), thread: main };
  const result = yield* onCore(run, here, home, (inner) => run.kernel.createThread(inner, { name, process, core }));
  if (typeof result === 'string')
    throw new ScenarioFailure('WALK205', `thread ${name} could not be created: ${result}`, range);
  run.script.lastPlaces.set(name, range);
  bind(context, name, { kind: 'thread', thread: result });
}

function coreOfThread(run: Run, process: ProcessObject, place: PlaceLiteral | null): number {
  const { config } = run.program;
  return place === null ? coreIndex(config, process.cluster, 0) : coreOfPlace(config, place);
}

export function requireProcess(
  context: Pick<StatementContext, 'run' | 'scopes'>,
  name: string,
  range: SourceRange,
): ProcessObject {
  return processOf(context, lookUp({ scopes: context.scopes } as Evaluation, name), name, range);
}

function processOf(
  context: Pick<StatementContext, 'run'>,
  value: Value | undefined,
  name: string,
  range: SourceRange,
): ProcessObject {
  const thread = value === undefined ? null : threadFor(context.run, value);
  if (thread !== null) return thread.process;
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'process')
    return value.process;
  throw new ScenarioFailure(
    'WALK224',
    value === undefined ? `there is no process ${name}` : `${name} is ${kindOf(value)}, not a process`,
    range,
  );
}

/** The thread that a value stands for: itself, or a process's main thread. */
export function threadFor(run: Run, value: Value): ThreadObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value.kind === 'thread') return value.thread;
  return value.kind === 'process' ? run.kernel.mainThread(value.process) : null;
}

export function bind(context: StatementContext, name: string, value: Value): void {
  const scope = context.scopes[0];
  if (scope === undefined) throw new Error('internal: no level for bindings');
  scope.set(name, value);
}

function* bindValue(context: StatementContext, statement: StatementOf<'let' | 'var'>): KernelGenerator<void> {
  const { name, value: expression } = statement;
  const value = yield* evaluateFully(evaluationOf(context), expression);
  if (expression.kind === 'call' && expression.callee === 'fork') nameChild(context.run, value, statement);
  bind(context, name, value);
}

/** A forked child takes the name of the binding. */
function nameChild(run: Run, value: Value, { name, range }: StatementOf<'let' | 'var'>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value.kind !== 'process') return;
  const main = run.kernel.mainThread(value.process);
  value.process.name = name;
  if (main !== null) main.name = name;
  run.script.lastPlaces.set(name, range);
}

/** Where a place that is no literal puts a process or thread; null where the statement has none. */
function* coreOfExpression(
  context: StatementContext,
  { placeExpression }: { readonly placeExpression?: Expression },
): KernelGenerator<number | null> {
  if (placeExpression === undefined) return null;
  const { cluster, core } = yield* evaluatePlace(context, placeExpression);
  return coreIndex(context.run.program.config, cluster, core);
}

function* evaluatePlace(
  context: StatementContext,
  expression: Expression,
): KernelGenerator<{ cluster: number; core: number }> {
  const value = yield* evaluateFully(evaluationOf(context), expression);
  return toKernel(context.run, value, { kind: 'place' }, 'at', expression.range) as { cluster: number; core: number };
}

export function* evaluateCount(
  context: StatementContext,
  expression: Expression,
  what: string,
): KernelGenerator<number> {
  const value = integer(yield* evaluateFully(evaluationOf(context), expression), expression);
  if (value >= 0n && value <= 2n ** 53n - 1n) return Number(value);
  throw new ScenarioFailure('WALK225', `${what} is ${value}; it cannot be negative or beyond 2^53`, expression.range);
}

function* inject(context: StatementContext, statement: StatementOf<'inject'>): KernelGenerator<void> {
  const { run } = context;
  const place = statement.place === null ? null : yield* evaluatePlace(context, statement.place);
  const after = statement.after === null ? 0 : yield* evaluateCount(context, statement.after, 'after');
  run.kernel.inject({ kind: statement.injection, cluster: place?.cluster ?? null, after });
  run.script.injections.push({ kind: statement.injection, range: statement.range });
}

function* reserve(context: StatementContext, statement: StatementOf<'reserve'>): KernelGenerator<void> {
  const { run } = context;
  const { kernel } = run;
  const count = yield* evaluateCount(context, statement.count, 'the number of frames');
  const { cluster } = yield* evaluatePlace(context, statement.place);
  const free = kernel.freeFrames(cluster);
  const frames = count > free ? null : kernel.reserveFrames(cluster, count);
  if (frames === null) {
    throw new ScenarioFailure('WALK204', `${count} frames cannot be reserved: ${free} are free there`, statement.range);
  }
  for (const ppn of frames) run.script.reserved.push(ppn);
}

function switchDaemon({ run, here }: StatementContext, statement: StatementOf<'daemon'>): void {
  const { kernel } = run;
  const daemons = Object.keys(kernel.daemons);
  if (kernel.setDaemon === undefined || !Object.hasOwn(kernel.daemons, statement.name)) {
    const known = daemons.length === 0 ? 'it has none' : `it has ${daemons.join(', ')}`;
    throw new ScenarioFailure('WALK224', `${kernel.name} has no daemon ${statement.name}; ${known}`, statement.range);
  }
  kernel.setDaemon(here.engine, statement.name, statement.on);
}

/** With a blank between. */
function* printValues(evaluation: Evaluation, statement: StatementOf<'print'>): KernelGenerator<void> {
  const parts: string[] = [];
  for (const value of [statement.value, ...(statement.more ?? [])])
    parts.push(displayValue(yield* evaluateFully(evaluation, value)));
  print(evaluation.run, parts.join(' '), statement);
}

function print(run: Run, text: string, statement: Statement): void {
  addPrint(run.script, text, statement.range, run.program.bounds);
}

function dump(context: StatementContext, statement: StatementOf<'dump'>): void {
  const { kernel } = context.run;
  const process = requireProcess(context, statement.process, statement.range);
  print(context.run, kernel.dump(process).replace(/\n$/, ''), statement);
}

export function requireReplayer({ replayer }: Run, { path, range }: { path: string; range: SourceRange }): Replayer {
  if (replayer !== null) return replayer;
  throw new ScenarioFailure('WALK226', `${path}: recordings cannot be replayed here`, range);
}

/** Inside a block that is interleaved: outside of one, its steps are statements. */
function* replay({ run, here }: StatementContext, statement: StatementOf<'replay'>): KernelGenerator<void> {
  yield* requireReplayer(run, statement).replay(run, here, statement);
}
