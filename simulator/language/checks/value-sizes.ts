/** Strings and lists whose size the text alone shows to pass its bound. Each binding and operation is looked at once. */
import type { AstNode } from 'langium';
import { tooLongList, tooLongString, type ValueBounds } from '../../session/scenario/value-bounds.ts';
import type { Binding } from '../bindings.ts';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';

/** Characters of a string or elements of a list, inner ones included. */
interface Size {
  readonly of: 'string' | 'list';
  readonly size: number;
}

/** Of what holds something that is too large already: said once, there. */
const excess: Size = { of: 'list', size: Number.POSITIVE_INFINITY };

export class ValueSizes {
  private readonly bindingOf: ReadonlyMap<ast.NameReference, Binding>;
  private readonly bounds: ValueBounds;
  private readonly known = new Map<ast.Expression, Size | null>();

  /** The bindings come in the order in which they are bound, so that each is known before it is used. */
  constructor(bindings: readonly Binding[], bindingOf: ReadonlyMap<ast.NameReference, Binding>, bounds: ValueBounds) {
    this.bounds = bounds;
    this.bindingOf = bindingOf;
    for (const { node } of bindings) if (ast.isLetStatement(node)) this.of(node.value);
  }

  /** Null where it is unknown. */
  of(node: ast.Expression): Size | null {
    let size = this.known.get(node);
    if (size === undefined) {
      size = this.find(node);
      this.known.set(node, size);
    }
    return size === null || this.fits(size) ? size : excess;
  }

  /** The message where this node is the first to pass its bound. */
  problem(node: ast.Expression): string | null {
    this.of(node);
    const size = this.known.get(node) ?? null;
    if (size === null || size === excess || this.fits(size)) return null;
    return size.of === 'string' ? tooLongString(size.size, this.bounds) : tooLongList(size.size, this.bounds);
  }

  private fits({ of, size }: Size): boolean {
    return size <= (of === 'string' ? this.bounds.stringLength : this.bounds.listLength);
  }

  private find(node: ast.Expression): Size | null {
    switch (node.$type) {
      case 'StringLiteral':
        return { of: 'string', size: node.value.length };
      case 'ListLiteral':
        return this.elements(node.items);
      case 'RecordLiteral':
        return this.elements(node.fields.map(({ value }) => value));
      case 'Parenthesis': {
        const [only, second] = node.items;
        return only === undefined || second !== undefined ? null : this.of(only);
      }
      case 'NameReference': {
        const bound = this.bindingOf.get(node)?.node;
        return bound?.$type === 'LetStatement' ? this.of(bound.value) : null;
      }
      case 'Binary':
        return node.operator === '+' ? this.sum(node) : null;
      default:
        return null;
    }
  }

  private sum(node: ast.Binary): Size | null {
    const [left, right] = [this.of(node.left), this.of(node.right)];
    if (left === excess || right === excess) return excess;
    return left === null || right === null || left.of !== right.of
      ? null
      : { of: left.of, size: left.size + right.size };
  }

  /** What is unknown counts as one. */
  private elements(items: readonly ast.Expression[]): Size {
    let size = 0;
    for (const item of items) {
      const inner = this.of(item);
      if (inner === excess) return excess;
      size += inner?.of === 'list' ? 1 + inner.size : 1;
    }
    return { of: 'list', size };
  }
}

export function checkValueSizeOf(node: AstNode, { report, sizes }: CheckContext): void {
  if (!ast.isListLiteral(node) && !ast.isRecordLiteral(node) && !(ast.isBinary(node) && node.operator === '+')) return;
  const message = sizes.problem(node);
  if (message !== null) report.error('WALK135', node, message);
}
