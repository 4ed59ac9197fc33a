import { innerBlocks } from './program.ts';
import type { Scenario, SourceRange, Statement } from './scenario.ts';

/** Files that a scenario names, by the paths as it writes them, each with the place that names it first. */
export interface NamedFiles {
  /** Images of programs and contents of files. */
  readonly files: ReadonlyMap<string, SourceRange>;
  readonly recordings: ReadonlyMap<string, SourceRange>;
}

/** They are read before a run, so that the simulation itself never waits for a disk. */
export function namedFiles(scenario: Scenario): NamedFiles {
  const files = new Map<string, SourceRange>();
  const recordings = new Map<string, SourceRange>();
  const note = (places: Map<string, SourceRange>, path: string, range: SourceRange): void => {
    if (!places.has(path)) places.set(path, range);
  };
  for (const { from, range } of scenario.files) if (from !== undefined) note(files, from, range);
  for (const statement of allStatements(scenario)) {
    const { range } = statement;
    if (statement.kind === 'process' && statement.image.kind === 'load') note(files, statement.image.path, range);
    if (statement.kind === 'replay') note(recordings, statement.path, range);
  }
  return { files, recordings };
}

/** The common part, every test's, def's and handler's. */
export function bodiesOf({ body, tests, defs, handlers }: Scenario): readonly (readonly Statement[])[] {
  return [body, ...tests.map((test) => test.body), ...[...defs, ...handlers].map((def) => def.body)];
}

/** Of all bodies, with those inside others. */
export function* allStatements(scenario: Scenario): Generator<Statement> {
  for (const body of bodiesOf(scenario)) yield* statementsIn(body);
}

/** In source order, each before those inside it. */
export function* statementsIn(body: readonly Statement[]): Generator<Statement> {
  for (const statement of body) {
    yield statement;
    for (const inner of innerBlocks(statement)) yield* statementsIn(inner);
  }
}
