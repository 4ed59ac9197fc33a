/** A statement means the same wherever it stands: by itself, or in a block that is interleaved with others. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

const threads = `process shell { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw)  write(a, 1) }
`;

interface Outcome {
  readonly found: readonly string[];
  readonly prints: readonly string[];
}

/** The statements stand on lines of their own, so that findings have the same places. */
function outcomeIn(before: string, statements: string, after: string): Outcome {
  const simulation = runToEnd(simulationOf(`${threads}${before}\n${statements}\n${after}`));
  const { diagnostics, prints } = simulation.world.script;
  return {
    found: diagnostics.map(({ code, message, range: { line, column, endLine, endColumn } }) =>
      [code, line, column, endLine, endColumn, message].join(' '),
    ),
    prints: prints.map(({ text }) => text),
  };
}

const alone = (statements: string): Outcome => outcomeIn('as shell {', statements, '}');
const interleaved = (statements: string): Outcome =>
  outcomeIn('parallel seed 1 { as shell {', statements, '} as helper { } }');

const cases: readonly (readonly [what: string, statements: string])[] = [
  ['a step that is not above 0', 'for i in 0..4 step count("oom") { print i }'],
  ['bounds that are no integers', 'for i in [none][0]..4 { print i }'],
  ['a negative number of rounds', 'repeat count("oom") - 1 { print 1 }'],
  ['too many rounds', 'repeat 0xFFFFFFFFFFFFFFFF { print 1 }'],
  ['a condition that is neither true nor false', 'if [a][0] { print 1 }'],
  ['no round', 'for i in 4..4 { print i }\nrepeat 0 { print 1 }'],
  [
    'rounds in rounds, and branches',
    'for i in 0..3 { repeat 2 { if i == 1 { print i } else if i == 2 { print "two" } } }',
  ],
  ['what a round binds', 'for i in 0..2 { let b = i * 2  if true { let c = b + 1  print c } }'],
  ['bounds with calls', 'for i in read(a)..read(a) + 2 step read(a) { print i }'],
  ['an expectation that fails', 'expect read(a) == 2'],
  ['a failing call', 'read(8)'],
  ['a call that should have failed', 'expect read(a) fails SEGV'],
  ['a thread that has ended', 'expect read(8) kills SEGV\nprint 1'],
  ['its own exit', 'exit()\nprint 1'],
  ['a failure after fewer than no operations', 'inject page-alloc fails after count("oom") - 1'],
];

describe('session: one interpreter', () => {
  for (const [what, statements] of cases) {
    it(`${what}: the same inside a block that is interleaved`, () => {
      const expected = alone(statements);
      assert.deepEqual(interleaved(statements), expected);
      assert.ok(expected.found.length + expected.prints.length > 0 || what === 'no round');
    });
  }

  it('a step is blamed by itself', () => {
    assert.match(interleaved('for i in 0..4 step count("oom") { }').found[0] ?? '', /^WALK225 6 20 6 32 the step is 0/);
  });

  for (const { name } of wholeKernels) {
    it(`after an exec the block goes on as the new image: ${name}`, () => {
      const simulation = runToEnd(
        simulationOfFile(`kernel ${name}
process one { code 4KiB data 4KiB }
process other { code 4KiB data 4KiB }
parallel seed 1 {
    as one { exec("/bin/other")  write(one.data, 5)  print read(one.data) }
    as other { read(other.data) }
}`),
      );
      assert.deepEqual(findingsOf(simulation), []);
      assert.deepEqual(
        simulation.world.script.prints.map(({ text: line }) => line),
        ['5'],
      );
    });
  }
});
