/** Simulation while somebody types: bounded, to the end, and then gone. */
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { boundedRun, liveAdvice, liveBounds, type Bounds } from '../scenario/bounds.ts';
import { statementsIn } from '../scenario/named-files.ts';
import type { Assets } from '../scenario/program.ts';
import { diagnostic } from '../scenario/scenario-failure.ts';
import type { Diagnostic, Scenario, SourceRange, Statement } from '../scenario/scenario.ts';
import { inRounds } from '../state/findings.ts';
import type { Replayer } from '../state/replayer.ts';
import { displayValue, hex64, type Value } from '../state/values.ts';
import { Simulation } from './simulation.ts';
import { noBreaks, type StepRequest } from './stop.ts';

export interface LiveResult {
  /** Where a bound ended the simulation, a remark at the statement that it had reached is among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** What names were bound to, at the place where they were bound. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
}

/** What was found so far, with a remark at the statement that is next: there `reason` would end the simulation. */
export type CutHere = (reason: string) => LiveResult;

/**
 * Asked before every statement outside interleaved blocks and again and again inside long ones; a result ends the simulation.
 * `isLong`: before a statement in which it may not be asked again.
 */
export type Watch = (cutHere: CutHere, isLong: boolean) => LiveResult | null;

/** So many micro-steps pass at the most between two questions to whoever watches. */
const SLICE = 5000;

/** Runs the common part, then every test on a machine of its own. */
export function simulateForEditor(
  scenario: Scenario,
  kernel: Kernel,
  limits: Bounds,
  assets: Assets,
  replayer: Replayer | null = null,
  watch: Watch = () => null,
): LiveResult {
  const findings = new LiveFindings(scenario, replayer);
  const tests = scenario.tests.length === 0 ? [undefined] : scenario.tests.map(({ name }) => name);
  for (const [index, test] of tests.entries()) {
    const created = Simulation.create({
      scenario,
      kernel,
      isDefaultKernel: scenario.kernel === null,
      assets,
      test,
      replayer,
      limits,
      goesBack: false,
    });
    if ('diagnostics' in created) return { diagnostics: created.diagnostics, values: [] };
    const { simulation } = created;
    const cutHere: CutHere = (reason) => findings.cut(simulation, test, reason, tests.length - index - 1);
    const result = runWatched(simulation, (isLong) => watch(cutHere, isLong));
    if (result !== null) return result;
    findings.add(simulation, test);
  }
  return findings.result();
}

/** To its end, which is null, or to a result of the watch. */
function runWatched(simulation: Simulation, look: (isLong: boolean) => LiveResult | null): LiveResult | null {
  let result = look(false);
  const atStatement = (): boolean => {
    result = look(simulation.statement?.kind === 'explore');
    return result !== null;
  };
  const request: StepRequest = { kind: 'continue', breakpoints: { ...noBreaks, watch: atStatement } };
  while (result === null && simulation.advance(request, SLICE).reason !== 'end') result ??= look(false);
  return result;
}

/** Of the parts of a file that have run, each finding and each value once. */
class LiveFindings {
  private readonly scenario: Scenario;
  private readonly replayer: Replayer | null;
  private readonly diagnostics: Diagnostic[] = [];
  private readonly values = new Map<string, { range: SourceRange; text: string }>();

  constructor(scenario: Scenario, replayer: Replayer | null) {
    this.scenario = scenario;
    this.replayer = replayer;
  }

  result(): LiveResult {
    return { diagnostics: [...this.diagnostics], values: [...this.values.values()] };
  }

  add(simulation: Simulation, test: string | undefined): void {
    for (const raised of simulation.world.script.diagnostics) {
      const found = this.inScenario(raised);
      // That a bound of simulation while typing was reached is no fault of the file.
      this.addFinding(found.code === 'WALK220' ? { ...found, severity: 'information' } : found);
    }
    const own = this.scenario.tests.find(({ name }) => name === test)?.body ?? [];
    collectValues([...this.scenario.body, ...own], simulation.bindings(), this.values);
  }

  /** As if it ended where the simulation stands; what comes after it is not disturbed. */
  cut(simulation: Simulation, test: string | undefined, reason: string, testsLeft: number): LiveResult {
    const soFar = new LiveFindings(this.scenario, this.replayer);
    soFar.diagnostics.push(...this.diagnostics);
    for (const [key, value] of this.values) soFar.values.set(key, value);
    soFar.add(simulation, test);
    const left =
      testsLeft === 0 ? '' : `; ${String(testsLeft)} more test${testsLeft === 1 ? ' has' : 's have'} not run`;
    const message = inRounds(`${boundedRun(liveBounds)} stopped ${reason}; ${liveAdvice}${left}`, simulation.rounds);
    const range = (simulation.statement ?? this.scenario.body[0])?.range ?? soFar.start;
    soFar.addFinding(soFar.inScenario(diagnostic('WALK220', 'information', message, range)));
    return soFar.result();
  }

  private get start(): SourceRange {
    return { file: this.scenario.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }

  private addFinding(found: Diagnostic): void {
    if (!this.diagnostics.some((known) => isSame(known, found))) this.diagnostics.push(found);
  }

  private get bodies(): readonly (readonly Statement[])[] {
    return [this.scenario.body, ...this.scenario.tests.map(({ body }) => body)];
  }

  /** What happened inside a recording is told at the statement that replays it: its view is no file in an editor. */
  private inScenario(found: Diagnostic): Diagnostic {
    const { replayer, scenario } = this;
    const { file, line } = found.range;
    if (file === scenario.file || replayer === null) return found;
    const replay = this.bodies
      .flatMap((body) => [...statementsIn(body)])
      .find((statement) => statement.kind === 'replay' && replayer.begin(statement).steps[0]?.range.file === file);
    return replay === undefined
      ? found
      : { ...found, range: replay.range, message: `${found.message} (line ${String(line)} of ${file})` };
  }
}

function isSame(left: Diagnostic, right: Diagnostic): boolean {
  return (
    left.code === right.code &&
    left.message === right.message &&
    left.range.line === right.range.line &&
    left.range.column === right.range.column
  );
}

function collectValues(
  statements: readonly Statement[],
  bound: ReadonlyMap<string, Value>,
  values: Map<string, { range: SourceRange; text: string }>,
): void {
  for (const statement of statements) {
    if (statement.kind === 'as') collectValues(statement.body, bound, values);
    if (statement.kind !== 'let' && statement.kind !== 'var') continue;
    const value = bound.get(statement.name);
    if (value === undefined) continue;
    const { range } = statement;
    const text = typeof value === 'bigint' ? `${hex64(value)} = ${String(value)}` : displayValue(value);
    const when = statement.kind === 'var' ? ' at the end' : '';
    values.set(`${String(range.line)}:${String(range.column)}`, { range, text: text + when });
  }
}
