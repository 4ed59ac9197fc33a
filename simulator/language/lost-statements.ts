/**
 * A word that cannot begin a statement is read as the name of a call, so that the parser is past it when it finds the mistake:
 * it goes on from there, and what stands behind it is read as well.
 */

/** A part of a grammar as the parser has it: a rule, its alternatives, and the rules that they call. */
interface Production {
  readonly name?: string;
  readonly nonTerminalName?: string;
  readonly definition?: readonly Production[];
}

interface Reader {
  LA(howMuch: number): { readonly image: string };
}

type Choose = (this: Reader, alternatives?: unknown) => number | undefined;

/** What decides between the alternatives of a rule, by its index; undefined where none can be read. */
export interface Lookahead {
  buildLookaheadForAlternation(options: { readonly rule: Production }): Choose;
}

export function readLostWordsAsCalls(strategy: Lookahead): void {
  const build = strategy.buildLookaheadForAlternation.bind(strategy);
  strategy.buildLookaheadForAlternation = (options) => {
    const choose = build(options);
    const call = indexOfCall(options.rule);
    if (call < 0) return choose;
    return function (alternatives) {
      return choose.call(this, alternatives) ?? (isCallable(this.LA(1).image) ? call : undefined);
    };
  };
}

/** `kernel` and `file` begin declarations, which say what they lack. */
function isCallable(word: string): boolean {
  return /^[A-Za-z_]/.test(word) && word !== 'kernel' && word !== 'file';
}

/** Of the calls among the statements; −1 in any other rule. */
function indexOfCall(rule: Production): number {
  if (!isNamed(rule.name, 'Statement')) return -1;
  const alternatives = rule.definition?.[0]?.definition ?? [];
  return alternatives.findIndex(({ definition }) => isNamed(definition?.[0]?.nonTerminalName, 'CallStatement'));
}

/** Langium ends the names of its rules with a zero-width space. */
function isNamed(name: string | undefined, wanted: string): boolean {
  return name?.replace(/\u200B$/, '') === wanted;
}
