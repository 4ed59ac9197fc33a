/** Run and Debug above the file and above each test, named as the commands are. */
import type { LangiumDocument } from 'langium';
import type { CodeLensProvider } from 'langium/lsp';
import type { CodeLens, Range } from 'vscode-languageserver';
import * as ast from '../generated/ast.ts';
import { modelOf } from './document-facts.ts';

const commands = [
  ['Run', 'pagewalk.runFile'],
  ['Debug', 'pagewalk.debugFile'],
] as const;

export class WalkCodeLenses implements CodeLensProvider {
  provideCodeLens(document: LangiumDocument): CodeLens[] {
    const { uri } = document.textDocument;
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const tests = modelOf(document).statements.filter(ast.isTestStatement);
    const lenses = tests.flatMap((test) => {
      const range = test.$cstNode?.range;
      return range === undefined ? [] : lensesAt({ start: range.start, end: range.start }, 'Test', [uri, test.name]);
    });
    return [...lensesAt(top, 'Scenario', [uri]), ...lenses];
  }
}

function lensesAt(range: Range, what: string, args: readonly string[]): CodeLens[] {
  return commands.map(([title, command]) => ({
    range,
    command: { title: `${title} ${what}`, command, arguments: [...args] },
  }));
}
