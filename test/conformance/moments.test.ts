// Moments between which something lasts, in every scenario: locks are waited for, held and given back by the same thread, an
// RPC is asked, begun and answered in this order, and a frame is told to be a table before it is told to be none.
import { strict as assert } from 'node:assert';
import { isEvent, type TraceEvent } from '../../simulator/hardware/trace-event.ts';
import { scenarioFiles, type ScenarioFile } from './scenarios.ts';

class Moments {
  private readonly waiting = new Set<string>();
  private readonly held = new Map<string, number>();
  private readonly rpcs = new Map<number, string>();
  private readonly tables = new Map<number, string>();

  /** What is wrong with the event after all that came before; null: nothing. */
  take(event: TraceEvent): string | null {
    if (isEvent(event, 'lock-wait', 'lock-acquired', 'lock-released')) return this.lock(event.name, event);
    if (isEvent(event, 'rpc', 'rpc-begun', 'rpc-answered')) return this.rpc(event.name, event.fields.id);
    if (isEvent(event, 'table-alloc', 'table-free')) {
      const { ppn, root, level, start, end } = event.fields;
      return this.table(event.name, ppn, [root, level, start, end].join(' '));
    }
    return null;
  }

  private lock(name: string, { thread, fields }: { thread: string; fields: object }): string | null {
    const { lock, mode, waited } = fields as { lock: string; mode: string; waited?: boolean };
    const key = `${thread} ${lock} ${mode}`;
    const held = this.held.get(key) ?? 0;
    if (name === 'lock-wait') this.waiting.add(key);
    else if (name === 'lock-acquired') {
      this.held.set(key, held + 1);
      if (this.waiting.delete(key) !== waited) return `${key}: it has ${waited === true ? 'not ' : ''}waited`;
    } else {
      this.held.set(key, held - 1);
      if (held === 0) return `${key}: it is not held`;
    }
    return null;
  }

  private rpc(name: string, id: number): string | null {
    const before = this.rpcs.get(id);
    this.rpcs.set(id, name);
    const wanted = name === 'rpc' ? undefined : name === 'rpc-begun' ? 'rpc' : 'rpc-begun';
    return before === wanted ? null : `RPC ${String(id)} was last told as ${before ?? 'nothing'}`;
  }

  private table(name: string, ppn: number, place: string): string | null {
    const known = this.tables.get(ppn);
    if (name === 'table-free') this.tables.delete(ppn);
    else this.tables.set(ppn, place);
    if (name === 'table-alloc') return known === undefined ? null : `frame ${String(ppn)} is a table already`;
    return known === place ? null : `frame ${String(ppn)}: ${place}, but it was ${known ?? 'no table'}`;
  }
}

function problemsOf(file: ScenarioFile): string[] {
  const problems = new Set<string>();
  for (const { test, simulation } of file.simulations()) {
    const moments = new Moments();
    simulation.onEvents((events) => {
      for (const event of events) {
        const problem = moments.take(event);
        if (problem !== null) problems.add(`${test ?? ''}, line ${String(event.line)}: ${event.name}: ${problem}`);
      }
    });
    while (simulation.advance({ kind: 'continue' }, 20_000).reason === 'budget');
  }
  return [...problems];
}

describe('moments of events', () => {
  for (const file of scenarioFiles())
    it(file.name, () => {
      assert.deepEqual(problemsOf(file), []);
    });
});
