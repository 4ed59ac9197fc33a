/** What a simulation while typing tells, and who makes one. */
import type { Diagnostic, Scenario, SourceRange } from '../../session/scenario/scenario.ts';
import type { LiveBounds } from './bounds.ts';

export interface LiveResult {
  /** Where a bound ended the simulation, a remark at the statement that it had reached is among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** What expressions of the text were, for hovers. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
}

/** Runs a scenario somewhere else; rejects, or never answers, once the signal is aborted. */
export interface LiveSimulator {
  simulate(scenario: Scenario, bounds: LiveBounds, signal: AbortSignal): Promise<LiveResult>;
}
