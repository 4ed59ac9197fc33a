/** From a scenario and launch settings to a run that stands before its first statement. */
import { countOf } from '../../hardware/counters.ts';
import { createMachine } from '../../hardware/machine.ts';
import { type LaunchSettings, prepareProgram } from '../scenario/configuration.ts';
import { placeFiles } from '../scenario/program.ts';
import { noteAgent, noteThreads } from '../state/agents.ts';
import { KERNEL_AGENT } from '../statements/pending-statement.ts';
import type { Replayer } from '../state/replayer.ts';
import { createRun, type Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Diagnostic, Statement } from '../scenario/scenario.ts';
import { blockFrame, createScript } from '../state/script.ts';

export interface RunSettings extends LaunchSettings {
  /** Name of the test to run after the common part. */
  readonly test?: string | undefined;
  readonly replayer?: Replayer | null | undefined;
  /** Events are recorded from the kernel's boot on, for whoever listens before the first statement. */
  readonly isTraced?: boolean;
}

export interface Started {
  readonly run: Run;
  /** The common part, then the test's. */
  readonly statements: readonly Statement[];
}

export function startRun(settings: RunSettings): Started | { readonly diagnostics: readonly Diagnostic[] } {
  const { replayer = null } = settings;
  const prepared = prepareProgram(
    replayer === null ? settings : { memoryOf: (path) => replayer.need(path), ...settings },
  );
  if ('diagnostics' in prepared) return prepared;
  const { program } = prepared;
  const { scenario, kernel, config, options, assets, blocks } = program;
  try {
    const machine = createMachine(config);
    machine.trace.on = settings.isTraced === true;
    placeFiles(machine, scenario, assets);
    const script = createScript(blocks.numberOf(scenario.body), config.seed, scenario.mutexes);
    const test = scenario.tests.find(({ name }) => name === settings.test);
    if (test !== undefined) script.control.unshift(blockFrame(blocks.numberOf(test.body)));
    const kernelState = kernel.boot(machine, options);
    // A kernel that begins to count after its boot tells nothing of it either.
    if (machine.counters.names.every((name) => countOf(machine, name) === 0)) machine.trace.events = [];
    const world = { machine, kernelState, script };
    const run = createRun(program, world, settings.replayer ?? null);
    noteAgent(script, KERNEL_AGENT);
    noteThreads(script, run.kernel.threads());
    return { run, statements: [...scenario.body, ...(test?.body ?? [])] };
  } catch (error) {
    if (error instanceof ScenarioFailure) return { diagnostics: [error.toDiagnostic()] };
    throw error;
  }
}
