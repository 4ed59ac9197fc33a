/** Changes at a stop make branches; a branch that is run again, from wherever, comes to the same world, and the main line is untouched. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseExpression } from '../../../extension/debug/protocol/expression.ts';
import type { Edit } from '../../../simulator/session/moves/edits.ts';
import type { Position, Simulation } from '../../../simulator/session/moves/simulation.ts';
import { MAIN } from '../../../simulator/session/moves/timeline.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import type { Expression } from '../../../simulator/session/scenario/scenario.ts';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { runToEnd, simulationOfFile } from './simulations.ts';

const kernels = ['almos-mkh', 'vm-region', 'haiku', 'lunaix'] as const;

function textOn(kernel: string): string {
  return `kernel ${kernel}
process app { code 1 page data 0 }
as app {
    let buf = mmap(8 pages, rw)
    let seven = 7
    for i in 0..6 {
        write(buf + i * 1 page, seven + i)
    }
    print read(buf)
    touch(buf, 8 pages, w)
    print read(buf + 1 page)
}
`;
}

const as = { thread: 'app', frame: null };

function setName(name: string, value: string): Edit {
  return { kind: 'value', target: parseExpression(name), value: parseExpression(value), as };
}

function callOf(text: string): Edit {
  return { kind: 'call', expression: parseExpression(text), as };
}

function memoryOf(simulation: Simulation, value: number): Edit {
  const owner = simulation.kernel.processes()[0]?.owner ?? 0;
  const address = Number(simulation.bindings().get('buf'));
  return { kind: 'memory', owner, cluster: 0, address, bytes: Uint8Array.of(value, 0, 0, 0) };
}

function printsOf(simulation: Simulation): string[] {
  return simulation.world.script.prints.map(({ text }) => text);
}

/** Behind the loop's first rounds: the first page is mapped. */
const inLoop: Position = { statement: 8, step: 0 };

