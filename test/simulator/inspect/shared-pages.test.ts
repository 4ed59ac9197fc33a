/** A page counts as shared where a region of another process shows its frame; a kernel's own window onto memory shares nothing. */
import { strict as assert } from 'node:assert';
import { runState } from '../../../simulator/inspect/state-json.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { coveredRanges, isCovered } from '../../../simulator/session/state/region-ranges.ts';

const text = `process app { code 0 pages  data 0 pages }
as app {
    let own = mmap(3 pages, rw)
    touch(own, 3 pages, w)
    let common = mmap(2 pages, rw, kind: shared)
    touch(common, 2 pages, w)
    let child = fork()
}
as child {
    touch(common, 2 pages, w)
    touch(own, 3 pages, w)
}
as app { touch(own, 3 pages, w) }
`;

describe('shared pages', () => {
  for (const kernel of wholeKernels) {
    it(`${kernel.name}: memory mapped as shared is, what both sides have written is not`, () => {
      const { scenario } = parseScenario(text, 'test.walk', { kernel: kernel.name });
      assert.ok(scenario !== null);
      const created = Simulation.create({ scenario, kernel, assets: {} });
      assert.ok('simulation' in created);
      const { simulation } = created;
      while (simulation.advance({ kind: 'over' }, 10_000_000).reason !== 'end');
      const { processes } = runState({ kernel: simulation.kernel, world: simulation.world });
      assert.equal(processes.length, 2);
      for (const { regions } of processes) {
        const pages = (kind: string): [number, number] => {
          const one = regions.find((region) => region.kind === kind);
          return [one?.residentPages ?? -1, one?.sharedPages ?? -1];
        };
        assert.deepEqual(pages('shared'), [2, 2]);
        assert.deepEqual(pages('anon'), [3, 0]);
      }
    });
  }

  it('regions cover ranges, in whatever order and overlap they come', () => {
    const ranges = coveredRanges([
      { start: 50, end: 60 },
      { start: 10, end: 20 },
      { start: 15, end: 30 },
      { start: 30, end: 31 },
    ]);
    assert.deepEqual(ranges, [
      { start: 10, end: 31 },
      { start: 50, end: 60 },
    ]);
    assert.deepEqual(
      [9, 10, 30, 31, 49, 50, 59, 60].map((address) => isCovered(ranges, address)),
      [false, true, true, false, false, true, true, false],
    );
    assert.equal(isCovered([], 0), false);
  });
});
