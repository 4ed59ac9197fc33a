/** The parser's errors as a person's mistakes: one message each, and none for what only follows from another one. */
import { bracketProblem } from './brackets.ts';
import { nearFormHint } from './near-forms.ts';
import { operatorHint } from './operators.ts';
import { statementHint } from './statements.ts';
import type { KnownNames } from './statements.ts';
import { beginsStatement, isClosing, isFirstOnLine, isName, isOpening, Place } from './tokens.ts';
import type { Hint, Token } from './tokens.ts';

export interface ParserError {
  /** Index of the token that the parser could not use; the number of tokens at the end of the file. */
  readonly index: number;
  readonly message: string;
}

export interface Explained {
  readonly message: string;
  /** Indices of the first and the last token to mark; `last` before `first`: the gap before `first`. */
  readonly first: number;
  readonly last: number;
  /** Index of a token that belongs to it, and what that is. */
  readonly related?: { readonly index: number; readonly message: string };
}

interface Mistake extends Explained {
  /** Index of the token where it is noticed. */
  readonly noticed: number;
  /** Errors up to that token follow from it. */
  readonly until: number;
  /** The parser notices behind the word that it is about. */
  readonly isOfWordBefore?: boolean;
}

export function explainErrors(
  errors: readonly ParserError[],
  tokens: readonly Token[],
  names: KnownNames,
): readonly Explained[] {
  const indexOf = new Map(tokens.map((token, index) => [token, index]));
  const mistakes = errors.map((error) => explain(error, tokens, names, indexOf));
  const bracket = bracketMistake(tokens);
  if (bracket !== null) mistakes.push(bracket);
  mistakes.sort((a, b) => a.noticed - b.noticed);
  return withoutConsequences(mistakes, bracket, tokens);
}

function explain(
  { index, message }: ParserError,
  tokens: readonly Token[],
  names: KnownNames,
  indexOf: ReadonlyMap<Token, number>,
): Mistake {
  const place = new Place(tokens, index);
  const hint =
    operatorHint(place) ?? hintInCall(place) ?? nearFormHint(place, message) ?? statementHint(place, message, names);
  const isOfWordBefore = message.startsWith(`\`${place.image(-1)}\` cannot begin`);
  const own = isOfWordBefore ? index - 1 : index;
  const first = hint?.from === undefined ? own : (indexOf.get(hint.from) ?? own);
  const last = hint?.to === undefined ? first : (indexOf.get(hint.to) ?? first);
  const until = hint?.until === undefined ? index : (indexOf.get(hint.until) ?? index);
  return {
    message: hint?.message ?? message,
    first,
    last,
    noticed: index,
    until: Math.max(until, last, index),
    isOfWordBefore,
  };
}

/**
 * Where an expression is a call whose arguments cannot be read, the parser takes the name alone and stops at the
 * bracket: the mistake stands inside.
 */
function hintInCall(place: Place): Hint | null {
  const { tokens, index } = place;
  if (place.image() !== '(' || !isName(place.at(-1)) || !place.isBeside()) return null;
  for (let at = index + 1, open = 1; at < tokens.length && open > 0; at++) {
    const image = tokens[at]?.image ?? '';
    if (isOpening(image)) open += 1;
    else if (isClosing(image)) open -= 1;
    const hint = operatorHint(new Place(tokens, at));
    if (hint !== null) return hint;
  }
  return null;
}

function bracketMistake(tokens: readonly Token[]): Mistake | null {
  const problem = bracketProblem(tokens);
  if (problem === null) return null;
  const { bracket, opened, isOther, noticed } = problem;
  const at = { first: noticed, last: noticed, noticed, until: noticed };
  if (opened === null) return { ...at, message: `This \`${bracket}\` closes nothing: remove it.` };
  const related = { index: opened, message: 'opened here' };
  if (isOther) return { ...at, message: `\`${bracket}\` is needed here.`, related };
  return { ...at, message: `\`${bracket}\` is missing.`, last: noticed - 1, related };
}

/** Where brackets do not match, whatever the parser says of what they hold follows from that. */
function withoutConsequences(
  mistakes: readonly Mistake[],
  bracket: Mistake | null,
  tokens: readonly Token[],
): readonly Mistake[] {
  const kept: Mistake[] = [];
  for (const mistake of mistakes) {
    const before = kept.at(-1);
    if (mistake === bracket) {
      if (before === undefined || before.until < mistake.first) kept.push(mistake);
    } else if (bracket === null || !isInside(mistake, bracket)) {
      if (before === undefined || !follows(mistake, before, kept, tokens)) kept.push(mistake);
    }
  }
  return kept;
}

function follows(mistake: Mistake, before: Mistake, kept: readonly Mistake[], tokens: readonly Token[]): boolean {
  if (isAboutBraces(mistake) || !standsByItself(mistake, before, tokens)) return true;
  // A reserved word is a wrong name wherever it is used.
  const wrongNames = kept
    .filter(({ message }) => message.includes('is reserved'))
    .map(({ first }) => tokens[first]?.image);
  const around = [tokens[mistake.first]?.image, tokens[mistake.noticed - 1]?.image];
  return wrongNames.some((name) => around.includes(name));
}

/** From the bracket that was left open to where that is noticed, or the very token that closes nothing. */
function isInside({ first }: Mistake, bracket: Mistake): boolean {
  const from = bracket.related?.index ?? bracket.first;
  return first >= from && first <= bracket.until + 1;
}

function isAboutBraces({ message }: Mistake): boolean {
  return (
    message.includes('closes nothing') ||
    message.endsWith('found the end of the file.') ||
    message.startsWith('Expected `}`')
  );
}

/** Does a statement begin on a line of its own between the mistakes? Until then the parser only looks for its way back. */
function standsByItself(mistake: Mistake, before: Mistake, tokens: readonly Token[]): boolean {
  // That something before should have been closed says nothing about the statement itself.
  const isBefore = mistake.isOfWordBefore === true || /^Expected `[):]`/.test(mistake.message);
  const end = isBefore ? mistake.noticed - 1 : mistake.noticed;
  for (let at = before.until + 1; at <= end; at++) {
    if (isFirstOnLine(tokens, at) && beginsStatement(tokens, at)) return true;
  }
  return false;
}
