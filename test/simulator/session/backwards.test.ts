/** Moves backwards come to the stops that the moves forwards make, every one of them, and say the same. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { defaultKernel, findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import {
  comparePositions,
  noBreaks,
  type Breaks,
  type StepKind,
  type Stop,
} from '../../../simulator/session/moves/stop.ts';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { runToEnd, simulationOf } from './simulations.ts';

interface Seen {
  readonly position: string;
  readonly stop: Stop;
}

const ENOUGH = 1_000_000;

function positionOf({ position }: Simulation): string {
  return `${String(position.statement)}:${String(position.step)}`;
}

/** Every stop of a kind of move, from the beginning, the beginning itself included. */
function forwards(simulation: Simulation, kind: StepKind, breakpoints: Breaks = noBreaks): Seen[] {
  const seen: Seen[] = [];
  let isFirst = true;
  for (;;) {
    const stop = simulation.advance({ kind, breakpoints, isFirst }, ENOUGH);
    if (stop.reason === 'budget') continue;
    if (stop.reason === 'end') return seen;
    seen.push({ position: positionOf(simulation), stop });
    isFirst = false;
  }
}

/** One move backwards; null at the beginning. */
function back(simulation: Simulation, kind: StepKind, breakpoints: Breaks = noBreaks): Seen | null {
  const way = simulation.reverse({ kind, breakpoints });
  for (;;) {
    const stop = way.advance(ENOUGH);
    if (stop.reason === 'entry') return null;
    if (stop.reason !== 'budget') return { position: positionOf(simulation), stop };
  }
}

function backwards(simulation: Simulation, kind: StepKind, breakpoints: Breaks = noBreaks): Seen[] {
  const seen: Seen[] = [];
  for (let one = back(simulation, kind, breakpoints); one !== null; one = back(simulation, kind, breakpoints))
    seen.push(one);
  return seen.reverse();
}

function assertSame(forward: readonly Seen[], backward: readonly Seen[]): void {
  assert.ok(forward.length > 0);
  const text = (seen: readonly Seen[]): string[] => seen.map((one) => JSON.stringify(one));
  assert.deepEqual(text(backward), text(forward));
}

function exampleNamed(name: string): () => Simulation {
  const text = readFileSync(new URL(`../../../examples/${name}.walk`, import.meta.url), 'utf8');
  const { scenario } = parseScenario(text, name);
  assert.ok(scenario);
  const kernel = findKernel(scenario.kernel?.name ?? '') ?? defaultKernel;
  return () => {
    const created = Simulation.create({ scenario, kernel, assets: {} });
    assert.ok('simulation' in created);
    return created.simulation;
  };
}

const everything: Breaks = {
  ...noBreaks,
  exceptions: (['page-fault', 'cow-fault', 'segv', 'oom', 'expectation'] as const).map((filter) => ({ filter })),
};

/** One of each kernel, and those with servers, interleavings and a deadlock. */
const examples = [
  'cow-fork',
  'haiku-cache-chain',
  'lunaix-remote-write',
  'vm-region-nesting',
  'rpc-deadlock',
  'explore-race',
  'distributed-data',
] as const;

