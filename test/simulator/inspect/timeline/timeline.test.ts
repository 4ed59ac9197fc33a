import { strict as assert } from 'node:assert';
import { Inspector } from '../../../../simulator/inspect/requests.ts';
import type {
  FoundMoment,
  LaneModel,
  MomentModel,
  SliceModel,
  TimelineModel,
} from '../../../../simulator/inspect/timeline/models.ts';
import { findKernel } from '../../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../../simulator/session/moves/simulation.ts';

const mesh = `machine tsar { mesh 2x1  cores 2  memory 4MiB }
kernel almos-mkh
process shell at (0,0) { code 1 page  data 1 page }
as shell {
    let buf = mmap(8 pages, rw)
    write(buf, 41)
    let child = fork(at: (1,0))
}
as child { write(buf, 42) }
as shell { expect read(buf) == 41 }
`;
const small = `process app { code 1 page  data 1 page }
as app {
    let a = mmap(4 pages, rw)
    for i in 0..4 { write(a + i * 4096, 1) }
}
`;

function start(
  source: string,
  name: string,
): { simulation: Simulation; ask: <T>(command: string, args?: object) => T } {
  const { scenario, diagnostics } = parseScenario(source, 'test.walk');
  assert.deepEqual(diagnostics, []);
  const kernel = findKernel(name);
  assert.ok(scenario !== null && kernel !== null);
  const again = (): Simulation => {
    const created = Simulation.create({ scenario, kernel, assets: {} });
    assert.ok('simulation' in created);
    return created.simulation;
  };
  const simulation = again();
  const inspector = new Inspector(simulation, again);
  return { simulation, ask: <T>(command: string, args: object = {}) => inspector.answer(command, args) as T };
}

function whole(ask: <T>(command: string, args?: object) => T, args: object = {}): TimelineModel {
  for (let asked = 0; asked < 100; asked++) {
    const model = ask<TimelineModel>('timeline', { buckets: 2000, ...args });
    if (model.isComplete) return model;
  }
  return assert.fail('the recording does not end');
}

function within(inner: SliceModel, outer: SliceModel): boolean {
  return inner.lane === outer.lane && inner.from >= outer.from && inner.to <= outer.to && inner.depth > outer.depth;
}

