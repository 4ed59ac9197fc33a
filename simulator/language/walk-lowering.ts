/** From the syntax tree to the scenario that a session runs: the only bridge between the two. */
import type { CstNode } from 'langium';
import { GrammarUtils } from 'langium';
import type {
  BinaryOperator,
  DefDeclaration,
  Expression,
  FileDeclaration,
  KernelDeclaration,
  MachineDeclaration,
  PlaceLiteral,
  Scenario,
  SourceRange,
  Statement,
  TestDeclaration,
  ThreadBlock,
} from '../session/scenario/scenario.ts';
import { resolveBindings } from './bindings.ts';
import { callableDefs } from './defs.ts';
import type * as ast from './generated/ast.ts';
import { lowerFile, lowerKernel, lowerMachine, sizeOf } from './lower-declarations.ts';
import { ExpressionLowering } from './lower-expression.ts';
import { parseInteger } from './literals.ts';
import { toSourceRange } from './source-range.ts';
import { Variables } from './variables.ts';

type BlockNode =
  | ast.AsStatement
  | ast.ForStatement
  | ast.RepeatStatement
  | ast.WhileStatement
  | ast.IfStatement
  | ast.OnStatement
  | ast.ElseIf
  | ast.ParallelStatement
  | ast.ExploreStatement
  | ast.TestStatement
  | ast.DefStatement;

/** The tree must be one that the checks found no error in. */
export function lowerModel(model: ast.Model, file: string): Scenario {
  return new Lowering(
    file,
    new Variables(resolveBindings(model)),
    new Set(callableDefs(model).map(({ name }) => name)),
  ).scenario(model);
}

class Lowering {
  private readonly expressions: ExpressionLowering;
  private readonly variables: Variables;

  constructor(file: string, variables: Variables, defs: ReadonlySet<string>) {
    this.expressions = new ExpressionLowering(file, variables, defs);
    this.variables = variables;
  }

  scenario(model: ast.Model): Scenario {
    let machine: MachineDeclaration | null = null;
    let kernel: KernelDeclaration | null = null;
    const files: FileDeclaration[] = [];
    const tests: TestDeclaration[] = [];
    const defs: DefDeclaration[] = [];
    const handlers: DefDeclaration[] = [];
    const otherKernels: string[] = [];
    const mutexes: string[] = [];
    const body: Statement[] = [];
    for (const node of model.statements) {
      if (node.$type === 'MachineDeclaration') machine = lowerMachine(node, this.expressions);
      else if (node.$type === 'KernelDeclaration') kernel = lowerKernel(node, this.expressions);
      else if (node.$type === 'KernelsDeclaration') {
        const [first = '', ...others] = node.names;
        kernel = { name: first, options: [], range: this.expressions.range(node) };
        otherKernels.push(...others);
      } else if (node.$type === 'MutexDeclaration') mutexes.push(node.name);
      else if (node.$type === 'FileDeclaration') files.push(lowerFile(node, this.expressions));
      else if (node.$type === 'TestStatement') tests.push(this.test(node));
      else if (node.$type === 'DefStatement') (node.word === 'handler' ? handlers : defs).push(this.def(node));
      else body.push(this.statement(node));
    }
    return { file: this.expressions.file, machine, kernel, otherKernels, mutexes, files, body, tests, defs, handlers };
  }

  private test(node: ast.TestStatement): TestDeclaration {
    const kernels = node.kernels.length === 0 ? null : node.kernels;
    const points = node.points === undefined ? null : Number(parseInteger(node.points));
    return { name: node.name, kernels, points, body: this.block(node.block), range: this.headerRange(node) };
  }

  private def(node: ast.DefStatement): DefDeclaration {
    const parameters = node.parameters.map((parameter) => ({
      name: parameter.name,
      default: this.expressions.optional(parameter.default),
    }));
    return { name: node.name, parameters, body: this.block(node.block), range: this.headerRange(node) };
  }

