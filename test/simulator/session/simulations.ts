/** Simulations of scenario texts on ALMOS-MKH, for tests of the session from outside. */
import { strict as assert } from 'node:assert';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { Simulation, type SimulationSettings } from '../../../simulator/session/moves/simulation.ts';
import { scenarioOf } from './statement-runner.ts';

export function simulationOf(text: string, settings: Partial<SimulationSettings> = {}): Simulation {
  const created = Simulation.create({ scenario: scenarioOf(text), kernel: almosMkh, assets: {}, ...settings });
  assert.ok(
    'simulation' in created,
    'diagnostics' in created ? created.diagnostics.map(({ message }) => message).join('\n') : '',
  );
  return created.simulation;
}

/** Of a whole file that names its kernel. */
export function simulationOfFile(text: string, settings: Partial<SimulationSettings> = {}): Simulation {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk');
  assert.ok(scenario, diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const kernel = findKernel(scenario.kernel?.name ?? '');
  assert.ok(kernel, 'the file names a kernel');
  const created = Simulation.create({ scenario, kernel, assets: {}, ...settings });
  assert.ok(
    'simulation' in created,
    'diagnostics' in created ? created.diagnostics.map(({ message }) => message).join('\n') : '',
  );
  return created.simulation;
}

/** Moves to the end in slices of `budget` micro-steps. */
export function runToEnd(simulation: Simulation, budget = 100_000): Simulation {
  for (let slices = 0; slices < 1_000_000; slices++) {
    if (simulation.advance({ kind: 'continue' }, budget).reason === 'end') return simulation;
  }
  throw new assert.AssertionError({ message: 'the simulation does not end' });
}

/** What a finished run found: `WALK201 …`. */
export function findingsOf(simulation: Simulation): string[] {
  return simulation.world.script.diagnostics.map(({ code, message }) => `${code} ${message}`);
}
