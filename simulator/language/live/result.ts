/** What a simulation while typing tells, and who makes one. */
import type { Diagnostic, Scenario, SourceRange } from '../../session/scenario/scenario.ts';

export interface LiveResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What expressions of the text were, for hovers. */
  readonly values: readonly { readonly range: SourceRange; readonly text: string }[];
  /** Set where a bound of steps or time ended the simulation early: which one, in words. */
  readonly cutShort?: string;
}

/** Runs a scenario somewhere else; rejects, or never answers, once the signal is aborted. */
export interface LiveSimulator {
  simulate(scenario: Scenario, signal: AbortSignal): Promise<LiveResult>;
}
