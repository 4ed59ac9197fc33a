/** Every scenario there is to run: the conformance cases on their kernels, the examples on theirs, or on all where they name none. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { findKernel, kernels } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { RecordingReplayer } from '../../simulator/recording/replay/replayer.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';
import { loadExample } from '../simulator/recording/recordings.ts';

export interface ScenarioFile {
  readonly name: string;
  readonly kernel: Kernel;
  /** A simulation of each test, or of the file where there are none. */
  readonly simulations: () => Iterable<{ readonly test: string | undefined; readonly simulation: Simulation }>;
}

export function scenarioFiles(): ScenarioFile[] {
  const cases = filesIn(import.meta.dirname, '*/*.walk');
  const examples = filesIn(path.join(import.meta.dirname, '../../examples'), '*.walk');
  return [...cases, ...examples].flatMap(({ name, text }) =>
    kernelsOf(text, name).map((kernel) => fileOn(name, text, kernel)),
  );
}

function filesIn(folder: string, pattern: string): { readonly name: string; readonly text: string }[] {
  const names = globSync(pattern, { cwd: folder }).sort();
  return names.map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));
}

function kernelsOf(text: string, name: string): readonly Kernel[] {
  const named = parseScenario(text, name).scenario?.kernel?.name;
  const kernel = named === undefined ? null : findKernel(named);
  return kernel === null ? kernels : [kernel];
}

function fileOn(name: string, text: string, kernel: Kernel): ScenarioFile {
  return {
    name: `${name} on ${kernel.name}`,
    kernel,
    simulations: function* () {
      const { scenario } = parseScenario(text, name, { kernel: kernel.name });
      if (scenario === null) throw new Error(`${name} does not parse`);
      const tests = scenario.tests.length === 0 ? [undefined] : scenario.tests.map((test) => test.name);
      for (const test of tests) {
        const replayer = new RecordingReplayer(loadExample);
        const created = Simulation.create({ scenario, kernel, assets: {}, test, replayer });
        // A machine that the file names may be none of this kernel's.
        if ('simulation' in created) yield { test, simulation: created.simulation };
      }
    },
  };
}
