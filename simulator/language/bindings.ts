/**
 * Who binds which name, and who means it (section 4, `let`). A binding is visible from its statement to the end of the file or
 * test; one inside `for`, `repeat`, `if`, `parallel` or `explore` only there. A test sees all that the file binds.
 * Tolerates trees with missing parts, because the editor's features read it while somebody types.
 */
import type { AstNode } from 'langium';
import { AstUtils } from 'langium';
import * as ast from './generated/ast.ts';

export type BindingNode =
  | ast.LetStatement
  | ast.VarStatement
  | ast.ProcessStatement
  | ast.ThreadStatement
  | ast.ForStatement
  | ast.ReplayStatement
  | ast.DefStatement
  | ast.DefParameter
  | ast.MutexDeclaration;

export interface Binding {
  readonly name: string;
  readonly node: BindingNode;
  /** Offsets in the text, half-open, where it is visible; tests see what the file binds wherever it stands. */
  readonly from: number;
  readonly to: number;
  /** Bound at file level: every test sees it. */
  readonly common: boolean;
  /** A binding of the same name that was already visible. */
  readonly earlier: Binding | null;
}

/** A name that means a value: in an expression, after `as`, `of` and `dump`, what an assignment changes; or a def: in a call of one. */
export interface NameUse {
  readonly node:
    ast.NameReference | ast.AsStatement | ast.ThreadStatement | ast.DumpStatement | ast.Assignment | ast.Call;
  readonly property: 'name' | 'who' | 'process' | 'target' | 'callee';
  readonly name: string;
  readonly binding: Binding | null;
  /** What is bound there: for a name that is not. */
  readonly visible: () => readonly Binding[];
}

export interface Bindings {
  readonly bindings: readonly Binding[];
  /** Functions of the file: calls alone mean them. */
  readonly defs: readonly Binding[];
  readonly uses: readonly NameUse[];
}

interface Scope {
  readonly parent: Scope | null;
  readonly names: Map<string, Binding>;
  readonly end: number;
  readonly common: boolean;
  /** Of a def, whose names hide those of the file. */
  readonly isDef: boolean;
}

export function resolveBindings(model: ast.Model): Bindings {
  return new Resolver().resolve(model);
}

/** The bindings that an expression at that offset can name. */
export function visibleAt(model: ast.Model, offset: number): readonly Binding[] {
  const inTest = model.statements.some(
    (node) =>
      (ast.isTestStatement(node) || ast.isDefStatement(node)) &&
      offset > (node.$cstNode?.offset ?? 0) &&
      offset < (node.$cstNode?.end ?? 0),
  );
  const { bindings } = resolveBindings(model);
  return bindings.filter((binding) => (inTest && binding.common) || (binding.from <= offset && offset < binding.to));
}

class Resolver {
  private readonly bindings: Binding[] = [];
  private readonly uses: NameUse[] = [];
  private readonly defs = new Map<string, Binding>();

  resolve(model: ast.Model): Bindings {
    const file: Scope = { parent: null, names: new Map(), end: Number.MAX_SAFE_INTEGER, common: true, isDef: false };
    const defs = model.statements.filter(ast.isDefStatement);
    for (const node of defs) this.bindDef(node);
    const tests = model.statements.filter(ast.isTestStatement);
    for (const statement of model.statements)
      if (!ast.isTestStatement(statement) && !ast.isDefStatement(statement)) this.statement(statement, file);
    for (const def of defs) this.def(def, file);
    for (const test of tests) if ((test.block as ast.Block | undefined) !== undefined) this.inner(test.block, file);
    return { bindings: this.bindings, defs: [...this.defs.values()], uses: this.uses };
  }

  private bindDef(node: ast.DefStatement): void {
    const name = node.name as string | undefined;
    if (name === undefined || node.word === 'handler' || this.defs.has(name)) return;
    this.defs.set(name, { name, node, from: 0, to: Number.MAX_SAFE_INTEGER, common: true, earlier: null });
  }

  /** It sees all that the file binds, wherever. */
  private def(node: ast.DefStatement, file: Scope): void {
    const inside: Scope = { ...this.scope(node, file), isDef: true };
    for (const parameter of node.parameters) {
      this.names(parameter.default, inside);
      this.bind(parameter, inside);
    }
    this.block(node.block, inside);
  }

  private statement(node: ast.Statement, scope: Scope): void {
    if (ast.isAsStatement(node)) this.asBlock(node, scope);
    else if (ast.isForStatement(node)) this.forLoop(node, scope);
    else if (ast.isIfStatement(node)) this.branches(node, scope);
    else if (ast.isOnStatement(node)) {
      this.block(node.then, scope);
      this.block(node.else, scope);
    } else if (ast.isRepeatStatement(node)) {
      this.names(node.times, scope);
      this.inner(node.block, scope);
    } else if (ast.isWhileStatement(node)) {
      this.names(node.condition, scope);
      this.inner(node.block, scope);
    } else if (ast.isParallelStatement(node) || ast.isExploreStatement(node)) this.threads(node, scope);
    else if (ast.isExpectInterleaved(node)) this.statement(node.statement, scope);
    else if (ast.isTestStatement(node)) this.inner(node.block, scope);
    else this.simple(node, scope);
  }

