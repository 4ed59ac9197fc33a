import { strict as assert } from 'node:assert';
import { Checkpoints, type Checkpoint } from '../../../simulator/session/moves/checkpoint-policy.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { saveWorld, worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

/** A run of so many statements, each with so many micro-steps: which checkpoints it took and which it kept. */
function keep(statements: number, stepsEach: number): { checkpoints: Checkpoints; taken: number } {
  const checkpoints = new Checkpoints();
  let taken = 0;
  for (let statement = 0; statement < statements; statement++) {
    const steps = statement * stepsEach;
    if (!checkpoints.isDue(statement, steps)) continue;
    taken += 1;
    checkpoints.add({ statement, steps, saved: {} as Checkpoint['saved'] });
  }
  return { checkpoints, taken };
}

function kept(checkpoints: Checkpoints, statements: number): number[] {
  const found = new Set<number>();
  for (let statement = 0; statement < statements; statement++) found.add(checkpoints.before(statement).statement);
  return [...found];
}

describe('session: which checkpoints are kept', () => {
  it('the first at the beginning, the next after 64 statements or 20,000 micro-steps', () => {
    assert.deepEqual(kept(keep(200, 1).checkpoints, 200), [0, 64, 128, 192]);
    assert.deepEqual(kept(keep(20, 5000).checkpoints, 20), [0, 4, 8, 12, 16]);
  });

  it('at most so many as the bound says, the beginning among them', () => {
    const checkpoints = new Checkpoints(true, 3);
    for (let statement = 0; statement < 1000; statement += 10)
      if (checkpoints.isDue(statement, 0)) checkpoints.add({ statement, steps: 0, saved: {} as Checkpoint['saved'] });
    assert.ok(checkpoints.all.length <= 3, String(checkpoints.all.length));
    assert.equal(checkpoints.all[0]?.statement, 0);
  });

  it('the beginning alone where nobody will go back', () => {
    const checkpoints = new Checkpoints(false);
    assert.equal(checkpoints.isDue(0, 0), true);
    checkpoints.add({ statement: 0, steps: 0, saved: {} as Checkpoint['saved'] });
    assert.equal(checkpoints.isDue(1_000_000, 100_000_000), false);
  });

  it('the more objects were copied, the later the next', () => {
    const checkpoints = new Checkpoints();
    checkpoints.add({ statement: 0, steps: 0, saved: { objects: 1_000_000 } as Checkpoint['saved'] });
    assert.equal(checkpoints.isDue(30_000, 400_000), false);
    assert.equal(checkpoints.isDue(40_000, 500_000), true);
  });

  it('saving copies no more than a few objects for each step, however many regions there are', () => {
    for (const { name } of wholeKernels) {
      const text = `kernel ${name}\nprocess p { code 1 page  data 1 page }
as p { for i in 0..400 { let _a = mmap(1 page, r) let _b = mmap(1 page, rw) } }`;
      let [copied, steps] = [0, 0];
      const checkpoints = new Checkpoints();
      const simulation = simulationOfFile(text, { goesBack: false });
      while (simulation.advance({ kind: 'continue' }, 2000).reason !== 'end') {
        const { script } = simulation.world;
        steps = simulation.world.script.steps;
        if (!checkpoints.isDue(script.statements, steps)) continue;
        const saved = saveWorld(simulation.world);
        copied += saved.objects;
        checkpoints.add({ statement: script.statements, steps, saved });
      }
      const largest = checkpoints.latest?.objects ?? 0;
      assert.ok(largest > 1000, `${name}: ${String(largest)}`);
      assert.ok(copied - largest <= 2 * steps, `${name}: ${String(copied)} objects in ${String(steps)} steps`);
    }
  });

  it('never two at one statement, and none behind the one that is asked for', () => {
    const { checkpoints } = keep(1000, 30_000);
    for (let statement = 0; statement < 1000; statement++)
      assert.ok(checkpoints.before(statement).statement <= statement);
    assert.equal(checkpoints.isDue(checkpoints.before(999).statement, Number.MAX_SAFE_INTEGER), false);
  });

  it('in a long run the list stays short, and the beginning and the recent past stay near', () => {
    const statements = 400_000;
    const { checkpoints, taken } = keep(statements, 3);
    const all = kept(checkpoints, statements);
    assert.ok(all.length <= 48, String(all.length));
    assert.equal(all[0], 0);
    // 48 spans at the most, of equal length but for the newest ones.
    const longest = Math.max(...all.map((statement, index) => (all[index + 1] ?? statements) - statement));
    assert.ok(longest <= (2 * statements) / 24, String(longest));
    // Doubled spacing: the number taken grows with the logarithm.
    assert.ok(taken < 48 * Math.log2(statements), String(taken));
  });

  it('a world that was thinned out is reached from the one before it', () => {
    const text = `process shell { code 0 data 0 }
as shell {
    let a = mmap(4096, rw)
    for i in 0..2500 { write(a, i) write(a + 8, i) }
    print read(a)
}`;
    const simulation = runToEnd(simulationOf(text));
    const { statements } = simulation.world.script;
    for (const statement of [0, 1, 63, 64, 65, 1000, 3777, statements]) {
      simulation.seek({ statement, step: 0 });
      assert.deepEqual(simulation.position, { statement, step: 0 });
    }
    const again = simulationOf(text);
    while (again.position.statement < 3777) again.advance({ kind: 'over' }, 1_000_000);
    simulation.seek({ statement: 3777, step: 0 });
    assert.equal(worldDifference(again.world, simulation.world), null);
  });
});
