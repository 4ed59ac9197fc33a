/** Expressions and arguments of the syntax tree as plain data. The tree is one that the checks found no error in. */
import { GrammarUtils } from 'langium';
import type { AstNode } from 'langium';
import type { Argument, CallExpression, Expression, SourceRange } from '../session/scenario/scenario.ts';
import type * as ast from './generated/ast.ts';
import { parseInteger, parseSize, parseTime } from './literals.ts';
import { rangeOfCst } from './source-range.ts';
import type { Variables } from './variables.ts';

export class ExpressionLowering {
  readonly file: string;
  private readonly variables: Variables | null;
  /** Names of the functions that the file defines. */
  private readonly defs: ReadonlySet<string>;

  /** Without variables where no statements stand around the expression. */
  constructor(file: string, variables: Variables | null = null, defs: ReadonlySet<string> = new Set()) {
    this.file = file;
    this.defs = defs;
    this.variables = variables;
  }

  range(node: AstNode): SourceRange {
    return rangeOfCst(node.$cstNode, this.file);
  }

  propertyRange(node: AstNode, property: string, index?: number): SourceRange {
    return rangeOfCst(GrammarUtils.findNodeForProperty(node.$cstNode, property, index), this.file);
  }

  optional(node: ast.Expression | undefined): Expression | null {
    return node === undefined ? null : this.expression(node);
  }

  call(node: ast.Call): CallExpression {
    return {
      kind: 'call',
      callee: node.callee,
      calleeRange: this.propertyRange(node, 'callee'),
      args: node.arguments.map((argument) => this.argument(argument)),
      ...(this.defs.has(node.callee) ? { isDef: true } : {}),
      range: this.range(node),
    };
  }

  expression(node: ast.Expression): Expression {
    const range = this.range(node);
    switch (node.$type) {
      case 'IntegerLiteral':
        return { kind: 'integer', value: parseInteger(node.value), ...writtenForm(node.value), range };
      case 'SizeLiteral':
        return { kind: 'size', value: parseSize(node.value), range };
      case 'TimeLiteral':
        return { kind: 'time', ...parseTime(node.value), range };
      case 'StringLiteral':
        return { kind: 'string', value: node.value, range };
      case 'NameReference':
        return this.name(node, range);
      case 'Call':
        return this.call(node);
      case 'ListLiteral':
        return { kind: 'list', items: node.items.map((item) => this.expression(item)), range };
      case 'RecordLiteral':
        return { kind: 'record', fields: node.fields.map((field) => this.field(field)), range };
      case 'Parenthesis':
        return this.parenthesis(node);
      case 'Member':
        return { kind: 'member', receiver: this.expression(node.receiver), member: node.member, range };
      case 'Index':
        return { kind: 'index', receiver: this.expression(node.receiver), index: this.expression(node.index), range };
      case 'Unary':
        return { kind: 'unary', operator: node.operator, operand: this.expression(node.operand), range };
      case 'Binary':
        return this.binary(node);
    }
  }

  private name(node: ast.NameReference, range: SourceRange): Expression {
    const variable = this.variables?.of(node);
    const plain = name(node.name, range);
    return variable === undefined || plain.kind !== 'name' ? plain : { ...plain, variable };
  }

  private argument(node: ast.Argument): Argument {
    return { name: node.name ?? null, value: this.expression(node.value), range: this.range(node) };
  }

  private field(node: ast.Field): { readonly name: string; readonly value: Expression } {
    return { name: node.name, value: this.expression(node.value) };
  }

  private binary(node: ast.Binary): Expression {
    return {
      kind: 'binary',
      operator: node.operator,
      left: this.expression(node.left),
      right: this.expression(node.right),
      range: this.range(node),
    };
  }

  private parenthesis(node: ast.Parenthesis): Expression {
    const [first, second, third] = node.items;
    if (first === undefined) throw new Error('empty parentheses passed the parser');
    if (second === undefined) return this.expression(first);
    return {
      kind: 'place',
      x: this.expression(first),
      y: this.expression(second),
      core: this.optional(third),
      range: this.range(node),
    };
  }
}

function name(text: string, range: SourceRange): Expression {
  switch (text) {
    case 'true':
    case 'false':
      return { kind: 'boolean', value: text === 'true', range };
    case 'none':
      return { kind: 'none', range };
    default:
      return { kind: 'name', name: text, range };
  }
}

/** Messages show an integer in the base in which it was written. */
function writtenForm(text: string): { readonly written?: string } {
  return /^0[xb]/i.test(text) ? { written: text } : {};
}
