/** What kind of value an expression surely gives, as far as the text alone tells. */
import type { ValueType } from '../execution/function-info.ts';
import type { Binding } from './bindings.ts';
import type { Vocabulary } from './catalogue.ts';
import type * as ast from './generated/ast.ts';

export type StaticKind =
  'integer' | 'time' | 'string' | 'boolean' | 'none' | 'place' | 'list' | 'record' | 'process' | 'thread' | 'unknown';

/** In the words of a message. */
export function kindInWords(kind: StaticKind): string {
  if (kind === 'none' || kind === 'unknown') return kind;
  return kind === 'integer' ? 'an integer' : `a ${kind}`;
}

export class StaticKinds {
  private readonly vocabulary: Vocabulary;
  private readonly bindings: ReadonlyMap<ast.NameReference, Binding>;

  constructor(vocabulary: Vocabulary, bindings: ReadonlyMap<ast.NameReference, Binding>) {
    this.vocabulary = vocabulary;
    this.bindings = bindings;
  }

  of(node: ast.Expression): StaticKind {
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
    const bound = this.bindings.get(node)?.node;
    switch (bound?.$type) {
      case 'LetStatement':
        return this.of(bound.value);
      case 'ForStatement':
        return 'integer';
      case 'ProcessStatement':
      case 'ReplayStatement':
        return 'process';
      case 'ThreadStatement':
        return 'thread';
      default:
        return this.vocabulary.hasConstant(node.name) ? 'integer' : 'unknown';
    }
  }

  private call(node: ast.Call): StaticKind {
    const [callable, another] = this.vocabulary.functionsNamed(node.callee);
    if (callable === undefined || another !== undefined) return 'unknown';
    const { info } = callable;
    if ((info.outputs?.length ?? 0) > 0 || info.parameters.some(({ inOut }) => inOut === true)) return 'unknown';
    return info.result === undefined ? 'unknown' : kindOfResult(info.result);
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
        const kind = this.of(node.left);
        return kind === 'string' || kind === 'integer' ? kind : 'unknown';
      }
      case '|':
      case '&':
      case '^':
        // Flags and protections are joined with these, too.
        return this.of(node.left) === 'integer' && this.of(node.right) === 'integer' ? 'integer' : 'unknown';
      default:
        return 'integer';
    }
  }
}

function kindOfResult(type: ValueType): StaticKind {
  switch (type.kind) {
    case 'integer':
    case 'u64':
    case 'address':
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'offset':
      return 'integer';
    case 'string':
    case 'buffer':
      return 'string';
    case 'boolean':
      return 'boolean';
    default:
      return 'unknown';
  }
}

/** Can a parameter of that type take such a value? A word, a handle or a record's principal value is left to the run. */
export function takes(type: ValueType, kind: StaticKind): boolean {
  if (kind === 'unknown') return true;
  switch (type.kind) {
    case 'integer':
    case 'u64':
    case 'address':
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'offset':
    case 'enumeration':
    case 'flags':
    case 'protection':
      return kind === 'integer' || kind === 'none' || (kind === 'boolean' && type.kind !== 'protection');
    case 'time':
      return kind === 'time' || kind === 'integer';
    case 'boolean':
      return kind === 'boolean' || kind === 'integer';
    case 'string':
    case 'buffer':
      if (kind === 'integer') return type.kind === 'buffer' && type.orAddress === true;
      return kind === 'string' || kind === 'none';
    case 'place':
    case 'cluster':
      return kind === 'place' || kind === 'none' || (kind === 'integer' && type.kind === 'cluster');
    case 'process':
    case 'thread':
      return kind === 'process' || kind === 'thread' || kind === 'none';
    case 'access':
    case 'slot':
      return false;
    case 'handle':
      return kind === 'integer' || kind === 'none';
    case 'object':
      return kind !== 'string' && kind !== 'boolean' && kind !== 'time';
    case 'record':
      return kind === 'record' || kind === 'none';
    case 'list':
      return kind === 'list' || kind === 'none';
    case 'any':
      return true;
  }
}

/** In the words of a message: what the parameter wants. */
export function typeInWords(type: ValueType): string {
  switch (type.kind) {
    case 'u64':
    case 'integer':
      return 'an integer';
    case 'address':
      return 'an address';
    case 'offset':
      return 'an offset in bytes';
    case 'access':
      return 'r, w or x';
    case 'protection':
      return 'a protection such as rw';
    case 'enumeration':
    case 'flags':
      return `${type.kind === 'flags' ? 'flags' : 'one'} of ${type.name}`;
    case 'slot':
      return 'a member such as `child.mm.heap`';
    case 'handle':
      return 'a handle';
    case 'object':
      return `a ${type.type}`;
    case 'place':
    case 'cluster':
      return 'a place such as (0,0)';
    case 'time':
      return 'a time such as 100us';
    case 'buffer':
      return type.orAddress === true ? 'a string or an address' : 'a string';
    case 'any':
      return 'a value';
    case 'list':
      return `a list`;
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'boolean':
    case 'string':
    case 'process':
    case 'thread':
    case 'record':
      return `a ${type.kind}`;
  }
}
