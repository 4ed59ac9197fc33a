import { strict as assert } from 'node:assert';
import type { MachineModel, RunningModel } from '../../../simulator/inspect/machine-models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { deadlocked } from '../../../simulator/inspect/running.ts';
import type { Activity } from '../../../simulator/execution/activity.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';

/** Four threads ask one home whose only server takes them one by one. */
const hotSpot = `machine tsar { mesh 4x1  cores 2  memory 4MiB }
kernel almos-mkh { rpcThreadLimit 1 }
process home at (0,0) { code 1 page  data 0 pages }
thread g1 of home at (1,0)
thread g2 of home at (2,0)
thread g3 of home at (3,0)
as home { let a = mmap(8 pages, rw) }
parallel seed 3 {
    as g1 { write(a, 1) }
    as g2 { write(a + 1 page, 1) }
    as g3 { write(a + 2 pages, 1) }
}
`;

function start(source: string, kernel = 'almos-mkh'): { simulation: Simulation; ask: (args?: object) => MachineModel } {
  const { scenario, diagnostics } = parseScenario(source, 'test.walk');
  assert.deepEqual(diagnostics, []);
  const found = findKernel(kernel);
  assert.ok(scenario !== null && found !== null);
  const created = Simulation.create({ scenario, kernel: found, assets: {} });
  assert.ok('simulation' in created);
  const { simulation } = created;
  const inspector = new Inspector(simulation);
  return { simulation, ask: (args = {}) => inspector.answer('machine', args) as MachineModel };
}

function all({ clusters }: MachineModel): RunningModel[] {
  return clusters.flatMap(({ cores }) => cores.flatMap(({ running }) => running));
}

/** Steps until the machine shows it. */
function until(simulation: Simulation, ask: () => MachineModel, holds: (model: MachineModel) => boolean): MachineModel {
  for (let steps = 0; steps < 5000; steps++) {
    const model = ask();
    if (holds(model)) return model;
    if (simulation.advance({ kind: 'in' }, 1_000_000).reason === 'end') break;
  }
  return assert.fail('it never came');
}

/** Of the micro-steps since the last statement of the interleaved block began, one of the first at which the machine shows it. */
function duringBlock(
  simulation: Simulation,
  ask: () => MachineModel,
  holds: (model: MachineModel) => boolean,
): MachineModel {
  simulation.seek({ statement: 1000, step: 0 });
  const statement = simulation.position.statement - 1;
  for (let step = 1; step < 2000; step += 10) {
    simulation.seek({ statement, step });
    const model = ask();
    if (holds(model)) return model;
  }
  return assert.fail('it never came');
}

