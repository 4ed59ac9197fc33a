/** The parser: Langium's, at a cost that grows linearly with the text, and behind a guard that no text gets through. */
import { createParser, LangiumParser } from 'langium';
import type { AstNode, LangiumCoreServices, ParseResult, ParserOptions } from 'langium';
import { separateChains } from './binary-tree.ts';
import { readLostWordsAsCalls, type Lookahead } from './lost-statements.ts';
import { deepestToken } from './nesting.ts';
import { TreeBuilder } from './tree-builder.ts';
import { mostErrors, TooManyErrors, WalkParserMessages } from './walk-messages.ts';

class LinearParser extends LangiumParser {
  private readonly treeBuilder: TreeBuilder;

  constructor(services: LangiumCoreServices) {
    super(services);
    const builder = new TreeBuilder();
    const { Lexer: lexer } = services.parser;
    // Langium has no other way to bring a builder of one's own. Comments go to it instead of through the parser.
    Object.assign(this, {
      nodeBuilder: builder,
      lexer: {
        definition: lexer.definition,
        tokenize(text: string) {
          const result = lexer.tokenize(text);
          builder.setComments(result.hidden);
          return { ...result, hidden: [] };
        },
      },
    });
    this.treeBuilder = builder;
    const { lookaheadStrategy } = this.wrapper as unknown as { lookaheadStrategy: Lookahead };
    readLostWordsAsCalls(lookaheadStrategy);
  }

  override parse<T extends AstNode>(input: string, options?: ParserOptions): ParseResult<T> {
    const result = super.parse<T>(input, options);
    this.treeBuilder.addRemainingComments();
    separateChains(result.value, this.treeBuilder);
    // The tree has all that is needed; the tokens of the last text would stay until the next one.
    this.wrapper.input = [];
    this.treeBuilder.forget();
    return result;
  }
}

/**
 * Answers every text. Where Langium's parser throws, the tree is empty and an error says so; that parser, whose state is
 * then that of an unfinished text, is not used again.
 */
export class WalkParser extends LangiumParser {
  private readonly services: LangiumCoreServices;
  private parser: LangiumParser | null = null;

  constructor(services: LangiumCoreServices) {
    super(services);
    this.services = services;
  }

  override parse<T extends AstNode>(input: string, options?: ParserOptions): ParseResult<T> {
    try {
      return this.attempt<T>(input, options, mostErrors);
    } catch (error) {
      this.parser = null;
      // Once more up to the error that was one too many, which then is the last one.
      if (error instanceof TooManyErrors) return this.attempt<T>(input.slice(0, error.end), options, Infinity);
      return { ...this.attempt<T>('', undefined, Infinity), lexerErrors: [this.unreadable(input, error)] };
    }
  }

  private attempt<T extends AstNode>(
    input: string,
    options: ParserOptions | undefined,
    errors: number,
  ): ParseResult<T> {
    const { ParserErrorMessageProvider: messages } = this.services.parser;
    if (messages instanceof WalkParserMessages) messages.begin(errors);
    return this.working().parse<T>(input, options);
  }

  private working(): LangiumParser {
    if (this.parser !== null) return this.parser;
    const { Grammar, parser } = this.services;
    const made = createParser(Grammar, new LinearParser(this.services), parser.Lexer.definition);
    made.finalize();
    this.parser = made;
    return made;
  }

  private unreadable(text: string, error: unknown): ParseResult['lexerErrors'][number] {
    const reason = error instanceof Error ? error.message : String(error);
    const isTooDeep = error instanceof RangeError && reason.includes('call stack');
    const message = isTooDeep
      ? 'The text is nested too deeply to be read here: bind inner parts with `let`.'
      : `This text cannot be read, because of a bug in Pagewalk (${reason}).`;
    const place = isTooDeep ? deepestToken(this.lexer.tokenize(text).tokens) : null;
    return {
      message,
      offset: place?.startOffset ?? 0,
      line: place?.startLine ?? 1,
      column: place?.startColumn ?? 1,
      length: place?.image.length ?? 0,
    };
  }
}
