/** Second edition 13.2: lists, text, chance, and expectations with a label. */
import { strict as assert } from 'node:assert';
import { findingsOf, runToEnd, simulationOf } from './simulations.ts';

function run(text: string, seed?: number): { readonly prints: string[]; readonly found: string } {
  const machine = seed === undefined ? '' : `machine tsar { seed ${String(seed)} }\n`;
  const simulation = runToEnd(simulationOf(machine + text));
  return {
    prints: simulation.world.script.prints.map((print) => print.text),
    found: findingsOf(simulation).join('\n'),
  };
}

describe('lists and text', () => {
  const values: readonly (readonly [expression: string, printed: string])[] = [
    ['[1, 2] + [3]', '[1, 2, 3]'],
    ['[] + []', '[]'],
    ['length([4, 5])', '2'],
    ['contains([1, [2]], [2])', 'true'],
    ['contains([1, "2"], 2)', 'false'],
    ['contains("abc", "bc")', 'true'],
    ['index([5, 6, 6], 6)', '1'],
    ['index([5], 6)', 'none'],
    ['sum([])', '0'],
    ['sum([1, -2, 10])', '9'],
    ['min([3, -1, 2])', '-1'],
    ['max([3, -1, 2])', '3'],
    ['"n = " + 4 + ", " + [1, "x"] + true + none', 'n = 4, [1, "x"]truenone'],
    ['"a" + "b"', 'ab'],
    ['hex(0)', '0x0'],
    ['hex(0xABC)', '0xabc'],
    ['hex(0xABC, digits: 8)', '0x00000abc'],
    ['hex(0x12345, digits: 2)', '0x12345'],
    ['hex(0xFFFFFFFFFFFFFFFF)', '0xffffffffffffffff'],
    ['1, "and", [2]', '1 and [2]'],
  ];
  for (const [expression, printed] of values) {
    it(expression, () => {
      assert.deepEqual(run(`print ${expression}`), { prints: [printed], found: '' });
    });
  }

  const failing: readonly (readonly [text: string, message: RegExp])[] = [
    ['print min([])', /WALK217 the list is empty: it has no min/],
    ['print max([])', /WALK217 the list is empty: it has no max/],
    ['print sum([1, "a"])', /WALK217 sum takes a list of integers, and a string is in it/],
    ['print sum([0xFFFFFFFFFFFFFFFF, 1])', /WALK216 sum: .*leaves the range/],
    ['print hex(-1)', /WALK217 hex takes a number that is not negative/],
    ['print [1, 2][2]', /WALK218 there is no element 2/],
    ['print random(0)', /WALK225 random\(0\): the number of values is at least 1/],
    ['var l = [1] repeat 20 { l = l + l } print length(l)', /WALK240 The list would have too many elements/],
  ];
  for (const [text, message] of failing) {
    it(`fails: ${text}`, () => {
      assert.match(run(text).found, message);
    });
  }
});

describe('random', () => {
  const draw = 'var l = [] repeat 40 { l = l + [random(6)] } print l';

  it('gives the same numbers from the same seed, others from another one, all of them below N', () => {
    const [first] = run(draw, 3).prints;
    assert.equal(run(draw, 3).prints[0], first);
    assert.notEqual(run(draw, 4).prints[0], first);
    const simulation = runToEnd(
      simulationOf('var seen = [] for i in 0..200 { seen = seen + [random(3)] } print min(seen), max(seen)'),
    );
    assert.deepEqual(
      simulation.world.script.prints.map(({ text }) => text),
      ['0 2'],
    );
  });

  it('has a stream of its own: the machine’s chance goes on as without it', () => {
    const before = simulationOf('print 1');
    const after = simulationOf('print random(100)');
    assert.deepEqual(
      runToEnd(after).world.machine.memory.u32.slice(0, 16),
      runToEnd(before).world.machine.memory.u32.slice(0, 16),
    );
  });

  it('draws again after a step back as it drew before', () => {
    const simulation = runToEnd(simulationOf('let a = random(1000000)\nlet b = random(1000000)\nprint a, b'));
    const [first] = simulation.world.script.prints.map(({ text }) => text);
    simulation.seek({ statement: 1, step: 0 });
    assert.equal(runToEnd(simulation).world.script.prints[0]?.text, first);
  });
});

describe('the label of an expectation', () => {
  const p = 'process p { code 1 page data 1 page }\nprocess q { code 1 page data 1 page }\n';
  const labelled: readonly (readonly [statement: string, message: RegExp])[] = [
    ['expect 1 == 2, "ones are equal"', /WALK201 ones are equal: expected 1 == 2/],
    ['as p { expect write(p.data, 1) fails SEGV, "data is read-only" }', /WALK206 data is read-only: expected write/],
    ['as p { expect read(0) fails BUS, "null" }', /WALK207 null: expected read\(0\) to fail with BUS/],
    ['as p { expect read(p.data) kills SEGV, "dies" }', /WALK206 dies: expected read/],
    ['expect parallel { as p { } as q { } } fails DEADLOCK, "they block"', /WALK206 they block: expected the blocks/],
    ['expect explore { as p { } as q { } } fails DEADLOCK, "never"', /WALK206 never: expected an interleaving/],
  ];
  for (const [statement, message] of labelled) {
    it(statement, () => {
      assert.match(run(p + statement).found, message);
    });
  }

  it('says nothing of one that holds', () => {
    assert.doesNotMatch(run(`${p}expect 1 == 1, "same" as p { expect read(0) fails SEGV, "null" }`).found, /same|null/);
  });
});
