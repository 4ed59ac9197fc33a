/** Simulation while somebody types: bounded, to the end, and then gone. */
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { statementsIn } from '../scenario/named-files.ts';
import type { Assets } from '../scenario/program.ts';
import type { Diagnostic, Scenario, SourceRange, Statement } from '../scenario/scenario.ts';
import { Simulation } from './simulation.ts';
import { displayValue, hex64, type Value } from '../state/values.ts';
import type { Replayer } from '../state/replayer.ts';

export interface LiveLimits {
  /** Micro-steps of the whole file. */
  readonly steps: number;
  /** Statements and rounds of loops. */
  readonly statements: number;
}

export const liveLimits: LiveLimits = { steps: 2_000_000, statements: 100_000 };

export interface LiveResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What names were bound to, at the place where they were bound. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
  /** Why the simulation did not reach the end. */
  readonly cutShort?: string;
}

/** Runs the common part, then every test on a machine of its own. */
export function simulateForEditor(
  scenario: Scenario,
  kernel: Kernel,
  limits: LiveLimits,
  assets: Assets,
  replayer: Replayer | null = null,
): LiveResult {
  const diagnostics: Diagnostic[] = [];
  const values = new Map<string, { range: SourceRange; text: string }>();
  let cutShort: string | undefined;
  const tests = scenario.tests.length === 0 ? [undefined] : scenario.tests.map(({ name }) => name);
  for (const test of tests) {
    const created = Simulation.create({ scenario, kernel, assets, test, replayer, limits });
    if ('diagnostics' in created) return { diagnostics: created.diagnostics, values: [] };
    const { simulation } = created;
    while (simulation.advance({ kind: 'continue' }, limits.steps).reason !== 'end');
    for (const raised of simulation.world.script.diagnostics) {
      const found = inScenario(raised, scenario, replayer);
      // That the bound of simulation while typing was reached is no finding about the file.
      if (found.code === 'WALK220') cutShort = found.message;
      else if (!diagnostics.some((known) => isSame(known, found))) diagnostics.push(found);
    }
    const bound = simulation.bindings();
    const body = [...scenario.body, ...(scenario.tests.find(({ name }) => name === test)?.body ?? [])];
    collectValues(body, bound, values);
  }
  return { diagnostics, values: [...values.values()], ...(cutShort === undefined ? {} : { cutShort }) };
}

/** What happened inside a recording is told at the statement that replays it: its view is no file in an editor. */
function inScenario(found: Diagnostic, scenario: Scenario, replayer: Replayer | null): Diagnostic {
  const { file, line } = found.range;
  if (file === scenario.file || replayer === null) return found;
  const bodies = [scenario.body, ...scenario.tests.map(({ body }) => body)];
  const replay = bodies
    .flatMap((body) => [...statementsIn(body)])
    .find((statement) => statement.kind === 'replay' && replayer.begin(statement).steps[0]?.range.file === file);
  return replay === undefined
    ? found
    : { ...found, range: replay.range, message: `${found.message} (line ${String(line)} of ${file})` };
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
    if (statement.kind !== 'let') continue;
    const value = bound.get(statement.name);
    if (value === undefined) continue;
    const { range } = statement;
    const text = typeof value === 'bigint' ? `${hex64(value)} = ${String(value)}` : displayValue(value);
    values.set(`${String(range.line)}:${String(range.column)}`, { range, text });
  }
}