describe('session: backwards', () => {
  for (const name of examples) {
    it(`${name}: every stop of the micro-steps forwards is one backwards`, () => {
      const create = exampleNamed(name);
      const simulation = create();
      const forward = forwards(simulation, 'instruction', everything);
      assertSame(forward, backwards(simulation, 'instruction', everything));
    });

    it(`${name}: a run backwards stops where the run forwards did`, () => {
      const simulation = exampleNamed(name)();
      const { functions } = simulation.kernel;
      const breakpoints: Breaks = {
        ...everything,
        functions: functions.map(({ info }, id) => ({ id, name: info.name })),
      };
      const forward = forwards(simulation, 'continue', breakpoints);
      assertSame(forward, backwards(simulation, 'continue', breakpoints));
    });
  }

  const text = `process shell { code 1 page data 0 }
thread helper of shell at (0,0,1)
as shell {
    let a = mmap(2 pages, rw)
    touch(a, 2 pages, w)
}
parallel seed 3 {
    as shell { write(a, 5) read(a + 4096) }
    as helper { read(a + 4096) read(a) }
}
as helper { read(a) }
`;

  it('the world is the one of the way forward', () => {
    const there = simulationOf(text);
    const simulation = runToEnd(simulationOf(text));
    for (const kind of ['instruction', 'in', 'over'] as const) {
      for (let count = 0; count < 12; count++) {
        const seen = back(simulation, kind);
        if (seen === null) break;
        there.seek(simulation.position);
        assert.equal(worldDifference(there.world, simulation.world), null, seen.position);
      }
    }
  });

  it('over and out undo themselves: they come to a frame that the move forward leaves for this one', () => {
    const simulation = simulationOf(text);
    const places = forwards(simulation, 'instruction').map(({ position }) => position);
    const at = (index: number): void => {
      const [statement = 0, step = 0] = (places[index] ?? '').split(':').map(Number);
      simulation.seek({ statement, step });
    };
    const depth = (): number => simulation.stack(simulation.currentThreadId).length;
    for (let index = 1; index < places.length; index += 3) {
      at(index);
      const here = simulation.position;
      if (here.step === 0) continue;
      const thread = simulation.currentThreadId;
      const before = depth();
      for (const kind of ['over', 'out'] as const) {
        const way = simulation.reverse({ kind, thread });
        const stop = way.advance(ENOUGH);
        assert.notEqual(stop.reason, 'budget');
        assert.ok(comparePositions(simulation.position, here) < 0);
        const most = kind === 'over' ? before : before - 1;
        const now = simulation.position.step === 0 ? 0 : simulation.stack(thread).length;
        assert.ok(now <= Math.max(most, 1), `${kind} from ${places[index] ?? ''}: ${String(before)}, ${String(now)}`);
        assert.ok(places.includes(positionOf(simulation)), 'a stop of the way forward');
        at(index);
      }
    }
  });

  it('at the start of a statement an instruction leads to the last micro-step of the statement before', () => {
    const simulation = runToEnd(simulationOf(text));
    const forward = forwards(simulationOf(text), 'instruction').map(({ position }) => position);
    simulation.seek({ statement: 5, step: 0 });
    const seen = back(simulation, 'instruction');
    assert.equal(seen?.position, forward[forward.indexOf('5:0') - 1]);
    assert.match(seen?.position ?? '', /^4:[1-9]/);
    assert.match(seen?.stop.description ?? '', /^Paused before the (read|write) at 0x[0-9a-f]+$/);
  });

  it('can be given up, and stands where it began', () => {
    const simulation = runToEnd(simulationOf(`${text}repeat 500 { as helper { read(a) } }`));
    const here = simulation.position;
    const way = simulation.reverse({ kind: 'continue', breakpoints: { ...noBreaks, lines: [{ id: 1, line: 2 }] } });
    assert.equal(way.advance(10).reason, 'budget');
    way.abandon();
    assert.deepEqual(simulation.position, here);
  });

  it('over passes the defs that a statement calls, into enters them, out comes to the call', () => {
    const simulation = runToEnd(
      simulationOf(`process shell { code 1 page data 0 }
def fill(at, value) {
    write(at, value)
    write(at + 8, value)
}
as shell {
    let a = mmap(1 page, rw)
    fill(a, 1)
    let b = 2
    fill(a, b)
    print read(a)
}`),
    );
    const lineBehind = (kind: StepKind): number | undefined => {
      assert.ok(back(simulation, kind) !== null);
      return simulation.stack(simulation.currentThreadId)[0]?.line;
    };
    assert.deepEqual([lineBehind('over'), lineBehind('over'), lineBehind('over'), lineBehind('over')], [12, 11, 10, 9]);
    const enterSecond = (): void => {
      for (let statement = 0; simulation.stack(simulation.currentThreadId)[0]?.line !== 5; statement++)
        simulation.seek({ statement, step: 0 });
    };
    simulation.seek({ statement: 0, step: 0 });
    enterSecond();
    assert.deepEqual([lineBehind('over'), lineBehind('over')], [4, 9]);
    enterSecond();
    assert.equal(lineBehind('out'), 9);
  });
});
