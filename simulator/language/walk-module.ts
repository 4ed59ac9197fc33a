/** The services of the language that need neither an editor nor a file system: lexer, parser, conversions. */
import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  DefaultValueConverter,
  EmptyFileSystem,
  inject,
} from 'langium';
import type { CstNode, LangiumCoreServices, Module, PartialLangiumCoreServices, ValueType } from 'langium';
import { WalkGeneratedModule, WalkGeneratedSharedModule } from './generated/module.ts';
import { decodeString } from './literals.ts';
import { WalkLexer } from './walk-lexer.ts';
import { WalkLexerMessages, WalkParserMessages } from './walk-messages.ts';
import { WalkParser } from './walk-parser.ts';

/** Strings arrive decoded in the tree; numbers keep their text, which `literals.ts` reads exactly. */
class WalkValueConverter extends DefaultValueConverter {
  protected override runConverter(
    rule: Parameters<DefaultValueConverter['runConverter']>[0],
    input: string,
    _node: CstNode,
  ): ValueType {
    return rule.name === 'STRING' ? decodeString(input) : input;
  }
}

export const WalkModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    ValueConverter: () => new WalkValueConverter(),
    Lexer: (services) => new WalkLexer(services),
    LangiumParser: (services) => new WalkParser(services),
    ParserErrorMessageProvider: () => new WalkParserMessages(),
    LexerErrorMessageProvider: () => new WalkLexerMessages(),
  },
};

let core: LangiumCoreServices | null = null;

/** Made once: one text leaves nothing behind in the parser for the next (`WalkParser`). */
export function coreServices(): LangiumCoreServices {
  if (core !== null) return core;
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), WalkGeneratedSharedModule);
  core = inject(createDefaultCoreModule({ shared }), WalkGeneratedModule, WalkModule);
  shared.ServiceRegistry.register(core);
  return core;
}
