/** Second edition 13.3: functions that a file defines, called, stepped and travelled through. */
import { strict as assert } from 'node:assert';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { displayValue } from '../../../simulator/session/state/values.ts';
import { findingsOf, runToEnd, simulationOf } from './simulations.ts';

const p = 'process p { code 1 page data 1 page }\n';

function run(text: string): { readonly prints: string; readonly found: string } {
  const simulation = runToEnd(simulationOf(text));
  return {
    prints: simulation.world.script.prints.map((print) => print.text).join(' '),
    found: findingsOf(simulation).join('\n'),
  };
}

describe('a def', () => {
  const cases: readonly (readonly [text: string, prints: string])[] = [
    ['print twice(4) def twice(n) { return 2 * n }', '8'],
    [
      'def f(a, b = 10, c = a + b) { return a + b + c } print f(1), f(1, 2), f(1, c: 5), f(c: 1, a: 2, b: 3)',
      '22 6 16 6',
    ],
    ['def nothing() { } print nothing()', 'none'],
    ['def early(n) { if n > 2 { return "big" } return "small" } print early(3), early(1)', 'big small'],
    ['def fact(n) { if n < 2 { return 1 } return n * fact(n - 1) } print fact(10)', '3628800'],
    ['def fib(n) { if n < 2 { return n } return fib(n - 1) + fib(n - 2) } print fib(10)', '55'],
    ['var n = 0 def next() { n += 1 return n } print next() + next() * 10, n', '21 2'],
    // What stands before a call is evaluated before it.
    ['var n = 1 def bump() { n = 5 return 1 } print n, bump(), n + bump(), n', '1 1 6 5'],
    ['var n = 1 def bump() { n = 5 return 1 } def pair(a, b) { return [a, b] } print pair(n, bump())', '[1, 1]'],
    ['def f(x) { for i in 0..9 { repeat 3 { if i == x { return i } } } } print f(4)', '4'],
    ['def less(n) { return n < 3 } var i = 0 while less(i) { i += 1 } print i', '3'],
    ['def ends() { return [0, 3] } for i in ends()[0]..ends()[1] { print i }', '0 1 2'],
    ['def items() { return [7, 8] } for x in items() { print x }', '7 8'],
    ['def yes() { return true } if yes() and not (not yes()) { print 1 } else { print 2 }', '1'],
    ['def f() { return 1 } expect f() == 1 let a = f() var b = f() b += f() print a, b', '1 2'],
    ['var l = [1, 2, 3] def at() { return 1 } l[at()] += 10 print l', '[1, 12, 3]'],
    ['let a = 1 def f(a) { let b = a return b } let b = 9 print f(4), a, b', '4 1 9'],
    ['def f() { var i = 1 i += 1 return i } print f(), f()', '2 2'],
    ['def outer() { return inner() + 1 } def inner() { return 1 } print outer()', '2'],
    ['def F() { print "capital" } F()', 'capital'],
    ['def prot(x) { return x == rw } print prot(rw), prot(r)', 'true false'],
    [
      `${p}def fill(at, n) { for i in 0..n { write(at + i * 8, i) } }\nas p { fill(p.data, 4) print read(p.data + 16) }`,
      '2',
    ],
    [`${p}def touchAs() { as p { write(p.data, 3) } }\ntouchAs() as p { print read(p.data) }`, '3'],
    [`${p}def map() { return mmap(4096, rw) }\nas p { write(map(), 7) print region(map()).length }`, '4096'],
    // A def may end the thread that it runs as.
    [`${p}def stop() { exit(code: 3) }\nas p { stop() }\nprint p.alive`, 'false'],
  ];
  for (const [text, prints] of cases) {
    it(text, () => {
      assert.deepEqual(run(text), { prints, found: '' });
    });
  }

  it('is called inside blocks that are interleaved, as the thread of its block', () => {
    const text = `${p}process q { code 1 page data 1 page }
var n = 0
def add(k) { n = n + k return n }
def put(at, value) { write(at, value) return read(at) }
parallel { as p { add(1) let v = put(p.data, 4) print v } as q { add(1) print put(q.data, 5) } }`;
    const { prints, found } = run(text);
    assert.deepEqual([prints.split(' ').toSorted().join(' '), found], ['4 5', '']);
    const racing = text.replace(/parallel.*/, 'explore { as p { add(1) } as q { add(1) } } then { expect n == 2 }');
    assert.match(run(racing).found, /WALK227 .*expected n == 2, but n is 1/);
  });

  it('is refused where it calls itself without an end', () => {
    assert.match(run('def f(n) { return f(n + 1) } print f(0)').found, /WALK245 f is called too deeply: at most 64/);
    assert.equal(run('def f(n) { if n == 0 { return 0 } return f(n - 1) } print f(63)').prints, '0');
  });

  it('reports what fails inside of it, at its own line', () => {
    const simulation = runToEnd(simulationOf(`${p}def f() {\nread(8)\n}\nas p { f() }`));
    const [found] = simulation.world.script.diagnostics;
    assert.deepEqual([found?.code, found?.range.line], ['WALK202', 4]);
  });
});

