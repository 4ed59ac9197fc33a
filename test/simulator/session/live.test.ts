import { strict as assert } from 'node:assert';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import {
  liveLimits,
  simulateForEditor,
  type LiveLimits,
  type LiveResult,
} from '../../../simulator/session/moves/live.ts';
import { scenarioOf } from './statement-runner.ts';

function simulate(text: string, limits: LiveLimits = liveLimits): LiveResult {
  return simulateForEditor(scenarioOf(text), almosMkh, limits, {});
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
    assert.equal(result.cutShort, undefined);
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
    const result = simulateForEditor(small, almosMkh, liveLimits, {});
    assert.deepEqual(findings(result), ['WALK222 2']);
  });

  it('a range far beyond what there is ends at its first refusal', () => {
    const result = simulate(`${shell}as shell { scan(shell.code, 1GiB, r, stride: 1) }`);
    assert.deepEqual([findings(result), result.cutShort], [['WALK202 3'], undefined]);
  });

  const bounded: readonly (readonly [what: string, text: string, bound: RegExp])[] = [
    ['accesses', `${shell}as shell { let a = mmap(4096, rw) repeat 1_000_000 { write(a, 1) } }`, /5,000 statements/],
    ['rounds of an empty loop', 'repeat 1_000_000_000 { }', /statements|micro-steps/],
    ['rounds inside a block', `${shell}parallel { as shell { repeat 1_000_000_000 { } } }`, /statements|micro-steps/],
    [
      'interleavings',
      `${shell}thread helper of shell at (0,0,1)\nas shell { let a = mmap(4096, rw) }\nexplore up to 1_000_000 { as shell { touch(a, 4096, w) } as helper { touch(a, 4096, w) } }`,
      /micro-steps/,
    ],
    [
      'an endless interleaving',
      `${shell}thread helper of shell at (0,0,1)\nexplore { as shell { repeat 1_000_000_000 { } } as helper { print 1 } }`,
      /statements|micro-steps/,
    ],
  ];
  for (const [what, text, bound] of bounded) {
    it(`is cut short: ${what}`, () => {
      const result = simulate(text, { steps: 20_000, statements: 5000 });
      assert.match(result.cutShort ?? '', bound);
      assert.deepEqual(
        findings(result).filter((found) => !found.startsWith('WALK228')),
        [],
      );
    });
  }
});
