/** What a log point writes: text with expressions in braces, `buf is at {buf}`; `\{` is a brace. */
import type { Condition, IsKnownName } from './condition.ts';
import { readCondition } from './condition.ts';

/** Text as it is, and expressions whose values are put in. */
export type LogMessage = readonly (string | Condition)[];

export function readLogMessage(text: string, isKnown: IsKnownName): LogMessage | { readonly problem: string } {
  const parts: (string | Condition)[] = [];
  let from = 0;
  for (const match of text.matchAll(/\\([{}])|\{([^{}]*)\}/g)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const [, brace, expression] = match;
    if (brace !== undefined) parts.push(brace);
    else {
      const read = readCondition((expression ?? '').trim(), isKnown);
      if ('problem' in read) return { problem: read.problem.replace(/^The condition/, 'The log message’s expression') };
      parts.push(read);
    }
  }
  return [...parts, text.slice(from)];
}
