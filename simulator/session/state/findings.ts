/**
 * What a run has to say, one finding for a statement: what repeats in a loop is told once, with the rounds of its first time and
 * how often it came again.
 */
import type { Diagnostic, SourceRange } from '../scenario/scenario.ts';
import { inKernelsWords } from '../scenario/kernel-note.ts';
import type { Program } from '../scenario/program.ts';
import type { ControlFrame, Script } from './script.ts';
import { displayValue } from './values.ts';

/** What the text of a finding in the script's list is made of. Plain data. */
export interface Finding {
  /** As it stands in the list, unless it was taken out of it. */
  shown: Diagnostic;
  readonly message: string;
  /** Of its first time; empty outside loops. */
  readonly rounds: readonly string[];
  more: number;
}

/** What a run's findings are about, and where they are kept. */
interface FindingRun {
  readonly program: Program;
  readonly script: Script;
}

/**
 * Adds to the script's list, or counts what is there already: a finding at the same place with the same code and, unless one is
 * enough for the place, the same message. `rounds` are those of the loops around it, outermost first.
 */
export function report(run: FindingRun, found: Diagnostic, rounds: readonly string[], isOneEnough = true): void {
  const { diagnostics, findings } = run.script;
  const { code, range } = found;
  const message = inKernelsWords(run.program, code, found.message);
  const key = [code, placeOf(range), isOneEnough ? '' : message].join(' ');
  const known = findings.get(key);
  const at = known === undefined ? -1 : diagnostics.indexOf(known.shown);
  if (known === undefined || at < 0) {
    const shown = { ...found, message: inRounds(message, rounds) };
    findings.set(key, { shown, message, rounds, more: 0 });
    diagnostics.push(shown);
    return;
  }
  known.more += 1;
  known.shown = { ...known.shown, message: inRounds(known.message, known.rounds, known.more) };
  diagnostics[at] = known.shown;
}

function placeOf({ file, line, column, endLine, endColumn }: SourceRange): string {
  return [file, line, column, endLine, endColumn].join(':');
}

/** The rounds that the loops of a stack of blocks are in, outermost first: `i = 3`, `round 4`. */
export function roundsIn(control: readonly ControlFrame[]): string[] {
  return control.flatMap(({ kind, name, items, at }) => {
    if (kind === 'for') return [`${name} = ${items === null ? String(at) : displayValue(items[Number(at)] ?? null)}`];
    return kind === 'repeat' ? [`round ${String(at + 1n)}`] : [];
  });
}

/** A message with the rounds in which it is true for the first time, and how often it is again. */
export function inRounds(message: string, rounds: readonly string[], more = 0): string {
  const parts: string[] = [];
  const word = rounds[0]?.startsWith('round ') === true ? 'in' : 'at';
  if (rounds.length > 0) parts.push(`${more > 0 ? 'first ' : ''}${word} ${rounds.join(', ')}`);
  if (more > 0) parts.push(`${more.toLocaleString('en')} more`);
  return parts.length === 0 ? message : `${message} (${parts.join(', ')})`;
}
