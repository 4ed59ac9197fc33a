/** The outline: declarations, processes, bindings, blocks and tests. */
import type { LangiumDocument } from 'langium';
import { GrammarUtils } from 'langium';
import type { DocumentSymbolProvider } from 'langium/lsp';
import { SymbolKind } from 'vscode-languageserver';
import type { DocumentSymbol } from 'vscode-languageserver';
import type * as ast from '../generated/ast.ts';
import { modelOf } from './document-facts.ts';

export class WalkSymbols implements DocumentSymbolProvider {
  getSymbols(document: LangiumDocument): DocumentSymbol[] {
    return symbolsOf(modelOf(document).statements);
  }
}

function symbolsOf(statements: readonly ast.Statement[]): DocumentSymbol[] {
  return statements.flatMap((statement) => symbolOf(statement));
}

interface Entry {
  readonly name: string | undefined;
  readonly property: string;
  readonly kind: SymbolKind;
  readonly detail: string;
  readonly inside?: ast.Block | undefined;
}

function symbolOf(node: ast.Statement): DocumentSymbol[] {
  const cst = node.$cstNode;
  const entry = entryOf(node);
  if (cst === undefined || entry === null || entry.name === undefined || entry.name === '') return blocksOf(node);
  const selection = GrammarUtils.findNodeForProperty(cst, entry.property) ?? cst;
  const symbol = {
    name: entry.name,
    detail: entry.detail,
    kind: entry.kind,
    range: cst.range,
    selectionRange: selection.range,
  };
  const children = symbolsOf(entry.inside?.statements ?? []);
  return [children.length === 0 ? symbol : { ...symbol, children }];
}

function entryOf(node: ast.Statement): Entry | null {
  switch (node.$type) {
    case 'MachineDeclaration':
      return { name: node.preset, property: 'preset', kind: SymbolKind.Module, detail: 'machine' };
    case 'KernelDeclaration':
      return { name: node.name, property: 'name', kind: SymbolKind.Package, detail: 'kernel' };
    case 'FileDeclaration':
      return { name: node.name, property: 'name', kind: SymbolKind.File, detail: 'file' };
    case 'ProcessStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Class, detail: 'process' };
    case 'ThreadStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Object, detail: `thread of ${node.process ?? '…'}` };
    case 'AsStatement':
      return {
        name: whoText(node),
        property: node.value === undefined ? 'who' : 'value',
        kind: SymbolKind.Namespace,
        detail: '',
        inside: node.block,
      };
    case 'LetStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Variable, detail: 'let' };
    case 'MutexDeclaration':
      return { name: node.name, property: 'name', kind: SymbolKind.Object, detail: 'mutex' };
    case 'VarStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Variable, detail: 'var' };
    case 'DefStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Function, detail: 'def', inside: node.block };
    case 'TestStatement':
      return { name: node.name, property: 'name', kind: SymbolKind.Method, detail: 'test', inside: node.block };
    default:
      return null;
  }
}

function whoText({ who, index, value }: ast.AsStatement): string {
  if (value !== undefined) return `as (${value.$cstNode?.text ?? ''})`;
  return `as ${who ?? ''}${index === undefined ? '' : `[${index.$cstNode?.text ?? ''}]`}`;
}

/** Blocks without a name of their own do not make a level. */
function blocksOf(node: ast.Statement): DocumentSymbol[] {
  switch (node.$type) {
    case 'ForStatement':
    case 'RepeatStatement':
    case 'WhileStatement':
      return symbolsOf((node.block as ast.Block | undefined)?.statements ?? []);
    case 'ParallelStatement':
    case 'ExploreStatement':
      return symbolsOf(node.blocks);
    default:
      return [];
  }
}
