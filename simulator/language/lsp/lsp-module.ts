/** All services of the language, the editor's included. Works without a connection: tests use it as it is. */
import { inject } from 'langium';
import type { Module } from 'langium';
import { createDefaultModule, createDefaultSharedModule } from 'langium/lsp';
import type {
  DefaultSharedModuleContext,
  LangiumServices,
  LangiumSharedServices,
  PartialLangiumServices,
} from 'langium/lsp';
import type { KernelCatalogue } from '../catalogue.ts';
import { WalkGeneratedModule, WalkGeneratedSharedModule } from '../generated/module.ts';
import { WalkModule } from '../walk-module.ts';
import { WalkCodeLenses } from './code-lens.ts';
import { WalkCompletion } from './completion.ts';
import { WalkFormatter } from './formatting.ts';
import { WalkHover } from './hover.ts';
import { LiveValues } from './live.ts';
import { WalkDefinition, WalkHighlights, WalkReferences, WalkRename } from './navigation.ts';
import { WalkSemanticTokens } from './semantic-tokens.ts';
import { WalkSignatureHelp } from './signature-help.ts';
import { WalkSymbols } from './symbols.ts';
import { WalkDocumentValidator } from './validation.ts';

export interface WalkServices {
  readonly shared: LangiumSharedServices;
  readonly Walk: LangiumServices;
  readonly values: LiveValues;
}

function editorModule(catalogue: KernelCatalogue, values: LiveValues): Module<LangiumServices, PartialLangiumServices> {
  return {
    validation: { DocumentValidator: (services) => new WalkDocumentValidator(services, catalogue) },
    lsp: {
      CodeLensProvider: () => new WalkCodeLenses(),
      CompletionProvider: () => new WalkCompletion(catalogue),
      DefinitionProvider: () => new WalkDefinition(),
      DocumentHighlightProvider: () => new WalkHighlights(),
      DocumentSymbolProvider: () => new WalkSymbols(),
      Formatter: () => new WalkFormatter(),
      HoverProvider: () => new WalkHover(catalogue, values),
      ReferencesProvider: () => new WalkReferences(),
      RenameProvider: () => new WalkRename(),
      SemanticTokenProvider: (services) => new WalkSemanticTokens(services, catalogue),
      SignatureHelp: () => new WalkSignatureHelp(catalogue),
    },
  };
}

export function createWalkServices(context: DefaultSharedModuleContext, catalogue: KernelCatalogue): WalkServices {
  const values = new LiveValues();
  const shared = inject(createDefaultSharedModule(context), WalkGeneratedSharedModule);
  const Walk = inject(
    createDefaultModule({ shared }),
    WalkGeneratedModule,
    WalkModule,
    editorModule(catalogue, values),
  );
  shared.ServiceRegistry.register(Walk);
  // Without an editor nobody else says that there is no configuration to wait for.
  if (context.connection === undefined) void shared.workspace.ConfigurationProvider.initialized({});
  return { shared, Walk, values };
}
