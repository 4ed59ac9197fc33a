/** Whatever is typed can be debugged: nothing throws, and the run ends as one that nobody looked at. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { defaultKernel, findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { cases, examples, mutated, sample } from './mutations.ts';

const limits = { steps: 20_000, statements: 500 };

/** Ways to step, and places to go back to. */
type Picks = readonly number[];

function pick(picks: Picks, count: number): number {
  return picks[count % picks.length] as number;
}

/** Every question that a debugger and its panels ask. */
function askEverything(simulation: Simulation, inspector: Inspector): void {
  inspector.noteStop();
  for (const { id } of simulation.threads()) simulation.stack(id);
  const processes = simulation.kernel.processes().map(({ name }) => ({ process: name }));
  for (const target of [{}, ...processes])
    for (const command of ['addressSpace', 'pageTable', 'kernelViews', 'machine', 'state'])
      JSON.stringify(inspector.answer(command, target));
}

function finish(simulation: Simulation): void {
  while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
}

function stepAbout(simulation: Simulation, picks: Picks): void {
  const inspector = new Inspector(simulation);
  for (let count = 0; count < 400; count++) {
    const kind = (['in', 'over', 'out', 'in'] as const)[pick(picks, count) % 4] ?? 'in';
    if (simulation.advance({ kind }, 5000).reason === 'end') return;
    if (count % 9 === 0) askEverything(simulation, inspector);
    if (count % 50 !== 49) continue;
    const statement = pick(picks, count) % (simulation.position.statement + 1);
    simulation.seek({ statement, step: pick(picks, count + 1) % 5 });
  }
}

function check(text: string, picks: Picks): void {
  const { scenario } = parseScenario(text, 'test.walk');
  if (scenario === null) return;
  const kernel = findKernel(scenario.kernel?.name ?? '') ?? defaultKernel;
  const test = scenario.tests[0]?.name;
  const [through, stepped] = [0, 1].map(() => {
    const created = Simulation.create({ scenario, kernel, assets: {}, test, limits });
    return 'simulation' in created ? created.simulation : null;
  });
  if (through === null || through === undefined || stepped === null || stepped === undefined) return;
  // Whoever looks at a run listens to its events, and that is part of the world.
  for (const simulation of [through, stepped]) simulation.onEvents(() => undefined);
  finish(through);
  stepAbout(stepped, picks);
  finish(stepped);
  assert.equal(worldDifference(through.world, stepped.world), null);
}

describe('bad input in the debugger', () => {
  const picks = fc.array(fc.nat(1000), { minLength: 2, maxLength: 12 });

  for (const [name, texts] of [
    ['examples', examples],
    ['cases of the kernels’ own functions', cases],
  ] as const) {
    it(`${name}: stepping, looking and going back end in the same world`, () => {
      fc.assert(fc.property(mutated(texts), picks, check), { seed: sample.seed, numRuns: sample.runs(25) });
    });
  }
});
