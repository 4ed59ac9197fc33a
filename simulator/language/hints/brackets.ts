/** Brackets that do not match: which one is missing, and where it was opened. */
import type { Token } from './tokens.ts';
import {
  beginsOperand,
  beginsStatement,
  closerOf,
  endsOperand,
  isClosing,
  isFirstOnLine,
  isOpening,
} from './tokens.ts';

export interface BracketProblem {
  /** The bracket that is missing, or that closes nothing. */
  readonly bracket: string;
  /** Index of the opening bracket; null where one closes nothing. */
  readonly opened: number | null;
  /** It stands in place of the missing one. */
  readonly isOther: boolean;
  /** Index of the token where it is noticed: the bracket belongs before it, or is it. The number of tokens at the end. */
  readonly noticed: number;
}

/** The first one; null if all match. */
export function bracketProblem(tokens: readonly Token[]): BracketProblem | null {
  const open: number[] = [];
  for (const [index, { image }] of tokens.entries()) {
    const opened = open.at(-1);
    if (opened !== undefined && isLeftBehind(tokens, opened, index)) return missing(tokens, opened, index);
    if (isOpening(image)) open.push(index);
    if (!isClosing(image)) continue;
    if (opened !== undefined && closing(tokens, opened) === image) open.pop();
    else if (open.some((other) => closing(tokens, other) === image)) return missing(tokens, opened ?? 0, index);
    else if (opened === undefined || tokens[opened]?.image === '{')
      return { bracket: image, opened: null, isOther: false, noticed: index };
    else return { ...missing(tokens, opened, index), isOther: true };
  }
  const opened = open.at(-1);
  return opened === undefined ? null : missing(tokens, opened, tokens.length);
}

function closing(tokens: readonly Token[], opened: number): string {
  return closerOf[tokens[opened]?.image ?? ''] ?? '';
}

function missing(tokens: readonly Token[], opened: number, noticed: number): BracketProblem {
  return { bracket: closing(tokens, opened), opened, isOther: false, noticed };
}

/** A new line that cannot go on inside parentheses or a list: it begins a statement, or an operand behind another one. */
function isLeftBehind(tokens: readonly Token[], opened: number, index: number): boolean {
  if (tokens[opened]?.image === '{' || !isFirstOnLine(tokens, index)) return false;
  if (beginsStatement(tokens, index)) return true;
  return endsOperand(tokens[index - 1]) && beginsOperand(tokens[index]) && !isWordOperator(tokens[index]);
}

function isWordOperator(token: Token | undefined): boolean {
  return token?.image === 'and' || token?.image === 'or';
}
