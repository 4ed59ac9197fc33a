/** The tokens around a syntax error, as the hints look at them. */
import type { LexerResult } from 'langium';
import { reservedWords, statementWords } from '../grammar-words.ts';

export type Token = LexerResult['tokens'][number];

/** What a syntax error is better said as. */
export interface Hint {
  readonly message: string;
  /** Tokens to mark, first and last; the error's own place if there are none. */
  readonly from?: Token;
  readonly to?: Token;
  /** The mistake goes on to this token: errors up to it follow from it. */
  readonly until?: Token | undefined;
}

/** Where an error is: the token that the parser could not use, and its neighbours. */
export class Place {
  readonly tokens: readonly Token[];
  readonly index: number;

  constructor(tokens: readonly Token[], index: number) {
    this.tokens = tokens;
    this.index = index;
  }

  get token(): Token | undefined {
    return this.tokens[this.index];
  }

  /** Its text, or nothing at the end of the file. */
  image(offset = 0): string {
    return this.tokens[this.index + offset]?.image ?? '';
  }

  at(offset: number): Token | undefined {
    return this.tokens[this.index + offset];
  }

  /** Does it stand on the same line as the token before it? */
  isBeside(offset = 0): boolean {
    const [before, token] = [this.at(offset - 1), this.at(offset)];
    return before !== undefined && token !== undefined && before.endLine === token.startLine;
  }

  /** The innermost bracket that is open here, as an index; -1 if there is none. */
  openBracket(): number {
    let closed = 0;
    for (let at = this.index - 1; at >= 0; at--) {
      const image = this.tokens[at]?.image ?? '';
      if (isClosing(image)) closed++;
      else if (isOpening(image) && closed-- === 0) return at;
    }
    return -1;
  }

  /** The last token before this one, on its line or before it, that can only begin a statement. */
  statement(): Token | undefined {
    for (let at = this.index - 1; at >= 0; at--) {
      const token = this.tokens[at];
      if (token !== undefined && beginsStatement(this.tokens, at)) return token;
      if (token?.image === '}' || token?.image === '{') return undefined;
    }
    return undefined;
  }
}

export function isOpening(image: string): boolean {
  return image === '(' || image === '[' || image === '{';
}

export function isClosing(image: string): boolean {
  return image === ')' || image === ']' || image === '}';
}

export const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Such words are names only before `:` and after `.`, and as names of options, events and injections. */
export function beginsStatement(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  if (token === undefined || !statementWords.has(token.image)) return false;
  return tokens[index + 1]?.image !== ':' && tokens[index - 1]?.image !== '.';
}

export function isFirstOnLine(tokens: readonly Token[], index: number): boolean {
  const [before, token] = [tokens[index - 1], tokens[index]];
  return before === undefined || (before.endLine ?? 0) < (token?.startLine ?? 0);
}

export function isName(token: Token | undefined): boolean {
  return token !== undefined && /^[A-Za-z_]/.test(token.image);
}

/** Can it end an operand, so that no other may follow at once? */
export function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && !reservedWords.has(token.image) && /^(?:[A-Za-z_0-9"]|[)\]}]$)/.test(token.image);
}

/** Can it begin an operand? */
export function beginsOperand(token: Token | undefined): boolean {
  return token !== undefined && /^[A-Za-z_0-9"]/.test(token.image);
}
