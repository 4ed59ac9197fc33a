// What causes what, in every scenario: each event follows from the statement or the daemon's turn that it belongs to, through
// traps, RPCs and interleavings; what begins also ends, and an outcome names its trap.
import { strict as assert } from 'node:assert';
import { isEvent, type TraceEvent } from '../../simulator/hardware/trace-event.ts';
import { scenarioFiles, type ScenarioFile } from './scenarios.ts';

const roots = ['statement', 'daemon'] as const;

/** What is wrong, each thing once. */
function problemsOf(file: ScenarioFile): string[] {
  const problems = new Set<string>();
  for (const { test, simulation } of file.simulations()) {
    const known = new Map<number, TraceEvent>();
    const outcomes = new Set<number>();
    simulation.onEvents((events) => {
      for (const event of events) {
        known.set(event.id, event);
        const problem = problemOf(event, known, outcomes);
        if (problem !== null) problems.add(`${test ?? ''}, line ${String(event.line)}: ${event.name}: ${problem}`);
      }
    });
    while (simulation.advance({ kind: 'continue' }, 20_000).reason === 'budget');
  }
  return [...problems];
}

function problemOf(event: TraceEvent, known: ReadonlyMap<number, TraceEvent>, outcomes: Set<number>): string | null {
  const cause = known.get(event.cause);
  if (cause === undefined) return isEvent(event, ...roots) && event.cause === -1 ? null : 'nobody told its cause';
  if (isEvent(event, 'page-fault', 'cow-fault', 'segv')) {
    if (!isEvent(cause, 'trap')) return `its cause is ${cause.name}, no trap`;
    if (cause.fields.va !== event.fields.va || cause.thread !== event.thread) return 'its trap is another one';
    if (outcomes.has(cause.id)) return 'its trap had an outcome already';
    outcomes.add(cause.id);
  }
  if (isEvent(event, 'rpc-begun', 'rpc-answered')) {
    const wanted = event.name === 'rpc-begun' ? 'rpc' : 'rpc-begun';
    if (!isEvent(cause, wanted)) return `its cause is ${cause.name}`;
    if (cause.fields.id !== event.fields.id) return 'its cause is another RPC';
  }
  if (isEvent(event, 'statement-end') && cause.name !== 'statement') return `its cause is ${cause.name}`;
  let root = cause;
  for (let next = known.get(root.cause); next !== undefined; next = known.get(root.cause)) root = next;
  if (!isEvent(root, ...roots)) return `it follows from ${root.name}`;
  return null;
}

describe('causes of events', () => {
  for (const file of scenarioFiles())
    it(file.name, () => {
      assert.deepEqual(problemsOf(file), []);
    });
});
