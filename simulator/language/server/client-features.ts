/** What a client can read, from the capabilities that it reports. What it does not report it cannot. */
import {
  CompletionItemKind,
  DiagnosticTag,
  MarkupKind,
  SymbolKind,
  type ClientCapabilities,
} from 'vscode-languageserver';
import type { ManualLink } from '../manual-address.ts';

export interface ClientFeatures {
  readonly snippets: boolean;
  readonly labelDetails: boolean;
  /** Markdown in hovers, in completion's documentation, in signatures' documentation. */
  readonly markdown: { readonly hover: boolean; readonly completion: boolean; readonly signature: boolean };
  readonly nestedSymbols: boolean;
  readonly definitionLinks: boolean;
  readonly prepareRename: boolean;
  readonly relatedInformation: boolean;
  readonly unnecessaryTag: boolean;
  /** The code of a diagnostic may be a link. */
  readonly codeDescription: boolean;
  readonly manual: ManualLink;
  readonly completionKinds: ReadonlySet<CompletionItemKind>;
  readonly symbolKinds: ReadonlySet<SymbolKind>;
}

/** The kinds of the protocol's first version. */
const firstKinds = range(CompletionItemKind.Text, CompletionItemKind.Reference);
const firstSymbolKinds = range(SymbolKind.File, SymbolKind.Array);

export function featuresOf({ textDocument }: ClientCapabilities, manual: ManualLink): ClientFeatures {
  const { completion, hover, signatureHelp, documentSymbol, definition, rename, publishDiagnostics } =
    textDocument ?? {};
  const item = completion?.completionItem;
  return {
    snippets: item?.snippetSupport === true,
    labelDetails: item?.labelDetailsSupport === true,
    markdown: {
      hover: prefersMarkdown(hover?.contentFormat),
      completion: prefersMarkdown(item?.documentationFormat),
      signature: prefersMarkdown(signatureHelp?.signatureInformation?.documentationFormat),
    },
    nestedSymbols: documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    definitionLinks: definition?.linkSupport === true,
    prepareRename: rename?.prepareSupport === true,
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    unnecessaryTag: listed(publishDiagnostics?.tagSupport?.valueSet).includes(DiagnosticTag.Unnecessary),
    codeDescription: publishDiagnostics?.codeDescriptionSupport === true,
    manual,
    completionKinds: new Set([...firstKinds, ...listed(completion?.completionItemKind?.valueSet)]),
    symbolKinds: new Set([...firstSymbolKinds, ...listed(documentSymbol?.symbolKind?.valueSet)]),
  };
}

/** The client lists its formats in the order of its preference. */
function prefersMarkdown(formats: readonly MarkupKind[] | undefined): boolean {
  const known = listed(formats).find((format) => format === MarkupKind.Markdown || format === MarkupKind.PlainText);
  return known === MarkupKind.Markdown;
}

/** A client's list, whatever it really is. */
function listed<Item>(list: readonly Item[] | undefined): readonly Item[] {
  const isList: boolean = Array.isArray(list);
  return isList && list !== undefined ? list : [];
}

function range<Kind extends number>(from: Kind, to: Kind): Kind[] {
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) as Kind);
}
