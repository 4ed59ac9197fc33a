/** Findings about what may never be evaluated: a condition may guard against just that, so they are no reason to refuse the file. */
import type { AstNode } from 'langium';
import type { DiagnosticCode } from '../diagnostic-codes.ts';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';
import type { Where } from './report.ts';

export function complain(
  { report }: CheckContext,
  code: DiagnosticCode,
  guarded: AstNode,
  where: Where,
  message: string,
): void {
  if (isGuarded(guarded)) report.warning(code, where, `${message} Reached, it fails.`);
  else report.error(code, where, message);
}

/** Does a condition, or the left side of `and` and `or`, decide whether the run comes here? */
function isGuarded(node: AstNode): boolean {
  for (let at = node; at.$container !== undefined; at = at.$container) {
    const { $container: parent, $containerProperty: property } = at;
    if (ast.isBinary(parent) && (parent.operator === 'and' || parent.operator === 'or') && property === 'right')
      return true;
    const isCondition = ast.isIfStatement(parent) && property === 'condition';
    if ((ast.isIfStatement(parent) && !isCondition) || ast.isElseIf(parent)) return true;
    if (ast.isOnStatement(parent)) return true;
    if (ast.isWhileStatement(parent) && property !== 'condition') return true;
  }
  return false;
}
