/** A process that has ended is shown as it was just before, on every kernel. */
import { strict as assert } from 'node:assert';
import {
  CellFlag,
  type AddressSpaceModel,
  type PageModel,
  type PageTableModel,
} from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import type { RunState } from '../../../simulator/inspect/state-json.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';

const text = `process other { code 1 page data 0 }
process shell { code 2 pages data 2 pages }
as shell {
    let a = mmap(4 pages, rw)
    write(a, 41)
    write(a + 4096, 42)
    exit(code: 3)
}
as other { let b = mmap(4096, rw) write(b, 1) }
`;

/** Children one after the other: a kernel may give the second one the pid of the first. */
const children = `process shell { code 1 page data 1 page }
as shell { let first = fork() }
as first { let m = mmap(3 pages, rw) write(m, 1) exit() }
as shell { wait() let second = fork() }
as second { exit() }
as shell { wait() }
`;

function simulate(kernel: Kernel, body = text): Simulation {
  const { scenario, diagnostics } = parseScenario(`kernel ${kernel.name}\n${body}`, 'test.walk');
  assert.ok(scenario, diagnostics.map(({ message }) => message).join('\n'));
  const created = Simulation.create({ scenario, kernel, assets: {} });
  assert.ok('simulation' in created);
  return created.simulation;
}

/** What does not depend on the stop before. */
function picture({ regions, totals }: AddressSpaceModel): unknown {
  return {
    totals,
    regions: regions.map(({ start, end, kind, protection, resident, cells }) => ({
      ...{ start, end, kind, protection, resident },
      cells: cells.map((cell) => ({ ...cell, flags: cell.flags & ~CellFlag.changed })),
    })),
  };
}

for (const kernel of wholeKernels) {
  describe(`a process that has ended on ${kernel.name}`, () => {
    let simulation: Simulation;
    let inspector: Inspector;
    const ask = <T>(command: string, args: object = {}): T =>
      inspector.answer(command, { process: 'shell', ...args }) as T;
    const over = (): void => {
      simulation.advance({ kind: 'over' }, 1_000_000);
      inspector.noteStop();
    };
    const stepTo = (line: number): void => {
      while (simulation.stack(simulation.currentThreadId)[0]?.line !== line) {
        assert.ok(!simulation.isAtEnd, `line ${String(line)} was not reached`);
        over();
      }
    };

    beforeEach(() => {
      simulation = simulate(kernel);
      inspector = new Inspector(simulation);
      inspector.answer('machine', {});
    });

    it('keeps its regions, its pages and its tables', () => {
      stepTo(8);
      const space = ask<AddressSpaceModel>('addressSpace');
      const { counts } = ask<PageTableModel>('pageTable', { filter: 'present' });
      over();
      over();
      const kept = ask<AddressSpaceModel>('addressSpace');
      assert.equal(kept.context.process?.alive, false);
      assert.deepEqual(kept.context.process?.tables, space.context.process?.tables);
      assert.deepEqual(picture(kept), picture(space));
      assert.equal(kept.changed, 0);
      const table = ask<PageTableModel>('pageTable', { filter: 'present' });
      assert.equal(table.counts.present, counts.present);
      assert.ok(table.counts.present >= 2);
    });

    it('still has each of its pages, and translates nothing', () => {
      stepTo(8);
      const region = ask<AddressSpaceModel>('addressSpace').regions.find(
        ({ resident, kind }) => kind === 'anon' && resident === 2,
      );
      assert.ok(region);
      const vpn = region.start / 4096;
      const { entry } = ask<PageModel>('page', { vpn });
      over();
      over();
      const kept = ask<PageModel>('page', { vpn });
      assert.deepEqual(kept.entry?.words, entry?.words);
      assert.equal(ask<PageModel>('page', { vpn: vpn + 3 }).entry, null);
      assert.throws(() => ask('translate', { address: region.start }), /'shell' has ended/);
    });

    it('has an answer to every other question', () => {
      while (!simulation.isAtEnd) over();
      for (const command of ['kernelViews', 'machine', 'frames', 'state'])
        assert.doesNotThrow(() => JSON.stringify(ask(command)), command);
    });

    it('is not taken for another that has its pid', () => {
      simulation = simulate(kernel, children);
      inspector = new Inspector(simulation);
      while (!simulation.isAtEnd) over();
      assert.deepEqual(simulation.world.script.diagnostics, []);
      const { processes } = ask<RunState>('state');
      const regions = (name: string): number | undefined =>
        processes.find((process) => process.name === name)?.regions.length;
      assert.deepEqual(
        processes.map(({ name, alive }) => [name, alive]),
        [
          ['shell', true],
          ['first', false],
          ['second', false],
        ],
      );
      assert.equal(regions('first'), (regions('second') ?? 0) + 1);
      const [before, after] = ['first', 'second'].map((process) => ask<AddressSpaceModel>('addressSpace', { process }));
      assert.equal(before?.regions.length, (after?.regions.length ?? 0) + 1);
    });

    it('is the same after going back and forward again', () => {
      while (!simulation.isAtEnd) over();
      const last = picture(ask<AddressSpaceModel>('addressSpace'));
      simulation.seek({ statement: 3, step: 0 });
      assert.equal(ask<AddressSpaceModel>('addressSpace').context.process?.alive, true);
      while (!simulation.isAtEnd) over();
      assert.deepEqual(picture(ask<AddressSpaceModel>('addressSpace')), last);
    });
  });
}
