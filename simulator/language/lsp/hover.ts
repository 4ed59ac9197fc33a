/** Hover: what a token is, and the value that the simulation found for it. */
import type { LangiumDocument } from 'langium';
import { CstUtils } from 'langium';
import type { HoverProvider } from 'langium/lsp';
import type { Hover, HoverParams } from 'vscode-languageserver';
import type { KernelCatalogue } from '../catalogue.ts';
import type { LiveValues } from '../live/values.ts';
import { modelOf, vocabularyOf } from './document-facts.ts';
import { hoverText } from './hover-text.ts';

export class WalkHover implements HoverProvider {
  private readonly catalogue: KernelCatalogue;
  private readonly values: LiveValues;

  constructor(catalogue: KernelCatalogue, values: LiveValues) {
    this.catalogue = catalogue;
    this.values = values;
  }

  getHoverContent(document: LangiumDocument, params: HoverParams): Hover | undefined {
    const model = modelOf(document);
    const cst = model.$cstNode;
    if (cst === undefined) return undefined;
    const leaf = CstUtils.findLeafNodeAtOffset(cst, document.textDocument.offsetAt(params.position));
    if (leaf === undefined || leaf.hidden) return undefined;
    const parts = [
      hoverText(leaf, model, vocabularyOf(model, this.catalogue)),
      this.values.valueAt(document, params.position),
    ];
    const value = parts.filter((part) => part !== null).join('\n\n');
    return value === '' ? undefined : { contents: { kind: 'markdown', value }, range: leaf.range };
  }
}
