import { strict as assert } from 'node:assert';
import { liveBounds, type Bounds } from '../../../simulator/session/scenario/bounds.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { simulateForEditor, type LiveResult, type Watch } from '../../../simulator/session/moves/live.ts';
import { scenarioOf } from './statement-runner.ts';

function simulate(text: string, limits: Partial<Bounds> = {}): LiveResult {
  return simulateForEditor(scenarioOf(text), almosMkh, { ...liveBounds, ...limits }, {});
}

const shell = 'process shell { code 1 page data 0 }\n';
const findings = ({ diagnostics }: LiveResult): string[] =>
  diagnostics.map(({ code, range }) => `${code} ${String(range.line)}`);

describe('session: simulation while somebody types', () => {
  it('gives the findings, and what names were bound to where they were bound', () => {
    const result = simulate(`${shell}as shell {
    let a = mmap(4096, rw)
    let text = "abc"
    expect read(a) == 1
}
let n = 7`);
    assert.deepEqual(findings(result), ['WALK201 6']);
    const values = result.values.map(({ range, text }) => `${String(range.line)} ${text}`);
    assert.deepEqual(values, ['4 0x2000000 = 33554432', '5 abc', '8 0x7 = 7']);
  });

  it('says in whose words a finding is told, where the file names no kernel', () => {
    const { scenario } = parseScenario(`${shell}as shell { read(0) }`, 'unnamed.walk');
    assert.ok(scenario);
    const result = simulateForEditor(scenario, almosMkh, liveBounds, {});
    assert.match(result.diagnostics[0]?.message ?? '', /^SEGV .* \(on almos-mkh, the default kernel\)$/);
  });

  it('a finding of the common part comes once, those of tests each', () => {
    const result = simulate(`${shell}expect 1 == 2
test "one" { let a = 1 expect a == 2 }
test "two" { let b = 5 print b }
test "three" { expect 3 == 4 }`);
    assert.deepEqual(findings(result), ['WALK201 3', 'WALK201 4', 'WALK201 6']);
    assert.deepEqual(
      result.values.map(({ range, text }) => `${String(range.line)} ${text}`),
      ['4 0x1 = 1', '5 0x5 = 5'],
    );
  });

  it('a machine that cannot run is the only finding', () => {
    const scenario = scenarioOf('machine tsar { memory 16MiB }\nprint 1\ntest "a" { }');
    const { machine } = scenario;
    assert.ok(machine?.memory);
    const small = { ...scenario, machine: { ...machine, memory: { ...machine.memory, value: 4096 } } };
    const result = simulateForEditor(small, almosMkh, liveBounds, {});
    assert.deepEqual(findings(result), ['WALK222 2']);
  });

  it('a range far beyond what there is ends at its first refusal', () => {
    const result = simulate(`${shell}as shell { scan(shell.code, 1GiB, r, stride: 1) }`);
    assert.deepEqual(findings(result), ['WALK202 3']);
  });

  const endless = `${shell}thread helper of shell at (0,0,1)\n`;
  const bounded: readonly (readonly [what: string, text: string, bound: string, place: string])[] = [
    [
      'accesses',
      `${shell}as shell {\n    let a = mmap(4096, rw)\n    repeat 1_000_000 { write(a, 1) }\n}`,
      'statements',
      '5:24-35',
    ],
    ['rounds of an empty loop', 'print 1\nrepeat 1_000_000_000 { }', 'statements', '3:1-21'],
    ['rounds of a long loop', 'for i in 0..1_000_000_000 {\n    print i\n}', 'statements', '3:5-12'],
    [
      'rounds inside a block',
      `${shell}parallel {\n    as shell { repeat 1_000_000_000 { } }\n}`,
      'statements',
      '3:1-9',
    ],
    [
      'interleavings',
      `${endless}as shell { let a = mmap(4096, rw) }\nexplore up to 1_000_000 {\n    as shell { touch(a, 4096, w) }\n    as helper { touch(a, 4096, w) }\n}`,
      'steps',
      '5:1-24',
    ],
    [
      'an endless interleaving',
      `${endless}explore {\n    as shell { repeat 1_000_000_000 { } }\n    as helper { print 1 }\n}`,
      'statements',
      '4:1-8',
    ],
  ];
  for (const [what, text, bound, place] of bounded) {
    it(`is cut short: ${what}`, () => {
      const { diagnostics } = simulate(text, { steps: 20_000, statements: 5000 });
      // What an exploration had covered until then is told beside it, and how much was printed.
      const [cut, ...others] = diagnostics.filter(({ code }) => code !== 'WALK228' && code !== 'WALK242');
      assert.deepEqual(others, []);
      assert.ok(cut);
      assert.deepEqual([cut.code, cut.severity], ['WALK220', 'information']);
      assert.match(cut.message, /simulation while typing stopped after .*; run the file to see the rest/);
      assert.ok(cut.message.includes(`the bound of pagewalk.live.${bound}`), cut.message);
      const { line, column, endLine, endColumn } = cut.range;
      assert.equal(`${String(line)}:${String(column)}-${String(endColumn)}`, place);
      assert.equal(endLine, line);
    });
  }

  it('keeps what was found until a bound, and says in which round that was', () => {
    const result = simulate('expect 1 == 2\nlet n = 7\nfor i in 0..1_000_000 { expect i != 3 }', {
      steps: 20_000,
      statements: 1000,
    });
    assert.deepEqual(
      result.diagnostics.map(({ message }) => message),
      [
        'expected 1 == 2',
        'expected i != 3, but i is 3 (at i = 3)',
        'simulation while typing stopped after 1,000 statements, the bound of pagewalk.live.statements; run the file to see the rest (at i = 499)',
      ],
    );
    assert.deepEqual(
      result.values.map(({ text }) => text),
      ['0x7 = 7'],
    );
  });

  it('goes on with the next test where one is cut short', () => {
    const tests = 'test "one" { repeat 1_000_000 { print 1 } }\ntest "two" { expect 1 == 2 }';
    assert.deepEqual(findings(simulate(tests, { steps: 20_000, statements: 500 })), ['WALK220 2', 'WALK201 3']);
  });

  describe('watched', () => {
    const text = `expect 1 == 2
let n = 7
test "one" { expect 2 == 3 }
test "two" {
    for i in 0..1_000_000 {
        expect i < 5
    }
}
test "three" { expect 4 == 5 }`;
    const watched = (watch: Watch): LiveResult =>
      simulateForEditor(scenarioOf(text), almosMkh, liveBounds, {}, null, watch);

    it('ends where the watch says so, with what was found and where that was', () => {
      let asked = 0;
      const result = watched((cutHere) => (++asked === 30 ? cutHere('after so long') : null));
      const said = result.diagnostics.map(({ code, message, range }) => `${code} ${String(range.line)} ${message}`);
      assert.deepEqual(said.slice(0, 2), ['WALK201 2 expected 1 == 2', 'WALK201 4 expected 2 == 3']);
      assert.match(said[2] ?? '', /^WALK201 7 expected i < 5, but i is 5 \(first at i = 5, [\d,]+ more\)$/);
      assert.match(
        said[3] ?? '',
        /^WALK220 7 simulation while typing stopped after so long; run the file to see the rest; 1 more test has not run \(at i = \d+\)$/,
      );
      assert.equal(said.length, 4);
      assert.deepEqual(
        result.values.map(({ text: value }) => value),
        ['0x7 = 7'],
      );
    });

    it('is asked before an exploration, in which it may not be asked again', () => {
      const looked: string[] = [];
      const result = simulateForEditor(
        scenarioOf(`${endless}expect 1 == 2\nexplore { as shell { print 1 } as helper { print 2 } }\nexpect 2 == 3`),
        almosMkh,
        liveBounds,
        {},
        null,
        (cutHere, isLong) => {
          if (isLong) looked.push(...findings(cutHere('now')));
          return null;
        },
      );
      assert.deepEqual(looked, ['WALK201 4', 'WALK220 5']);
      assert.deepEqual(findings(result), ['WALK201 4', 'WALK228 5', 'WALK201 6']);
    });

    it('is not disturbed by a look at what was found so far', () => {
      const limits = { ...liveBounds, steps: 20_000, statements: 300 };
      const looks: LiveResult[] = [];
      const look: Watch = (cutHere) => {
        looks.push(cutHere('now'));
        return null;
      };
      const result = simulateForEditor(scenarioOf(text), almosMkh, limits, {}, null, look);
      assert.deepEqual(result, simulate(text, limits));
      assert.deepEqual(
        looks[0]?.diagnostics.map(({ code, range }) => [code, range.line]),
        [['WALK220', 2]],
      );
    });
  });
});
