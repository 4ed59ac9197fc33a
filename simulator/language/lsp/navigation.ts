/** From a name to its binding and back: definition, references, highlights, rename. */
import type { LangiumDocument } from 'langium';
import { GrammarUtils } from 'langium';
import type { DefinitionProvider, DocumentHighlightProvider, ReferencesProvider, RenameProvider } from 'langium/lsp';
import { DocumentHighlightKind, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type {
  DefinitionParams,
  DocumentHighlight,
  Location,
  LocationLink,
  Position,
  Range,
  ReferenceParams,
  RenameParams,
  TextDocumentPositionParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { resolveBindings } from '../bindings.ts';
import type { Binding } from '../bindings.ts';
import * as ast from '../generated/ast.ts';
import { parseSyntax } from '../syntax.ts';
import { modelOf } from './document-facts.ts';

/** A binding and everything that means it. */
interface Found {
  readonly binding: Binding;
  /** The name at the position asked for. */
  readonly at: Range;
  readonly definition: Range;
  readonly uses: readonly Range[];
  /** Those of the uses that are assignments. */
  readonly changes: readonly Range[];
}

export function findBinding(document: LangiumDocument, position: Position): Found | null {
  const { bindings, defs, uses } = resolveBindings(modelOf(document));
  const rangeOf = (node: Binding['node'] | (typeof uses)[number]['node'], property: string): Range | null =>
    GrammarUtils.findNodeForProperty(node.$cstNode, property)?.range ?? null;
  for (const binding of [...bindings, ...defs]) {
    const definition = rangeOf(binding.node, 'name');
    if (definition === null) continue;
    const ownUses = uses.filter((use) => use.binding === binding);
    const own = ownUses.flatMap((use) => rangeOf(use.node, use.property) ?? []);
    const at = [definition, ...own].find((range) => contains(range, position));
    if (at === undefined) continue;
    const changes = ownUses.flatMap((use) =>
      ast.isAssignment(use.node) ? (rangeOf(use.node, use.property) ?? []) : [],
    );
    return { binding, at, definition, uses: own, changes: own.filter((range) => changes.includes(range)) };
  }
  return null;
}

/** Names never span lines; the cursor may stand at either end. */
function contains({ start, end }: Range, { line, character }: Position): boolean {
  return start.line === line && start.character <= character && character <= end.character;
}

export class WalkDefinition implements DefinitionProvider {
  getDefinition(document: LangiumDocument, params: DefinitionParams): LocationLink[] | undefined {
    const found = findBinding(document, params.position);
    if (found === null) return undefined;
    const { at, binding, definition } = found;
    return [
      {
        originSelectionRange: at,
        targetUri: document.textDocument.uri,
        targetRange: binding.node.$cstNode?.range ?? definition,
        targetSelectionRange: definition,
      },
    ];
  }
}

export class WalkReferences implements ReferencesProvider {
  findReferences(document: LangiumDocument, params: ReferenceParams): Location[] {
    const found = findBinding(document, params.position);
    if (found === null) return [];
    const ranges = params.context.includeDeclaration ? [found.definition, ...found.uses] : found.uses;
    return ranges.map((range) => ({ uri: document.textDocument.uri, range }));
  }
}

export class WalkHighlights implements DocumentHighlightProvider {
  getDocumentHighlight(document: LangiumDocument, params: TextDocumentPositionParams): DocumentHighlight[] | undefined {
    const found = findBinding(document, params.position);
    if (found === null) return undefined;
    const uses = found.uses.map((range) => ({
      range,
      kind: found.changes.includes(range) ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
    return [{ range: found.definition, kind: DocumentHighlightKind.Write }, ...uses];
  }
}

export class WalkRename implements RenameProvider {
  prepareRename(document: LangiumDocument, params: TextDocumentPositionParams): Range | undefined {
    return findBinding(document, params.position)?.at;
  }

  rename(document: LangiumDocument, params: RenameParams): WorkspaceEdit | undefined {
    const found = findBinding(document, params.position);
    if (found === null) return undefined;
    const { newName } = params;
    if (!isBindable(newName))
      throw new ResponseError(LSPErrorCodes.RequestFailed, `\`${newName}\` cannot be the name of a binding.`);
    const { bindings, defs } = resolveBindings(modelOf(document));
    // Functions and values share no names.
    const known = ast.isDefStatement(found.binding.node) ? defs : bindings;
    if (known.some((other) => other !== found.binding && other.name === newName)) {
      throw new ResponseError(LSPErrorCodes.RequestFailed, `\`${newName}\` is bound already.`);
    }
    const edits = [found.definition, ...found.uses].map((range) => ({ range, newText: newName }));
    return { changes: { [document.textDocument.uri]: edits } };
  }
}

function isBindable(name: string): boolean {
  if (name === 'true' || name === 'false' || name === 'none' || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return false;
  const { model, errors } = parseSyntax(`let ${name} = 1`, '');
  const [statement] = model.statements;
  return errors.length === 0 && statement?.$type === 'LetStatement' && statement.name === name;
}
