/** What Pagewalk says of a scenario in the manual: it is checked and run as `pagewalk run` does, beside the examples. */
import path from 'node:path';
import { Guard } from '../../simulator/cli/guard.ts';
import { Printer } from '../../simulator/cli/printer.ts';
import { reportOf, runTests } from '../../simulator/cli/run-report.ts';
import { simulate } from '../../simulator/cli/simulate.ts';
import { InputError } from '../../simulator/files/input-error.ts';
import { readInputs } from '../../simulator/files/read-inputs.ts';
import { Workspace } from '../../simulator/files/workspace.ts';
import { defaultKernel, findKernel } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { RecordingReplayer } from '../../simulator/recording/replay/replayer.ts';
import { boundNames, boundsFrom, standardBounds, type Bounds } from '../../simulator/session/scenario/bounds.ts';
import type { Diagnostic } from '../../simulator/session/scenario/scenario.ts';
import { root } from '../tools/paths.ts';

const examples = path.join(root, 'examples');

/** `words` of the block's opening line may set bounds: `steps=1000`. */
export async function findingsOf(text: string, words: readonly string[] = []): Promise<readonly Diagnostic[]> {
  try {
    return await run(text, boundsIn(words));
  } catch (error) {
    if (error instanceof InputError) return [error.toDiagnostic()];
    throw error;
  }
}

function boundsIn(words: readonly string[]): Bounds {
  const set = new Map(words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]));
  for (const name of set.keys()) if (!boundNames.some((known) => known === name)) throw new Error(`no bound ${name}`);
  return boundsFrom('bounds', (name) => Number(set.get(name) ?? standardBounds[name]));
}

async function run(text: string, bounds: Bounds): Promise<readonly Diagnostic[]> {
  const { scenario, diagnostics } = parseScenario(text, path.join(examples, 'page.walk'), { bounds });
  if (scenario === null) return diagnostics;
  const inputs = await readInputs(scenario, new Workspace([examples]), bounds);
  if (inputs.problems.length > 0) return [...diagnostics, ...inputs.problems];
  const { recordings, assets } = inputs;
  const program = {
    scenario,
    kernel: findKernel(scenario.kernel?.name ?? '') ?? defaultKernel,
    machine: undefined,
    seed: undefined,
    limits: bounds,
    assets,
    replayer: recordings === null ? null : new RecordingReplayer(recordings),
  };
  const guard = new Guard(bounds);
  const printer = new Printer(true);
  const simulation = simulate(program, guard, () => undefined);
  if ('diagnostics' in simulation) return [...diagnostics, ...simulation.diagnostics];
  return reportOf(diagnostics, simulation, runTests(program, simulation, guard, printer)).diagnostics;
}
