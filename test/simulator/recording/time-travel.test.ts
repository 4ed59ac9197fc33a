/** A recording under a simulation: stepping forward equals seeking back and running again, compared as a whole. */
import { strict as assert } from 'node:assert';
import { liveBounds } from '../../../simulator/session/scenario/bounds.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { ReplaySettings } from '../../../simulator/recording/order/replay-state.ts';
import { defaultSettings } from '../../../simulator/recording/order/replay-state.ts';
import { RecordingReplayer, scenarioOfRecording } from '../../../simulator/recording/replay/replayer.ts';
import { simulateForEditor } from '../../../simulator/session/moves/live.ts';
import type { Scenario } from '../../../simulator/session/scenario/scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { restoreWorld, saveWorld, worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { noBreaks } from '../../../simulator/session/moves/stop.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { loadExample } from './recordings.ts';

const whole = Number.POSITIVE_INFINITY;

function simulate(
  name: string,
  kernel: Kernel,
  settings: Partial<ReplaySettings> = {},
  mostSteps?: number,
): Simulation {
  const replayer = new RecordingReplayer(loadExample, { ...defaultSettings, ...settings }, mostSteps);
  const created = Simulation.create({ scenario: scenarioOfRecording(name), kernel, assets: {}, replayer });
  assert.ok('simulation' in created);
  return created.simulation;
}

function finish(simulation: Simulation): Simulation {
  assert.equal(simulation.advance({ kind: 'continue' }, whole).reason, 'end');
  const errors = simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
  return simulation;
}

for (const kernel of wholeKernels) {
  describe(`a recording on ${kernel.name}, forwards and back`, () => {
    it('is the same after a seek as it was on the way', () => {
      const simulation = simulate('cow_fork', kernel);
      const places = [0, 1, 2, 40, 150, 175, 200, 285, 286];
      const seen = places.map((statement) => {
        simulation.seek({ statement, step: 0 });
        return saveWorld(simulation.world);
      });
      finish(simulation);
      for (const at of [8, 3, 6, 0, 5, 7, 1, 4, 2]) {
        simulation.seek({ statement: places[at] as number, step: 0 });
        const difference = worldDifference(simulation.world, restoreWorld(seen[at] as (typeof seen)[number]));
        assert.equal(difference, null, `statement ${String(places[at])}`);
      }
    });

    it('goes back by single micro-steps inside a line', () => {
      const simulation = simulate('cow_fork', kernel);
      simulation.seek({ statement: 12, step: 0 });
      for (let step = 0; step < 30; step++) simulation.advance({ kind: 'in' }, whole);
      const there = simulation.position;
      const label = simulation.stack(simulation.currentThreadId).map(({ name, line }) => `${name}:${String(line)}`);
      const way = simulation.reverse({ kind: 'in' });
      while (way.advance(whole).reason === 'budget');
      assert.equal(simulation.position.statement, there.statement);
      assert.ok(simulation.position.step < there.step);
      simulation.advance({ kind: 'in' }, whole);
      assert.deepEqual(simulation.position, there);
      simulation.seek(there);
      assert.deepEqual(
        simulation.stack(simulation.currentThreadId).map(({ name, line }) => `${name}:${String(line)}`),
        label,
      );
    });

    it('ends the same step by step, in one run, and in fewer and longer steps', () => {
      const names = ['access', 'tlb-miss', 'page-fault', 'cow-fault', 'page-copy', 'page-alloc'];
      const counts = (simulation: Simulation): number[] => names.map((name) => countOf(simulation.world.machine, name));
      const plain = finish(simulate('shared_anon', kernel));
      const stepped = simulate('shared_anon', kernel);
      while (stepped.advance({ kind: 'over' }, whole).reason !== 'end');
      assert.equal(worldDifference(stepped.world, plain.world), null);
      for (const most of [1, 10, 60]) assert.deepEqual(counts(finish(simulate('shared_anon', kernel, {}, most))), counts(plain)); // prettier-ignore
    });

    it('takes turns in round-robin, the same ones after a seek', () => {
      const simulation = finish(simulate('cow_fork', kernel, { order: 'round-robin', quantum: 100 }));
      const last = saveWorld(simulation.world);
      simulation.seek({ statement: 250, step: 0 });
      finish(simulation);
      assert.equal(worldDifference(simulation.world, restoreWorld(last)), null);
    });

    it('watches every step as a statement of its view', () => {
      const simulation = simulate('mmap_split', kernel);
      const lines: number[] = [];
      const watch = ({ file, line }: { file: string; line: number }): false => {
        assert.equal(file, 'mmap_split.replay');
        lines.push(line);
        return false;
      };
      assert.equal(simulation.advance({ kind: 'continue', breakpoints: { ...noBreaks, watch } }, whole).reason, 'end');
      assert.deepEqual(
        lines,
        Array.from({ length: lines.length }, (_, index) => index + 5),
      );
      assert.equal(lines.length, 135);
    });
  });
}

describe('a recording while somebody types', () => {
  it('tells what happened inside it at the statement that replays it', () => {
    const range = { file: 'a.walk', line: 3, column: 1, endLine: 3, endColumn: 20 };
    const scenario: Scenario = {
      file: 'a.walk',
      machine: null,
      kernel: null,
      files: [],
      body: [{ kind: 'replay', path: 'cow_fork', name: null, range }],
      tests: [],
      defs: [],
      handlers: [],
      otherKernels: [],
      mutexes: [],
    };
    const [kernel] = wholeKernels;
    assert.ok(kernel !== undefined);
    const { diagnostics } = simulateForEditor(scenario, kernel, liveBounds, {}, new RecordingReplayer(loadExample));
    assert.ok(diagnostics.length > 0);
    for (const { range: at, message } of diagnostics) {
      assert.deepEqual(at, range);
      assert.match(message, /\(line \d+ of cow_fork\.replay\)$/);
    }
  });
});
