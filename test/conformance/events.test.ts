// Every event that any scenario makes has the shape that its kind has everywhere: one kind, one shape, on every kernel.
import { strict as assert } from 'node:assert';
import { eventShapes } from '../../simulator/hardware/event-shapes.ts';
import { isEvent, type TraceEvent } from '../../simulator/hardware/trace-event.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { isMemory, problemOf } from '../support/event-validator.ts';
import { scenarioFiles, type ScenarioFile } from './scenarios.ts';

/** What is wrong with the events of a file, each thing once. */
function problemsOf({ kernel, simulations }: ScenarioFile, seen: Set<string>): string[] {
  const problems = new Set<string>();
  for (const { test, simulation } of simulations()) {
    let last = -1;
    const check = (event: TraceEvent): string | null => {
      const { machine } = simulation.world;
      seen.add(event.name);
      if (event.id <= last) return `${event.name} comes after a later event`;
      last = event.id;
      if (isEvent(event, 'page-alloc', 'page-free') && !isMemory(machine, event.fields.ppn, event.fields.pages))
        return `${event.name}: its frames are no memory`;
      return problemOf(event, kernel.events, machine);
    };
    simulation.onEvents((events) => {
      for (const event of events) {
        const problem = check(event);
        if (problem !== null) problems.add(`${test ?? ''}, line ${String(event.line)}: ${problem}`);
      }
    });
    while (simulation.advance({ kind: 'continue' }, 20_000).reason === 'budget');
    assert.ok(last >= 0, `${test ?? 'the file'} told nothing`);
  }
  return [...problems];
}

describe('events', () => {
  const files = scenarioFiles();
  const seen = new Map<string, Set<string>>();
  for (const file of files) {
    it(file.name, () => {
      const { name } = file.kernel;
      const names = seen.get(name) ?? new Set();
      seen.set(name, names);
      assert.deepEqual(problemsOf(file, names), []);
    });
  }

  it('of every kind occur, of every kernel’s own as well', () => {
    const everywhere = new Set([...seen.values()].flatMap((names) => [...names]));
    assert.deepEqual(
      Object.keys(eventShapes).filter((name) => !everywhere.has(name)),
      [],
    );
    for (const { name, events } of kernels)
      assert.deepEqual(
        Object.keys(events).filter((event) => seen.get(name)?.has(event) !== true),
        [],
        name,
      );
  });
});