  private block(block: ast.Block): Statement[] {
    return block.statements.map((statement) => this.statement(statement));
  }

  private statement(node: ast.Statement): Statement {
    switch (node.$type) {
      case 'AsStatement':
        return { kind: 'as', ...this.who(node), body: this.block(node.block), range: this.headerRange(node) };
      case 'OnStatement':
        return {
          kind: 'on',
          kernels: node.kernels,
          then: this.block(node.then),
          else: node.else === undefined ? null : this.block(node.else),
          range: this.headerRange(node),
        };
      case 'ForStatement':
        return this.forStatement(node);
      case 'RepeatStatement':
        return {
          kind: 'repeat',
          times: this.expression(node.times),
          body: this.block(node.block),
          range: this.headerRange(node),
        };
      case 'WhileStatement':
        return {
          kind: 'while',
          condition: this.expression(node.condition),
          body: this.block(node.block),
          range: this.headerRange(node),
        };
      case 'IfStatement':
        return this.ifStatement(node);
      case 'ParallelStatement':
        return this.parallel(node, null, this.headerRange(node));
      case 'ExploreStatement':
        return this.explore(node, null, this.headerRange(node));
      case 'TestStatement':
      case 'DefStatement':
        throw new Error('a test or def inside something passed the checks');
      default:
        return this.simpleStatement(node);
    }
  }

  private simpleStatement(node: Exclude<ast.Statement, BlockNode>): Statement {
    const range = this.expressions.range(node);
    switch (node.$type) {
      case 'ProcessStatement':
        return { kind: 'process', name: node.name, ...this.place(node.place), image: image(node), range };
      case 'ThreadStatement':
        return { kind: 'thread', name: node.name, ...this.threadOf(node), ...this.place(node.place), range };
      case 'LetStatement':
        return { kind: 'let', name: node.name, value: this.expression(node.value), range };
      case 'VarStatement':
        return { kind: 'var', name: node.name, value: this.expression(node.value), range };
      case 'Assignment':
        return this.assignment(node, range);
      case 'CallStatement':
        return { kind: 'call', call: this.expressions.call(node.call), range };
      case 'Expect':
        return this.expectStatement(node, range);
      case 'ExpectInterleaved':
        return node.statement.$type === 'ParallelStatement'
          ? { ...this.parallel(node.statement, node.error, range), ...labelOf(node) }
          : { ...this.explore(node.statement, node.error, range), ...labelOf(node) };
      case 'PrintStatement':
        return { kind: 'print', value: this.expression(node.value), ...this.more(node.more), range };
      case 'DumpStatement':
        return { kind: 'dump', process: node.process, range };
      case 'ReplayStatement':
        return { kind: 'replay', path: node.path, name: node.name ?? null, range };
      default:
        return this.environmentStatement(node, range);
    }
  }

  private environmentStatement(node: Exclude<ast.Statement, BlockNode>, range: SourceRange): Statement {
    switch (node.$type) {
      case 'Inject':
        return {
          kind: 'inject',
          injection: node.kind,
          place: this.expressions.optional(node.place),
          after: this.expressions.optional(node.after),
          range,
        };
      case 'InjectClear':
        return { kind: 'inject-clear', range };
      case 'BreakStatement':
        return { kind: 'break', range };
      case 'ContinueStatement':
        return { kind: 'continue', range };
      case 'ReturnStatement':
        return { kind: 'return', value: this.expressions.optional(node.value), range };
      case 'FailStatement':
        return { kind: 'fail', error: node.error, range };
      case 'ReserveStatement':
        return { kind: 'reserve', count: this.expression(node.count), place: this.expression(node.place), range };
      case 'DaemonStatement':
        return { kind: 'daemon', name: node.name, on: node.state === 'on', range };
      default:
        throw new Error(`${node.$type} passed the checks where a statement stands`);
    }
  }

