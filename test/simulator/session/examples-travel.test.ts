/** The examples, on their kernels: in slices, and after going back, they come to the same world. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { defaultKernel, findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { runToEnd } from './simulations.ts';

const folder = new URL('../../../examples/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.walk'));

describe('session: examples in slices and backwards', () => {
  for (const name of names.sort()) {
    it(name, () => {
      const { scenario } = parseScenario(readFileSync(new URL(name, folder), 'utf8'), name);
      assert.ok(scenario);
      const kernel = findKernel(scenario.kernel?.name ?? '') ?? defaultKernel;
      const tests = scenario.tests.length === 0 ? [undefined] : scenario.tests.map((test) => test.name);
      for (const test of tests) {
        const create = (): Simulation => {
          const created = Simulation.create({ scenario, kernel, assets: {}, test });
          assert.ok('simulation' in created);
          return created.simulation;
        };
        const through = runToEnd(create());
        assert.equal(worldDifference(through.world, runToEnd(create(), 97).world), null, 'in slices');
        const travelled = runToEnd(create());
        const { statements } = through.world.script;
        for (const statement of [statements - 1, Math.floor(statements / 2), 1, Math.floor((3 * statements) / 4)]) {
          travelled.seek({ statement, step: 0 });
          assert.equal(travelled.position.statement, statement);
        }
        const half = { statement: Math.floor(statements / 2), step: 3 };
        travelled.seek(half);
        runToEnd(travelled, 1013);
        assert.equal(worldDifference(through.world, travelled.world), null, 'after going back');
      }
    });
  }
});
