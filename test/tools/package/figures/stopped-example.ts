// An example that has been run up to one of its lines, with an inspector that answers as the panels are answered.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Inspector } from '../../../../simulator/inspect/requests.ts';
import { findKernel } from '../../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../../simulator/session/moves/simulation.ts';
import { root } from '../../paths.ts';

const BUDGET = 10_000_000;

export class StoppedExample {
  private readonly simulation: Simulation;
  private readonly inspector: Inspector;
  private readonly lines: readonly string[];
  private readonly name: string;

  constructor(name: string) {
    const text = readFileSync(path.join(root, 'examples', name), 'utf8');
    const { scenario } = parseScenario(text, name);
    const kernel = findKernel(scenario?.kernel?.name ?? '');
    assert(scenario !== null && kernel !== null, `${name} has an error, or names no kernel`);
    const created = Simulation.create({ scenario, kernel, assets: {} });
    assert('simulation' in created, `${name} does not start`);
    this.simulation = created.simulation;
    this.inspector = new Inspector(this.simulation);
    this.lines = text.split('\n');
    this.name = name;
    // Changes are marked since the last stop at which somebody asked.
    this.answer('machine');
  }

  /** Stops before the first statement whose line has the text. */
  runTo(text: string): void {
    for (;;) {
      const line = this.simulation.stack(this.simulation.currentThreadId)[0]?.line;
      const at = line === undefined ? '' : (this.lines[line - 1] ?? '');
      if (at.includes(text)) return;
      assert(!this.simulation.isAtEnd, `${this.name} stops at no line with “${text}”`);
      this.step();
    }
  }

  /** Runs the statement. */
  step(): void {
    this.simulation.advance({ kind: 'over' }, BUDGET);
    this.inspector.noteStop();
  }

  answer<T>(command: string, args: object = {}): T {
    return this.inspector.answer(command, args) as T;
  }
}
