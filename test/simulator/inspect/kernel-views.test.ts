import { strict as assert } from 'node:assert';
import type { KernelViewsModel } from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';
import type { KernelView } from '../../../simulator/kernels/kernel-view.ts';
import type { Kernel, KernelWorld } from '../../../simulator/kernels/bound-kernel.ts';
import { variantOf } from '../../support/kernel-variant.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';

const base: Kernel = almosMkh;

/** Regions as a tree, resident pages as a table, regions as a strip. */
const viewing = variantOf(base, {}, (_bound, world) => ({ views: (process) => viewsOf(world, process) }));

function viewsOf(world: KernelWorld, process: ProcessObject | null): KernelView[] {
  const regions = process === null ? [] : base.on(world).regions(process, process.cluster);
  const head = { note: 'a note', more: 0 };
  const parts = regions.map(({ start, end, name, kind }) => ({ start, end, label: name, detail: kind }) as const);
  return [
    {
      ...head,
      shape: 'tree',
      id: 'tree',
      title: 'Tree',
      nodes: [
        {
          id: 'root',
          label: process?.name ?? 'nobody',
          detail: `${String(parts.length)} regions`,
          tone: 'normal',
          children: parts.map((part) => ({ ...part, id: String(part.start), tone: 'normal', children: [] })),
        },
      ],
    },
    {
      ...head,
      shape: 'strip',
      id: 'strip',
      title: 'Strip',
      start: 0,
      end: 2 ** 32,
      unit: 'address',
      segments: parts.map((part) => ({ ...part, tone: 'normal' })),
    },
  ];
}

const text = `process app { code 1 page data 0 pages }
as app {
    let buf = mmap(4 pages, rw)
    write(buf, 1)
    munmap(buf, 4 pages)
}
process other { code 1 page data 0 pages }
`;

function simulate(kernel: Kernel): Simulation {
  const { scenario } = parseScenario(text, 'test.walk', { kernel: 'almos-mkh' });
  assert.ok(scenario !== null);
  const created = Simulation.create({ scenario, kernel, assets: {} });
  assert.ok('simulation' in created);
  return created.simulation;
}

describe('the kernel’s own views', () => {
  let simulation: Simulation;
  let inspector: Inspector;
  const ask = (args: object = {}): KernelViewsModel => inspector.answer('kernelViews', args) as KernelViewsModel;
  const step = (): void => {
    simulation.advance({ kind: 'over' }, 1_000_000);
    inspector.noteStop();
  };
  const marks = (model: KernelViewsModel): unknown => model.views.map((view) => [view.marks, view.gone.length]);

  beforeEach(() => {
    simulation = simulate(viewing);
    inspector = new Inspector(simulation);
  });

  it('are asked of the current process, or of the one that is named', () => {
    const [tree] = ask().views;
    assert.equal(tree?.shape === 'tree' ? tree.nodes[0]?.label : '', 'nobody');
    for (let steps = 0; steps < 9; steps++) step();
    assert.equal(ask({ process: 'app' }).context.process?.name, 'app');
    assert.equal(ask({ process: 'other' }).context.process?.name, 'other');
    assert.throws(() => ask({ process: 'nobody' }), /no process 'nobody'/);
  });

  it('mark what is new, what has changed and what has gone since the last stop, asked or not', () => {
    step();
    step();
    assert.deepEqual(marks(ask({ process: 'app' })), [
      [{}, 0],
      [{}, 0],
    ]);
    step();
    const made = ask({ process: 'app' });
    const start = simulation.bindings().get('buf') as bigint;
    assert.deepEqual(marks(made), [
      [{ root: 'changed', [String(start)]: 'new' }, 0],
      [{ [String(start)]: 'new' }, 0],
    ]);
    step();
    assert.deepEqual(ask({ process: 'app' }).views[0]?.marks, {});
    step();
    // Nobody asked at this stop: the next one is compared with it all the same.
    const [tree, strip] = ask({ process: 'app' }).views;
    assert.deepEqual(tree?.marks, { root: 'changed' });
    assert.match(tree.gone.join(), /anon/);
    assert.equal(strip?.gone.length, 1);
    assert.deepEqual(marks(ask({ process: 'app' })), [
      [{ root: 'changed' }, 1],
      [{}, 1],
    ]);
  });

  it('are none for a kernel that has none', () => {
    simulation = simulate(variantOf(base, {}, () => ({ hasViews: false, views: () => [] })));
    inspector = new Inspector(simulation);
    const model = ask();
    assert.deepEqual([model.hasViews, model.views], [false, []]);
  });

  it('are plain data', () => {
    step();
    const model = ask();
    assert.deepEqual(JSON.parse(JSON.stringify(model)), model);
  });
});

describe('the kernel’s own views of a large mesh', () => {
  const large = `machine tsar { mesh 16x16  cores 1  memory 256MiB }
kernel almos-mkh
process app at (3,2) { code 1 page data 0 pages }
as app { let a = mmap(1 page, rw) write(a, 1) }
`;
  let inspector: Inspector;
  const ask = (args: object = {}): KernelViewsModel => inspector.answer('kernelViews', args) as KernelViewsModel;
  const tableOf = (model: KernelViewsModel, id: string) => {
    const view = model.views.find((one) => one.id === id);
    assert.ok(view?.shape === 'table');
    return view;
  };
  const columns = (model: KernelViewsModel): string[] =>
    tableOf(model, 'buddy-lists')
      .columns.slice(1)
      .map(({ title }) => title);
  const queues = (model: KernelViewsModel): string[] =>
    tableOf(model, 'rpc-queues').rows.map(({ cells }) => cells[0] ?? '');

  before(() => {
    const { scenario } = parseScenario(large, 'test.walk');
    assert.ok(scenario !== null);
    const created = Simulation.create({ scenario, kernel: almosMkh, assets: {} });
    assert.ok('simulation' in created);
    inspector = new Inspector(created.simulation);
    for (let steps = 0; steps < 3; steps++) created.simulation.advance({ kind: 'over' }, 1_000_000);
    inspector.noteStop();
  });

  it('begin with any cluster that is asked for', () => {
    const model = ask({ around: 200 });
    assert.equal(model.clusters.length, 256);
    assert.equal(model.around, 200);
    assert.equal(columns(model)[0], `${String(Math.floor(200 / 16))},${String(200 % 16)}`);
    assert.equal(columns(model).length, 16);
    assert.ok(queues(model).includes(columns(model)[0] ?? ''));
    // At the end of the list those before the cluster are shown as well.
    const last = ask({ around: 255 });
    assert.equal(columns(last).at(-1), '15,15');
    assert.equal(tableOf(last, 'buddy-lists').more, 240);
    assert.equal(
      tableOf(last, 'rpc-queues').more + queues(last).length,
      queues(model).length + tableOf(model, 'rpc-queues').more,
    );
    assert.throws(() => ask({ around: 256 }), /cluster/);
  });

  it('begin with the cluster of the current thread otherwise', () => {
    assert.equal(ask().around, 3 * 16 + 2);
  });
});
