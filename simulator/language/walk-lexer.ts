/** The lexer, with the bounds that keep a hostile text from exhausting the parser's stack. */
import { DefaultLexer } from 'langium';
import type { LexerResult } from 'langium';
import { joinedErrors } from './hints/characters.ts';
import { nestingProblem } from './nesting.ts';

type Token = LexerResult['tokens'][number];

/** Longer texts are refused: a scenario of this size is generated, and better expressed by `for`. */
export const largestText = 1024 * 1024;
export class WalkLexer extends DefaultLexer {
  override tokenize(text: string): LexerResult {
    if (text.length > largestText) return refuseText(text.length);
    const lexed = super.tokenize(text);
    const result = { ...lexed, errors: joinedErrors(lexed.errors, text) };
    const openComment = result.tokens.findIndex((token, index) => opensComment(token, result.tokens[index + 1]));
    if (openComment >= 0) return cutAt(result, openComment, 'This comment is never closed: end it with `*/`.');
    const problem = nestingProblem(result.tokens);
    return problem === null ? result : cutAt(result, problem.index, problem.message);
  }
}

/** The parser sees only what stands before that token. */
function cutAt(result: LexerResult, index: number, message: string): LexerResult {
  const token = result.tokens[index];
  if (token === undefined) return result;
  const error = {
    offset: token.startOffset,
    line: token.startLine,
    column: token.startColumn,
    length: token.image.length,
    message,
  };
  return { ...result, tokens: result.tokens.slice(0, index), errors: [error, ...result.errors] };
}

function opensComment(token: Token, next: Token | undefined): boolean {
  return token.image === '/' && next?.image === '*' && next.startOffset === token.startOffset + 1;
}

function refuseText(length: number): LexerResult {
  const message = `The file has ${String(length)} characters; a scenario may have ${String(largestText)}.`;
  return { tokens: [], hidden: [], errors: [{ offset: 0, line: 1, column: 1, length: 1, message }] };
}
