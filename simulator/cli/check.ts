/** `pagewalk check FILE…`: everything that can be said without running. */
import { prepareProgram } from '../session/scenario/configuration.ts';
import { ExitCode } from '../session/scenario/outcome.ts';
import { ScenarioFailure } from '../session/scenario/scenario-failure.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { diagnosticJson } from '../inspect/state-json.ts';
import { InputError } from '../files/input-error.ts';
import { load } from './load.ts';
import type { RunOptions } from './options.ts';
import { writeDiagnostics, writeJson } from './output.ts';

export interface CheckFlags extends RunOptions {
  readonly json?: boolean;
}

export async function check(files: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  const checked: { file: string; diagnostics: Diagnostic[] }[] = [];
  for (const file of files) checked.push({ file, diagnostics: await findings(file, flags) });
  const results = checked.map(({ file, diagnostics }) => ({ file, ok: isWell(diagnostics), diagnostics }));
  const ok = results.every((result) => result.ok);
  if (flags.json === true) {
    const list = results.map((result) => ({ ...result, diagnostics: result.diagnostics.map(diagnosticJson) }));
    writeJson({ version: 1, ok, files: list });
  }
  for (const { diagnostics } of results) writeDiagnostics(diagnostics);
  return ok ? ExitCode.well : ExitCode.badInput;
}

function isWell(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every(({ severity }) => severity !== 'error');
}

async function findings(file: string, flags: CheckFlags): Promise<Diagnostic[]> {
  try {
    const { program, diagnostics } = await load(file, flags);
    if (program === null) return [...diagnostics];
    const prepared = prepareProgram(program);
    return 'diagnostics' in prepared ? [...diagnostics, ...prepared.diagnostics] : [...diagnostics];
  } catch (error) {
    if (error instanceof InputError || error instanceof ScenarioFailure) return [error.toDiagnostic()];
    throw error;
  }
}
