/** Second edition 13.2: values that change, and the loops around them. */
import { strict as assert } from 'node:assert';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { findingsOf, runToEnd, simulationOf } from './simulations.ts';

const p = 'process p { code 1 page data 1 page }\n';

function prints(text: string): string[] {
  const simulation = runToEnd(simulationOf(text));
  assert.deepEqual(
    simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  return simulation.world.script.prints.map((print) => print.text);
}

function failure(text: string): string {
  return findingsOf(runToEnd(simulationOf(text, { limits: { statements: 1000 } }))).join('\n');
}

describe('a var', () => {
  const assigned: readonly (readonly [text: string, printed: string])[] = [
    ['var a = 1 a = 2 print a', '2'],
    ['var a = 1 a += 4 a -= 2 a *= 7 a /= 2 print a', '10'],
    ['var a = 13 a %= 8 a |= 8 a &= 12 a ^= 1 print a', '13'],
    ['var a = 3 a <<= 4 a >>= 1 print a', '24'],
    ['var a = "x" a += "y" print a', 'xy'],
    ['var a = 1 a = "text" print a', 'text'],
    ['var a = 1 if true { a = 2 } print a', '2'],
    ['var a = 0 for i in 0..5 { a += i } print a', '10'],
    ['var a = [1, 2, 3] a[1] = 7 a[2] += 4 print a', '[1, 7, 7]'],
    // Lists are values: the other one keeps its elements.
    ['var a = [1, 2] var b = a a[0] = 9 b[1] = 8 print a print b', '[9, 2]\n[1, 8]'],
    ['let b = [1, 2] var a = b a[0] = 5 a[1] = 6 print b print a', '[1, 2]\n[5, 6]'],
    ['var a = [1, 2] var b = [a, a] a[0] = 9 print b', '[[1, 2], [1, 2]]'],
    ['var a = 2\na = a + 1 var X = a X = X * 2 print X', '6'],
    ['var size = 1 size = 2 var at = [1] at[0] = 3 print size print at', '2\n[3]'],
  ];
  for (const [text, printed] of assigned) {
    it(text, () => {
      assert.deepEqual(prints(text), printed.split('\n'));
    });
  }

  it('is changed for all who see it, in and outside of blocks', () => {
    const text = `${p}var n = 0\nas p { n += 1 if n == 1 { n += 1 } }\nprint n`;
    assert.deepEqual(prints(text), ['2']);
  });

  const failing: readonly (readonly [text: string, message: RegExp])[] = [
    ['var a = [1, 2] a[2] = 3 print a', /WALK218 there is no element 2: the length is 2/],
    ['var a = [1, 2] for i in 0..1 { a[i - 1] = 3 } print a', /WALK218 there is no element -1: the length is 2/],
    ['var a = none a = 18446744073709551615 a += 1 print a', /WALK216 .*leaves the range/],
    ['var a = none if true { a = 3 } a[0] = 1 print a', /WALK217 only the elements of a list can be changed/],
  ];
  for (const [text, message] of failing) {
    it(`fails: ${text}`, () => {
      assert.match(failure(text), message);
    });
  }

  it('evaluates an index once', () => {
    const text = `${p}as p { let at = mmap(4096, rw) var a = [1, 2] a[read(at)] += 4 print a print count("access") }`;
    assert.deepEqual(prints(text), ['[5, 2]', '1']);
  });
});

describe('loops', () => {
  const loops: readonly (readonly [text: string, printed: string])[] = [
    ['var n = 0 while n < 3 { print n n += 1 }', '0 1 2'],
    ['while 1 > 2 { print 1 } print 9', '9'],
    ['for x in [3, 1, 2] { print x }', '3 1 2'],
    ['for x in [] { print x } print 9', '9'],
    // The list is taken once.
    ['var l = [1, 2] for x in l { l = [7] print x }', '1 2'],
    ['for i in 0..9 { if i == 2 { continue } if i == 4 { break } print i }', '0 1 3'],
    ['var n = 0 while true { n += 1 if n % 2 == 0 { continue } if n > 6 { break } print n }', '1 3 5'],
    ['repeat 3 { repeat 3 { print 1 break } print 2 }', '1 2 1 2 1 2'],
    ['for x in [1, 2] { for y in [3, 4] { if y == 3 { continue } print x * 10 + y } }', '14 24'],
    [`${p}for i in 0..3 { as p { if i == 1 { continue } print i } }`, '0 2'],
    [`${p}for i in 0..3 { as p { if i == 1 { break } print i } } print 9`, '0 9'],
    ['var n = 0 while n < 2 { let twice = n * 2 print twice n += 1 }', '0 2'],
  ];
  for (const [text, printed] of loops) {
    it(text, () => {
      assert.deepEqual(prints(text).join(' '), printed);
    });
  }

  it('that never ends stops at the bound on statements, empty or not', () => {
    for (const text of ['while 1 == 1 { }', 'var n = 0 while 1 == 1 { n += 1 if n < 0 { break } }'])
      assert.match(failure(text), /WALK220 simulation stopped after 1,000 statements/);
  });

  it('name the element in the finding of a round', () => {
    assert.match(failure('for x in ["a", "b"] { expect x == "a" }'), /WALK201 .*\(at x = b\)/);
  });
});

describe('in blocks that are interleaved, a var', () => {
  const racing = (body: string): string =>
    `${p}process q { code 1 page data 1 page }\nvar n = 0\nexplore { as p { ${body} } as q { ${body} } } then { expect n == 2 }`;

  it('is read and changed in a micro-step each, so an update can be lost', () => {
    for (const body of ['n += 1', 'n = n + 1'])
      assert.match(failure(racing(body)), /WALK227 .*expected n == 2, but n is 1/);
  });

  it('is changed in one micro-step', () => {
    const text = `${p}process q { code 1 page data 1 page }\nvar n = 0\nexplore { as p { n = 1 } as q { n = 2 } } then { expect n == 2 }`;
    assert.match(failure(text), /WALK227 interleaving 2 fails: expected n == 2, but n is 1/);
  });

  it('of a block’s own takes no micro-steps of its own', () => {
    const text = `${p}process q { code 1 page data 1 page }\nexplore { as p { var a = 1 a += 1 a += a } as q { var b = 1 } }`;
    // Four statements, one micro-step each, and none beside them.
    assert.match(failure(text), /WALK228 4 of 4 interleavings covered/);
  });
});

describe('time travel through variables', () => {
  it('comes to the same state forwards and backwards, at every statement', () => {
    const text = `${p}var n = 0 var l = [0, 0, 0]\nas p {\n  let a = mmap(16KiB, rw)\n  while n < 3 { l[n] = read(a + n * 4096) + n n += 1 if n == 2 { continue } write(a, n) }\n}\nfor x in l { print x }`;
    const forward = simulationOf(text);
    const worlds = [];
    for (;;) {
      worlds.push(forward.position);
      if (forward.advance({ kind: 'over' }, 1_000_000).reason === 'end') break;
    }
    const other = runToEnd(simulationOf(text));
    assert.equal(worldDifference(forward.world, other.world), null);
    for (const position of worlds.toReversed()) {
      other.seek(position);
      const fresh = simulationOf(text);
      fresh.seek(position);
      assert.deepEqual(
        [...other.bindings()].map(([name]) => name),
        [...fresh.bindings()].map(([name]) => name),
      );
      assert.equal(worldDifference(other.world, fresh.world), null);
    }
  });
});
