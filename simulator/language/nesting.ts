/** Bounds on how deep a text nests. The parser, the checks and the lowering recurse over its tree; no text may exhaust the stack. */
import type { LexerResult } from 'langium';

type Token = LexerResult['tokens'][number];

/** Brackets in brackets, and operators before one operand. */
export const deepestNesting = 32;
/** Operators of one expression, members and indices included, and branches of one `if`: the tree of a chain is as deep as it is long. */
export const longestChain = 250;

export interface NestingProblem {
  /** Of the first token that goes too deep. */
  readonly index: number;
  readonly message: string;
}

export function nestingProblem(tokens: readonly Token[]): NestingProblem | null {
  const depth = new Depth();
  for (const [index, token] of tokens.entries()) {
    depth.pass(token.image, tokens[index - 1]?.image, tokens[index + 1]?.image);
    const message = depth.problem(token.image);
    if (message !== null) return { index, message };
  }
  return null;
}

/** The first token inside the most brackets. */
export function deepestToken(tokens: readonly Token[]): Token | null {
  let deepest: Token | null = null;
  let open = 0;
  let most = 0;
  for (const token of tokens) {
    if (opening.has(token.image)) open++;
    else if (closing.has(token.image)) open--;
    if (open <= most) continue;
    most = open;
    deepest = token;
  }
  return deepest;
}

class Depth {
  /** Operators so far at every open bracket level, the file itself first. */
  private readonly chains = [0];
  private operators = 0;
  private prefixes = 0;

  pass(image: string, before: string | undefined, next: string | undefined): void {
    const { chains } = this;
    if (opening.has(image)) chains.push(0);
    else if (closing.has(image) && chains.length > 1) this.operators -= chains.pop() ?? 0;
    if (endsChain(image, before, next)) {
      this.operators -= chains.at(-1) ?? 0;
      chains[chains.length - 1] = 0;
    } else if (chainOperators.has(image)) {
      this.operators++;
      chains[chains.length - 1] = (chains.at(-1) ?? 0) + 1;
    }
    this.prefixes = image === '-' || image === '~' || image === 'not' ? this.prefixes + 1 : 0;
  }

  problem(image: string): string | null {
    if (this.chains.length > deepestNesting + 1)
      return `Nested too deeply: at most ${String(deepestNesting)} brackets may be open at once. Bind a part with \`let\`.`;
    if (this.prefixes > deepestNesting)
      return `Too many operators before one operand: at most ${String(deepestNesting)} are allowed.`;
    if (this.operators <= longestChain) return null;
    return image === 'else'
      ? `Too many branches: an \`if\` may have at most ${String(longestChain)}.`
      : `The expression is too long: at most ${String(longestChain)} operators, members and indices are allowed. Bind a part with \`let\`.`;
  }
}

function endsChain(image: string, before: string | undefined, next: string | undefined): boolean {
  if (image === ',') return true;
  return image === '}' ? next !== 'else' : statementWords.has(image) && before !== 'else';
}

const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
const chainOperators = new Set('+ - * / % & | ^ << >> == != < <= > >= and or not ~ . ] else'.split(' '));
const statementWords = new Set('let expect print as if for repeat process thread test reserve inject'.split(' '));
