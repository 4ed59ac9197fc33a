/**
 * Ranges of the parts of `a + b * c`. The grammar's infix rules give the tree of operators, but all nodes of one chain share
 * the tokens of the whole; here each gets those of its own operands.
 */
import { AstUtils, CompositeCstNodeImpl, GrammarAST } from 'langium';
import type { AstNode, CstNode, Mutable } from 'langium';
import * as ast from './generated/ast.ts';
import type { TreeBuilder } from './tree-builder.ts';

export function separateChains(root: AstNode, builder: TreeBuilder): void {
  for (const node of AstUtils.streamAst(root)) {
    if (!ast.isBinary(node) || node.$cstNode === undefined) continue;
    const parent: AstNode | undefined = node.$container;
    if (parent !== undefined && ast.isBinary(parent) && isSameChain(node, parent)) continue;
    const chain = chainOf(node.$cstNode);
    if (chain !== null) separate(node, chain, builder);
  }
}

/** An operand that is an operation of the same rule stands in the same chain; `and` and `or` are a rule of their own. */
function isSameChain(a: ast.Binary, b: ast.Binary): boolean {
  return isLogical(a) === isLogical(b);
}

function isLogical({ operator }: ast.Binary): boolean {
  return operator === 'and' || operator === 'or';
}

/** The node whose direct children are the operands and operators of a chain; null where the text is broken. */
function chainOf(node: CstNode): CompositeCstNodeImpl | null {
  for (let at: CstNode | undefined = node; at instanceof CompositeCstNodeImpl;) {
    if (at.content.some(isOperator)) return at;
    at = at.content.find((child) => !child.hidden);
  }
  return null;
}

function isOperator({ grammarSource }: CstNode): boolean {
  return GrammarAST.isAssignment(grammarSource) && grammarSource.feature === 'operators';
}

/** Splits the chain's tokens at the node's own operator: as many operators stand before it as its left side has. */
function separate(node: ast.Binary, chain: CompositeCstNodeImpl, builder: TreeBuilder): void {
  (node as Mutable<ast.Binary>).$cstNode = chain as CstNode;
  const { content } = chain;
  const operators = content.flatMap((child, index) => (isOperator(child) ? [index] : []));
  const at = operators[operatorsIn(node.left, node)];
  if (at === undefined) return;
  builder.setChildren(chain, [
    ...operand(node.left, node, content.slice(0, at), builder),
    ...content.slice(at, at + 1),
    ...operand(node.right, node, content.slice(at + 1), builder),
  ]);
}

function operatorsIn(node: ast.Expression | undefined, parent: ast.Binary): number {
  if (node === undefined || !ast.isBinary(node) || !isSameChain(node, parent)) return 0;
  return operatorsIn(node.left, parent) + 1 + operatorsIn(node.right, parent);
}

function operand(
  node: ast.Expression | undefined,
  parent: ast.Binary,
  tokens: CstNode[],
  builder: TreeBuilder,
): CstNode[] {
  if (node === undefined || !ast.isBinary(node) || !isSameChain(node, parent)) return tokens;
  const own = new CompositeCstNodeImpl();
  own.grammarSource = tokens.find(({ hidden }) => !hidden)?.grammarSource;
  own.astNode = node;
  builder.setChildren(own, tokens);
  separate(node, own, builder);
  return [own as CstNode];
}
