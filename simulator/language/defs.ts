/** The functions that a file defines, as the tables have others: for checks, completion, hover and signature help. */
import { AstUtils } from 'langium';
import type { FunctionInfo, Parameter, ValueType } from '../execution/function-info.ts';
import { commonOperations, isOwnOperation } from '../kernels/common-operations.ts';
import type { CatalogueKernel } from './catalogue.ts';
import * as ast from './generated/ast.ts';

/** Handlers have names, but nobody calls them. */
export function callableDefs(model: ast.Model): ast.DefStatement[] {
  return model.statements.filter(ast.isDefStatement).filter(({ word }) => word === 'def');
}

/**
 * The kernel that the file brings: its handlers, the defs named like operations, and the defs that only these call. A kernel
 * that has operations of its own takes none of them.
 */
export function ownKernelOf(model: ast.Model): ReadonlySet<ast.DefStatement> {
  const defs = model.statements.filter(ast.isDefStatement);
  const own = new Set(defs.filter(({ word, name }) => word === 'handler' || isOwnOperation(name)));
  const callers = callersOf(model);
  for (let before = -1; before !== own.size;) {
    before = own.size;
    for (const def of defs) {
      const from = callers.get(def.name) ?? [];
      if (from.length > 0 && from.every((caller) => caller === def || (caller !== null && own.has(caller))))
        own.add(def);
    }
  }
  return own;
}

/** By name, the defs in which a call of it stands; null for a call elsewhere. */
function callersOf(model: ast.Model): ReadonlyMap<string, readonly (ast.DefStatement | null)[]> {
  const found = new Map<string, (ast.DefStatement | null)[]>();
  for (const statement of model.statements) {
    const caller = ast.isDefStatement(statement) ? statement : null;
    for (const node of AstUtils.streamAst(statement)) {
      if (!ast.isCall(node)) continue;
      const callers = found.get(node.callee) ?? [];
      if (callers.push(caller) === 1) found.set(node.callee, callers);
    }
  }
  return found;
}

/** Those that mean something on the kernel, the first of each name. */
export function defsOf(model: ast.Model, kernel: CatalogueKernel | null): FunctionInfo[] {
  const found = new Map<string, FunctionInfo>();
  for (const node of callableDefs(model)) {
    if ((node.name as string | undefined) === undefined || found.has(node.name)) continue;
    if (!isOwnOperation(node.name) || kernel?.isDefinedByScenario === true) found.set(node.name, infoOf(node));
  }
  return [...found.values()];
}

const any: ValueType = { kind: 'any' };

function infoOf(node: ast.DefStatement): FunctionInfo {
  const own = node.parameters
    .filter(({ name }) => (name as string | undefined) !== undefined)
    .map(({ name, default: value }) => ({
      name,
      type: typeOf(node.name, name),
      ...(value === undefined ? {} : { optional: true }),
    }));
  const parameters = [...own, ...furtherParameters(node.name, own)];
  return { name: node.name, section: '13.3', doc: commentAbove(node), parameters, result: any, errors: [], steps: {} };
}

/** Of the operation, those that the file's own does not take: a call that gives one fails with NOT_SUPPORTED. */
function furtherParameters(def: string, own: readonly { readonly name: string }[]): Parameter[] {
  if (!isOwnOperation(def)) return [];
  const all = commonOperations.find(({ name }) => name === def)?.parameters ?? [];
  return all
    .filter(({ name }) => !own.some((one) => one.name === name))
    .map(({ name, type }) => ({ name, type, optional: true }));
}

/** A parameter of an operation has the words of the operation's: `prot` is a protection, `kind` a kind of mapping. */
function typeOf(def: string, parameter: string): ValueType {
  if (!isOwnOperation(def)) return any;
  const operation = commonOperations.find(({ name }) => name === def);
  return operation?.parameters.find(({ name }) => name === parameter)?.type ?? any;
}

/** The lines of comment directly above it. */
function commentAbove({ $cstNode: cst, name }: ast.DefStatement): string {
  const before = cst?.root.fullText.slice(0, cst.offset).split(/\r?\n/).slice(0, -1) ?? [];
  const lines: string[] = [];
  for (let line = before.pop()?.trim(); line?.startsWith('//') === true; line = before.pop()?.trim())
    lines.unshift(line.replace(/^\/\/+\s?/, ''));
  return lines.length === 0 ? `\`${name}\`, which this file defines.` : lines.join(' ');
}
