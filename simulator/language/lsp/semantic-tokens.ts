/** Colours that only the meaning tells: functions by origin, bindings, constants, words, events, errors. */
import { AstUtils, GrammarUtils } from 'langium';
import type { AstNode, LangiumDocument } from 'langium';
import { AllSemanticTokenModifiers, AllSemanticTokenTypes } from 'langium/lsp';
import type { SemanticTokenProvider } from 'langium/lsp';
import { SemanticTokenModifiers, SemanticTokensBuilder, SemanticTokenTypes } from 'vscode-languageserver';
import type {
  Range,
  SemanticTokens,
  SemanticTokensOptions,
  SemanticTokensParams,
  SemanticTokensRangeParams,
} from 'vscode-languageserver';
import { resolveBindings } from '../bindings.ts';
import type { Binding } from '../bindings.ts';
import type { KernelCatalogue, Vocabulary } from '../catalogue.ts';
import { expectedTypes, isWordOf } from '../expected-type.ts';
import * as ast from '../generated/ast.ts';
import { modelOf, vocabularyOf } from './document-facts.ts';

interface Facts {
  readonly vocabulary: Vocabulary;
  readonly bindings: ReadonlyMap<AstNode, Binding | null>;
}

interface Token {
  readonly node: AstNode;
  readonly property: string;
  readonly type: SemanticTokenTypes;
  readonly modifier?: SemanticTokenModifiers;
}

type Accept = (token: Token) => void;

/** Each answer is made in one go and keeps nothing: requests for several documents may come at once. */
export class WalkSemanticTokens implements SemanticTokenProvider {
  readonly tokenTypes = AllSemanticTokenTypes;
  readonly tokenModifiers = AllSemanticTokenModifiers;
  readonly semanticTokensOptions: SemanticTokensOptions = {
    legend: { tokenTypes: Object.keys(this.tokenTypes), tokenModifiers: Object.keys(this.tokenModifiers) },
    full: { delta: false },
    range: true,
  };
  private readonly catalogue: KernelCatalogue;

  constructor(catalogue: KernelCatalogue) {
    this.catalogue = catalogue;
  }

  semanticHighlight(document: LangiumDocument, _params: SemanticTokensParams): SemanticTokens {
    return this.tokensOf(document, null);
  }

  semanticHighlightRange(document: LangiumDocument, { range }: SemanticTokensRangeParams): SemanticTokens {
    return this.tokensOf(document, range);
  }

  semanticHighlightDelta(document: LangiumDocument): SemanticTokens {
    return this.tokensOf(document, null);
  }

  private tokensOf(document: LangiumDocument, within: Range | null): SemanticTokens {
    const model = modelOf(document);
    const bindings = new Map(resolveBindings(model).uses.map(({ node, binding }) => [node as AstNode, binding]));
    const facts = { vocabulary: vocabularyOf(model, this.catalogue), bindings };
    const builder = new SemanticTokensBuilder();
    const accept = ({ node, property, type, modifier }: Token): void => {
      const range = GrammarUtils.findNodeForProperty(node.$cstNode, property)?.range;
      if (range === undefined || (within !== null && !isInside(range, within))) return;
      const { line, character } = range.start;
      const modifiers = modifier === undefined ? 0 : (this.tokenModifiers[modifier] ?? 0);
      builder.push(line, character, range.end.character - character, this.tokenTypes[type] ?? 0, modifiers);
    };
    for (const node of AstUtils.streamAst(model)) highlight(node, accept, facts);
    return builder.build();
  }
}

function isInside({ start, end }: Range, { start: from, end: to }: Range): boolean {
  const isAfter = start.line > from.line || (start.line === from.line && start.character >= from.character);
  return isAfter && (end.line < to.line || (end.line === to.line && end.character <= to.character));
}

