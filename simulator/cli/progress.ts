import type { Simulation } from '../session/moves/simulation.ts';

/** What progress is written to: standard error, if it is a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[K';
/** Slices that pass in silence, so that a short run shows nothing. */
const SILENT_SLICES = 4;

/** One line on a terminal that says how far a long run has come; nothing where there is no terminal. */
export class Progress {
  private readonly stream: ProgressStream;
  private slices = 0;
  private isShown = false;

  constructor(stream: ProgressStream) {
    this.stream = stream;
  }

  show(label: string, simulation: Simulation): void {
    this.slices += 1;
    if (this.stream.isTTY !== true || this.slices < SILENT_SLICES) return;
    const { steps, statements } = simulation.world.script;
    const text = `${label}: ${count(statements)} statements, ${count(steps)} micro-steps`;
    this.stream.write(CLEAR_LINE + text.slice(0, (this.stream.columns ?? 80) - 1));
    this.isShown = true;
  }

  /** Before anything else is written. */
  clear(): void {
    if (this.isShown) this.stream.write(CLEAR_LINE);
    this.isShown = false;
  }
}

function count(value: number): string {
  return value.toLocaleString('en');
}