describe('session: branches', () => {
  for (const kernel of kernels) {
    it(`${kernel}: every kind of edit leads to a branch that repeats exactly, and the main line stays what it was`, () => {
      const main = runToEnd(simulationOfFile(textOn(kernel)));
      const edits: ((simulation: Simulation) => Edit)[] = [
        () => setName('seven', '40'),
        (simulation) => memoryOf(simulation, 99),
        () => callOf('write(buf, 55)'),
        () => callOf('mmap(2 pages, rw)'),
      ];
      for (const make of edits) {
        const simulation = runToEnd(simulationOfFile(textOn(kernel)));
        simulation.seek(inLoop);
        const { branch } = simulation.edit(make(simulation), 'an edit');
        assert.equal(branch, 'branch 1');
        const there = simulation.position;
        assert.deepEqual(there, inLoop);
        runToEnd(simulation);
        const changed = simulation.world;
        assert.notEqual(worldDifference(main.world, changed), null, 'the edit has an effect');
        for (const statement of [0, 12, inLoop.statement, 4]) {
          simulation.seek({ statement, step: 0 });
          runToEnd(simulation);
          assert.equal(worldDifference(changed, simulation.world), null, `again from ${String(statement)}`);
        }
        simulation.switchTo(simulation.branches()[0] as never);
        assert.deepEqual([simulation.branch.name, simulation.position], [MAIN, inLoop]);
        assert.equal(worldDifference(main.world, runToEnd(simulation).world), null, 'the main line');
      }
    });
  }

  it('what is written is what the run reads', () => {
    const simulation = simulationOfFile(textOn('almos-mkh'));
    simulation.seek(inLoop);
    simulation.edit(memoryOf(simulation, 99), 'memory');
    assert.equal(simulation.branches().length, 2);
    simulation.edit(setName('seven', '40'), 'seven = 40');
    assert.equal(simulation.branches().length, 2, 'a second edit at the same stop is the same branch’s');
    assert.deepEqual(
      simulation.branch.edits.map(({ text }) => text),
      ['memory', 'seven = 40'],
    );
    assert.deepEqual(printsOf(runToEnd(simulation)), ['99', '8']);
    simulation.seek({ statement: 6, step: 0 });
    simulation.edit(setName('seven', '1'), 'seven = 1');
    assert.deepEqual(
      simulation.branches().map(({ name, parent, from }) => [name, parent, from?.statement]),
      [
        [MAIN, null, undefined],
        ['branch 1', MAIN, inLoop.statement],
        ['branch 2', 'branch 1', 6],
      ],
    );
    assert.deepEqual(printsOf(runToEnd(simulation)), ['7', '2']);
  });

  it('an edit inside a statement is made again at its micro-step', () => {
    const simulation = simulationOfFile(textOn('almos-mkh'));
    simulation.seek({ statement: 12, step: 0 });
    for (let count = 0; count < 30; count++) simulation.advance({ kind: 'instruction' }, 1_000_000);
    const { position } = simulation;
    assert.ok(position.step > 0);
    simulation.edit(memoryOf(simulation, 77), 'memory');
    runToEnd(simulation);
    const changed = simulation.world;
    simulation.seek(position);
    assert.equal(worldDifference(changed, runToEnd(simulation).world), null);
    simulation.seek({ statement: 0, step: 0 });
    assert.equal(worldDifference(changed, runToEnd(simulation).world), null);
  });

  it('what cannot be changed is refused, and then there is no branch', () => {
    const simulation = simulationOfFile(textOn('almos-mkh'));
    simulation.seek(inLoop);
    const owner = simulation.kernel.processes()[0]?.owner ?? 0;
    const refusals: [Edit, RegExp][] = [
      [setName('nothing', '1'), /nothing has the name nothing here/],
      [setName('seven', '"text"'), /seven is an integer, and text is a string/],
      [callOf('write(8, 1)'), /SEGV/],
      [{ kind: 'memory', owner, cluster: 0, address: 8, bytes: Uint8Array.of(1) }, /nothing is mapped at 0x8/],
    ];
    for (const [edit, message] of refusals) {
      assert.throws(
        () => simulation.edit(edit, 'refused'),
        (error) => error instanceof ScenarioFailure && message.test(error.message),
      );
      assert.deepEqual([simulation.branch.name, simulation.branches().length], [MAIN, 1]);
    }
    runToEnd(simulation);
    assert.throws(() => simulation.edit(setName('seven', '1'), 'late'), /the scenario has ended: go back first/);
  });

  it('a kernel object takes a plain value of the same type', () => {
    const simulation = simulationOfFile(textOn('almos-mkh'));
    simulation.seek(inLoop);
    const receiver = parseExpression('1');
    const target: Expression = {
      kind: 'member',
      receiver: { kind: 'name', name: 'app', range: receiver.range },
      member: 'vmm',
      range: receiver.range,
    };
    const counter: Expression = { kind: 'member', receiver: target, member: 'vsegs_nr', range: receiver.range };
    const { value } = simulation.edit(
      { kind: 'value', target: counter, value: parseExpression('50'), as },
      'vsegs_nr = 50',
    );
    assert.equal(value, 50n);
    assert.equal(simulation.evaluate(counter), 50n);
    assert.throws(
      () => simulation.edit({ kind: 'value', target, value: parseExpression('50'), as }, 'vmm = 50'),
      /vmm holds a object|vmm is computed/,
    );
  });

  it('positions and edits at random end in the same world again', () => {
    const edit = fc.record({ statement: fc.integer({ min: 4, max: 13 }), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.constantFrom(...kernels), fc.array(edit, { minLength: 1, maxLength: 3 }), (kernel, edits) => {
        const simulation = simulationOfFile(textOn(kernel));
        for (const { statement, value } of edits) {
          simulation.seek({ statement, step: 0 });
          simulation.edit(setName('seven', String(value)), `seven = ${String(value)}`);
        }
        const end = runToEnd(simulation).world;
        for (const { statement } of edits) {
          simulation.seek({ statement, step: 1 });
          assert.equal(worldDifference(end, runToEnd(simulation).world), null);
        }
      }),
      { seed: 5, numRuns: 20 },
    );
  });
});
