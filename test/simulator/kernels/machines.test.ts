/** Which kernel runs on which machine, for every pair of the tables. */
import { strict as assert } from 'node:assert';
import { pagingNames } from '../../../simulator/hardware/layouts/formats.ts';
import { presetNames, type Preset } from '../../../simulator/hardware/machine-config.ts';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { standardCatalogue } from '../../../simulator/language/standard-catalogue.ts';

/** What the text is told about its machine. */
function refusals(text: string): string[] {
  const { diagnostics } = parseScenario(text, 'machine.walk', { catalogue: standardCatalogue });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`);
}

describe('machines', () => {
  for (const { name, presets, pagings } of kernels) {
    const fits = (preset: Preset): boolean => presets.includes(preset);
    it(`${name} says what it runs on where a file asks for another machine`, () => {
      for (const preset of presetNames) {
        const told = refusals(`kernel ${name} machine ${preset}`);
        if (fits(preset)) assert.deepEqual(told, [], preset);
        else assert.deepEqual(told.map((line) => line.toLowerCase()), [`walk116 ${name} does not run on ${preset}; use ${presets.join(' or ')}.`]); // prettier-ignore
      }
    });
    it(`${name} says which page tables it knows`, () => {
      for (const paging of pagingNames) {
        const told = refusals(`kernel ${name} machine ${presets[0] as string} { paging ${paging} }`);
        if (pagings.includes(paging)) assert.deepEqual(told, [], paging);
        else
          assert.match(told.join(), new RegExp(`does not run with ${paging} page tables; use ${pagings.join(' or ')}`));
      }
    });
  }
});
