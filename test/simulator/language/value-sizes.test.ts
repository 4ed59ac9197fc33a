/** Bindings that build on each other: looked at once each, and bounded in size, in the text and in the run. */
import { strict as assert } from 'node:assert';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { defaultKernel } from '../../../simulator/kernels/registry.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { diagnose, textAt } from './support.ts';

/** `let s1 = …` with the name of the binding before it in place of `#`. */
function chain(first: string, next: string, count: number): string {
  const lines = [`let s0 = ${first}`];
  for (let index = 1; index <= count; index++) {
    lines.push(`let s${String(index)} = ${next.replaceAll('#', `s${String(index - 1)}`)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What running the text finds wrong; the static checks must find nothing. */
function run(text: string): readonly Diagnostic[] {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk');
  assert.ok(scenario, diagnostics[0]?.message);
  const created = Simulation.create({ scenario, kernel: defaultKernel, assets: {} });
  assert.ok('simulation' in created);
  const { simulation } = created;
  simulation.advance({ kind: 'continue' }, 1_000_000);
  return simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error');
}

describe('long chains of bindings', () => {
  const chains: readonly (readonly [what: string, first: string, next: string])[] = [
    ['sums', '0', '# + #'],
    ['products', '0', '# * (# + 1)'],
    ['masks', '1', '# | # & #'],
    ['conditions', 'true', '# and not (# == #)'],
    ['aliases', 'pte(0)', '(#)'],
    ['members', 'pte(0)', '{ a: #, b: [] }.a'],
    ['texts', '""', '# + #'],
  ];
  for (const [what, first, next] of chains) {
    it(`of ${what}, each used twice by the next, are checked`, () => {
      assert.deepEqual(
        diagnose(`${chain(first, next, 3000)}print s3000`).map(({ code, message }) => `${code} ${message}`),
        [],
      );
    });
  }

  it('report the first operation that leaves the range', () => {
    const text = `${chain('1', '# + #', 70)}print s70`;
    const [found, second] = diagnose(text);
    assert.equal(found?.code, 'WALK130');
    assert.equal(textAt(text, found.range), 's63 + s63');
    assert.equal(second, undefined);
  });
});

describe('the size of a value', () => {
  it('is bounded where the text shows it', () => {
    const texts = `${chain('"ab"', '# + #', 40)}print s40`;
    const lists = `${chain('[1, 2, 3, 4]', '[#, #, #, #]', 13)}print s13`;
    const records = `${chain('{ a: 1, b: 2 }', '[{ a: #, b: # }]', 30)}print s30`;
    for (const [text, culprit, message] of [
      [
        texts,
        's19 + s19',
        /string would have 2,097,152 characters; a string may have at most 1,048,576\. .*pagewalk\.bounds\.stringLength/,
      ],
      [lists, '[s7, s7, s7, s7]', /list would have 349,524 elements; a list may have at most 100,000/],
      [records, /\{ a: s\d+, b: s\d+ \}/, /a list may have at most 100,000/],
    ] as const) {
      const found = diagnose(text);
      assert.deepEqual(
        found.map(({ code }) => code),
        ['WALK135'],
      );
      const at = textAt(text, (found[0] as Diagnostic).range);
      if (typeof culprit === 'string') assert.equal(at, culprit);
      else assert.match(at, culprit);
      assert.match(found[0]?.message ?? '', message);
    }
  });

  it('is bounded where only the run shows it', () => {
    // What an observation gives is unknown to the checks.
    const process = 'process p { code 1 page data 0 }\n';
    const texts = `${process}${chain('region(p.code, of: p).name + "x"', '# + #', 40)}print length(s40)`;
    assert.match(
      run(texts)[0]?.message ?? '',
      /string would have [\d,]+ characters; a string may have at most 1,048,576/,
    );
    const lists = `${chain('[1, 2, 3, 4]', '[[#, #, #, #]][0]', 13)}print length(s13)`;
    assert.match(run(lists)[0]?.message ?? '', /list would have too many elements; a list may have at most 100,000/);
    const records = `${chain('1', '[{ a: #, b: # }][0]', 30)}print s30.a`;
    assert.match(run(records)[0]?.message ?? '', /a list may have at most 100,000/);
    assert.deepEqual(run(`${process}${chain('region(p.code, of: p).name', '# + #', 3)}print length(s3)`), []);
  });
});
