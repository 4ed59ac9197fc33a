/** What kind of value an expression surely gives, as far as the text alone tells. Each binding and operation is looked at once. */
import type { Binding, Bindings, NameUse } from './bindings.ts';
import type { Vocabulary } from './catalogue.ts';
import * as ast from './generated/ast.ts';
import { kindOfObservation, memberOfKind } from './members.ts';
import { isInteger, kindOfType } from './value-kinds.ts';
import type { StaticKind } from './value-kinds.ts';

export class StaticKinds {
  private readonly vocabulary: Vocabulary;
  private readonly bindingOf: ReadonlyMap<ast.NameReference, Binding>;
  private readonly known = new Map<ast.Expression, StaticKind>();
  /** The expression that a chain of bindings such as `let b = a` begins with. */
  private readonly origins = new Map<ast.LetStatement, ast.Expression>();
  /** Those that assignments give values of several kinds. */
  private readonly changing = new Set<ast.VarStatement>();

  /** The bindings come in the order in which they are bound, so that each is known before it is used. */
  constructor(
    vocabulary: Vocabulary,
    { bindings, uses }: Bindings,
    bindingOf: ReadonlyMap<ast.NameReference, Binding>,
  ) {
    this.vocabulary = vocabulary;
    this.bindingOf = bindingOf;
    for (const { node } of bindings) if (ast.isLetStatement(node)) this.origins.set(node, this.origin(node.value));
    this.settle(bindings, uses.flatMap(assignmentsIn));
  }

  /** A variable is taken to keep its first kind until an assignment contradicts; then all is looked at again without that. */
  private settle(bindings: readonly Binding[], assignments: readonly AssignmentUse[]): void {
    for (let round = 0; ; round++) {
      this.known.clear();
      for (const { node } of bindings) if (ast.isLetStatement(node) || ast.isVarStatement(node)) this.of(node.value);
      const contradicting = assignments.filter((use) => this.contradicts(use, round >= MOST_ROUNDS));
      if (contradicting.length === 0) return;
      for (const { variable } of contradicting) this.changing.add(variable);
    }
  }

  private contradicts({ node, variable }: AssignmentUse, isAny: boolean): boolean {
    if (this.changing.has(variable) || node.index !== undefined) return false;
    return isAny || (node.operator === '=' && this.of(node.value) !== this.of(variable.value));
  }

  of(node: ast.Expression): StaticKind {
    const known = this.known.get(node);
    if (known !== undefined) return known;
    const kind = this.find(node);
    this.known.set(node, kind);
    return kind;
  }

  /** Of a name that is bound: what it is bound to. Null for a name that means no binding. */
  ofBinding(binding: Binding | undefined): StaticKind | null {
    switch (binding?.node.$type) {
      case 'LetStatement':
        return this.of(binding.node.value);
      case 'VarStatement':
        return this.changing.has(binding.node) ? 'unknown' : this.of(binding.node.value);
      case 'ForStatement':
        return this.ofLoop(binding.node);
      case 'ProcessStatement':
      case 'ReplayStatement':
        return 'process';
      case 'ThreadStatement':
        return 'thread';
      case 'MutexDeclaration':
        return 'mutex';
      case 'DefParameter':
      case 'DefStatement':
        return 'unknown';
      case undefined:
        return null;
    }
  }

  /** What the name of a loop stands for. */
  private ofLoop({ from, to }: ast.ForStatement): StaticKind {
    if (to !== undefined) return 'integer';
    const list = this.origin(from);
    const [first, ...others] = ast.isListLiteral(list) ? list.items.map((item) => this.of(item)) : [];
    return first !== undefined && others.every((kind) => kind === first) ? first : 'unknown';
  }

  /** Through names and parentheses to the expression whose value it is. */
  origin(node: ast.Expression): ast.Expression {
    if (ast.isParenthesis(node)) {
      const [only, second] = node.items;
      return only === undefined || second !== undefined ? node : this.origin(only);
    }
    const bound = ast.isNameReference(node) ? this.bindingOf.get(node)?.node : undefined;
    return (bound !== undefined && ast.isLetStatement(bound) ? this.origins.get(bound) : undefined) ?? node;
  }