function highlight(node: AstNode, accept: Accept, facts: Facts): void {
  if (ast.isCall(node)) callTokens(node, accept, facts);
  else if (ast.isNameReference(node)) nameTokens(node, accept, facts);
  else if (ast.isArgument(node) && node.name !== undefined)
    accept({ node, property: 'name', type: SemanticTokenTypes.parameter });
  else if (ast.isField(node) || ast.isOption(node) || ast.isNumberEntry(node))
    accept({ node, property: 'name', type: SemanticTokenTypes.property });
  else if (ast.isMember(node)) accept({ node, property: 'member', type: SemanticTokenTypes.property });
  else if (ast.isStringLiteral(node) && isEvent(node, facts))
    accept({ node, property: 'value', type: SemanticTokenTypes.event });
  else declarationTokens(node, accept);
}

function callTokens(node: ast.Call, accept: Accept, { vocabulary }: Facts): void {
  const [callable] = vocabulary.functionsNamed(node.callee);
  if (callable === undefined) return;
  const modifier =
    callable.origin === 'kernel' || callable.origin === 'def'
      ? {}
      : { modifier: SemanticTokenModifiers.defaultLibrary };
  accept({ node, property: 'callee', type: SemanticTokenTypes.function, ...modifier });
}

function nameTokens(node: ast.NameReference, accept: Accept, { vocabulary, bindings }: Facts): void {
  if (node.name === 'true' || node.name === 'false' || node.name === 'none') return;
  const acceptAs = (type: SemanticTokenTypes): void => {
    accept({ node, property: 'name', type });
  };
  if (expectedTypes(node, vocabulary).some((type) => isWordOf(node.name, type)))
    acceptAs(SemanticTokenTypes.enumMember);
  else if ((bindings.get(node) ?? null) !== null) acceptAs(typeOfBinding(bindings.get(node) ?? null));
  else if (vocabulary.hasConstant(node.name)) acceptAs(SemanticTokenTypes.enumMember);
}

function typeOfBinding(binding: Binding | null): SemanticTokenTypes {
  const type = binding?.node.$type;
  if (type === 'DefParameter') return SemanticTokenTypes.parameter;
  return type === 'LetStatement' || type === 'VarStatement' || type === 'MutexDeclaration' || type === 'ForStatement'
    ? SemanticTokenTypes.variable
    : SemanticTokenTypes.class;
}

function isEvent(node: ast.StringLiteral, { vocabulary }: Facts): boolean {
  const call = ast.isArgument(node.$container) ? node.$container.$container : null;
  return call?.callee === 'count' && vocabulary.eventNames().includes(node.value);
}

function declarationTokens(node: AstNode, accept: Accept): void {
  const modifier = SemanticTokenModifiers.declaration;
  if (ast.isAssignment(node))
    accept({
      node,
      property: 'target',
      type: SemanticTokenTypes.variable,
      modifier: SemanticTokenModifiers.modification,
    });
  else if (ast.isLetStatement(node) || ast.isVarStatement(node) || ast.isForStatement(node))
    accept({ node, property: 'name', type: SemanticTokenTypes.variable, modifier });
  else if (ast.isProcessStatement(node) || ast.isThreadStatement(node))
    accept({ node, property: 'name', type: SemanticTokenTypes.class, modifier });
  else if (ast.isMutexDeclaration(node))
    accept({ node, property: 'name', type: SemanticTokenTypes.variable, modifier });
  else if (ast.isDefStatement(node)) accept({ node, property: 'name', type: SemanticTokenTypes.function, modifier });
  else if (ast.isDefParameter(node)) accept({ node, property: 'name', type: SemanticTokenTypes.parameter, modifier });
  else if (ast.isAsStatement(node)) accept({ node, property: 'who', type: SemanticTokenTypes.class });
  else if (ast.isDumpStatement(node)) accept({ node, property: 'process', type: SemanticTokenTypes.class });
  else if (ast.isMachineDeclaration(node)) accept({ node, property: 'preset', type: SemanticTokenTypes.namespace });
  else if (ast.isKernelDeclaration(node)) accept({ node, property: 'name', type: SemanticTokenTypes.namespace });
  else if (ast.isInject(node)) accept({ node, property: 'kind', type: SemanticTokenTypes.enumMember });
  else if (ast.isDaemonStatement(node)) accept({ node, property: 'name', type: SemanticTokenTypes.namespace });
}
