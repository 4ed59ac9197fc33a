/**
 * Builds the tree of tokens for the parser. Langium's own builder looks a node's place up from the front of its parent and
 * takes comments out of the front of a list: the cost of a file then grows with the square of its statements and comments.
 * It also keeps one node for each rule on the way to an operand; here only those that a property names are kept.
 */
import { AstUtils, CompositeCstNodeImpl, CstNodeBuilder, GrammarAST } from 'langium';
import type { CompositeCstNode, CstNode, LexerResult } from 'langium';

type Token = LexerResult['hidden'][number];
type Feature = Parameters<CstNodeBuilder['buildLeafNode']>[1];

export class TreeBuilder extends CstNodeBuilder {
  private comments: readonly Token[] = [];
  private nextComment = 0;
  /** By the grammar's element that called the rule: does a property hold what the rule gave? */
  private readonly assigned = new Map<object, boolean>();

  /** What was built is its reader's: a builder that waits for the next text would keep all of this one. */
  forget(): void {
    this.buildRootNode('');
    this.comments = [];
  }

  /** Of the text that is parsed next, in source order. */
  setComments(comments: readonly Token[]): void {
    this.comments = comments;
    this.nextComment = 0;
  }

  override buildLeafNode(token: Token, feature?: Feature): ReturnType<CstNodeBuilder['buildLeafNode']> {
    this.addCommentsBefore(token.startOffset);
    return super.buildLeafNode(token, feature);
  }

  /** Langium passes the comments that stand before each token; they come from `setComments` instead. */
  override addHiddenNodes(): void {}

  /** Comments behind the last token belong to the file. */
  addRemainingComments(): void {
    this.addCommentsBefore(Number.POSITIVE_INFINITY);
  }

  override removeNode(node: CstNode): void {
    const { container } = node;
    if (!(container instanceof CompositeCstNodeImpl)) return;
    const index = container.content.lastIndexOf(node);
    if (index >= 0) container.content.splice(index, 1);
  }

  override construct(item: Parameters<CstNodeBuilder['construct']>[0]): void {
    const { current } = this;
    const [only, second] = current.content;
    if (second === undefined && only instanceof CompositeCstNodeImpl && !this.isAssigned(only)) {
      this.setChildren(current, only.content);
    }
    super.construct(item);
  }

  /** Langium's types say of a node without a parent that it lacks the property, its classes that it is undefined. */
  setChildren(node: CompositeCstNodeImpl, children: CstNode[]): void {
    node.content = [];
    this.appendChildren(node as CompositeCstNode, children);
  }

  private isAssigned({ grammarSource }: CstNode): boolean {
    if (grammarSource === undefined) return true;
    let known = this.assigned.get(grammarSource);
    if (known === undefined) {
      known = AstUtils.getContainerOfType(grammarSource, GrammarAST.isAssignment) !== undefined;
      this.assigned.set(grammarSource, known);
    }
    return known;
  }

  /** Beside the outermost node that begins with the token: a node that is being built is the last one of its parent. */
  private addCommentsBefore(offset: number): void {
    const first = this.nextComment;
    while ((this.comments[this.nextComment]?.startOffset ?? offset) < offset) this.nextComment++;
    if (this.nextComment === first) return;
    let parent = this.current as CompositeCstNode;
    let last: CstNode | undefined;
    if (parent.content.length === 0) {
      while (parent.container?.content.length === 1) parent = parent.container;
      parent = parent.container ?? parent;
      last = parent.content.at(-1);
      if (last !== undefined) this.removeNode(last);
    }
    // There may be more of them than a call has room for arguments.
    for (const comment of this.comments.slice(first, this.nextComment))
      this.appendChild(parent, this.createLeafNode(comment, true) as CstNode);
    if (last !== undefined) this.appendChild(parent, last);
  }
}
