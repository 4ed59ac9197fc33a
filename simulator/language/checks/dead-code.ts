/** Statements that can never run, and blocks without any effect. */
import type { AstNode } from 'langium';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';

export function checkDeadCodeOf(node: AstNode, context: CheckContext): void {
  if (ast.isBlock(node)) checkAfterExit(node.statements, context);
  else if (ast.isIfStatement(node) || ast.isElseIf(node)) checkCondition(node, context);
  else if (ast.isParallelStatement(node) || ast.isExploreStatement(node)) checkEmpty(node, context);
}

function checkAfterExit(statements: readonly ast.Statement[], { report, vocabulary }: CheckContext): void {
  const end = statements.findIndex(isExit);
  const after = statements[end + 1];
  const exit = statements[end];
  if (end < 0 || after === undefined || !ast.isCallStatement(exit)) return;
  if (vocabulary.functionsNamed(exit.call.callee).length !== 1) return;
  const message = `Nothing runs here after \`${exit.call.callee}\`, which ends the thread: move it into another \`as\` block.`;
  report.warning('WALK127', after, message, { message: 'the thread ends here', at: exit });
}

function isExit(node: ast.Statement): boolean {
  return ast.isCallStatement(node) && (node.call.callee === 'exit' || node.call.callee === 'thread_exit');
}

function checkCondition(node: ast.IfStatement | ast.ElseIf, { report }: CheckContext): void {
  const { condition } = node;
  if (!ast.isNameReference(condition) || (condition.name !== 'true' && condition.name !== 'false')) return;
  const what = condition.name === 'false' ? 'never' : 'always';
  report.warning('WALK127', condition, `The condition is constant: this block ${what} runs.`);
}

function checkEmpty(node: ast.ParallelStatement | ast.ExploreStatement, { report }: CheckContext): void {
  const word = ast.isParallelStatement(node) ? 'parallel' : 'explore';
  const start = report.range(node);
  const at = { ...start, endLine: start.line, endColumn: start.column + word.length };
  if (node.blocks.length === 0) {
    report.warning('WALK127', at, `\`${word}\` without blocks does nothing: put \`as THREAD { … }\` into it.`);
  } else if (node.blocks.length === 1 && !ast.isExpectInterleaved(node.$container)) {
    report.warning('WALK127', at, `\`${word}\` with one block interleaves nothing: \`as\` alone does the same.`);
  }
}
