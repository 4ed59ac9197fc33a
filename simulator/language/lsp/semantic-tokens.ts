/** Colours that only the meaning tells: functions by origin, bindings, constants, words, events, errors. */
import type { AstNode, LangiumDocument } from 'langium';
import { AbstractSemanticTokenProvider } from 'langium/lsp';
import type { LangiumServices, SemanticTokenAcceptor } from 'langium/lsp';
import { SemanticTokenModifiers, SemanticTokenTypes } from 'vscode-languageserver';
import type { CancellationToken } from 'vscode-languageserver';
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

export class WalkSemanticTokens extends AbstractSemanticTokenProvider {
  private readonly catalogue: KernelCatalogue;
  private facts: Facts | null = null;

  constructor(services: LangiumServices, catalogue: KernelCatalogue) {
    super(services);
    this.catalogue = catalogue;
  }

  protected override async computeHighlighting(
    document: LangiumDocument,
    acceptor: SemanticTokenAcceptor,
    token: CancellationToken,
  ): Promise<void> {
    const model = modelOf(document);
    const bindings = new Map(resolveBindings(model).uses.map(({ node, binding }) => [node as AstNode, binding]));
    this.facts = { vocabulary: vocabularyOf(model, this.catalogue), bindings };
    await super.computeHighlighting(document, acceptor, token);
  }

  protected override highlightElement(node: AstNode, acceptor: SemanticTokenAcceptor): void {
    const { facts } = this;
    if (facts === null) return;
    if (ast.isCall(node)) callTokens(node, acceptor, facts);
    else if (ast.isNameReference(node)) nameTokens(node, acceptor, facts);
    else if (ast.isArgument(node) && node.name !== undefined)
      acceptor({ node, property: 'name', type: SemanticTokenTypes.parameter });
    else if (ast.isField(node) || ast.isOption(node) || ast.isNumberEntry(node))
      acceptor({ node, property: 'name', type: SemanticTokenTypes.property });
    else if (ast.isMember(node)) acceptor({ node, property: 'member', type: SemanticTokenTypes.property });
    else if (ast.isStringLiteral(node) && isEvent(node, facts))
      acceptor({ node, property: 'value', type: SemanticTokenTypes.event });
    else declarationTokens(node, acceptor);
  }
}

function callTokens(node: ast.Call, acceptor: SemanticTokenAcceptor, { vocabulary }: Facts): void {
  const [callable] = vocabulary.functionsNamed(node.callee);
  if (callable === undefined) return;
  const modifier = callable.origin === 'kernel' ? [] : [SemanticTokenModifiers.defaultLibrary];
  acceptor({ node, property: 'callee', type: SemanticTokenTypes.function, modifier });
}

function nameTokens(node: ast.NameReference, acceptor: SemanticTokenAcceptor, { vocabulary, bindings }: Facts): void {
  if (node.name === 'true' || node.name === 'false' || node.name === 'none') return;
  const accept = (type: SemanticTokenTypes): void => acceptor({ node, property: 'name', type });
  if (expectedTypes(node, vocabulary).some((type) => isWordOf(node.name, type))) accept(SemanticTokenTypes.enumMember);
  else if ((bindings.get(node) ?? null) !== null) accept(typeOfBinding(bindings.get(node) ?? null));
  else if (vocabulary.hasConstant(node.name)) accept(SemanticTokenTypes.enumMember);
}

function typeOfBinding(binding: Binding | null): SemanticTokenTypes {
  const type = binding?.node.$type;
  return type === 'LetStatement' || type === 'ForStatement' ? SemanticTokenTypes.variable : SemanticTokenTypes.class;
}

function isEvent(node: ast.StringLiteral, { vocabulary }: Facts): boolean {
  const call = ast.isArgument(node.$container) ? node.$container.$container : null;
  return call?.callee === 'count' && vocabulary.eventNames().includes(node.value);
}

function declarationTokens(node: AstNode, acceptor: SemanticTokenAcceptor): void {
  const modifier = SemanticTokenModifiers.declaration;
  if (ast.isLetStatement(node) || ast.isForStatement(node))
    acceptor({ node, property: 'name', type: SemanticTokenTypes.variable, modifier });
  else if (ast.isProcessStatement(node) || ast.isThreadStatement(node))
    acceptor({ node, property: 'name', type: SemanticTokenTypes.class, modifier });
  else if (ast.isAsStatement(node)) acceptor({ node, property: 'who', type: SemanticTokenTypes.class });
  else if (ast.isDumpStatement(node)) acceptor({ node, property: 'process', type: SemanticTokenTypes.class });
  else if (ast.isMachineDeclaration(node)) acceptor({ node, property: 'preset', type: SemanticTokenTypes.namespace });
  else if (ast.isKernelDeclaration(node)) acceptor({ node, property: 'name', type: SemanticTokenTypes.namespace });
  else if (ast.isInject(node)) acceptor({ node, property: 'kind', type: SemanticTokenTypes.enumMember });
  else if (ast.isDaemonStatement(node)) acceptor({ node, property: 'name', type: SemanticTokenTypes.namespace });
}
