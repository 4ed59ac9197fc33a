/** Statements that can never run, and blocks without any effect. */
import { AstUtils } from 'langium';
import type { AstNode } from 'langium';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';

export function checkDeadCodeOf(node: AstNode, context: CheckContext): void {
  if (ast.isBlock(node)) checkAfterExit(node.statements, context);
  else if (ast.isIfStatement(node) || ast.isElseIf(node)) checkCondition(node, context);
  else if (ast.isWhileStatement(node)) checkEndless(node, context);
  else if (ast.isParallelStatement(node) || ast.isExploreStatement(node)) checkEmpty(node, context);
}

function checkAfterExit(statements: readonly ast.Statement[], { report, vocabulary }: CheckContext): void {
  const end = statements.findIndex(isExit);
  const after = statements[end + 1];
  const exit = statements[end];
  if (end < 0 || after === undefined) return;
  if (ast.isBreakStatement(exit) || ast.isContinueStatement(exit)) {
    const message = `Nothing runs here after \`${exit.word}\`: remove it, or move it up.`;
    report.warning('WALK127', after, message, { message: 'the round ends here', at: exit });
    return;
  }
  if (!ast.isCallStatement(exit)) return;
  if (vocabulary.functionsNamed(exit.call.callee).length !== 1) return;
  const message = `Nothing runs here after \`${exit.call.callee}\`, which ends the thread: move it into another \`as\` block.`;
  report.warning('WALK127', after, message, { message: 'the thread ends here', at: exit });
}

function isExit(node: ast.Statement): boolean {
  if (ast.isBreakStatement(node) || ast.isContinueStatement(node)) return true;
  return ast.isCallStatement(node) && (node.call.callee === 'exit' || node.call.callee === 'thread_exit');
}

function checkCondition(node: ast.IfStatement | ast.ElseIf, { report }: CheckContext): void {
  const { condition } = node;
  if (!ast.isNameReference(condition) || (condition.name !== 'true' && condition.name !== 'false')) return;
  const what = condition.name === 'false' ? 'never' : 'always';
  report.warning('WALK127', condition, `The condition is constant: this block ${what} runs.`);
}

function checkEndless({ condition, block }: ast.WhileStatement, { report }: CheckContext): void {
  if (!ast.isNameReference(condition)) return;
  if (condition.name === 'false')
    report.warning('WALK127', condition, 'The condition is constant: this block never runs.');
  else if (condition.name === 'true' && !AstUtils.streamAllContents(block).some(mayLeave))
    report.warning('WALK127', condition, 'This loop never ends: leave it with `break`.');
}

function mayLeave(node: AstNode): boolean {
  if (ast.isBreakStatement(node) || ast.isReturnStatement(node)) return true;
  return (ast.isCall(node) && /^(?:exit|thread_exit|exec)$/.test(node.callee)) || (ast.isExpect(node) && node.kills);
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
