/** Parsing: the syntax tree of a text, and what is wrong with it as diagnostics (WALK100). */
import type { ParseResult } from 'langium';
import type { Diagnostic, SourceRange } from '../session/scenario/scenario.ts';
import { shortened } from './findings.ts';
import type { Model } from './generated/ast.ts';
import { explainErrors } from './hints/explain-errors.ts';
import type { Explained } from './hints/explain-errors.ts';
import type { KnownNames } from './hints/statements.ts';
import { mostErrors } from './walk-messages.ts';
import { coreServices } from './walk-module.ts';

export interface Syntax {
  /** With errors, properties of its nodes may be missing. */
  readonly model: Model;
  readonly errors: readonly Diagnostic[];
}

export function parseSyntax(text: string, file: string, names: KnownNames = noNames): Syntax {
  const result = coreServices().parser.LangiumParser.parse<Model>(text);
  return { model: result.value, errors: syntaxErrors(result, file, names) };
}

const noNames: KnownNames = { kernels: [], machines: [] };

/** Errors of the lexer hide those of the parser, which follow from them. */
export function syntaxErrors(result: ParseResult, file: string, names: KnownNames = noNames): Diagnostic[] {
  if (result.lexerErrors.length > 0) return bounded(result.lexerErrors, (error) => lexerError(error, file));
  return result.parserErrors.length === 0 ? [] : parserErrors(result, file, names);
}

function bounded<T>(errors: readonly T[], describe: (error: T) => Diagnostic): Diagnostic[] {
  const shown = errors.slice(0, mostErrors).map(describe);
  const further = errors[mostErrors];
  return further === undefined ? shown : [...shown, tooMany(describe(further).range)];
}

function tooMany(range: SourceRange): Diagnostic {
  const message = `More than ${String(mostErrors)} syntax errors: the text from here on is not checked.`;
  return syntaxError(message, range);
}

function lexerError(error: ParseResult['lexerErrors'][number], file: string): Diagnostic {
  const line = error.line ?? 1;
  const column = error.column ?? 1;
  return syntaxError(error.message, { file, line, column, endLine: line, endColumn: column + error.length });
}

function parserErrors({ value, parserErrors: errors }: ParseResult, file: string, names: KnownNames): Diagnostic[] {
  const text = value.$cstNode?.root.fullText ?? '';
  const { tokens } = coreServices().parser.Lexer.tokenize(text);
  const byOffset = new Map(tokens.map(({ startOffset }, index) => [startOffset, index]));
  const found = errors
    .slice(0, mostErrors)
    .map(({ token, message }) => ({ index: byOffset.get(token.startOffset) ?? tokens.length, message }));
  const diagnostics = explainErrors(found, tokens, names).map((mistake) => explained(mistake, tokens, file));
  const further = errors[mostErrors]?.token;
  return further === undefined ? diagnostics : [...diagnostics, tooMany(tokenRange(further, file))];
}

function explained({ message, first, last, related }: Explained, tokens: readonly Token[], file: string): Diagnostic {
  const diagnostic = syntaxError(message, rangeBetween(first, last, tokens, file));
  const other = related === undefined ? undefined : tokens[related.index];
  if (related === undefined || other === undefined) return diagnostic;
  return { ...diagnostic, related: [{ message: related.message, range: tokenRange(other, file) }] };
}

/** From one token to another one; the gap behind the token before where there is none. */
function rangeBetween(first: number, last: number, tokens: readonly Token[], file: string): SourceRange {
  const [from, to] = [tokens[first], tokens[last]];
  if (from === undefined || to === undefined || last < first) {
    const before = tokens[first - 1];
    return before === undefined ? startOfFile(file) : endOf(before, file);
  }
  const { endLine, endColumn } = tokenRange(to, file);
  return { ...tokenRange(from, file), endLine, endColumn };
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
