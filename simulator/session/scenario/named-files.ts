import { innerBlocks } from './program.ts';
import type { Scenario, Statement } from './scenario.ts';

/** Files that a scenario names, by the paths as they are written there. */
export interface NamedFiles {
  /** Images of programs and contents of files. */
  readonly files: ReadonlySet<string>;
  readonly recordings: ReadonlySet<string>;
}

/** They are read before a run, so that the simulation itself never waits for a disk. */
export function namedFiles(scenario: Scenario): NamedFiles {
  const files = new Set<string>();
  const recordings = new Set<string>();
  for (const { from } of scenario.files) if (from !== undefined) files.add(from);
  for (const statement of allStatements(scenario)) {
    if (statement.kind === 'process' && statement.image.kind === 'load') files.add(statement.image.path);
    if (statement.kind === 'replay') recordings.add(statement.path);
  }
  return { files, recordings };
}

/** Of the common part and of every test, with those inside others. */
function* allStatements(scenario: Scenario): Generator<Statement> {
  yield* statementsIn(scenario.body);
  for (const { body } of scenario.tests) yield* statementsIn(body);
}

/** In source order, each before those inside it. */
export function* statementsIn(body: readonly Statement[]): Generator<Statement> {
  for (const statement of body) {
    yield statement;
    for (const inner of innerBlocks(statement)) yield* statementsIn(inner);
  }
}
