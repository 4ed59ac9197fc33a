/** The examples for a course: every test of every file, on every kernel that it names, and what their heads promise. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { kernelsOf, testsOn } from '../../../simulator/session/scenario/scenario-kernels.ts';
import { runToEnd } from './simulations.ts';

const folder = new URL('../../../examples/classroom/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.walk'));

/** What a file prints, in part: figures that its head explains. */
const printed: Readonly<Record<string, RegExp>> = {
  'first-touch.walk':
    /own part: \[0, 0, 0, 0\] together 0\n.*together 768\ninterleaved: \[192, 192, 192, 192\] together 768/,
  'page-table-printer.walk': /code and data\n0x00400000 -> frame 0x[0-9a-f]+ r-xu\n/,
  'tlb-reach.walk': /16 pages: \[\d+, 0, 0\] misses.*\n17 pages: \[\d+, [1-9]\d*, [1-9]\d*\]/,
  'walk-four-levels.walk': /^PML4 at 0x[0-9a-f]+ entry 32 = 0x[0-9a-f]{16}\nPDPT at .*\nPD at .*\nPT at /,
  'walk-two-levels.walk': /^directory 0x[0-9a-f]+ entry \d+ = 0x[0-9a-f]+\ntable /,
};

describe('examples for the classroom', () => {
  it('are there', () => {
    assert.ok(files.length >= 8, files.join(' '));
    for (const name of Object.keys(printed)) assert.ok(files.includes(name), name);
  });

  for (const name of files) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const { scenario, diagnostics } = parseScenario(text, name);

    it(`${name} is without findings, and its head says what to look for and what to try`, () => {
      assert.deepEqual(
        diagnostics.map(({ message }) => message),
        [],
      );
      assert.match(text, /^\/\/ .*\n\/\/\n(?:\/\/.*\n)*\/\/ Look for\n(?:\/\/.*\n)*\/\/ Try: /);
    });

    for (const kernelName of scenario === null ? [] : kernelsOf(scenario)) {
      for (const test of scenario?.tests.length === 0
        ? [undefined]
        : testsOn(scenario as never, kernelName).map((one) => one.name)) {
        it(`${name}: ${test ?? 'the whole'} on ${kernelName}`, () => {
          const kernel = findKernel(kernelName);
          assert.ok(kernel !== null && scenario !== null);
          const created = Simulation.create({ scenario, kernel, assets: {}, test });
          assert.ok('simulation' in created);
          const { script } = runToEnd(created.simulation).world;
          assert.deepEqual(
            script.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
            [],
          );
          assert.ok(script.passed + (test === undefined ? 0 : 1) > 0);
          assert.match(script.prints.map((print) => print.text).join('\n'), printed[name] ?? /^/);
        });
      }
    }
  }
});
