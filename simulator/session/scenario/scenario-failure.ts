import type { Diagnostic, SourceRange } from './scenario.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';

export interface Related {
  readonly message: string;
  readonly range: SourceRange;
}

/**
 * A scenario did something that cannot go on: thrown, so that it unwinds the expression that is being evaluated.
 * Never a bug of ours; those are plain errors.
 */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
  readonly code: DiagnosticCode;
  readonly range: SourceRange;
  readonly related: readonly Related[];
  /** For a call that failed: the names that its error goes by, the common one first. */
  readonly names: readonly string[];
  /** Of the loops inside an interleaved block: set where it leaves the block. */
  rounds: readonly string[] = [];

  constructor(
    code: DiagnosticCode,
    message: string,
    range: SourceRange,
    related: readonly Related[] = [],
    names: readonly string[] = [],
  ) {
    super(message);
    this.code = code;
    this.range = range;
    this.related = related;
    this.names = names;
  }

  toDiagnostic(): Diagnostic {
    return diagnostic(this.code, 'error', this.message, this.range, this.related);
  }
}

export function diagnostic(
  code: DiagnosticCode,
  severity: Diagnostic['severity'],
  message: string,
  range: SourceRange,
  related: readonly Related[] = [],
): Diagnostic {
  return { code, severity, message, range, ...(related.length > 0 ? { related } : {}) };
}
