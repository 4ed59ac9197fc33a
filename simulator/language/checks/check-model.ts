/** All static checks of one syntax tree. */
import { AstUtils } from 'langium';
import type { Diagnostic } from '../../session/scenario.ts';
import type { Model } from '../generated/ast.ts';
import { checkLiteralsOf } from './literals.ts';
import { Report } from './report.ts';
import { checkStructure, checkStructureOf } from './structure.ts';

export function checkModel(model: Model, file: string): readonly Diagnostic[] {
  const report = new Report(file);
  checkStructure(model, report);
  for (const node of AstUtils.streamAst(model)) {
    checkStructureOf(node, report);
    checkLiteralsOf(node, report);
  }
  return report.diagnostics.sort(inSourceOrder);
}

function inSourceOrder(a: Diagnostic, b: Diagnostic): number {
  return a.range.line - b.range.line || a.range.column - b.range.column;
}
