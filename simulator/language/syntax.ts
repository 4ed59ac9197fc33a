/** Parsing: the syntax tree of a text, and what is wrong with it as diagnostics (WALK100). */
import type { ParseResult } from 'langium';
import type { Diagnostic, SourceRange } from '../session/scenario/scenario.ts';
import { shortened } from './findings.ts';
import type { Model } from './generated/ast.ts';
import { mostErrors } from './walk-messages.ts';
import { coreServices } from './walk-module.ts';

export interface Syntax {
  /** With errors, properties of its nodes may be missing. */
  readonly model: Model;
  readonly errors: readonly Diagnostic[];
}

export function parseSyntax(text: string, file: string): Syntax {
  const result = coreServices().parser.LangiumParser.parse<Model>(text);
  return { model: result.value, errors: syntaxErrors(result, file) };
}

/** Errors of the lexer hide those of the parser, which follow from them. */
export function syntaxErrors(result: ParseResult, file: string): Diagnostic[] {
  if (result.lexerErrors.length > 0) return bounded(result.lexerErrors, (error) => lexerError(error, file));
  return bounded(result.parserErrors, (error) => parserError(error, file));
}

function bounded<T>(errors: readonly T[], describe: (error: T) => Diagnostic): Diagnostic[] {
  const shown = distinct(errors.slice(0, mostErrors).map(describe));
  const further = errors[mostErrors];
  if (further === undefined) return shown;
  const message = `More than ${String(mostErrors)} syntax errors: the text from here on is not checked.`;
  return [...shown, syntaxError(message, describe(further).range)];
}

function lexerError(error: ParseResult['lexerErrors'][number], file: string): Diagnostic {
  const line = error.line ?? 1;
  const column = error.column ?? 1;
  return syntaxError(error.message, { file, line, column, endLine: line, endColumn: column + error.length });
}

function parserError(error: ParseResult['parserErrors'][number], file: string): Diagnostic {
  const { token } = error;
  const before = 'previousToken' in error ? (error.previousToken as Token | undefined) : undefined;
  if (before !== undefined && error.message.startsWith(`\`${before.image}\``))
    return syntaxError(error.message, tokenRange(before, file));
  if (token.startOffset >= 0) return syntaxError(error.message, tokenRange(token, file));
  return syntaxError(error.message, before === undefined ? startOfFile(file) : endOf(before, file));
}

type Token = ParseResult['parserErrors'][number]['token'];

function tokenRange(token: Token, file: string): SourceRange {
  const line = token.startLine ?? 1;
  const column = token.startColumn ?? 1;
  // Chevrotain's end column is that of the last character.
  return { file, line, column, endLine: token.endLine ?? line, endColumn: (token.endColumn ?? column) + 1 };
}

function endOf(token: Token, file: string): SourceRange {
  if (!(token.startOffset >= 0)) return startOfFile(file);
  const { endLine, endColumn } = tokenRange(token, file);
  return { file, line: endLine, column: endColumn, endLine, endColumn };
}

function startOfFile(file: string): SourceRange {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

function syntaxError(message: string, range: SourceRange): Diagnostic {
  return { code: 'WALK100', severity: 'error', message: shortened(message), range };
}

/** The parser's recovery can report one place twice; the first report is the better one. */
function distinct(errors: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return errors.filter(({ range }) => {
    const key = `${String(range.line)}:${String(range.column)}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
