import { strict as assert } from 'node:assert';
import { lineOf, meshLayout, placeOf, wayOf } from '../../media/cluster/layout.ts';
import * as state from '../../media/cluster/state.ts';
import type { MachineModel, RunningModel, WaitModel } from '../../media/protocol/messages.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import { MachineSession } from './machine-session.ts';

describe('state of the cluster panel', () => {
  const session = new MachineSession(almosMkh, { forks: true });
  const model = session.inspector.answer('machine', { cluster: 1 }) as MachineModel;

  const wait = (change: Partial<WaitModel>): WaitModel => ({
    kind: 'rpc',
    text: 'the answer of 1,0 to VMM_GET_PTE',
    cluster: { index: 2, x: 1, y: 0 },
    agents: ['rpc 1,0 #1'],
    isServed: true,
    steps: 4,
    isDeadlock: false,
    ...change,
  });
  const running = (agent: string, change: Partial<RunningModel> = {}): RunningModel => ({
    agent,
    process: null,
    function: 'vmm_get_pte',
    step: '3',
    line: 4,
    wait: null,
    isCurrent: false,
    ...change,
  });
  const withRunning = (byCore: Readonly<Record<number, readonly RunningModel[]>>): MachineModel => ({
    ...model,
    clusters: model.clusters.map((cluster) => ({
      ...cluster,
      cores: cluster.cores.map((core) => ({ ...core, running: byCore[core.core] ?? [] })),
    })),
  });

  it('lists who waits, deadlocks first, then the longest', () => {
    const busy = withRunning({
      0: [running('a', { wait: wait({ steps: 4 }) }), running('b', { wait: wait({ steps: 9 }) })],
      3: [running('c', { wait: wait({ steps: null, isDeadlock: true }) }), running('d')],
    });
    assert.deepEqual(
      state.waitsOf(busy).map(({ agent, cluster }) => `${agent} ${String(cluster.index)}`),
      ['c 1', 'b 0', 'a 0'],
    );
    const { announcement } = state.withModel(state.initialState, busy);
    assert.match(announcement, /3 waits, 1 of them in a deadlock/);
  });

  it('tells of a core what runs now, else what is ready, else what waits', () => {
    const core = model.clusters[0]?.cores[0];
    assert.ok(core !== undefined);
    const kind = (...list: RunningModel[]) => state.activityOf({ ...core, running: list }).kind;
    assert.equal(kind(), 'idle');
    assert.equal(kind(running('a', { wait: wait({}) })), 'waits');
    assert.equal(kind(running('a', { wait: wait({}) }), running('b')), 'ready');
    assert.equal(kind(running('a'), running('b', { isCurrent: true })), 'runs');
  });

  it('walks the mesh by keys, y upwards, and stays inside', () => {
    assert.deepEqual(model.mesh, { width: 2, height: 2 });
    assert.equal(state.movedCluster(model, 0, 'ArrowRight'), 2);
    assert.equal(state.movedCluster(model, 0, 'ArrowUp'), 1);
    assert.equal(state.movedCluster(model, 0, 'ArrowDown'), 0);
    assert.equal(state.movedCluster(model, 1, 'End'), 3);
    assert.equal(state.movedCluster(model, 1, 'x'), null);
  });

  it('says in words what the picture shows', () => {
    const shown = state.withModel({ ...state.initialState, cluster: 1 }, model);
    const { lines, cluster, selected } = state.describe(shown);
    assert.deepEqual([cluster, selected], ['0,1', 1]);
    assert.match(lines[0] ?? '', /^cluster 0,0, 2 cores idle, [\d,]+ frames free$/);
    assert.equal(
      state.runText(running('rpc 1,0 #1', { process: 'shell' })),
      'rpc 1,0 #1 for shell in vmm_get_pte, step 3',
    );
    assert.equal(state.hitsText({ tlbHits: 12, tlbMisses: 18 }), '12 of 30');
    assert.equal(state.hitsText({ tlbHits: 0, tlbMisses: 0 }), 'none');
  });

  it('draws tiles while they are wide enough, squares for a large mesh or a narrow panel', () => {
    const large = { ...model, mesh: { width: 16, height: 16 } };
    assert.equal(meshLayout(model, 700).shape, 'tile');
    assert.equal(meshLayout(model, 180).shape, 'square');
    for (const room of [246, 496, 876]) {
      const layout = meshLayout(large, room);
      assert.equal(layout.shape, 'square');
      assert.ok(layout.totalWidth <= Math.max(room, 16 * 16), `${String(layout.totalWidth)} of ${String(room)}`);
    }
    const layout = meshLayout(model, 700);
    assert.ok(placeOf(layout, model, 1).top < placeOf(layout, model, 0).top, 'y grows upwards');
    const [there, back] = [lineOf(layout, model, { from: 0, to: 2 }), lineOf(layout, model, { from: 2, to: 0 })];
    assert.ok(there.x1 < there.x2 && back.x1 > back.x2 && there.y1 !== back.y1, 'both ways are seen');
    assert.deepEqual(wayOf(large, 0, 35), [0, 16, 32, 33, 34, 35]);
  });

  it('keeps the chosen cluster over a reload', () => {
    assert.equal(state.restoredState({ version: 1, cluster: 3 }).cluster, 3);
    assert.equal(state.restoredState({ version: 1, cluster: 'x' }).cluster, null);
    assert.equal(state.restoredState(undefined), state.initialState);
  });
});