describe('the machine while it works', () => {
  it('tells what runs on each core, who waits for whom and since when, and what is queued', () => {
    const { simulation, ask } = start(hotSpot);
    const model = duringBlock(simulation, ask, ({ clusters: [first] }) => {
      return (first?.queue.length ?? 0) > 0 && (first?.servers[0]?.name ?? '') !== '';
    });
    const home = model.clusters[0];
    assert.ok(home !== undefined);
    assert.equal(home.servers.length, 1);
    assert.notEqual(home.servers[0], null);
    const waiting = all(model).filter(({ wait }) => wait !== null);
    for (const { agent, wait, process } of waiting) {
      assert.match(agent, /^g[123]$/);
      assert.equal(process, 'home');
      assert.equal(wait?.cluster?.index, 0);
      assert.deepEqual(wait.agents, ['rpc 0,0 #1']);
      assert.ok(wait.steps !== null && wait.steps >= 0);
      assert.equal(wait.isDeadlock, false);
    }
    const queued = waiting.filter(({ wait }) => wait?.isServed === false).map(({ agent }) => agent);
    assert.deepEqual(queued.sort(), home.queue.map(({ client }) => client).sort());
    assert.equal(all(model).filter(({ isCurrent }) => isCurrent).length, 1);
    assert.ok(home.cores.some(({ idle }) => idle.includes('home')));
  });

  it('counts messages on every link of their way since the last stop, and the load of cores', () => {
    const { simulation, ask } = start(hotSpot);
    ask();
    simulation.advance({ kind: 'continue' }, 1_000_000);
    const model = ask();
    const link = (from: number, to: number) =>
      model.links.find((one) => one.from === from && one.to === to)?.messages ?? 0;
    // Asked and answered: as many come back as went there, and the nearer to the home, the more pass.
    for (let cluster = 1; cluster < 4; cluster++) assert.equal(link(cluster, cluster - 1), link(cluster - 1, cluster));
    assert.ok(link(1, 0) > link(2, 1) && link(2, 1) > link(3, 2) && link(3, 2) > 0);
    const loads = model.clusters.flatMap(({ cores }) => cores.map(({ load }) => load));
    assert.ok(Math.abs(loads.reduce((sum, load) => sum + load, 0) - 1) < 1e-9);
    const looked = model.clusters
      .flatMap(({ cores }) => cores)
      .reduce((sum, core) => sum + core.tlbHits + core.tlbMisses, 0);
    assert.ok(looked > 0);
    simulation.seek({ statement: 0, step: 0 });
    const back = ask();
    assert.deepEqual(back.links, [], 'nothing happened since a later stop');
  });

  it('shows of the chosen cluster the TLBs, newest entries first', () => {
    const { simulation, ask } = start(hotSpot);
    simulation.advance({ kind: 'continue' }, 1_000_000);
    const { detail } = ask({ cluster: 1 });
    assert.ok(detail !== null);
    assert.deepEqual(detail.cluster, { index: 1, x: 1, y: 0 });
    const data = detail.tlbs.find(({ side }) => side === 'data');
    assert.ok(data !== undefined && data.entries.length > 0);
    const [newest] = data.entries;
    assert.equal(newest?.cluster?.index, 0, 'the page of the home');
    assert.match(newest?.bits ?? '', /W/);
    assert.equal(ask().detail, null);
    assert.throws(() => ask({ cluster: 9 }), /there is no cluster 9/);
  });

  for (const kernel of ['vm-region', 'haiku', 'lunaix'])
    it(`shows ${kernel}, which has one cluster and no servers`, () => {
      const { simulation, ask } = start(
        'process app { code 1 page  data 1 page }\nas app { let a = mmap(4 pages, rw)\n write(a, 1) }\n',
        kernel,
      );
      ask();
      const model = until(simulation, ask, (one) => all(one).some((running) => running.function !== ''));
      assert.equal(model.clusters.length, 1);
      assert.deepEqual([model.clusters[0]?.servers, model.clusters[0]?.queue, model.links], [[], [], []]);
    });
});

describe('a deadlock', () => {
  const activity = (agent: string, agents: readonly string[] | null, ready = false): Activity =>
    ({
      agent,
      wait:
        agents === null ? null : { kind: 'lock', description: () => '', on: () => ({ agents }), ready: () => ready },
    }) as unknown as Activity;

  it('is a ring of those who wait for each other, and whoever waits for the ring', () => {
    const stuck = deadlocked([activity('a', ['b']), activity('b', ['c']), activity('c', ['a']), activity('d', ['a'])]);
    assert.deepEqual([...stuck].sort(), ['a', 'b', 'c', 'd']);
  });

  it('is none where somebody on the way can go on, or where nobody knows', () => {
    assert.equal(deadlocked([activity('a', ['b']), activity('b', null)]).size, 0);
    assert.equal(deadlocked([activity('a', ['b']), activity('b', ['a'], true)]).size, 0);
    assert.equal(deadlocked([activity('a', ['b', 'e']), activity('b', ['a']), activity('e', null)]).size, 0);
    assert.equal(deadlocked([activity('a', [])]).size, 0);
  });
});
