/** All services of the language, the editor's included. Works without a connection: tests use it as it is. */
import { inject } from 'langium';
import type { Module } from 'langium';
import { createDefaultModule, createDefaultSharedModule } from 'langium/lsp';
import type {
  DefaultSharedModuleContext,
  LangiumServices,
  LangiumSharedServices,
  PartialLangiumServices,
  PartialLangiumSharedServices,
} from 'langium/lsp';
import type { KernelCatalogue } from '../catalogue.ts';
import { WalkGeneratedModule, WalkGeneratedSharedModule } from '../generated/module.ts';
import { LiveValues } from '../live/values.ts';
import { WalkModule } from '../walk-module.ts';
import { WalkConfiguration } from '../workspace/configuration.ts';
import { WalkDocumentBuilder } from '../workspace/document-builder.ts';
import { WalkDocumentUpdates } from '../workspace/document-updates.ts';
import { WalkServiceRegistry } from '../workspace/service-registry.ts';
import { WalkWorkspaceManager } from '../workspace/workspace-manager.ts';
import { WalkCodeLenses } from './code-lens.ts';
import { WalkCompletion } from './completion.ts';
import { WalkFormatter } from './formatting.ts';
import { WalkHover } from './hover.ts';
import { WalkDefinition, WalkHighlights, WalkReferences, WalkRename } from './navigation.ts';
import { Problems } from './problems.ts';
import { WalkSemanticTokens } from './semantic-tokens.ts';
import { WalkSignatureHelp } from './signature-help.ts';
import { WalkSymbols } from './symbols.ts';
import { WalkDocumentValidator } from './validation.ts';

/** What this language's own shared services add to Langium's. */
interface AddedSharedServices {
  readonly lsp: { readonly Problems: Problems };
  readonly workspace: {
    readonly ConfigurationProvider: WalkConfiguration;
    readonly DocumentBuilder: WalkDocumentBuilder;
    readonly WorkspaceManager: WalkWorkspaceManager;
  };
}

export type WalkSharedServices = LangiumSharedServices & AddedSharedServices;

export interface WalkServices {
  readonly shared: WalkSharedServices;
  readonly Walk: LangiumServices;
  readonly values: LiveValues;
}

const sharedModule: Module<WalkSharedServices, PartialLangiumSharedServices & AddedSharedServices> = {
  ServiceRegistry: (services) => new WalkServiceRegistry(services),
  lsp: {
    DocumentUpdateHandler: (services) => new WalkDocumentUpdates(services),
    Problems: (services) => new Problems(services),
  },
  workspace: {
    ConfigurationProvider: (services) => new WalkConfiguration(services),
    DocumentBuilder: (services) => new WalkDocumentBuilder(services),
    WorkspaceManager: (services) => new WalkWorkspaceManager(services),
  },
};

function editorModule(
  catalogue: KernelCatalogue,
  values: LiveValues,
  settings: () => unknown,
): Module<LangiumServices, PartialLangiumServices> {
  return {
    validation: { DocumentValidator: (services) => new WalkDocumentValidator(services, catalogue, settings) },
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
      SemanticTokenProvider: () => new WalkSemanticTokens(catalogue),
      SignatureHelp: () => new WalkSignatureHelp(catalogue),
    },
  };
}

export function createWalkServices(context: DefaultSharedModuleContext, catalogue: KernelCatalogue): WalkServices {
  const values = new LiveValues();
  const shared = inject(createDefaultSharedModule(context), WalkGeneratedSharedModule, sharedModule);
  const Walk = inject(
    createDefaultModule({ shared }),
    WalkGeneratedModule,
    WalkModule,
    editorModule(catalogue, values, () => shared.workspace.ConfigurationProvider.current),
  );
  shared.ServiceRegistry.register(Walk);
  // Without an editor nobody else says that there is no configuration to wait for.
  if (context.connection === undefined) void shared.workspace.ConfigurationProvider.initialized({});
  return { shared, Walk, values };
}
