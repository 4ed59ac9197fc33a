/** Kinds of values where a statement or an expression needs a certain one: conditions, counts, places, who runs. */
import type { AstNode } from 'langium';
import type { NameUse } from '../bindings.ts';
import * as ast from '../generated/ast.ts';
import { alternatives, isInteger, kindInWords, type StaticKind } from '../value-kinds.ts';
import type { CheckContext } from './context.ts';
import { complain } from './guarded.ts';
import { misspeltTailOf } from './misspelt-tail.ts';

interface Need {
  readonly value: ast.Expression | undefined;
  readonly kind: 'boolean' | 'integer' | 'place' | 'list' | 'process';
  /** Taken as well. */
  readonly or?: 'list' | 'thread';
  /** What needs it, for the message. */
  readonly what: string;
}

export function checkKindsOf(node: AstNode, context: CheckContext): void {
  if (ast.isParenthesis(node) && isArgumentsOfPrint(node, context)) {
    const message = '`print` takes its values without parentheses: `print A, B`.';
    context.report.error('WALK136', node, message);
    return;
  }
  for (const need of needsOf(node)) checkNeed(node, need, context);
  if (ast.isIndex(node)) checkIndexed(node, context);
  else if (ast.isAssignment(node) && node.index !== undefined) checkChanged(node, context);
}

function needsOf(node: AstNode): readonly Need[] {
  switch (node.$type as ast.Statement['$type'] | ast.Expression['$type'] | 'ElseIf') {
    case 'Expect': {
      const { fails, kills, value } = node as ast.Expect;
      return fails || kills || misspeltTailOf(node as ast.Expect) !== null
        ? []
        : [{ value, kind: 'boolean', what: '`expect`' }];
    }
    case 'IfStatement':
    case 'ElseIf':
      return [{ value: (node as ast.IfStatement | ast.ElseIf).condition, kind: 'boolean', what: '`if`' }];
    case 'RepeatStatement':
      return [{ value: (node as ast.RepeatStatement).times, kind: 'integer', what: '`repeat`' }];
    case 'WhileStatement':
      return [{ value: (node as ast.WhileStatement).condition, kind: 'boolean', what: '`while`' }];
    case 'ForStatement': {
      const { from, to, step } = node as ast.ForStatement;
      if (to === undefined) return [{ value: from, kind: 'list', what: '`for … in`' }];
      return [from, to, step].map((value) => ({ value, kind: 'integer', what: '`for`' }));
    }
    case 'ParallelStatement':
      return [{ value: (node as ast.ParallelStatement).seed, kind: 'integer', or: 'list', what: '`seed`' }];
    case 'ExploreStatement':
      return [{ value: (node as ast.ExploreStatement).upTo, kind: 'integer', what: '`up to`' }];
    default:
      return placesAndIndices(node);
  }
}

function placesAndIndices(node: AstNode): readonly Need[] {
  if (ast.isReserveStatement(node))
    return [
      { value: node.count, kind: 'integer', what: '`reserve`' },
      { value: node.place, kind: 'place', what: '`at`' },
    ];
  if (ast.isInject(node))
    return [
      { value: node.place, kind: 'place', what: '`at`' },
      { value: node.after, kind: 'integer', what: '`after`' },
    ];
  if (ast.isProcessStatement(node)) return [{ value: node.place, kind: 'place', what: '`at`' }];
  if (ast.isThreadStatement(node))
    return [{ value: node.place, kind: 'place', what: '`at`' }, ...whoNeeds(node, '`of`')];
  if (ast.isAsStatement(node)) return whoNeeds(node, '`as`');
  if (ast.isIndex(node) || ast.isAssignment(node)) return [{ value: node.index, kind: 'integer', what: 'An index' }];
  if (!ast.isParenthesis(node) || node.items.length < 2) return [];
  return node.items.map((value) => ({ value, kind: 'integer', what: 'A place' }));
}

function whoNeeds({ index, value }: ast.AsStatement | ast.ThreadStatement, what: string): readonly Need[] {
  return [
    { value: index, kind: 'integer', what: 'An index' },
    { value, kind: 'process', or: 'thread', what },
  ];
}

/** `print("b is ", 3)`: what reads as a place is meant as arguments. */
export function isArgumentsOfPrint(node: ast.Parenthesis, { kinds }: CheckContext): boolean {
  const { $container: statement, items } = node;
  if (!ast.isPrintStatement(statement) || items.length < 2) return false;
  return items.map((item) => kinds.of(item)).some((kind) => kind !== 'unknown' && !isInteger(kind));
}

const remedies = {
  boolean: ' Compare it, for example with `== 0`.',
  integer: '',
  place: ' A place is written `(x,y)`.',
  process: '',
  list: ' Numbers are counted with `A..B`.',
} as const;

function checkNeed(node: AstNode, { value, kind, or, what }: Need, context: CheckContext): void {
  if (value === undefined) return;
  const found = context.kinds.of(value);
  if (found === 'unknown' || found === kind || found === or || (kind === 'integer' && isInteger(found))) return;
  const remedy = kind === 'boolean' && !isInteger(found) ? '' : remedies[kind];
  const wanted = alternatives([kind, ...(or === undefined ? [] : [or])].map(wantedInWords));
  const message = `${what} needs ${wanted}, not ${kindInWords(found)}.${remedy}`;
  complain(context, 'WALK136', node, value, message);
}

function wantedInWords(kind: StaticKind): string {
  return kind === 'boolean' ? 'true or false' : kindInWords(kind);
}

function checkIndexed(node: ast.Index, context: CheckContext): void {
  const kind = context.kinds.of(node.receiver);
  if (kind === 'unknown' || kind === 'list' || kind === 'string') return;
  const message = `Only lists and strings have elements, not ${kindInWords(kind)}.`;
  complain(context, 'WALK136', node, node.receiver, message);
}

/** `x[0] = 5`: only a list has elements that change. */
function checkChanged(node: ast.Assignment, context: CheckContext): void {
  const kind = context.kinds.ofBinding(context.variableOf.get(node)) ?? 'unknown';
  if (kind === 'unknown' || kind === 'list' || !ast.isVarStatement(context.variableOf.get(node)?.node)) return;
  const memory = isInteger(kind) ? ` Memory is changed with \`write(${node.target}, …)\`.` : '';
  const message = `Only the elements of a list can be changed, not of ${kindInWords(kind)}.${memory}`;
  complain(context, 'WALK136', node, { node, property: 'target' }, message);
}

/** Who a block runs as, whose thread it is, whom `dump` shows. */
export function checkWho({ node, property, name, binding }: NameUse, { kinds, report }: CheckContext): void {
  if (ast.isNameReference(node) || ast.isAssignment(node) || ast.isCall(node) || binding === null) return;
  const kind = kinds.ofBinding(binding) ?? 'unknown';
  if (kind === 'unknown') return;
  if (!ast.isDumpStatement(node) && node.index !== undefined) {
    if (kind !== 'list')
      report.error('WALK136', { node, property }, `Only lists have elements, not ${kindInWords(kind)}.`);
    return;
  }
  if (kind === 'process' || kind === 'thread') return;
  report.error('WALK136', { node, property }, `\`${name}\` is ${kindInWords(kind)}, not a process or thread.`, {
    message: 'bound here',
    at: { node: binding.node, property: 'name' },
  });
}
