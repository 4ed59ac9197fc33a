/** The functions that a file defines, as the tables have others: for checks, completion, hover and signature help. */
import type { FunctionInfo, ValueType } from '../execution/function-info.ts';
import type { CatalogueKernel } from './catalogue.ts';
import * as ast from './generated/ast.ts';

/** Defs of these names are the operations of a kernel that a file defines itself; no other kernel takes them. */
const operations: ReadonlySet<string> = new Set(['mmap', 'munmap', 'mprotect', 'brk', 'fork', 'exit', 'wait']);

export function isOwnOperation(name: string): boolean {
  return operations.has(name);
}

/** Those that mean something on the kernel, the first of each name. */
export function defsOf(model: ast.Model, _kernel: CatalogueKernel | null): FunctionInfo[] {
  const found = new Map<string, FunctionInfo>();
  for (const node of model.statements) {
    if (!ast.isDefStatement(node) || (node.name as string | undefined) === undefined) continue;
    if (!operations.has(node.name) && !found.has(node.name)) found.set(node.name, infoOf(node));
  }
  return [...found.values()];
}

const any: ValueType = { kind: 'any' };

function infoOf(node: ast.DefStatement): FunctionInfo {
  const parameters = node.parameters
    .filter(({ name }) => (name as string | undefined) !== undefined)
    .map(({ name, default: value }) => ({ name, type: any, ...(value === undefined ? {} : { optional: true }) }));
  return { name: node.name, section: '13.3', doc: commentAbove(node), parameters, result: any, errors: [], steps: {} };
}

/** The lines of comment directly above it. */
function commentAbove({ $cstNode: cst, name }: ast.DefStatement): string {
  const before = cst?.root.fullText.slice(0, cst.offset).split(/\r?\n/).slice(0, -1) ?? [];
  const lines: string[] = [];
  for (let line = before.pop()?.trim(); line?.startsWith('//') === true; line = before.pop()?.trim())
    lines.unshift(line.replace(/^\/\/+\s?/, ''));
  return lines.length === 0 ? `\`${name}\`, which this file defines.` : lines.join(' ');
}
