/** The one way from the text of a `.walk` file to a scenario. */
import type { Diagnostic, Scenario } from '../session/scenario/scenario.ts';
import { knownNames } from './catalogue.ts';
import { checkModel } from './checks/check-model.ts';
import type { CheckOptions } from './checks/check-model.ts';
import { internalError } from './internal-error.ts';
import { standardCatalogue } from './standard-catalogue.ts';
import { parseSyntax } from './syntax.ts';
import { lowerModel } from './walk-lowering.ts';

export interface ParsedScenario {
  /** Null if a diagnostic is an error. */
  readonly scenario: Scenario | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws, whatever the text: a bug of ours is a finding, too (WALK134). The catalogue is that of all kernels unless a test brings another. */
export function parseScenario(text: string, file: string, options: Partial<CheckOptions> = {}): ParsedScenario {
  try {
    const catalogue = options.catalogue ?? standardCatalogue;
    const { model, errors } = parseSyntax(text, file, knownNames(catalogue));
    if (errors.length > 0) return { scenario: null, diagnostics: errors };
    const diagnostics = checkModel(model, file, { ...options, catalogue });
    const failed = diagnostics.some(({ severity }) => severity === 'error');
    return { scenario: failed ? null : lowerModel(model, file), diagnostics };
  } catch (error) {
    return { scenario: null, diagnostics: [internalError(error, file)] };
  }
}
