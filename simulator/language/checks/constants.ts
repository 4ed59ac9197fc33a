/** Integers that literals and their bindings give. Each binding and operation is calculated once. */
import type { Binding } from '../bindings.ts';
import * as ast from '../generated/ast.ts';
import { largestInteger, parseInteger, parseSize, smallestInteger } from '../literals.ts';

export class Constants {
  private readonly bindingOf: ReadonlyMap<ast.NameReference, Binding>;
  private readonly known = new Map<ast.Expression, bigint | null>();

  /** The bindings come in the order in which they are bound, so that each is known before it is used. */
  constructor(bindings: readonly Binding[], bindingOf: ReadonlyMap<ast.NameReference, Binding>) {
    this.bindingOf = bindingOf;
    for (const { node } of bindings) if (ast.isLetStatement(node)) this.of(node.value);
  }

  /** Null where the expression is no integer, unknown, or impossible. */
  of(node: ast.Expression): bigint | null {
    let value = this.known.get(node);
    if (value === undefined) {
      value = this.find(node);
      this.known.set(node, value);
    }
    return value;
  }

  private find(node: ast.Expression): bigint | null {
    switch (node.$type) {
      case 'IntegerLiteral':
        return inRange(parseInteger(node.value));
      case 'SizeLiteral':
        return inRange(parseSize(node.value));
      case 'Parenthesis': {
        const [only, second] = node.items;
        return only === undefined || second !== undefined ? null : this.of(only);
      }
      case 'NameReference': {
        const bound = this.bindingOf.get(node)?.node;
        return bound?.$type === 'LetStatement' ? this.of(bound.value) : null;
      }
      case 'Unary': {
        const operand = node.operator === 'not' ? null : this.of(node.operand);
        return operand === null ? null : inRange(node.operator === '-' ? -operand : ~operand);
      }
      case 'Binary': {
        const [left, right] = [this.of(node.left), this.of(node.right)];
        const result = left === null || right === null ? null : calculate(node.operator, left, right);
        return typeof result === 'bigint' ? inRange(result) : null;
      }
      default:
        return null;
    }
  }
}

export function inRange(value: bigint): bigint | null {
  return value < smallestInteger || value > largestInteger ? null : value;
}

/** The result, what is impossible about it, or null where it is no integer. */
export function calculate(operator: string, left: bigint, right: bigint): bigint | string | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0n) return 'Division by zero.';
      return operator === '/' ? left / right : left % right;
    case '<<':
    case '>>':
      if (right < 0n || right > 63n) return `A shift by ${String(right)}: shifts go from 0 to 63.`;
      return operator === '<<' ? left << right : left >> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    default:
      return null;
  }
}
