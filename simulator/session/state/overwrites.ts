/** What a scenario itself overwrote of the kernel's: rules of the kernel that do not hold afterwards are its doing. */
import { ppnOf, type PhysicalAddress, hex } from '../../hardware/word.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import type { InvariantViolation } from '../../kernels/view.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { Run } from './run.ts';

export interface Overwrite {
  /** In words: `the page table in frame 0x2ff`. */
  readonly what: string;
  /** By a function that is a step of a larger one: what it leaves undone is no error. */
  readonly isPart: boolean;
  /** Of the call that did it. */
  readonly range: SourceRange;
  /** Statements begun by then, its own included. */
  readonly statement: number;
}

/** A rule of the kernel that did not hold after a statement; it may hold again at the end. */
export interface BrokenRule extends InvariantViolation {
  /** Of the statement. */
  readonly range: SourceRange;
  /** Statements begun by then, its own included, and micro-steps of the run. */
  readonly statement: number;
  readonly step: number;
}

type Args = Readonly<Record<string, unknown>>;

/** After a store to memory, by whomever: a broken table may give a process what is the kernel's. */
export function noteStore(run: Run, address: PhysicalAddress, range: SourceRange): void {
  const ppn = ppnOf(address);
  const { content } = run.kernel.frame(ppn);
  if (content === 'table') note(run, `the page table in frame ${hex(ppn)}`, range, false);
  else if (content === 'kernel') note(run, `the kernel’s own memory in frame ${hex(ppn)}`, range, false);
}

/** After a kernel's function was called by its name, whether it succeeded or not. */
export function noteOverwritingCall(run: Run, info: FunctionInfo, args: Args, range: SourceRange): void {
  const tampering = run.kernel.overwrites(info, args);
  if (tampering !== null) note(run, `${tampering.what} by ${info.name}`, range, tampering.isPart);
}

/** After somebody has changed something of the kernel's at a stop. */
export function noteOverwrite(run: Run, what: string, range: SourceRange): void {
  note(run, what, range, false);
}

/** Of every place in the text the first. Beyond the bound places are not told apart: the earlier ones are to blame already. */
function note({ script, program }: Run, what: string, range: SourceRange, isPart: boolean): void {
  const { overwrites, statements } = script;
  if (overwrites.length >= program.bounds.overwrites || overwrites.some((known) => isSamePlace(known.range, range)))
    return;
  overwrites.push({ what, isPart, range, statement: statements });
}

function isSamePlace(one: SourceRange, other: SourceRange): boolean {
  return one.line === other.line && one.column === other.column && one.file === other.file;
}

/**
 * After a statement: does it leave a rule broken that the scenario may have broken? Rules are expensive to check: only the
 * statements that follow an overwrite are watched, and so many of them, to the first violation.
 */
export function watchRules({ script, kernel, program }: Run, range: SourceRange, step: number): void {
  const last = script.overwrites.at(-1);
  if (last === undefined || script.broken || script.brokenRule !== null) return;
  const { statements: statement } = script;
  if (statement - last.statement >= program.bounds.overwriteChecks) return;
  const [violation] = kernel.invariants();
  if (violation !== undefined) script.brokenRule = { ...violation, range, statement, step };
}

/** What is to blame for a rule that did not hold after so many statements; null: nothing that the scenario did. */
export function overwriteBefore(overwrites: readonly Overwrite[], statement: number): Overwrite | null {
  return overwrites.findLast((overwrite) => overwrite.statement <= statement) ?? null;
}

/** `line 8 overwrote the page table in frame 0x3f1`. */
export function overwriteText({ what, range }: Overwrite): string {
  return `line ${String(range.line)} overwrote ${what}`;
}
