/** Characters that no token begins with: what they mean elsewhere, and one error for what belongs together. */
import type { LexerResult } from 'langium';
import { wrongNumber } from './numbers.ts';

type LexerError = LexerResult['errors'][number];

/** The text from the character on. */
export function wrongCharacter(rest: string, length: number): string {
  const number = /^[0-9][A-Za-z0-9_]*/.exec(rest)?.[0];
  if (number !== undefined) return wrongNumber(number);
  if (rest.startsWith('"'))
    return 'This string is not closed on its line: end it with `"`, and write `\\n` for a line break.';
  if (rest.startsWith('!')) return '`!` is not an operator: write `not`, or `!=`.';
  if (rest.startsWith(';')) return 'Statements do not end with `;`: remove it, here and everywhere else.';
  if (rest.startsWith('#')) return 'A comment begins with `//`.';
  if (/^['‘’“”«»`]/.test(rest)) return 'A string is written in double quotes: `"…"`.';
  if (/^[μµ]s/.test(rest)) return 'Microseconds are written `us`.';
  if (rest.startsWith('?')) return '`?` is not an operator: choose with `if … { } else { }`.';
  return `The language has no character \`${rest.slice(0, Math.min(length, 20))}\`.`;
}

/** The whole of a wrong number, of a string in other quotes, and of a comment that begins otherwise is one mistake. */
export function joinedErrors(errors: readonly LexerError[], text: string): LexerError[] {
  const joined: LexerError[] = [];
  let end = 0;
  let hasSemicolon = false;
  for (const error of errors) {
    if (error.offset < end) continue;
    const loop = loopOfC(error, text);
    if (loop !== null) {
      joined.push(loop);
      end = loop.offset + loop.length;
      continue;
    }
    // Whoever writes one writes many.
    if (text[error.offset] === ';') {
      if (!hasSemicolon) joined.push(error);
      hasSemicolon = true;
      continue;
    }
    const length = extent(text, error.offset);
    end = error.offset + (length ?? error.length);
    if (text[error.offset] === '#') joined.push({ ...error, length: 1 });
    else joined.push(length === null ? error : { ...error, length });
  }
  return joined;
}

/** `for (int i = 0; i < 3; i++)`: the `;` is the least of it. */
function loopOfC(error: LexerError, text: string): LexerError | null {
  if (text[error.offset] !== ';') return null;
  const line = text.lastIndexOf('\n', error.offset) + 1;
  const found = /(?:^|\s)(for\s*\()[^)\r\n]*\)?/.exec(text.slice(line, line + longestPart));
  if (found === null || line + found.index > error.offset) return null;
  const offset = line + found.index + found[0].indexOf('for');
  const column = offset - line + 1;
  const length = found[0].length - (offset - line - found.index);
  return { ...error, offset, column, length, message: 'A loop is written `for NAME in A..B { … }`.' };
}

const longestPart = 1000;

/** How far the mistake reaches that begins there; null where that is not known. */
function extent(text: string, offset: number): number | null {
  const rest = text.slice(offset, offset + longestPart);
  const pattern = /^(?:[0-9][A-Za-z0-9_]*|[μµ]s|#[^\r\n]*|'[^'\r\n]*'|‘[^’\r\n]*’|“[^”\r\n]*”|«[^»\r\n]*»|`[^`\r\n]*`)/;
  return pattern.exec(rest)?.[0].length ?? null;
}
