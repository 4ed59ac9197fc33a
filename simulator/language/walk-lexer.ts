/** The lexer, with the bounds that keep a hostile text from exhausting the parser's stack. */
import { DefaultLexer } from 'langium';
import type { LexerResult } from 'langium';

type Token = LexerResult['tokens'][number];

/** Longer texts are refused: a scenario of this size is generated, and better expressed by `for`. */
export const largestText = 1024 * 1024;
/** Brackets in brackets, and operators before one operand. The parser takes more than a hundred stack frames for each. */
export const deepestNesting = 32;
/** Operators in one expression, members and indices included, and branches of one `if`. */
export const longestChain = 250;

export class WalkLexer extends DefaultLexer {
  override tokenize(text: string): LexerResult {
    if (text.length > largestText) return refuseText(text.length);
    const result = withWholeNumbers(super.tokenize(text), text);
    const openComment = result.tokens.findIndex((token, index) => opensComment(token, result.tokens[index + 1]));
    if (openComment >= 0) return cutAt(result, openComment, 'This comment is never closed: end it with `*/`.');
    const tooDeep = findTooDeep(result.tokens);
    return tooDeep < 0 ? result : cutAt(result, tooDeep, tooDeepMessage);
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

/** Index of the first token that nests deeper than allowed; -1 if none does. */
function findTooDeep(tokens: readonly Token[]): number {
  // Operators so far at every open bracket level, the file itself first; a chain is a tree as deep as it is long.
  const chains = [0];
  let operators = 0;
  let prefixes = 0;
  for (const [index, { image }] of tokens.entries()) {
    if (opening.has(image)) chains.push(0);
    else if (closing.has(image) && chains.length > 1) operators -= chains.pop() ?? 0;
    if (
      image === ',' ||
      (image === '}' && tokens[index + 1]?.image !== 'else') ||
      (statementWords.has(image) && tokens[index - 1]?.image !== 'else')
    ) {
      operators -= chains.at(-1) ?? 0;
      chains[chains.length - 1] = 0;
    } else if (chainOperators.has(image)) {
      operators++;
      chains[chains.length - 1] = (chains.at(-1) ?? 0) + 1;
    }
    prefixes = image === '-' || image === '~' || image === 'not' ? prefixes + 1 : 0;
    if (chains.length > deepestNesting + 1 || prefixes > deepestNesting || operators > longestChain) return index;
  }
  return -1;
}

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
const chainOperators = new Set('+ - * / % & | ^ << >> == != < <= > >= and or not ~ . ] else'.split(' '));
const statementWords = new Set('let expect print as if for repeat process thread test reserve inject'.split(' '));

const tooDeepMessage = `Nested more than ${String(deepestNesting)} deep, or more than ${String(longestChain)} operators in one expression: split it, for example with \`let\`.`;

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