  private simple(node: ast.Statement, scope: Scope): void {
    if (ast.isThreadStatement(node)) this.use(node, 'process', node.process, scope);
    if (ast.isAssignment(node)) this.use(node, 'target', node.target, scope);
    if (ast.isDumpStatement(node)) this.use(node, 'process', node.process, scope);
    // The value of a `let` does not see the name that it is bound to.
    for (const child of AstUtils.streamContents(node)) this.names(child, scope);
    if (isBinding(node)) this.bind(node, scope);
    else if (ast.isReplayStatement(node) && node.name !== undefined) this.bind(node, scope);
  }

  private asBlock(node: ast.AsStatement, scope: Scope): void {
    this.use(node, 'who', node.who, scope);
    this.names(node.index, scope);
    this.names(node.value, scope);
    this.block(node.block, scope);
  }

  private forLoop(node: ast.ForStatement, scope: Scope): void {
    for (const bound of [node.from, node.to, node.step]) this.names(bound, scope);
    const inside = this.scope(node, scope);
    this.bind(node, inside);
    this.block(node.block, inside);
  }

  private branches(node: ast.IfStatement, scope: Scope): void {
    this.names(node.condition, scope);
    this.inner(node.then, scope);
    for (const branch of node.elseIfs) {
      this.names(branch.condition, scope);
      this.inner(branch.then, scope);
    }
    if (node.else !== undefined) this.inner(node.else, scope);
  }

  /** Blocks at the same time do not see each other's bindings; `then`, which runs after them, sees those of all. */
  private threads(node: ast.ParallelStatement | ast.ExploreStatement, scope: Scope): void {
    this.names(ast.isParallelStatement(node) ? node.seed : node.upTo, scope);
    const after = this.scope(node, scope);
    for (const block of node.blocks) {
      this.use(block, 'who', block.who, scope);
      this.names(block.index, scope);
      this.names(block.value, scope);
      const inside = this.scope(block, scope);
      this.block(block.block, inside);
      for (const [name, binding] of inside.names) after.names.set(name, binding);
    }
    if (ast.isExploreStatement(node) && node.then !== undefined) this.inner(node.then, after);
  }

  private inner(block: ast.Block, scope: Scope): void {
    this.block(block, this.scope(block, scope));
  }

  private block(block: ast.Block | undefined, scope: Scope): void {
    for (const statement of block?.statements ?? []) this.statement(statement, scope);
  }

  private scope(node: AstNode | undefined, parent: Scope): Scope {
    return { parent, names: new Map(), end: node?.$cstNode?.end ?? parent.end, common: false, isDef: false };
  }

  private names(node: AstNode | undefined, scope: Scope): void {
    if (node === undefined) return;
    for (const inner of AstUtils.streamAst(node)) {
      if (ast.isNameReference(inner)) this.use(inner, 'name', inner.name, scope);
      else if (ast.isCall(inner)) this.useDef(inner);
    }
  }

  private useDef(node: ast.Call): void {
    const binding = this.defs.get(node.callee);
    if (binding !== undefined)
      this.uses.push({ node, property: 'callee', name: node.callee, binding, visible: () => [] });
  }

  private use(node: NameUse['node'], property: NameUse['property'], name: string | undefined, scope: Scope): void {
    if (name === undefined) return;
    const binding = lookUp(name, scope);
    // Scopes grow; what was bound before is told by how much they held.
    const sizes = binding === null ? sizesOf(scope) : [];
    this.uses.push({ node, property, name, binding, visible: () => allOf(scope, sizes) });
  }

  private bind(node: BindingNode, scope: Scope): void {
    const { name } = node;
    if (name === undefined) return;
    const from = ast.isForStatement(node)
      ? (node.block as ast.Block | undefined)?.$cstNode?.offset
      : node.$cstNode?.end;
    const earlier = lookUpOwn(name, scope);
    const binding = { name, node, from: from ?? 0, to: scope.end, common: scope.common, earlier };
    this.bindings.push(binding);
    if (earlier === null) scope.names.set(name, binding);
  }
}

/** Does the statement bind a name for those behind it? */
function isBinding(
  node: ast.Statement,
): node is ast.LetStatement | ast.VarStatement | ast.ProcessStatement | ast.ThreadStatement | ast.MutexDeclaration {
  return (
    ast.isLetStatement(node) ||
    ast.isVarStatement(node) ||
    ast.isProcessStatement(node) ||
    ast.isThreadStatement(node) ||
    ast.isMutexDeclaration(node)
  );
}

function lookUp(name: string, scope: Scope): Binding | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const binding = at.names.get(name);
    if (binding !== undefined) return binding;
  }
  return null;
}

/** Up to the def that the scope is in: its names may be those of the file. */
function lookUpOwn(name: string, scope: Scope): Binding | null {
  for (let at: Scope | null = scope; at !== null; at = at.isDef ? null : at.parent) {
    const binding = at.names.get(name);
    if (binding !== undefined) return binding;
  }
  return null;
}

/** How many names each scope holds, innermost first. */
function sizesOf(scope: Scope): number[] {
  const sizes: number[] = [];
  for (let at: Scope | null = scope; at !== null; at = at.parent) sizes.push(at.names.size);
  return sizes;
}

/** The first so many names of each scope. */
function allOf(scope: Scope, sizes: readonly number[]): Binding[] {
  const all: Binding[] = [];
  let level = 0;
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    let left = sizes[level++] ?? 0;
    for (const binding of at.names.values()) if (left-- > 0) all.push(binding);
  }
  return all;
}
