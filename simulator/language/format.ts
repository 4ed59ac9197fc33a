/**
 * The layout of a scenario: one space between words, two between parts on one line, four for each open brace. Line breaks
 * are the author's, up to one empty line; so is the distance of a comment that stands behind something.
 */
import type { AstNode, CstNode, LeafCstNode } from 'langium';
import { CstUtils } from 'langium';
import * as ast from './generated/ast.ts';

/** Half-open offsets in the text. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const indentWidth = 4;

/** The changes that lay out a text whose tree has no syntax error. */
export function formatChanges(model: ast.Model, text: string): TextChange[] {
  const leaves = tokensOf(model, text);
  const layout = new Layout();
  const changes: TextChange[] = [];
  let end = 0;
  for (const [index, leaf] of leaves.entries()) {
    const between = layout.between(leaves[index - 1], leaf, text.slice(end, leaf.offset));
    push(changes, { from: end, to: leaf.offset, text: between }, text);
    const written = oneBlank(leaf);
    push(changes, { from: leaf.offset, to: leaf.end, text: written }, text);
    layout.pass(leaf);
    end = leaf.end;
  }
  push(changes, { from: end, to: text.length, text: leaves.length === 0 ? '' : '\n' }, text);
  return changes;
}

/** From back to front, so that offsets stay true. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return changes.reduceRight(
    (result, { from, to, text: written }) => result.slice(0, from) + written + result.slice(to),
    text,
  );
}

function push(changes: TextChange[], change: TextChange, text: string): void {
  if (text.slice(change.from, change.to) !== change.text) changes.push(change);
}

function tokensOf(model: ast.Model, text: string): LeafCstNode[] {
  const root = model.$cstNode;
  if (root === undefined) return [];
  const isText = (leaf: LeafCstNode): boolean => leaf.length > 0 && text.slice(leaf.offset, leaf.end).trim() !== '';
  return CstUtils.flattenCst(root)
    .filter(isText)
    .toArray()
    .sort((a, b) => a.offset - b.offset);
}

/** `4   pages` has one blank. */
function oneBlank(leaf: LeafCstNode): string {
  return leaf.tokenType.name === 'SIZE' || leaf.tokenType.name === 'TIME'
    ? leaf.text.replace(/[ \t]+/, ' ')
    : leaf.text;
}

class Layout {
  /** Indentation of the lines inside each open bracket, innermost last. */
  private readonly open: { readonly inside: number; readonly outside: number }[] = [];
  private lineIndent = 0;

  between(before: LeafCstNode | undefined, next: LeafCstNode, blank: string): string {
    const lines = countLines(blank);
    if (before !== undefined && lines === 0)
      return isComment(next) ? beforeComment(blank) : ' '.repeat(distance(before, next));
    this.lineIndent = this.indentOf(before, next);
    const breaks = before === undefined ? 0 : Math.min(lines, 2);
    return '\n'.repeat(breaks) + ' '.repeat(this.lineIndent * indentWidth);
  }

  pass(leaf: LeafCstNode): void {
    if (isComment(leaf)) return;
    if (leaf.text === '(' || leaf.text === '[' || leaf.text === '{') {
      this.open.push({ inside: this.lineIndent + 1, outside: this.lineIndent });
    } else if (leaf.text === ')' || leaf.text === ']' || leaf.text === '}') this.open.pop();
  }

  private indentOf(before: LeafCstNode | undefined, next: LeafCstNode): number {
    const innermost = this.open.at(-1);
    if (next.text === ')' || next.text === ']' || next.text === '}') return innermost?.outside ?? 0;
    const inside = innermost?.inside ?? 0;
    const continues = before !== undefined && !isComment(next) && !beginsPart(next) && !isInBrackets(next);
    return continues ? inside + 1 : inside;
  }
}

function countLines(blank: string): number {
  return blank.split(/\r\n|\r|\n/).length - 1;
}

function isComment(leaf: CstNode): boolean {
  return 'hidden' in leaf && leaf.hidden;
}

function beforeComment(blank: string): string {
  return ' '.repeat(Math.max(1, blank.replaceAll('\t', '    ').length));
}

/** Spaces between two tokens of one line. */
function distance(before: LeafCstNode, next: LeafCstNode): number {
  if (isComment(before)) return 1;
  if (before.text === '{' || next.text === '}') return 1;
  if (before.text === '(' || before.text === '[' || next.text === ')' || next.text === ']' || next.text === ',')
    return 0;
  if (next.text === ':' || before.text === '.' || next.text === '.' || before.text === '..' || next.text === '..')
    return 0;
  if (before.text === ',') return isPlace(before.astNode) ? 0 : 1;
  if (isSign(before)) return 0;
  if (next.text === '(' && ast.isCall(next.astNode)) return 0;
  if (next.text === '[' && (ast.isIndex(next.astNode) || ast.isAssignment(next.astNode))) return 0;
  return beginsPart(next) && !isKeywordBefore(before) ? 2 : 1;
}

function isPlace(node: AstNode): boolean {
  return ast.isPlace(node) || (ast.isParenthesis(node) && node.items.length > 1);
}

/** A `-` or `~` before one operand. */
function isSign(leaf: LeafCstNode): boolean {
  if (leaf.text !== '-' && leaf.text !== '~') return false;
  return ast.isUnary(leaf.astNode) || ast.isOptionValue(leaf.astNode);
}

/** The parts that a block or a declaration is made of. */
function isPart(node: AstNode): boolean {
  return (
    ast.isStatement(node) ||
    ast.isSetting(node) ||
    ast.isSegment(node) ||
    ast.isFileItem(node) ||
    ast.isOption(node) ||
    ast.isNumberEntry(node)
  );
}

/** Is this token the first one of a part? */
function beginsPart(leaf: LeafCstNode): boolean {
  for (let node: AstNode | undefined = leaf.astNode; node !== undefined; node = node.$container) {
    if (node.$cstNode === undefined || node.$cstNode.offset < leaf.offset) return false;
    if (isPart(node)) return true;
  }
  return false;
}

/** `expect parallel`, `expect explore`: the inner statement belongs to the word before it. */
function isKeywordBefore(before: LeafCstNode): boolean {
  return before.text === 'expect';
}

/** Branches line up with their statement; brackets indent by themselves. */
function isInBrackets(leaf: LeafCstNode): boolean {
  if (leaf.text === 'else' && (ast.isIfStatement(leaf.astNode) || ast.isElseIf(leaf.astNode))) return true;
  if (leaf.text === 'then' && ast.isExploreStatement(leaf.astNode)) return true;
  for (let node: AstNode | undefined = leaf.astNode; node !== undefined && !isPart(node); node = node.$container) {
    if (ast.isCall(node) && leaf.offset > calleeEnd(node)) return true;
    if (ast.isListLiteral(node) || ast.isRecordLiteral(node) || ast.isParenthesis(node)) {
      if ((node.$cstNode?.offset ?? 0) < leaf.offset) return true;
    }
  }
  return false;
}

function calleeEnd(node: ast.Call): number {
  return (node.$cstNode?.offset ?? 0) + node.callee.length;
}
