/** Which lines of a scenario its tests ran, and which numbered steps of the kernel's functions. */
import { isEvent, type TraceEvent } from '../../hardware/trace-event.ts';
import type { Simulation } from '../../session/moves/simulation.ts';
import { allStatements } from '../../session/scenario/named-files.ts';
import type { Scenario, Statement } from '../../session/scenario/scenario.ts';

export interface Coverage {
  /** Lines on which a statement begins, and how often one began there. */
  readonly lines: readonly LineCount[];
  /** Steps that were taken, as `FUNCTION LABEL`, of each kernel. */
  readonly steps: readonly KernelSteps[];
}

export interface LineCount {
  readonly line: number;
  readonly count: number;
}

export interface KernelSteps {
  readonly kernel: string;
  readonly taken: readonly string[];
  /** Numbered steps that the kernel's functions declare. */
  readonly declared: number;
}

/** It only says who runs what is inside it, or in which order. */
function isFrame(kind: Statement['kind']): boolean {
  return kind === 'as' || kind === 'parallel' || kind === 'explore';
}

/** Over all tests of a file, on every kernel. */
export class CoverageRecorder {
  private readonly file: string;
  private readonly counts = new Map<number, number>();
  private readonly steps = new Map<string, { readonly taken: Set<string>; readonly declared: ReadonlySet<string> }>();

  constructor(scenario: Scenario) {
    this.file = scenario.file;
    for (const { kind, range } of allStatements(scenario)) if (!isFrame(kind)) this.counts.set(range.line, 0);
  }

  readonly listen = (events: readonly TraceEvent[]): void => {
    for (const event of events) {
      if (!isEvent(event, 'statement') || event.fields.file !== this.file) continue;
      const before = this.counts.get(event.line);
      if (before !== undefined) this.counts.set(event.line, before + 1);
    }
  };

  /** At every micro-step. */
  readonly look = ({ kernel, currentFrame }: Simulation): void => {
    let known = this.steps.get(kernel.name);
    if (known === undefined) {
      known = { taken: new Set(), declared: declaredSteps(kernel) };
      this.steps.set(kernel.name, known);
    }
    if (currentFrame === null) return;
    const step = `${currentFrame.info.name} ${currentFrame.label}`;
    if (known.declared.has(step)) known.taken.add(step);
  };

  get coverage(): Coverage {
    return {
      lines: [...this.counts].map(([line, count]) => ({ line, count })).sort((a, b) => a.line - b.line),
      steps: [...this.steps].map(([kernel, { taken, declared }]) => ({
        kernel,
        taken: [...taken].sort(),
        declared: declared.size,
      })),
    };
  }
}

function declaredSteps({ functions }: Simulation['kernel']): ReadonlySet<string> {
  return new Set(functions.flatMap(({ info }) => Object.keys(info.steps).map((label) => `${info.name} ${label}`)));
}
