/** Every scenario on the manual's pages about the second edition runs without a finding, on the kernels that it names. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { defaultKernel, findKernel } from '../../../simulator/kernels/registry.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { kernelsOf, testsOn } from '../../../simulator/session/scenario/scenario-kernels.ts';
import { runToEnd } from './simulations.ts';

const pages = ['changing-values', 'translation', 'mutexes', 'several-kernels'];

describe('scenarios on the pages of the second edition', () => {
  for (const page of pages) {
    const text = readFileSync(new URL(`../../../docs/language/${page}.md`, import.meta.url), 'utf8');
    for (const [index, [, block = '']] of [...text.matchAll(/```walk\n([\s\S]*?)```/g)].entries()) {
      it(`${page}, block ${String(index + 1)}`, () => {
        const { scenario, diagnostics } = parseScenario(block, 'block.walk');
        assert.deepEqual(
          diagnostics.map(({ message }) => message),
          [],
        );
        assert.ok(scenario);
        for (const name of kernelsOf(scenario).length === 0 ? [defaultKernel.name] : kernelsOf(scenario)) {
          const kernel = findKernel(name);
          assert.ok(kernel);
          const tests = scenario.tests.length === 0 ? [undefined] : testsOn(scenario, name).map((test) => test.name);
          for (const test of tests) {
            const created = Simulation.create({ scenario, kernel, assets: {}, test });
            assert.ok('simulation' in created);
            const { script } = runToEnd(created.simulation).world;
            const grave = script.diagnostics.filter(({ severity }) => severity !== 'information');
            assert.deepEqual(
              grave.map(({ message }) => message),
              [],
            );
          }
        }
      });
    }
  }
});
