/** Answers as their client can read them: what it did not report is left out or said more simply. */
import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupContent,
  MarkupKind,
  SymbolKind,
  type CompletionItem,
  type CompletionList,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  type SignatureHelp,
  type SymbolInformation,
} from 'vscode-languageserver';
import type { ClientFeatures } from './client-features.ts';
import { diagnosticPage, resolveManualLinks, withoutManualLinks } from '../manual-address.ts';
import { plainText } from './plain-text.ts';

type Adapt<Result> = (result: Result, client: ClientFeatures, uri: string) => unknown;

function answerTo<Result>(method: string, adapt: Adapt<Result>): readonly [string, Adapt<never>] {
  return [method, adapt];
}

const adaptations: ReadonlyMap<string, Adapt<never>> = new Map([
  answerTo<CompletionList>('textDocument/completion', (list, client) => ({
    ...list,
    items: list.items.map((item) => completionItem(item, client)),
  })),
  answerTo<LocationLink[]>('textDocument/definition', (links, client) =>
    client.definitionLinks ? links : links.map(location),
  ),
  answerTo<DocumentSymbol[]>('textDocument/documentSymbol', (symbols, client, uri) => {
    const known = symbols.map((symbol) => withKnownKinds(symbol, client));
    return client.nestedSymbols ? known : known.flatMap((symbol) => flat(symbol, uri));
  }),
  answerTo<Hover>('textDocument/hover', (hover, client) =>
    MarkupContent.is(hover.contents) ? { ...hover, contents: markup(hover.contents, client, 'hover') } : hover,
  ),
  answerTo<SignatureHelp>('textDocument/signatureHelp', (help, client) => ({
    ...help,
    signatures: help.signatures.map((signature) => ({
      ...documented(signature, client, 'signature'),
      parameters: signature.parameters?.map((parameter) => documented(parameter, client, 'signature')),
    })),
  })),
  answerTo<SymbolInformation[]>('workspace/symbol', (symbols, client) =>
    symbols.map((symbol) => ({ ...symbol, kind: symbolKind(symbol.kind, client) })),
  ),
]);

/** `uri` is the document's that was asked about. */
export function forClient(method: string, result: unknown, client: ClientFeatures, uri: string): unknown {
  if (result === undefined || result === null) return null;
  return adaptations.get(method)?.(result as never, client, uri) ?? result;
}

/** Related lines that the client does not show are said in the message. */
export function diagnosticForClient(diagnostic: Diagnostic, client: ClientFeatures): Diagnostic {
  const { relatedInformation = [], tags, ...known } = diagnostic;
  const shownTags = client.unnecessaryTag && tags !== undefined ? { tags } : {};
  const rest = { ...known, ...codeDescription(diagnostic, client) };
  if (client.relatedInformation) return { ...rest, ...shownTags, relatedInformation };
  const lines = relatedInformation.map(
    ({ message, location: { range } }) => `\nline ${String(range.start.line + 1)}: ${message}`,
  );
  const message = typeof rest.message === 'string' ? rest.message : rest.message.value;
  return { ...rest, ...shownTags, message: message + lines.join('') };
}

/** The code leads to its page in the manual. */
function codeDescription({ code }: Diagnostic, client: ClientFeatures): Pick<Diagnostic, 'codeDescription'> {
  if (!client.codeDescription || code === undefined) return {};
  return { codeDescription: { href: client.manual(diagnosticPage(String(code))) } };
}

function completionItem(item: CompletionItem, client: ClientFeatures): CompletionItem {
  const { labelDetails, ...rest } = documented(item, client, 'completion');
  const adapted: CompletionItem = client.labelDetails && labelDetails !== undefined ? { ...rest, labelDetails } : rest;
  if (item.kind !== undefined && !client.completionKinds.has(item.kind))
    adapted.kind = simplerKinds.get(item.kind) ?? CompletionItemKind.Text;
  if (item.insertTextFormat !== InsertTextFormat.Snippet || client.snippets) return adapted;
  const { insertTextFormat: _, ...plain } = adapted;
  return { ...plain, insertText: withoutPlaces(item.insertText ?? item.label) };
}

/** The nearest kinds of the protocol's first version. */
const simplerKinds: ReadonlyMap<CompletionItemKind, CompletionItemKind> = new Map([
  [CompletionItemKind.Folder, CompletionItemKind.File],
  [CompletionItemKind.EnumMember, CompletionItemKind.Enum],
  [CompletionItemKind.Constant, CompletionItemKind.Value],
  [CompletionItemKind.Struct, CompletionItemKind.Class],
  [CompletionItemKind.Event, CompletionItemKind.Value],
  [CompletionItemKind.Operator, CompletionItemKind.Keyword],
]);

/** Of a snippet with places to fill in only its first word: the author writes the rest. */
function withoutPlaces(snippet: string): string {
  return snippet.includes('$') ? (/^[\w-]+/.exec(snippet)?.[0] ?? '') : snippet;
}

type Place = keyof ClientFeatures['markdown'];

function documented<Item extends { documentation?: string | MarkupContent }>(
  item: Item,
  client: ClientFeatures,
  place: Place,
): Item {
  const { documentation } = item;
  return MarkupContent.is(documentation) ? { ...item, documentation: markup(documentation, client, place) } : item;
}

function markup(content: MarkupContent, { markdown, manual }: ClientFeatures, place: Place): MarkupContent {
  if (content.kind === MarkupKind.PlainText) return content;
  if (markdown[place]) return { ...content, value: resolveManualLinks(content.value, manual) };
  return { kind: MarkupKind.PlainText, value: plainText(withoutManualLinks(content.value)) };
}

function location({ targetUri, targetSelectionRange }: LocationLink): Location {
  return { uri: targetUri, range: targetSelectionRange };
}

function symbolKind(kind: SymbolKind, { symbolKinds }: ClientFeatures): SymbolKind {
  return symbolKinds.has(kind) ? kind : SymbolKind.Variable;
}

function withKnownKinds(symbol: DocumentSymbol, client: ClientFeatures): DocumentSymbol {
  const kind = symbolKind(symbol.kind, client);
  if (symbol.children === undefined) return { ...symbol, kind };
  return { ...symbol, kind, children: symbol.children.map((child) => withKnownKinds(child, client)) };
}

function flat(symbol: DocumentSymbol, uri: string, containerName?: string): SymbolInformation[] {
  const { name, kind, range, children = [] } = symbol;
  const own = { name, kind, location: { uri, range }, ...(containerName === undefined ? {} : { containerName }) };
  return [own, ...children.flatMap((child) => flat(child, uri, name))];
}