describe('the timeline of a run', () => {
  it('records the whole run without moving the simulation that is debugged', () => {
    const { simulation, ask } = start(mesh, 'almos-mkh');
    const model = whole(ask);
    assert.equal(model.position, simulation.clock().step);
    assert.deepEqual(simulation.position, { statement: 0, step: 0 });
    simulation.advance({ kind: 'continue' }, 10_000_000);
    assert.equal(model.recorded, simulation.clock().step);
    assert.equal(ask<TimelineModel>('timeline').position, model.recorded);
  });

  it('shows statements, the faults in them, and the requests that other clusters serve', () => {
    const { ask } = start(mesh, 'almos-mkh');
    const { lanes, slices, arrows, marks } = whole(ask);
    const lane = (agent: string) => lanes.find((one) => one.agent === agent) as LaneModel;
    const copy = slices.find(
      ({ kind, line, lane: id }) => kind === 'statement' && line === 9 && id === lane('child').id,
    );
    assert.ok(copy !== undefined);
    const fault = slices.find((slice) => slice.kind === 'fault' && within(slice, copy));
    assert.ok(fault !== undefined);
    assert.ok(marks.some(({ kind, step }) => kind === 'cow' && step >= fault.from && step <= fault.to));
    const wait = slices.find((slice) => slice.kind === 'wait' && within(slice, fault));
    assert.ok(wait !== undefined, 'the child asks its parent’s cluster');
    const service = slices.find(({ kind, from, to }) => kind === 'service' && from >= wait.from && to <= wait.to);
    assert.ok(service !== undefined && service.lane !== wait.lane);
    assert.ok(lanes[service.lane]?.agent.startsWith('rpc 0,0'));
    for (const kind of ['request', 'answer'] as const)
      assert.ok(
        arrows.some((arrow) => arrow.kind === kind && arrow.from.step <= arrow.to.step),
        kind,
      );
    for (const { from, to } of slices) assert.ok(Number.isFinite(to) && to >= from);
  });

  it('sums an interval up, and parts add up to the whole', () => {
    const { ask } = start(mesh, 'almos-mkh');
    const { sums, recorded } = whole(ask);
    const middle = Math.floor(recorded / 2);
    const [left, right] = [
      whole(ask, { sumFrom: 0, sumTo: middle }).sums,
      whole(ask, { sumFrom: middle, sumTo: recorded + 1 }).sums,
    ];
    assert.equal(sums.counts.cow, 1);
    assert.ok(sums.counts.copy > 0 && sums.counts.rpc > 0 && sums.waited > 0);
    for (const kind of Object.keys(sums.counts) as (keyof typeof sums.counts)[])
      assert.equal(left.counts[kind] + right.counts[kind], sums.counts[kind], kind);
    assert.equal(left.waited + right.waited, sums.waited);
  });

  it('gives every step the position at which the simulation has taken so many', () => {
    const { simulation, ask } = start(mesh, 'almos-mkh');
    const { recorded } = whole(ask);
    for (let step = 0; step < recorded; step += Math.ceil(recorded / 9)) {
      const { position } = ask<MomentModel>('timelineMoment', { step });
      simulation.seek(position);
      assert.equal(simulation.clock().step, step);
    }
  });

  it('finds the next and the previous event of a kind', () => {
    const { ask } = start(small, 'lunaix');
    const { recorded } = whole(ask);
    const forwards: number[] = [];
    for (let step = -1; forwards.length < 20;) {
      let found: FoundMoment;
      try {
        found = ask<FoundMoment>('timelineFind', { step: Math.max(0, step), direction: 'next', kind: 'fault' });
      } catch {
        break;
      }
      forwards.push(found.step);
      step = found.step;
    }
    assert.ok(forwards.length >= 4, forwards.join());
    const back = ask<FoundMoment>('timelineFind', { step: recorded + 1, direction: 'previous', kind: 'fault' });
    assert.equal(back.step, forwards.at(-1));
    assert.match(back.text, /page fault resolved/);
    assert.throws(() => ask('timelineFind', { step: 0, direction: 'previous', kind: 'fault' }), /no previous event/);
    assert.throws(() => ask('timelineFind', { kind: 'nothing' }), /kind has to be one of rpc/);
  });

  it('counts what is too short for the columns instead of telling it', () => {
    const { ask } = start(mesh, 'almos-mkh');
    const fine = whole(ask);
    const coarse = whole(ask, { buckets: 4 });
    assert.ok(coarse.marks.length < fine.marks.length && coarse.slices.length < fine.slices.length);
    const told = (model: TimelineModel) => model.marks.reduce((sum, { more }) => sum + 1 + more, 0);
    assert.equal(told(coarse), told(fine));
    assert.equal(coarse.curves.faults.length, 4);
    const faults = coarse.curves.faults.reduce((sum, count) => sum + count, 0);
    assert.equal(faults, coarse.sums.counts.fault);
  });

  for (const kernel of ['almos-mkh', 'vm-region', 'haiku', 'lunaix'])
    it(`ends every slice and follows the free frames of ${kernel}`, () => {
      const { simulation, ask } = start(small, kernel);
      const model = whole(ask);
      assert.ok(model.slices.some(({ kind }) => kind === 'fault'));
      assert.ok(model.sums.counts.fault >= 4);
      simulation.advance({ kind: 'continue' }, 10_000_000);
      const clusters = model.lanes.length === 0 ? 0 : simulation.world.machine.counters.clusters;
      let free = 0;
      for (let cluster = 0; cluster < clusters; cluster++) free += simulation.kernel.freeFrames(cluster);
      assert.equal(model.curves.free.at(-1), free);
    });

  it('refuses what it cannot draw', () => {
    const { ask } = start(small, 'lunaix');
    assert.throws(() => ask('timeline', { buckets: 0 }), /buckets has to be a whole number from 1/);
    assert.throws(() => ask('timeline', { from: -1 }), /from has to be a whole number/);
    assert.throws(() => ask('timeline', { from: 'x' }), /from has to be a whole number/);
  });
});
