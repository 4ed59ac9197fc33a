/** Runs the statements of a scenario text one by one on ALMOS-MKH, straight on the session's statement layer. */
import { strict as assert } from 'node:assert';
import { coreIndex } from '../../../simulator/hardware/machine-config.ts';
import { createMachine } from '../../../simulator/hardware/machine.ts';
import type { ThreadObject } from '../../../simulator/kernels/kernel.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { prepareProgram, type LaunchSettings } from '../../../simulator/session/scenario/configuration.ts';
import { placeFiles, type Program } from '../../../simulator/session/scenario/program.ts';
import { createRun, settle, type Run } from '../../../simulator/session/state/run.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import type { Scenario, Statement } from '../../../simulator/session/scenario/scenario.ts';
import { createScript } from '../../../simulator/session/state/script.ts';
import { executeStatement, threadFor } from '../../../simulator/session/statements/statements.ts';

export function scenarioOf(text: string): Scenario {
  const { scenario, diagnostics } = parseScenario(`kernel almos-mkh\n${text}`, 'test.walk');
  assert.ok(scenario, diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return scenario;
}

export function prepared(text: string, settings: Partial<LaunchSettings> = {}): Program {
  const preparation = prepareProgram({ scenario: scenarioOf(text), kernel: almosMkh, assets: {}, ...settings });
  assert.ok('program' in preparation, JSON.stringify('diagnostics' in preparation ? preparation.diagnostics : null));
  return preparation.program;
}

/** Boots and runs everything; a ScenarioFailure that stops a statement is thrown on. */
export function runText(text: string, settings: Partial<LaunchSettings> = {}): Run {
  const run = bootText(text, settings);
  runAll(run, run.program.scenario.body, null);
  return run;
}

export function bootText(text: string, settings: Partial<LaunchSettings> = {}): Run {
  const program = prepared(text, settings);
  const machine = createMachine(program.config);
  placeFiles(machine, program.scenario, program.assets);
  const kernelState = program.kernel.boot(machine, program.options);
  return createRun(program, {
    machine,
    kernelState,
    script: createScript(program.blocks.numberOf(program.scenario.body)),
  });
}

function runAll(run: Run, statements: readonly Statement[], thread: ThreadObject | null): void {
  for (const statement of statements) {
    if (statement.kind === 'as') {
      const who = run.script.globals.get(statement.who);
      const inner = who === undefined ? null : threadFor(run, who);
      assert.ok(inner, `no thread ${statement.who}`);
      runAll(run, statement.body, inner);
    } else runOne(run, statement, thread);
  }
}

function runOne(run: Run, statement: Statement, thread: ThreadObject | null): void {
  const { engine, script } = run;
  const options = {
    agent: thread?.name ?? 'kernel',
    core: thread?.core ?? coreIndex(run.program.config, 0, 0),
    owner: thread?.process.owner ?? 0,
    thread,
    line: statement.range.line,
  };
  const activity = engine.spawn(options, (here) =>
    executeStatement({ run, here, scopes: [script.globals], isInterleaved: false }, statement),
  );
  while (engine.activities.length > 0) assert.notEqual(engine.advance().kind, 'deadlock');
  settle(run);
  if (activity.state === 'failed') throw activity.error;
}

/** What the statements print, in order. */
export function printsOf(text: string): string[] {
  return runText(text).script.prints.map((print) => print.text);
}

/** The failure that stops a text. */
export function failureOf(text: string): ScenarioFailure {
  try {
    runText(text);
  } catch (error) {
    if (error instanceof ScenarioFailure) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: `nothing failed in: ${text}` });
}
