import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { formatText } from '../../simulator/language/format-text.ts';
import { DapClient } from './support/dap-client.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'examples');
const examples = globSync('*.walk', { cwd: folder }).sort();

describe('examples', () => {
  it('are there', () => {
    assert(examples.length >= 12);
  });

  for (const name of examples) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    const tests = parseScenario(text, file).scenario?.tests ?? [];

    it(`${name} opens with what to look for, and is formatted`, () => {
      assert.match(text, /^\/\/ .+\n\/\/\n\/\/ Look for\n\/\/ {2}- /);
      assert.equal(formatText(text), text);
    });

    for (const test of [undefined, ...tests.map((one) => one.name)]) {
      it(`${name} ${test === undefined ? '' : `"${test}" `}runs green`, async () => {
        const client = new DapClient();
        try {
          await client.launch(file, { noDebug: true, ...(test === undefined ? {} : { test }) });
          const { exitCode } = await client.event<{ exitCode: number }>('exited');
          assert.equal(exitCode, 0, client.output());
          assert.match(client.output(), /expectations: [1-9]\d* met, 0 failed/);
        } finally {
          client.dispose();
        }
      });
    }
  }
});