  private expectStatement(node: ast.Expect, range: SourceRange): Statement {
    const value = this.expression(node.value);
    const label = labelOf(node);
    if (!node.fails && !node.kills) return { kind: 'expect', value, ...label, range };
    if (value.kind !== 'call') throw new Error('a tail after something that is no call passed the checks');
    if (node.kills) return { kind: 'expect-kills', call: value, error: node.error ?? null, ...label, range };
    const text = node.text === undefined ? {} : { text: node.text };
    return { kind: 'expect-fails', call: value, error: node.error ?? '', ...text, ...label, range };
  }

  private assignment(node: ast.Assignment, range: SourceRange): Statement {
    const { target, operator } = node;
    const use = this.variables.of(node);
    const nameRange = this.expressions.propertyRange(node, 'target');
    const index = this.expressions.optional(node.index);
    const given = this.expression(node.value);
    const name: Expression = { kind: 'name', name: target, ...(use && { variable: use }), range: nameRange };
    const old: Expression = index === null ? name : { kind: 'index', receiver: name, index, range };
    const value: Expression =
      operator === '=' ? given : { kind: 'binary', operator: operatorBefore(operator), left: old, right: given, range };
    return { kind: 'assign', name: target, nameRange, index, value, isShared: use === 'shared', range };
  }

  private more(values: readonly ast.Expression[]): { readonly more?: readonly Expression[] } {
    return values.length === 0 ? {} : { more: values.map((value) => this.expression(value)) };
  }

  private forStatement(node: ast.ForStatement): Statement {
    if (node.to === undefined)
      return {
        kind: 'for-list',
        name: node.name,
        list: this.expression(node.from),
        body: this.block(node.block),
        range: this.headerRange(node),
      };
    return {
      kind: 'for',
      name: node.name,
      from: this.expression(node.from),
      to: this.expression(node.to),
      step: this.expressions.optional(node.step),
      body: this.block(node.block),
      range: this.headerRange(node),
    };
  }

  private ifStatement(node: ast.IfStatement): Statement {
    let otherwise = node.else === undefined ? null : this.block(node.else);
    for (const branch of [...node.elseIfs].reverse()) otherwise = [this.branch(branch, otherwise)];
    return this.branch(node, otherwise);
  }

  private branch(node: ast.IfStatement | ast.ElseIf, otherwise: readonly Statement[] | null): Statement {
    return {
      kind: 'if',
      condition: this.expression(node.condition),
      then: this.block(node.then),
      else: otherwise,
      range: this.headerRange(node),
    };
  }

  private parallel(node: ast.ParallelStatement, fails: string | null, range: SourceRange): Statement {
    const seed = this.expressions.optional(node.seed);
    return { kind: 'parallel', seed, blocks: this.threadBlocks(node.blocks), fails, range };
  }

  private explore(node: ast.ExploreStatement, fails: string | null, range: SourceRange): Statement {
    return {
      kind: 'explore',
      upTo: this.expressions.optional(node.upTo),
      blocks: this.threadBlocks(node.blocks),
      then: node.then === undefined ? null : this.block(node.then),
      fails,
      range,
    };
  }

  private threadBlocks(blocks: readonly ast.AsStatement[]): ThreadBlock[] {
    return blocks.map((node) => ({ ...this.who(node), body: this.block(node.block), range: this.headerRange(node) }));
  }

  private who(node: ast.AsStatement): { readonly who: string; readonly whoExpression?: Expression } {
    const whoExpression = this.element(node, node.who, 'who');
    return whoExpression === null ? { who: node.who ?? '' } : { who: writtenAs(node, node.who), whoExpression };
  }

  private threadOf(node: ast.ThreadStatement): { readonly of: string; readonly ofExpression?: Expression } {
    const ofExpression = this.element(node, node.process, 'process');
    return ofExpression === null ? { of: node.process ?? '' } : { of: writtenAs(node, node.process), ofExpression };
  }

