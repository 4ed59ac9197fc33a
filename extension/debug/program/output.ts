import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { toClient } from '../protocol/client-format.ts';
import { basename } from '../protocol/basename.ts';
import type { Debuggee } from '../debuggee.ts';
import { sourceNamed } from './program-sources.ts';

/** Editors colour `console` as a warning; a category that they do not know is plain. */
export type OutputCategory = 'stdout' | 'stderr' | 'console' | 'information';

const categories = { error: 'stderr', warning: 'console', information: 'information' } as const;

/** Where a line of output comes from; line 0 for nowhere, without a file the program itself. */
export interface OutputPlace {
  readonly file?: string | undefined;
  readonly line: number;
  readonly column?: number;
}

/** Writes what the run says to the debug console: prints with the line they come from, findings, the closing line. */
export class Output {
  private readonly debuggee: Debuggee;
  /** How much of the run's own lists has been written. Goes back with the run. */
  private prints = 0;
  /** The texts of the findings that have been written; a text changes when its finding repeats in a loop. */
  private findings: string[] = [];
  /** Prints of the part outside the tests; null until it has run and tests follow. */
  private commonPrints: number | null = null;
  private readonly told = new Set<string>();

  constructor(debuggee: Debuggee) {
    this.debuggee = debuggee;
  }

  /** A new run begins. */
  restart(): void {
    this.prints = 0;
    this.findings = [];
    this.commonPrints = null;
    this.told.clear();
  }

  /** A test begins, which runs the common part once more: what that said is not said again. */
  restartForTest(): void {
    this.commonPrints ??= this.prints;
    this.prints = this.commonPrints;
    this.findings = [];
  }

  /** Writes what has been said since the last time; at the end also how often findings came again. */
  flush(isEnd = false): void {
    const { simulation } = this.debuggee;
    if (simulation === null) return;
    const { prints, diagnostics } = simulation.world.script;
    for (const { text, line } of prints.slice(this.prints)) this.write('stdout', text, { line });
    for (const [index, diagnostic] of diagnostics.entries()) {
      const written = this.findings[index];
      if (written === undefined || (isEnd && written !== diagnostic.message)) this.diagnostic(diagnostic);
    }
    // After going back in time these lists are shorter: what comes again is written again.
    this.prints = this.commonPrints === null ? prints.length : Math.max(this.prints, prints.length);
    this.findings = diagnostics.map(({ message }, index) => (isEnd ? message : (this.findings[index] ?? message)));
  }

  diagnostic({ code, severity, message, range, related }: Diagnostic): void {
    const text = `${severity} ${code}: ${message}`;
    const key = `${range.file}:${String(range.line)}:${String(range.column)} ${text}`;
    if (this.commonPrints !== null && this.told.has(key)) return;
    this.told.add(key);
    this.write(categories[severity], text, range);
    for (const { message: cause, range: at } of related ?? []) this.write(categories[severity], `  ${cause}`, at);
  }

  write(category: OutputCategory, text: string, place: OutputPlace = { line: 0 }): void {
    const { send } = this.debuggee;
    send('output', { category, output: text.endsWith('\n') ? text : `${text}\n`, ...this.placeBody(place) });
  }

  private placeBody({ file, line, column = 1 }: OutputPlace): object {
    const { format, settings, program, launchedText } = this.debuggee;
    const path = settings?.program;
    const source =
      program === null
        ? path && { name: basename(path), path }
        : launchedText.source(sourceNamed(program.sources, file));
    return line > 0 && source !== undefined ? { source, ...toClient(format, line, column) } : {};
  }
}
