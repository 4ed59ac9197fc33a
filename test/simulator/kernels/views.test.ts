/** What every kernel's own views keep, at every statement of a scenario, and what is special to ALMOS-MKH's. */
import { strict as assert } from 'node:assert';
import { viewLimit, type KernelView, type ViewNode } from '../../../simulator/kernels/kernel-view.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';

const text = `process app { code 2 pages data 2 pages }
thread second of app
as app {
    let buf = mmap(16 pages, rw)
    let other = mmap(4 pages, rw)
    touch(buf, 16 pages, w)
    touch(other, 4 pages, w)
    let child = fork()
    munmap(other, 4 pages)
}
as child { write(buf, 1) }
as app { exit() }
as child { exit() }
`;

/** For a kernel that the file itself is: it brings the operations above, and a handler that maps what is touched. */
const ownKernel = `var next = 0x10000000
def lastLevel(va) {
    let levels = walk(va).levels
    return levels[length(levels) - 1]
}
def newTable() {
    let page = frame_alloc()
    zero(page)
    return page * 4096
}
def mmap(length, prot) {
    if table() == none { set_root(newTable()) }
    next += length
    return next - length
}
def munmap(addr, length) { }
def fork() {
    let made = clone_process()
    set_root(newTable(), of: made)
    return made
}
handler fault(addr, access, entry) {
    while lastLevel(addr).level > 1 { poke(lastLevel(addr).address, link(newTable())) }
    poke(lastLevel(addr).address, leaf(frame_alloc(), rw))
}
`;

function simulate(kernel: Kernel): Simulation {
  const whole = kernel.isDefinedByScenario === true ? ownKernel + text : text;
  const { scenario, diagnostics } = parseScenario(whole, 'test.walk', { kernel: kernel.name });
  assert.ok(scenario !== null, JSON.stringify(diagnostics));
  const created = Simulation.create({ scenario, kernel, assets: {} });
  assert.ok('simulation' in created);
  return created.simulation;
}

function viewsOf({ kernel }: Simulation, name: string | null): readonly KernelView[] {
  const process = kernel.processes().find((one) => one.name === name) ?? null;
  return kernel.views(process);
}

function partsOf(view: KernelView): string[] {
  const nodeIds = (nodes: readonly ViewNode[]): string[] =>
    nodes.flatMap((node) => [node.id, ...nodeIds(node.children)]);
  if (view.shape === 'tree') return nodeIds(view.nodes);
  return view.shape === 'table' ? view.rows.map(({ id }) => id) : view.segments.map(({ start }) => String(start));
}

function check(view: KernelView): void {
  const parts = partsOf(view);
  assert.ok(parts.length <= viewLimit, `${view.id} has ${String(parts.length)} parts`);
  assert.equal(new Set(parts).size, parts.length, `${view.id}: ids come twice: ${parts.join(' ')}`);
  assert.ok(view.title !== '' && view.note !== '' && view.more >= 0);
  assert.deepEqual(JSON.parse(JSON.stringify(view)), view, 'plain data');
  if (view.shape === 'table')
    assert.ok(
      view.rows.every(({ cells }) => cells.length === view.columns.length),
      view.id,
    );
  if (view.shape === 'strip') {
    assert.ok(
      view.segments.every(({ start, end }) => start >= view.start && end <= view.end && start < end),
      view.id,
    );
  }
}

describe('views that only one kernel has', () => {
  for (const kernel of kernels) {
    it(`${kernel.name}: bounded, of unique parts, and changing nothing, at every statement`, () => {
      const simulation = simulate(kernel);
      let isEnd = false;
      for (let steps = 0; !isEnd; steps++) {
        assert.ok(steps < 100);
        isEnd = simulation.advance({ kind: 'over' }, 10_000_000).reason === 'end';
        const before = JSON.stringify(simulation.kernel.objects());
        for (const name of [null, 'app', 'child']) {
          const views = viewsOf(simulation, name);
          assert.ok(views.length > 0);
          assert.equal(new Set(views.map(({ id }) => id)).size, views.length);
          views.forEach(check);
        }
        assert.equal(JSON.stringify(simulation.kernel.objects()), before);
      }
      assert.deepEqual(
        simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }

  it('almos-mkh: a descriptor a cluster, released ranges, blocks that split, and the RPCs of a fork', () => {
    const simulation = simulate(kernels.find(({ name }) => name === 'almos-mkh') as Kernel);
    const stepTo = (line: number): void => {
      while (simulation.stack(simulation.currentThreadId)[0]?.line !== line)
        simulation.advance({ kind: 'over' }, 10_000_000);
    };
    const view = (name: string, id: string): KernelView =>
      viewsOf(simulation, name).find((one) => one.id === id) as KernelView;
    const cells = (id: string): readonly (readonly string[])[] => {
      const table = view('app', id);
      return table.shape === 'table' ? table.rows.map((row) => row.cells) : [];
    };
    stepTo(4);
    const blocks = cells('buddy-lists');
    assert.deepEqual(cells('zombi-lists'), []);
    stepTo(11);
    assert.notDeepEqual(cells('buddy-lists'), blocks);
    assert.deepEqual(
      cells('zombi-lists').map(([pages]) => pages),
      ['4'],
    );
    assert.ok(cells('rpcs').some(([, name]) => name === 'PROCESS_MAKE_FORK'));
    assert.equal(cells('rpc-queues').length, 4);
    const tree = view('child', 'descriptors');
    assert.ok(tree.shape === 'tree');
    assert.match(tree.nodes[0]?.detail ?? '', /^reference · PT1 at frame 0x/);
    assert.ok(tree.nodes[0]?.children.some(({ label }) => label === 'anonymous'));
  });
});