describe('stepping among defs', () => {
  const text = `def inner(n) {
    let a = n + 1
    return a
}
def outer(n) {
    let b = inner(n) * 2
    return b
}
print 0
print outer(3)
print 9
`;
  const line = (simulation: Simulation): number | undefined => simulation.statement?.range.line;
  /** The text stands behind a line that names the kernel. */
  const own = (number: number): number => number + 1;

  function at(number: number): Simulation {
    const simulation = simulationOf(text);
    const lines = [{ id: 1, line: own(number) }];
    const stop = simulation.advance(
      { kind: 'continue', breakpoints: { lines, functions: [], exceptions: [] } },
      10_000,
    );
    assert.deepEqual([stop.reason, line(simulation)], ['breakpoint', own(number)]);
    return simulation;
  }

  it('goes over them, into them and out of them', () => {
    const over = at(10);
    over.advance({ kind: 'over' }, 10_000);
    assert.equal(line(over), own(11));
    const into = at(10);
    const lines: (number | undefined)[] = [];
    for (let steps = 0; steps < 8; steps++) {
      into.advance({ kind: 'in' }, 10_000);
      lines.push(line(into));
    }
    assert.deepEqual(
      lines,
      [6, 2, 3, 6, 7, 10, 11, undefined]
        .map((one) => (one === undefined ? one : own(one)))
        .slice(0, 7)
        .concat([undefined]),
    );
    const out = at(2);
    out.advance({ kind: 'out' }, 10_000);
    assert.equal(line(out), own(6));
    out.advance({ kind: 'out' }, 10_000);
    assert.equal(line(out), own(10));
    const within = at(2);
    within.advance({ kind: 'over' }, 10_000);
    assert.equal(line(within), own(3));
  });

  it('stops at a breakpoint on a caller once', () => {
    const simulation = at(6);
    const lines = [{ id: 1, line: own(6) }];
    const stop = simulation.advance(
      { kind: 'continue', breakpoints: { lines, functions: [], exceptions: [] } },
      10_000,
    );
    assert.equal(stop.reason, 'end');
  });

  it('shows a frame for each call, with what is bound there', () => {
    const simulation = at(3);
    const frames = simulation.stack(simulation.currentThreadId);
    assert.deepEqual(
      frames.map(({ def, line: where }) => [def, where]),
      [
        ['inner', own(3)],
        ['outer', own(6)],
        [undefined, own(10)],
      ],
    );
    const bound = frames.map(({ id }) =>
      [...simulation.bindings(id)].map(([name, value]) => `${name}=${displayValue(value)}`).join(' '),
    );
    assert.deepEqual(bound, ['n=3 a=4', 'n=3', '']);
  });

  it('comes to the same state forwards and backwards, at every statement', () => {
    const recursive = `${p}var n = 0\ndef put(at, k) { if k == 0 { return n } n += k write(at, n) return put(at + 8, k - 1) + 1 }\nas p { print put(p.data, 4) }\nprint n`;
    const forward = simulationOf(recursive);
    const positions = [forward.position];
    while (forward.advance({ kind: 'in' }, 1_000_000).reason !== 'end') {
      if (forward.position.step === 0) positions.push(forward.position);
    }
    const other = runToEnd(simulationOf(recursive));
    assert.equal(worldDifference(forward.world, other.world), null);
    assert.ok(positions.length > 20);
    for (const position of positions.toReversed()) {
      other.seek(position);
      const fresh = simulationOf(recursive);
      fresh.seek(position);
      assert.equal(worldDifference(other.world, fresh.world), null);
    }
  });
});
