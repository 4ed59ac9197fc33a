import { moreLinesText, type Output } from '../session/state/output.ts';
import { writeLine } from './output.ts';

/** What the simulation prints, as soon as it does; silent where standard output belongs to the JSON object. */
export class Printer {
  private readonly isSilent: boolean;
  private printed = 0;

  constructor(isSilent: boolean) {
    this.isSilent = isSilent;
  }

  /** `output` is all of a run so far; its prints up to `from` were printed by another run. */
  print({ prints }: Pick<Output, 'prints'>, from = 0): void {
    if (this.isSilent) return;
    for (const { text } of prints.slice(Math.max(from, this.printed))) writeLine(text);
    this.printed = prints.length;
  }

  restart(): void {
    this.printed = 0;
  }

  /** What comes after all runs: prints from `from` on, and how much was not kept. */
  rest(report: Pick<Output, 'prints' | 'moreLines'>, from: number): void {
    this.restart();
    this.print(report, from);
    const more = moreLinesText(report);
    if (more !== null && !this.isSilent) writeLine(more);
  }
}
