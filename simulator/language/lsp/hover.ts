/** Hover: what a token is, and the value that the simulation found for it. */
import type { LangiumDocument } from 'langium';
import { CstUtils } from 'langium';
import type { HoverProvider } from 'langium/lsp';
import type { Hover, HoverParams, Position } from 'vscode-languageserver';
import type { KernelCatalogue } from '../catalogue.ts';
import type { LiveValues } from '../live/values.ts';
import { modelOf, vocabularyOf } from './document-facts.ts';
import { hoverText } from './hover-text.ts';
import { findBinding } from './navigation.ts';

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
      this.boundValue(document, params.position),
    ];
    const value = parts.filter((part) => part !== null).join('\n\n');
    return value === '' ? undefined : { contents: { kind: 'markdown', value }, range: leaf.range };
  }

  /** The value of the name at that position, where it is bound and where it is used. */
  private boundValue(document: LangiumDocument, position: Position): string | null {
    const start = findBinding(document, position)?.binding.node.$cstNode?.range.start;
    return start === undefined ? null : this.values.boundAt(document, start);
  }
}