  /** `NAME[INDEX]` or `(VALUE)`; null for a name alone. */
  private element(
    node: ast.AsStatement | ast.ThreadStatement,
    name: string | undefined,
    property: 'who' | 'process',
  ): Expression | null {
    if (node.value !== undefined) return this.expression(node.value);
    if (node.index === undefined || name === undefined) return null;
    const index = this.expression(node.index);
    const nameRange = this.expressions.propertyRange(node, property);
    const receiver: Expression = { kind: 'name', name, range: nameRange };
    const { endLine, endColumn } = index.range;
    return { kind: 'index', receiver, index, range: { ...nameRange, endLine, endColumn: endColumn + 1 } };
  }

  private place(node: ast.Expression | undefined): { place: PlaceLiteral | null; placeExpression?: Expression } {
    if (node === undefined) return { place: null };
    const value = this.expression(node);
    const literal = placeLiteral(value);
    return literal === null ? { place: null, placeExpression: value } : { place: literal };
  }

  private expression(node: ast.Expression): Expression {
    return this.expressions.expression(node);
  }

  /** From the first word to the last token before the opening brace. */
  private headerRange(node: BlockNode): SourceRange {
    return toSourceRange(headerRange0(node), this.expressions.file);
  }
}

/** `children[i]`, or an expression as it is written. */
function writtenAs({ value, index }: ast.AsStatement | ast.ThreadStatement, name: string | undefined): string {
  return value?.$cstNode?.text ?? `${name ?? ''}[${index?.$cstNode?.text ?? ''}]`;
}

function labelOf({ label }: ast.Expect | ast.ExpectInterleaved): { readonly label?: string } {
  return label === undefined ? {} : { label };
}

/** `+` of `+=`. */
function operatorBefore(operator: Exclude<ast.Assignment['operator'], '='>): BinaryOperator {
  return operator.slice(0, -1) as BinaryOperator;
}

function headerRange0(node: BlockNode): CstNode['range'] {
  const whole = node.$cstNode;
  const brace = blockStart(node);
  if (whole === undefined || brace === undefined) throw new Error('a block without text');
  const last = lastTokenBefore(whole, brace.offset) ?? whole;
  return { start: whole.range.start, end: last.range.end };
}

function blockStart(node: BlockNode): CstNode | undefined {
  if (node.$type === 'IfStatement' || node.$type === 'ElseIf' || node.$type === 'OnStatement')
    return node.then.$cstNode;
  if (node.$type === 'ParallelStatement' || node.$type === 'ExploreStatement') {
    return GrammarUtils.findNodeForKeyword(node.$cstNode, '{');
  }
  return node.block.$cstNode;
}

function lastTokenBefore(node: CstNode, offset: number): CstNode | undefined {
  if (!('content' in node)) return node;
  const parts = (node as { readonly content: readonly CstNode[] }).content;
  const before = parts.filter((part) => !('hidden' in part && part.hidden) && part.offset < offset).at(-1);
  return before === undefined ? undefined : lastTokenBefore(before, offset);
}

function image(node: ast.ProcessStatement): Extract<Statement, { kind: 'process' }>['image'] {
  if (node.path !== undefined) return { kind: 'load', path: node.path };
  const sizeOfPart = (kind: 'code' | 'data'): number => {
    const segment = node.segments.find((part) => part.kind === kind);
    return segment === undefined ? 0 : sizeOf(segment.size);
  };
  return { kind: 'sizes', code: sizeOfPart('code'), data: sizeOfPart('data') };
}

function placeLiteral(value: Expression): PlaceLiteral | null {
  if (value.kind !== 'place' || value.x.kind !== 'integer' || value.y.kind !== 'integer') return null;
  const place = { x: Number(value.x.value), y: Number(value.y.value), range: value.range };
  if (value.core === null) return place;
  return value.core.kind === 'integer' ? { ...place, core: Number(value.core.value) } : null;
}
