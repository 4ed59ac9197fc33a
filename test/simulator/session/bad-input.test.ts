/** Whatever is typed: it is checked and simulated within bounds, nothing throws, and what is said has a place in the text. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { defaultKernel, findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { simulateForEditor } from '../../../simulator/session/moves/live.ts';
import { liveBounds } from '../../../simulator/session/scenario/bounds.ts';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { cases, examples, mutated, sample } from './mutations.ts';

const limits = { ...liveBounds, steps: 20_000, statements: 500 };

function checkPlaces(text: string, diagnostics: readonly Diagnostic[]): void {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { code, message, range, related = [] } of diagnostics) {
    const said = `${code} ${message}`;
    assert.notEqual(code, 'WALK215', said);
    assert.ok(message.length > 0 && !/undefined|\[object|NaN/.test(message), said);
    for (const place of [range, ...related.map((one) => one.range)]) {
      if (place.file !== 'test.walk') continue;
      assert.ok(place.line >= 1 && place.line <= lines.length, `${said}: line ${String(place.line)}`);
      assert.ok(place.column >= 1 && place.column <= (lines[place.line - 1] as string).length + 1, `${said}: column`);
      assert.ok(place.endLine >= place.line, said);
    }
  }
}

function isUnknownBinding(text: string, message: string): boolean {
  const name = /nothing has the name (\S+)/.exec(message)?.[1];
  return name !== undefined && new RegExp(`\\b(let|process|thread|for|named)\\s+${name}\\b`).test(text);
}

function check(text: string): void {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk');
  checkPlaces(text, diagnostics);
  assert.equal(
    scenario === null,
    diagnostics.some(({ severity }) => severity === 'error'),
  );
  if (scenario !== null) {
    const kernel = findKernel(scenario.kernel?.name ?? '') ?? defaultKernel;
    const live = simulateForEditor(scenario, kernel, limits, {}).diagnostics;
    checkPlaces(text, live);
    // What the text binds where the checks accept it, the run knows.
    const unknown = live.find(({ message }) => isUnknownBinding(text, message));
    assert.equal(unknown, undefined, unknown?.message);
  }
}

describe('bad input', () => {
  it('the examples themselves pass', () => {
    for (const text of examples) check(text);
  });

  it('examples with tokens and lines lost, doubled, swapped or made absurd', () => {
    fc.assert(fc.property(mutated(examples), check), { seed: sample.seed, numRuns: sample.runs(150) });
  });

  it('cases of the kernels’ own functions, likewise', () => {
    fc.assert(fc.property(mutated(cases), check), { seed: sample.seed, numRuns: sample.runs(150) });
  });
});
