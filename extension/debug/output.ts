import type { Diagnostic } from '../../simulator/session/scenario.ts';
import { toClient } from './client-format.ts';
import type { Debuggee } from './debuggee.ts';

/** Writes what the run says to the debug console: prints with the line they come from, findings, the closing line. */
export class Output {
  private readonly debuggee: Debuggee;
  /** How much of the run's own lists has been written. Goes back with the run. */
  private prints = 0;
  private diagnostics = 0;
  /** Prints of the part outside the tests; null until it has run and tests follow. */
  private commonPrints: number | null = null;
  private readonly told = new Set<string>();

  constructor(debuggee: Debuggee) {
    this.debuggee = debuggee;
  }

  /** A new run begins. */
  restart(): void {
    this.prints = 0;
    this.diagnostics = 0;
    this.commonPrints = null;
    this.told.clear();
  }

  /** A test begins, which runs the common part once more: what that said is not said again. */
  restartForTest(): void {
    this.commonPrints ??= this.prints;
    this.prints = this.commonPrints;
    this.diagnostics = 0;
  }

  /** Writes what has been said since the last time. */
  flush(): void {
    const { simulation } = this.debuggee;
    if (simulation === null) return;
    const { prints, diagnostics } = simulation.world.script;
    for (const { text, line } of prints.slice(this.prints)) this.write('stdout', text, line);
    for (const diagnostic of diagnostics.slice(this.diagnostics)) this.diagnostic(diagnostic);
    // After going back in time these lists are shorter: what comes again is written again.
    this.prints = this.commonPrints === null ? prints.length : Math.max(this.prints, prints.length);
    this.diagnostics = diagnostics.length;
  }

  diagnostic({ code, severity, message, range, related }: Diagnostic): void {
    const text = `${severity} ${code}: ${message}`;
    const key = `${String(range.line)}:${String(range.column)} ${text}`;
    if (this.commonPrints !== null && this.told.has(key)) return;
    this.told.add(key);
    this.write(severity === 'error' ? 'stderr' : 'console', text, range.line, range.column);
    for (const { message: cause, range: at } of related ?? []) this.write('console', `  ${cause}`, at.line, at.column);
  }

  write(category: 'stdout' | 'stderr' | 'console', text: string, line = 0, column = 1): void {
    const { send, format, settings, program } = this.debuggee;
    const path = program?.path ?? settings?.program;
    const source =
      line > 0 && path !== undefined
        ? { source: { name: basename(path), path }, ...toClient(format, line, column) }
        : {};
    send('output', { category, output: text.endsWith('\n') ? text : `${text}\n`, ...source });
  }
}

export function basename(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
