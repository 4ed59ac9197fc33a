import { strict as assert } from 'node:assert';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { runToEnd, simulationOf } from './simulations.ts';

const text = `process shell { code 0 data 0 }
process idle { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell {
    let a = mmap(4096, rw)
    write(a, 1)
    for i in 0..2 {
        write(a, i)
    }
}
as helper { read(a) }
repeat 2 {
    as shell { write(a, 3) }
    as helper { write(a, 4) }
}
as shell { let child = fork() }
parallel { as shell { write(a, 5) } as helper { write(a, 6) } }
`;
const lastStatement = 17;

function lineOf(simulation: Simulation, name: string): number | null {
  const thread = simulation.threads().find((one) => one.name === name);
  assert.ok(thread, name);
  const [frame, ...others] = simulation.stack(thread.id);
  assert.deepEqual(others, []);
  if (frame !== undefined) assert.equal(frame.kind, 'scenario');
  return frame?.line ?? null;
}

/** Stands before the first statement of a line. */
function standAt(line: number): Simulation {
  const simulation = simulationOf(text);
  const breakpoints = { lines: [{ id: 1, line: line + 1 }], functions: [], exceptions: [] };
  // The kernel's declaration is line 1.
  const stop = simulation.advance({ kind: 'continue', breakpoints }, 1_000_000);
  assert.equal(stop.reason, 'breakpoint');
  return simulation;
}

const places: readonly (readonly [line: number, thread: string, stands: number])[] = [
  [5, 'shell', 5],
  [5, 'helper', 11],
  [5, 'idle', 2],
  [8, 'helper', 11],
  [11, 'shell', 13],
  [13, 'helper', 14],
  [14, 'shell', 13],
  [16, 'helper', lastStatement],
  [lastStatement, 'child', 16],
  [lastStatement, 'helper', lastStatement],
];

describe('session: call stacks of threads that do nothing now', () => {
  for (const [line, thread, stands] of places) {
    it(`before line ${String(line)}, ${thread} stands at line ${String(stands)}`, () => {
      assert.equal(lineOf(standAt(line), thread), stands + 1);
    });
  }

  it('at the end every thread stands at its last statement', () => {
    const simulation = runToEnd(simulationOf(text));
    assert.equal(lineOf(simulation, 'shell'), lastStatement + 1);
    assert.equal(lineOf(simulation, 'idle'), 3);
  });

  it('a thread in the kernel has its functions, innermost first, and the statement at the bottom', () => {
    const simulation = standAt(6);
    const breakpoints = { lines: [], functions: [{ id: 1, name: 'vmm_get_pte' }], exceptions: [] };
    simulation.advance({ kind: 'continue', breakpoints }, 1_000_000);
    const frames = simulation.stack(simulation.currentThreadId);
    assert.equal(frames[0]?.name, 'vmm_get_pte');
    assert.ok(frames.length > 2);
    assert.deepEqual([frames.at(-1)?.kind, frames.at(-1)?.line], ['scenario', 7]);
    assert.equal(lineOf(simulation, 'helper'), 12);
    assert.deepEqual(simulation.stack(999), []);
  });
});
