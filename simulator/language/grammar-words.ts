/** Words of the language by their role, as walk.langium has them: for what reads tokens or text without a tree. */
import { AstUtils, GrammarAST } from 'langium';
import { WalkGrammar } from './generated/grammar.ts';

/** Words of the rule's own alternatives, not of the rules that it calls. */
function wordsOfRule(name: string): readonly string[] {
  const rule = WalkGrammar().rules.find((candidate) => candidate.name === name);
  if (rule === undefined) throw new Error(`walk.langium has no rule ${name}`);
  return AstUtils.streamAllContents(rule)
    .filter(GrammarAST.isKeyword)
    .map(({ value }) => value)
    .toArray();
}

/** Words that begin statements, and `else not and or`: names only before `:` and after `.`, so they cannot be bound. */
export const reservedWords: ReadonlySet<string> = new Set(wordsOfRule('AnyName'));

/** Words of settings and tails: ordinary names elsewhere. */
export const settingWords: ReadonlySet<string> = new Set(wordsOfRule('LowerName'));

const insideStatements: ReadonlySet<string> = new Set(['else', 'not', 'and', 'or']);

/** Those of the reserved words that begin a statement or a declaration. */
export const statementWords: ReadonlySet<string> = new Set(
  [...reservedWords].filter((word) => !insideStatements.has(word)),
);
