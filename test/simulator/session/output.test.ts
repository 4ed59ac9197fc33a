import { strict as assert } from 'node:assert';
import { addPrint, createOutput, cutReason, moreLinesText } from '../../../simulator/session/state/output.ts';
import { runState } from '../../../simulator/inspect/state-json.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { type Bounds, standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { scenarioOf } from './statement-runner.ts';

const range = { file: 'a.walk', line: 3, column: 1, endLine: 3, endColumn: 9 };

describe('session: what a run prints', () => {
  it('is kept up to a number of lines, and counted from there', () => {
    const output = createOutput();
    const bounds = { ...standardBounds, output: 4, outputSize: 1000 };
    for (const text of ['one', 'two\nthree', 'four\nfive\nsix', 'seven', 'eight\nnine'])
      addPrint(output, text, range, bounds);
    assert.deepEqual(
      output.prints.map(({ text }) => text),
      ['one', 'two\nthree', 'four'],
    );
    assert.equal(moreLinesText(output), '… 5 more lines');
    assert.match(
      cutReason(output, bounds) ?? '',
      /^5 lines are not shown, from here on: a run keeps 4 lines .*--output,/,
    );
  });

  it('is kept up to a size, in whole lines', () => {
    const output = createOutput();
    const bounds = { ...standardBounds, output: 1000, outputSize: 10 };
    addPrint(output, '12345', range, bounds);
    addPrint(output, '123\n5\nand more', range, bounds);
    addPrint(output, 'x', range, bounds);
    assert.deepEqual(
      output.prints.map(({ text }) => text),
      ['12345', '123\n5'],
    );
    assert.equal(output.moreLines, 2);
    assert.match(cutReason(output, bounds) ?? '', /a run keeps 10 bytes of its output; .*--output-size,/);
  });

  it('is complete where there is room', () => {
    const output = createOutput();
    const bounds = { ...standardBounds, output: 2, outputSize: 3 };
    addPrint(output, 'a\nb', range, bounds);
    assert.deepEqual([moreLinesText(output), cutReason(output, bounds)], [null, null]);
  });

  const finished = (text: string, limits: Partial<Bounds>): Simulation => {
    const created = Simulation.create({ scenario: scenarioOf(text), kernel: almosMkh, assets: {}, limits });
    assert.ok('simulation' in created);
    while (created.simulation.advance({ kind: 'continue' }, 100_000).reason !== 'end');
    return created.simulation;
  };

  it('ends no run, and is told once, where the first line was not kept', () => {
    const text = 'print "before"\nfor i in 0..100 {\n  print i\n}\nexpect 1 == 1';
    const { kernel, world } = finished(text, { output: 10 });
    const { prints, diagnostics, expectations } = runState({ kernel, world });
    assert.deepEqual([prints.length, prints[0], prints[9], prints[10]], [11, 'before', '8', '… 91 more lines']);
    assert.equal(expectations.passed, 1);
    assert.deepEqual(
      diagnostics.map(({ code, severity, line }) => [code, severity, line]),
      [['WALK242', 'information', 4]],
    );
    assert.match(diagnostics[0]?.message ?? '', /^91 lines are not shown/);
  });

  it('includes what dump shows', () => {
    const text = 'process p { code 1 page data 0 }\ndump p\nprint "after"';
    const { prints, moreLines } = finished(text, { output: 2 }).world.script;
    assert.equal(prints.length, 1);
    assert.equal(prints[0]?.text.split('\n').length, 2);
    assert.ok(moreLines > 1);
  });
});
