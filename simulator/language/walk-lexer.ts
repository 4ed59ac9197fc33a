/** The lexer, with the bounds that keep a hostile text from exhausting the parser's stack. */
import { DefaultLexer } from 'langium';
import type { LexerResult } from 'langium';
import { nestingProblem } from './nesting.ts';

type Token = LexerResult['tokens'][number];

/** Longer texts are refused: a scenario of this size is generated, and better expressed by `for`. */
export const largestText = 1024 * 1024;
export class WalkLexer extends DefaultLexer {
  override tokenize(text: string): LexerResult {
    if (text.length > largestText) return refuseText(text.length);
    const result = withWholeNumbers(super.tokenize(text), text);
    const openComment = result.tokens.findIndex((token, index) => opensComment(token, result.tokens[index + 1]));
    if (openComment >= 0) return cutAt(result, openComment, 'This comment is never closed: end it with `*/`.');
    const problem = nestingProblem(result.tokens);
    return problem === null ? result : cutAt(result, problem.index, problem.message);
  }
}

/** A wrong number is wrong as a whole, although the lexer finds its way back inside it. */
function withWholeNumbers(result: LexerResult, text: string): LexerResult {
  const errors = result.errors.map((error) => {
    const number = /^[0-9][A-Za-z0-9_]*/.exec(text.slice(error.offset, error.offset + 100))?.[0];
    return number === undefined ? error : { ...error, length: number.length };
  });
  return { ...result, errors };
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
