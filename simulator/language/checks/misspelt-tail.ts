/** `expect CALL fail ERROR` is read as two statements, where `fails` is meant. */
import type { AstNode } from 'langium';
import * as ast from '../generated/ast.ts';

/** The `fail` directly behind an `expect` without a tail, on its line. */
export function misspeltTailOf(node: ast.Expect): ast.FailStatement | null {
  const next = siblingOf(node, 1);
  if (!ast.isCall(node.value) || node.fails || next === null || !ast.isFailStatement(next)) return null;
  return node.$cstNode?.range.end.line === next.$cstNode?.range.start.line ? next : null;
}

export function isMisspeltTail(node: ast.FailStatement): boolean {
  const before = siblingOf(node, -1);
  return before !== null && ast.isExpect(before) && misspeltTailOf(before) === node;
}

function siblingOf({ $container: block, $containerIndex: index = 0 }: AstNode, distance: number): AstNode | null {
  if (!ast.isBlock(block) && !ast.isModel(block)) return null;
  return block.statements[index + distance] ?? null;
}
