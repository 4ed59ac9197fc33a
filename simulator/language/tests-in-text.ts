/** The tests of a text, for lists of them: found also where the rest of it is wrong. */
import type { SourceRange } from '../session/scenario/scenario.ts';
import * as ast from './generated/ast.ts';
import { rangeOfCst } from './source-range.ts';
import { parseSyntax } from './syntax.ts';

export interface TestPlace {
  readonly name: string;
  /** The whole test, from `test` to its closing brace. */
  readonly range: SourceRange;
}

export interface TestsInText {
  readonly tests: readonly TestPlace[];
  /** The text has syntax errors, so that tests may be missing. */
  readonly isBroken: boolean;
}

export function testsInText(text: string, file: string): TestsInText {
  const { model, errors } = parseSyntax(text, file);
  const found = new Map<string, TestPlace>();
  for (const node of model.statements) {
    if (!ast.isTestStatement(node)) continue;
    // Of a test that is being typed the name may be missing; of two with one name the second is an error.
    const { name } = node as { readonly name?: string };
    if (name === undefined || found.has(name)) continue;
    found.set(name, { name, range: rangeOfCst(node.$cstNode, file) });
  }
  return { tests: [...found.values()], isBroken: errors.length > 0 };
}
