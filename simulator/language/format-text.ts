/** Formatting of a whole text. */
import { applyChanges, formatChanges } from './format.ts';
import { parseSyntax } from './syntax.ts';

/** The text, laid out; null if it has a syntax error. */
export function formatText(text: string): string | null {
  const { model, errors } = parseSyntax(text, '');
  return errors.length > 0 ? null : applyChanges(text, formatChanges(model, text));
}
