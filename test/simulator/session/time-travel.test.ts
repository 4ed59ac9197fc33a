import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import type { Position, Simulation } from '../../../simulator/session/moves/simulation.ts';
import { findingsOf, runToEnd, simulationOf } from './simulations.ts';

const places = ['(0,0)', '(0,1)', '(1,0)', '(1,1)'];

/** Statements of one process and its children that all can succeed, in any order. */
const statement = fc.oneof(
  fc
    .tuple(fc.nat(7), fc.integer({ min: 0, max: 255 }))
    .map(([page, value]) => `as shell { write(buf + ${String(page)} * 4096, ${String(value)}) }`),
  fc.nat(7).map((page) => `as helper { print read(buf + ${String(page)} * 4096) }`),
  fc.constantFrom(...places).map((place) => `as shell { fork(at: ${place}) }`),
  fc
    .integer({ min: 1, max: 4 })
    .map((pages) => `as helper { touch(mmap(${String(pages)} pages, rw), ${String(pages)} pages, w) }`),
  fc.nat(6).map((page) => `for i in 0..${String(page)} { as shell { write(buf + i * 4096, i) } }`),
  fc
    .nat(7)
    .map(
      (page) =>
        `parallel { as shell { write(buf + ${String(page)} * 4096, 1) } as helper { read(buf + ${String(page)} * 4096) } }`,
    ),
  fc.constant('explore up to 4 { as shell { write(buf, 1) } as helper { write(buf, 2) } }'),
  fc.constant('as shell { expect read(0x5000_0000) fails SEGV }'),
  fc.constant('expect count("segv") == 99'),
);

const scenario = fc
  .array(statement, { minLength: 1, maxLength: 8 })
  .map((body) =>
    [
      'process shell { code 1 pages data 1 pages }',
      'thread helper of shell at (1,0)',
      'let buf = shell.data',
      'as shell { let heap = mmap(8 pages, rw) print heap }',
      ...body,
    ]
      .join('\n')
      .replace('let buf = shell.data', 'let buf = 0x2000000'),
  );

/** Positions of every stop of stepping in from the beginning to the end. */
function positionsOf(text: string): Position[] {
  const simulation = simulationOf(text);
  const positions = [simulation.position];
  for (let count = 0; count < 20_000; count++) {
    const stop = simulation.advance({ kind: 'in' }, 100_000);
    if (stop.reason === 'end') return positions;
    if (stop.reason !== 'budget') positions.push(simulation.position);
  }
  throw new assert.AssertionError({ message: 'stepping does not end' });
}

/** By a statement; false at the beginning. */
function stepBack(simulation: Simulation): boolean {
  const way = simulation.reverse({ kind: 'over' });
  for (;;) {
    const { reason } = way.advance(100_000);
    if (reason !== 'budget') return reason !== 'entry';
  }
}

describe('session: time travel', () => {
  it('going back and forward again ends in the same world as running through', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (text, picks) => {
        const through = runToEnd(simulationOf(text));
        const travelled = runToEnd(simulationOf(text));
        const last = through.world.script.statements;
        for (const pick of picks) travelled.seek({ statement: pick % (last + 1), step: 0 });
        runToEnd(travelled, 7);
        assert.equal(worldDifference(through.world, travelled.world), null, text);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it('a position is the same world whether reached by stepping or by seeking', () => {
    fc.assert(
      fc.property(scenario, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), (text, picks) => {
        const positions = positionsOf(text);
        const seeking = runToEnd(simulationOf(text));
        const wanted = picks.map((pick) => pick % positions.length);
        for (const index of wanted) {
          const stepping = simulationOf(text);
          for (let count = 0; count < index;)
            if (stepping.advance({ kind: 'in' }, 100_000).reason !== 'budget') count++;
          seeking.seek(positions[index] as Position);
          assert.deepEqual(seeking.position, positions[index], text);
          assert.equal(
            worldDifference(stepping.world, seeking.world),
            null,
            `${text}\nat ${JSON.stringify(positions[index])}`,
          );
        }
      }),
      { seed: 11, numRuns: 25 },
    );
  });

  it('slices of any size, and stepping, end in the same world', () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 50 }), (text, budget) => {
        const through = runToEnd(simulationOf(text));
        const sliced = runToEnd(simulationOf(text), budget);
        assert.equal(worldDifference(through.world, sliced.world), null, text);
        const stepped = simulationOf(text);
        while (stepped.advance({ kind: 'in' }, 1000).reason !== 'end');
        assert.equal(worldDifference(through.world, stepped.world), null, text);
      }),
      { seed: 13, numRuns: 25 },
    );
  });

  it('the same finding many times over is the same wherever time went back to', () => {
    const text = 'repeat 200 { expect count("segv") == 1 }';
    const through = runToEnd(simulationOf(text));
    const travelled = runToEnd(simulationOf(text));
    travelled.seek({ statement: 150, step: 0 });
    assert.match(String(findingsOf(travelled)), / \(first in round 1, 148 more\)$/);
    assert.equal(worldDifference(through.world, runToEnd(travelled).world), null);
  });

  it('stepping back passes an exploration, whose `then` has statements of its own', () => {
    const simulation = runToEnd(
      simulationOf(`process shell { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw) write(a, 0) }
explore { as shell { write(a, 1) } as helper { write(a, 2) } } then { expect count("segv") == 0 as shell { read(a) } }
print 1`),
    );
    const lines: (number | undefined)[] = [];
    while (stepBack(simulation)) lines.push(simulation.stack(simulation.currentThreadId)[0]?.line);
    assert.deepEqual(lines, [6, 5, 4, 4, 4, 3, 2]);
  });

  it('stepping back from the end by statements comes to the beginning', () => {
    const simulation = runToEnd(
      simulationOf('process shell { code 0 data 0 }\nas shell {\n  let a = mmap(4096, rw)\n  write(a, 1)\n}'),
    );
    const seen: number[] = [];
    while (stepBack(simulation)) seen.push(simulation.position.statement);
    assert.deepEqual(seen, [3, 2, 1, 0]);
    assert.equal(simulation.kernel.processes().length, 0);
  });
});
