import * as vscode from 'vscode';
import type { Coverage } from '../../simulator/cli/test/coverage.ts';
import type { TestResult } from '../../simulator/cli/test/results.ts';
import type { Diagnostic } from '../../simulator/session/scenario/scenario.ts';

/** Each error at its place, with what is to blame as well. */
export function messagesOf(result: TestResult, isOneOfSeveral: boolean): vscode.TestMessage[] {
  const kernel = isOneOfSeveral ? `On ${result.kernel ?? ''}: ` : '';
  return result.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((diagnostic) => messageOf(diagnostic, kernel));
}

function messageOf({ code, message, range, related = [] }: Diagnostic, kernel: string): vscode.TestMessage {
  const lines = [
    `${kernel}${message} (${code})`,
    ...related.map((one) => `line ${String(one.range.line)}: ${one.message}`),
  ];
  const told = new vscode.TestMessage(lines.join('\n'));
  told.location = new vscode.Location(
    vscode.Uri.file(range.file),
    new vscode.Range(range.line - 1, range.column - 1, range.endLine - 1, range.endColumn - 1),
  );
  return told;
}

/** The lines of one file, as VS Code counts statements. */
export class ScenarioCoverage extends vscode.FileCoverage {
  readonly details: readonly vscode.StatementCoverage[];

  constructor(uri: vscode.Uri, { lines }: Coverage) {
    super(uri, new vscode.TestCoverageCount(lines.filter(({ count }) => count > 0).length, lines.length));
    this.details = lines.map(
      ({ line, count }) => new vscode.StatementCoverage(count, new vscode.Position(line - 1, 0)),
    );
  }
}

/** A line for each kernel, for the output of a run. */
export function stepsText({ steps }: Coverage): string {
  return steps
    .map(
      ({ kernel, taken, declared }) =>
        `${String(taken.length)} of ${String(declared)} numbered steps of ${kernel} were taken\r\n`,
    )
    .join('');
}
