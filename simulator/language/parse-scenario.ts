/** The one way from the text of a `.walk` file to a scenario. */
import type { Diagnostic, Scenario } from '../session/scenario.ts';
import { checkModel } from './checks/check-model.ts';
import { parseSyntax } from './syntax.ts';
import { lowerModel } from './walk-lowering.ts';

export interface ParsedScenario {
  /** Null if a diagnostic is an error. */
  readonly scenario: Scenario | null;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseScenario(text: string, file: string): ParsedScenario {
  const { model, errors } = parseSyntax(text, file);
  if (errors.length > 0) return { scenario: null, diagnostics: errors };
  const diagnostics = checkModel(model, file);
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return { scenario: failed ? null : lowerModel(model, file), diagnostics };
}
