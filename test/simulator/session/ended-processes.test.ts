/** A run of many forks: what the simulator keeps of processes that have ended does not grow with their number. */
import { strict as assert } from 'node:assert';
import type { AlmosState } from '../../../simulator/kernels/almos-mkh/objects/state.ts';
import type { HaikuState } from '../../../simulator/kernels/haiku/base/state.ts';
import { runState } from '../../../simulator/inspect/state-json.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { restoreWorld, saveWorld } from '../../../simulator/session/state/snapshot.ts';
import { graphSize } from '../../support/graph-size.ts';
import { simulationOfFile } from './simulations.ts';

const kernels = ['almos-mkh', 'vm-region', 'haiku', 'lunaix'] as const;

/** Statements before the loop of `forks`, and in each of its rounds. */
const BEFORE_LOOP = 5;
const IN_ROUND = 4;

interface Cost {
  readonly steps: number;
  readonly size: number;
}

function forks(kernel: string, rounds: number): Simulation {
  return simulationOfFile(`kernel ${kernel}
process shell { code 2 pages data 2 pages }
as shell {
    let buf = mmap(4 pages, rw)
    write(buf, 1)
    repeat ${String(rounds)} {
        let child = fork()
        as child { exit() }
        wait()
    }
}`);
}

function afterForks(kernel: string, rounds: number): Simulation {
  const simulation = forks(kernel, rounds);
  while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
  const errors = simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
  );
  return simulation;
}

/** Without the machine's bytes, the ring of RPCs, and Haiku's chains of caches, which grow with every fork by its design. */
function sizeOf({ world }: Simulation): number {
  const { rpc } = world.kernelState as Partial<AlmosState>;
  const { cache_refs } = world.kernelState as Partial<HaikuState>;
  const caches = cache_refs === undefined ? [] : [cache_refs, ...cache_refs.values()];
  return graphSize(world, [world.machine.memory, ...(rpc === undefined ? [] : [rpc]), ...caches]);
}

describe('session: many processes that have ended', () => {
  for (const kernel of kernels) {
    it(`${kernel}: the state does not grow, and a fork costs as many steps as the first`, () => {
      const simulation = forks(kernel, 160);
      const [first, second, third] = [130, 140, 150].map((round) => {
        simulation.seek({ statement: BEFORE_LOOP + round * IN_ROUND, step: 0 });
        return { steps: simulation.world.script.steps, size: sizeOf(simulation) };
      }) as [Cost, Cost, Cost];
      assert.equal(third.steps - second.steps, second.steps - first.steps);
      assert.equal(third.size, second.size);
    });
  }

  it('the last ones are in the JSON as they were just before their end, and a note counts the others', () => {
    const { kernel, world } = afterForks('lunaix', standardBounds.endedProcesses + 20);
    const { processes, diagnostics, counters } = runState({ kernel, world });
    const ended = processes.filter(({ alive }) => !alive);
    assert.ok(ended.length > 20 && ended.length <= standardBounds.endedProcesses, String(ended.length));
    for (const { name, regions, pageTables } of ended)
      assert.ok(regions.length > 3 && pageTables.some(({ entries }) => entries.length > 3), name);
    const notes = diagnostics.filter(({ code }) => code === 'WALK241');
    assert.deepEqual(
      notes.map(({ severity, message }) => [severity, message.split(':')[0]]),
      [
        [
          'information',
          `${String(standardBounds.endedProcesses + 20 - ended.length)} processes that ended are not shown in the state`,
        ],
      ],
    );
    const shown = processes.reduce((sum, process) => sum + (process.counters['page-alloc'] ?? 0), 0);
    assert.ok((counters['page-alloc'] as number) > shown, 'totals count the others as well');
  });

  it('who has not been waited for stays, however many end after it', () => {
    const text = `kernel lunaix
process shell { code 1 page data 1 page }
as shell { let early = fork() }
process other { code 1 page data 1 page }
as early { exit() }
as other {
    repeat ${String(standardBounds.endedProcesses + 5)} { let child = fork()  as child { exit() }  wait() }
}`;
    const simulation = simulationOfFile(text);
    while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
    const { processes } = runState(simulation);
    const early = processes.find(({ name }) => name === 'early');
    assert.ok(early !== undefined && early.regions.length > 0);
  });

  it('what a process counted is refused, not 0, once it is not kept any more', () => {
    const many = String(standardBounds.endedProcesses + 1);
    const simulation = simulationOfFile(`kernel vm-region
process shell { code 1 page data 1 page }
as shell {
    let early = fork()
    as early { let own = mmap(4096, rw)  write(own, 1)  exit() }
    print count("access", of: early) > 0
    repeat ${many} { let child = fork()  as child { exit() } }
    print count("access", of: early)
}`);
    while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
    const { prints, diagnostics } = simulation.world.script;
    assert.deepEqual(
      prints.map(({ text }) => text),
      ['true'],
    );
    assert.match(
      diagnostics[0]?.message ?? '',
      /^what early counted is not kept any more: 100 processes have ended since; .*pagewalk\.bounds\.endedProcesses/,
    );
  });

  it('copies of the world share what never changes of them', () => {
    const { world } = afterForks('vm-region', 3);
    const { graph } = saveWorld(world);
    const copy = restoreWorld(saveWorld(world));
    for (const [index, { process, rows, views }] of world.script.endedProcesses.entries())
      for (const { script } of [graph, copy]) {
        assert.equal(script.endedProcesses[index]?.rows, rows);
        assert.equal(script.endedProcesses[index]?.views, views);
        assert.notEqual(script.endedProcesses[index]?.process, process);
      }
  });
});
