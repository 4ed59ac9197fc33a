/** Conditions of breakpoints: read once, when they are set, and refused there if they make no sense. */
import { hasEffects, isEffect } from '../../../simulator/session/calls/evaluation.ts';
import { childrenOf } from '../../../simulator/session/scenario/expression-parts.ts';
import type { CallExpression, Expression } from '../../../simulator/session/scenario/scenario.ts';
import { parseExpression } from '../protocol/expression.ts';

export interface Condition {
  readonly text: string;
  readonly expression: Expression;
}

/** Can something have the name where the breakpoint stops? */
export type IsKnownName = (name: string) => boolean;

/** What is wrong is a sentence for the breakpoint. */
export function readCondition(text: string, isKnown: IsKnownName): Condition | { readonly problem: string } {
  const quoted = `The condition '${text}'`;
  try {
    const expression = parseExpression(text);
    const call = effectIn(expression);
    if (call !== null)
      return { problem: `${quoted} calls ${call.callee}, which would change the run; a condition can only observe.` };
    const unknown = unknownName(expression, isKnown);
    if (unknown !== null) return { problem: `${quoted} cannot be evaluated: nothing has the name ${unknown}.` };
    return { text, expression };
  } catch (error) {
    return { problem: `${quoted} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function effectIn(expression: Expression): CallExpression | null {
  if (!hasEffects(expression)) return null;
  if (expression.kind === 'call' && isEffect(expression)) return expression;
  for (const child of childrenOf(expression)) {
    const found = effectIn(child);
    if (found !== null) return found;
  }
  return null;
}

/** A word of a kernel's, such as `anon`, is none: it can stand as an argument, or beside what is no literal. */
function unknownName(expression: Expression, isKnown: IsKnownName): string | null {
  if (expression.kind === 'name') return isKnown(expression.name) ? null : expression.name;
  for (const child of childrenOf(expression)) {
    if (child.kind === 'name' && canBeWord(expression)) continue;
    const found = unknownName(child, isKnown);
    if (found !== null) return found;
  }
  return null;
}

function canBeWord(around: Expression): boolean {
  if (around.kind === 'call' || around.kind === 'list' || around.kind === 'record') return true;
  if (around.kind !== 'binary' || (around.operator !== '==' && around.operator !== '!=')) return false;
  return !isLiteral(around.left) && !isLiteral(around.right);
}

function isLiteral({ kind }: Expression): boolean {
  return kind === 'integer' || kind === 'size' || kind === 'string' || kind === 'boolean' || kind === 'time';
}
