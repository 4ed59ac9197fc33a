import { strict as assert } from 'node:assert';
import type { AddressSpaceModel, PageModel } from '../../../simulator/inspect/models.ts';
import { CellFlag } from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';

const text = `kernel almos-mkh
process shell { code 2 pages data 2 pages }
as shell {
    let buf = mmap(64KiB, rw)
    write(buf, 41)
    let child = fork(at: (1,0))
}
as child {
    write(buf, 42)
    expect read(buf) == 42
}
`;

function simulate(source = text): Simulation {
  const { scenario, diagnostics } = parseScenario(source, 'test.walk');
  assert.deepEqual(diagnostics, []);
  const kernel = findKernel('almos-mkh');
  assert.ok(scenario !== null && kernel !== null);
  const created = Simulation.create({ scenario, kernel, assets: {} });
  assert.ok('simulation' in created);
  return created.simulation;
}

describe('inspecting a simulation step by step', () => {
  let simulation: Simulation;
  let inspector: Inspector;
  const ask = <T>(command: string, args: object = {}): T => inspector.answer(command, args) as T;
  const step = (kind: 'over' | 'in'): void => {
    simulation.advance({ kind }, 1_000_000);
    inspector.noteStop();
  };
  const stepTo = (line: number): void => {
    for (let steps = 0; steps < 100; steps++) {
      if (simulation.stack(simulation.currentThreadId)[0]?.line === line) return;
      step('over');
    }
    assert.fail(`line ${String(line)} was not reached`);
  };

  beforeEach(() => {
    simulation = simulate();
    inspector = new Inspector(simulation);
    ask('machine');
  });

  it('has an answer before the first process', () => {
    const space = ask<AddressSpaceModel>('addressSpace');
    assert.deepEqual([space.context.process, space.regions.length], [null, 0]);
  });

  it('follows the current thread, and tells what the last statement changed and why', () => {
    stepTo(9);
    assert.equal(ask<AddressSpaceModel>('addressSpace').context.process?.name, 'child');
    step('over');
    const space = ask<AddressSpaceModel>('addressSpace');
    const buf = space.regions.find((region) => region.kind === 'anon');
    assert.equal(buf?.changed, 1);
    const { why, previous, frame } = ask<PageModel>('page', { vpn: (buf?.start ?? 0) / 4096 });
    assert.notEqual(frame?.ppn, previous?.ppn);
    assert.ok(why.some((cause) => cause.event === 'page-copy' && cause.line === 9));
    assert.ok(why.some((cause) => cause.text.startsWith('before: ') && cause.line === 6));
  });

  it('gives the state of a run as the command line does', () => {
    stepTo(9);
    const state = ask<{ version: number; ok: boolean; processes: { name: string; alive: boolean }[] }>('state');
    assert.deepEqual([state.version, state.ok], [1, true]);
    assert.deepEqual(
      state.processes.map(({ name, alive }) => [name, alive]),
      [
        ['shell', true],
        ['child', true],
      ],
    );
    assert.doesNotThrow(() => JSON.stringify(state));
  });

  it('sees half-made states inside a kernel function, and takes the later ones back when time does', () => {
    stepTo(9);
    const before = ask<AddressSpaceModel>('addressSpace');
    const position = simulation.position;
    let changed = 0;
    for (let steps = 0; steps < 200 && changed === 0; steps++) {
      step('in');
      changed = ask<AddressSpaceModel>('addressSpace', { process: 'child' }).changed;
    }
    assert.equal(changed, 1);
    assert.notDeepEqual(simulation.position, position);
    simulation.seek(position);
    const after = ask<AddressSpaceModel>('addressSpace');
    const plain = (space: AddressSpaceModel) =>
      space.regions.map((region) => region.cells.map((cell) => cell.flags & ~CellFlag.changed));
    assert.deepEqual(plain(after), plain(before));
    const vpn = (after.regions.find((region) => region.kind === 'anon')?.start ?? 0) / 4096;
    assert.ok(
      ask<PageModel>('page', { vpn }).why.every((cause) => cause.line <= 6),
      'nothing of line 9 is told',
    );
  });

  it('tells nothing of the future where a kept world is restored and nothing is repeated', () => {
    simulation = simulate(`${text}for i in 0..70 { print i }\nas child { write(buf + 4096, 1) }\n`);
    inspector = new Inspector(simulation);
    ask('machine');
    while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
    const target = { process: 'child', vpn: bufferPage() + 1 };
    assert.ok(ask<PageModel>('page', target).why.length > 0);
    // Worlds are kept 64 statements from each other: this one is.
    simulation.seek({ statement: 64, step: 0 });
    assert.deepEqual(ask<PageModel>('page', target).why, []);
  });

  it('tells the same however often time comes there once more', () => {
    // Many events, of which only so many are kept, behind a world that is kept.
    const much = 'for i in 0..70 { print i }\nas child { touch(mmap(400 pages, rw), 400 pages, w) }\n';
    simulation = simulate(`${text}${much}`);
    inspector = new Inspector(simulation);
    ask('machine');
    const finish = (): PageModel => {
      while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
      return ask<PageModel>('page', { process: 'child', vpn: bufferPage() });
    };
    const { why } = finish();
    assert.ok(why.length > 0);
    for (let round = 0; round < 8; round++) {
      simulation.seek({ statement: 65, step: 0 });
      ask('machine');
      assert.deepEqual(finish().why, why, `round ${String(round)}`);
    }
  });

  function bufferPage(): number {
    const regions = ask<AddressSpaceModel>('addressSpace', { process: 'child' }).regions;
    return (regions.find(({ kind }) => kind === 'anon')?.start ?? 0) / 4096;
  }
});
