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

/** What has piled up at one level of brackets. */
interface Level {
  operators: number;
  branches: number;
}

class Depth {
  /** Every open bracket, the file itself first. */
  private readonly levels: Level[] = [{ operators: 0, branches: 0 }];
  /** Of all open levels together. */
  private chained = 0;
  private prefixes = 0;

  pass(image: string, before: string | undefined, next: string | undefined): void {
    const { levels } = this;
    if (opening.has(image)) levels.push({ operators: 0, branches: 0 });
    else if (closing.has(image) && levels.length > 1) this.reset(levels.pop(), 0);
    const level = levels.at(-1);
    if (level === undefined) return;
    if (endsChain(image, before, next)) this.reset(level, 0);
    else if (image === 'else') this.reset(level, level.branches + 1);
    else if (chainOperators.has(image)) {
      level.operators++;
      this.chained++;
    }
    this.prefixes = image === '-' || image === '~' || image === 'not' ? this.prefixes + 1 : 0;
  }

  private reset(level: Level | undefined, branches: number): void {
    if (level === undefined) return;
    this.chained += branches - level.branches - level.operators;
    level.branches = branches;
    level.operators = 0;
  }

  problem(image: string): string | null {
    if (this.levels.length > deepestNesting + 1)
      return `Nested too deeply: at most ${String(deepestNesting)} brackets may be open at once.${image === '{' ? '' : ' Bind a part with `let`.'}`;
    if (this.prefixes > deepestNesting)
      return `Too many operators before one operand: at most ${String(deepestNesting)} are allowed.`;
    if (this.chained <= longestChain) return null;
    const { branches, operators } = this.levels.at(-1) ?? { branches: 0, operators: 0 };
    return branches > operators
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
const chainOperators = new Set('+ - * / % & | ^ << >> == != < <= > >= and or not ~ . ]'.split(' '));
const statementWords = new Set(
  'let var expect print as if on for while repeat process thread test def return reserve inject break continue'.split(
    ' ',
  ),
);
