/** What a simulation while typing tells, and who makes one. */
import type { Bounds } from '../../session/scenario/bounds.ts';
import type { Diagnostic, Scenario, SourceRange } from '../../session/scenario/scenario.ts';

export interface LiveResult {
  /** Where a bound ended the simulation, a remark at the statement that it had reached is among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** What expressions of the text were, for hovers. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
}

/** Runs a scenario somewhere else; rejects, or never answers, once the signal is aborted. */
export interface LiveSimulator {
  simulate(scenario: Scenario, bounds: Bounds, signal: AbortSignal): Promise<LiveResult>;
}
