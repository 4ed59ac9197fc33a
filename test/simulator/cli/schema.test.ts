import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Guard } from '../../../simulator/cli/guard.ts';
import { load } from '../../../simulator/cli/load.ts';
import { simulate } from '../../../simulator/cli/simulate.ts';
import { runState, type RunState } from '../../../simulator/inspect/state-json.ts';
import { examples, pagewalk } from './pagewalk.ts';

const schemaFile = fileURLToPath(new URL('../../../simulator/inspect/run.schema.json', import.meta.url));
const ajv = new Ajv({ allErrors: true });
const isValid = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

function check(state: unknown): void {
  assert.ok(isValid(JSON.parse(JSON.stringify(state))), ajv.errorsText(isValid.errors));
}

async function stateOf(file: string): Promise<RunState> {
  const { program } = await load(file, {});
  assert.ok(program !== null);
  const simulation = simulate(program, new Guard(program.limits), () => undefined);
  assert.ok('world' in simulation);
  return runState({ kernel: simulation.kernel, world: simulation.world });
}

describe('the JSON Schema of a run', () => {
  const scenarios = globSync('*.walk', { cwd: examples }).sort();
  const recordings = globSync('recordings/*.layout.txt.gz', { cwd: examples }).sort();

  it('has examples to be held against', () => {
    assert.ok(scenarios.length >= 13);
    assert.equal(recordings.length, 5);
  });

  for (const name of [...scenarios, ...recordings]) {
    it(`fits ${name}, which is well`, async () => {
      const state = await stateOf(path.join(examples, name));
      check(state);
      assert.equal(state.ok, true);
    });
  }

  it('fits frames, tests and failures, and what could not run', async () => {
    const state = await stateOf(path.join(examples, 'cow-fork.walk'));
    const ppn = '0x1';
    check({ ...state, frames: [{ ppn, cluster: [0, 0], state: 'free', refs: 0 }], tests: [{ name: 'x', ok: true }] });
    const { stdout } = await pagewalk(['run', 'missing.walk', '--json']);
    check(JSON.parse(stdout));
  });

  it('refuses anything else', async () => {
    const state = await stateOf(path.join(examples, 'cow-fork.walk'));
    for (const wrong of [
      {},
      { ...state, version: 2 },
      { ...state, steps: -1 },
      { ...state, extra: 1 },
      { ...state, machine: { ...state.machine, mesh: [2] } },
      { ...state, processes: [{ ...state.processes[0], regions: [{ start: 4 }] }] },
      { ...state, kernel: undefined },
      { version: 1, ok: false, diagnostics: [] },
    ]) {
      assert.equal(isValid(JSON.parse(JSON.stringify(wrong))), false, JSON.stringify(wrong).slice(0, 80));
    }
  });
});
