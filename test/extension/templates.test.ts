import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { formatText } from '../../simulator/language/format-text.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { wholeKernels } from '../../simulator/kernels/registry.ts';
import { DapClient } from './support/dap-client.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'extension', 'templates');
const templates = globSync('*.walk', { cwd: folder }).sort();

describe('templates of new scenarios', () => {
  it('are those that New Scenario offers', () => {
    const source = readFileSync(path.join(folder, '..', 'guide', 'templates.ts'), 'utf8');
    const [, list = ''] = /const names = \[(.*)\]/.exec(source) ?? [];
    assert.deepEqual([...list.matchAll(/'([^']+)'/g)].map((match) => `${match[1] ?? ''}.walk`).sort(), templates);
  });

  for (const name of templates) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    const { scenario, diagnostics } = parseScenario(text, file);

    it(`${name} begins with its title and what it is about, is formatted, and has nothing to report`, () => {
      assert.match(text, /^\/\/ [A-Z][^:\n]+: [a-z][^\n]+\.\n/);
      assert.equal(formatText(text), text);
      assert.deepEqual(diagnostics, []);
    });

    const on = scenario?.kernel === null ? wholeKernels.map((kernel) => kernel.name) : [undefined];
    const tests = scenario?.tests.map((test) => test.name) ?? [];
    for (const kernel of on) {
      for (const test of [undefined, ...tests]) {
        it(`${[name, test, kernel].filter((part) => part !== undefined).join(', ')} runs green`, async () => {
          const client = new DapClient();
          try {
            const chosen = { ...(kernel === undefined ? {} : { kernel }), ...(test === undefined ? {} : { test }) };
            await client.launch(file, { noDebug: true, ...chosen });
            const { exitCode } = await client.event<{ exitCode: number }>('exited');
            assert.equal(exitCode, 0, client.output());
          } finally {
            client.dispose();
          }
        });
      }
    }
  }
});