  private find(node: ast.Expression): StaticKind {
    switch (node.$type) {
      case 'IntegerLiteral':
      case 'SizeLiteral':
        return 'integer';
      case 'TimeLiteral':
        return 'time';
      case 'StringLiteral':
        return 'string';
      case 'ListLiteral':
        return 'list';
      case 'RecordLiteral':
        return 'record';
      case 'Parenthesis':
        return this.parenthesis(node);
      case 'NameReference':
        return this.name(node);
      case 'Call':
        return this.call(node);
      case 'Unary':
        return node.operator === 'not' ? 'boolean' : 'integer';
      case 'Binary':
        return this.binary(node);
      case 'Member':
        return this.member(node);
      case 'Index':
        return 'unknown';
    }
  }

  private parenthesis(node: ast.Parenthesis): StaticKind {
    const [first, second] = node.items;
    return second !== undefined || first === undefined ? 'place' : this.of(first);
  }

  private name(node: ast.NameReference): StaticKind {
    if (node.name === 'true' || node.name === 'false') return 'boolean';
    if (node.name === 'none') return 'none';
    const bound = this.ofBinding(this.bindingOf.get(node));
    return bound ?? (this.vocabulary.hasConstant(node.name) ? 'integer' : 'unknown');
  }

  private call(node: ast.Call): StaticKind {
    const [callable, another] = this.vocabulary.functionsNamed(node.callee);
    if (callable === undefined || another !== undefined || callable.origin === 'def') return 'unknown';
    const { info, origin } = callable;
    // A record stands for its principal value, or does not.
    if ((info.outputs?.length ?? 0) > 0 || info.parameters.some(({ inOut }) => inOut === true)) return 'unknown';
    if (info.result === undefined) return 'none';
    const kind = kindOfType(info.result);
    return kind === 'unknown' && origin === 'observation' ? kindOfObservation(info.name) : kind;
  }

  private member(node: ast.Member): StaticKind {
    const origin = this.origin(node.receiver);
    if (ast.isRecordLiteral(origin)) {
      const field = origin.fields.find(({ name }) => name === node.member);
      return field === undefined ? 'unknown' : this.of(field.value);
    }
    if (ast.isCall(origin)) {
      const [callable] = this.vocabulary.functionsNamed(origin.callee);
      const output = callable?.info.outputs?.find(({ name }) => name === node.member);
      if (output !== undefined) return kindOfType(output.type);
    }
    return memberOfKind(this.of(origin), node.member)?.kind ?? 'unknown';
  }

  private binary(node: ast.Binary): StaticKind {
    switch (node.operator) {
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case 'and':
      case 'or':
        return 'boolean';
      case '+': {
        const [left, right] = [this.of(node.left), this.of(node.right)];
        if (left === 'string') return 'string';
        if (left === 'list' && right === 'list') return 'list';
        if (left === 'unknown' || right === 'string') return 'unknown';
        return isInteger(left) || isInteger(right) ? this.arithmetic(node) : 'unknown';
      }
      case '|':
      case '&':
      case '^':
        return this.of(node.left) === 'integer' && this.of(node.right) === 'integer' ? 'integer' : 'unknown';
      default:
        return this.arithmetic(node);
    }
  }

  /** `3 * 5us` and `t + 100` are times, the quotient of two times is none. */
  private arithmetic(node: ast.Binary): StaticKind {
    const [left, right] = [this.of(node.left), this.of(node.right)];
    if (left === 'time' && right === 'time' && node.operator === '/') return 'integer';
    return left === 'time' || right === 'time' ? 'time' : 'integer';
  }
}

/** So often all is looked at again because of a contradiction; then every variable may have any kind. */
const MOST_ROUNDS = 4;

function assignmentsIn({ node, binding }: NameUse): AssignmentUse[] {
  const variable = binding?.node;
  return ast.isAssignment(node) && ast.isVarStatement(variable) ? [{ node, variable }] : [];
}

interface AssignmentUse {
  readonly node: ast.Assignment;
  readonly variable: ast.VarStatement;
}
