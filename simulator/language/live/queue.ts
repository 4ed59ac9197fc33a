/** Whose simulation runs: one at a time, and the file that was edited last goes first. */

export interface LiveTurn {
  /** The document. It has one turn at most. */
  readonly uri: string;
  /** The higher goes first; equals wait for each other. */
  readonly rank: number;
  /** Is called again after a turn of a higher rank has aborted it. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

interface Running {
  readonly turn: LiveTurn;
  readonly controller: AbortController;
}

export class LiveQueue {
  private waiting: LiveTurn[] = [];
  private running: Running | null = null;
  private readonly failed: (error: unknown) => void;

  /** `failed` hears of turns that rejected without having been aborted. */
  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  /** Takes the place of that document's turn so far. */
  add(turn: LiveTurn): void {
    this.remove(turn.uri);
    this.waiting.push(turn);
    if (this.running !== null && this.running.turn.rank < turn.rank) {
      // It keeps its place before those of its rank that have not begun.
      this.waiting.unshift(this.running.turn);
      this.abort();
    }
    this.next();
  }

  remove(uri: string): void {
    this.waiting = this.waiting.filter((turn) => turn.uri !== uri);
    if (this.running?.turn.uri !== uri) return;
    this.abort();
    this.next();
  }

  private abort(): void {
    this.running?.controller.abort();
    this.running = null;
  }

  private next(): void {
    if (this.running !== null) return;
    const highest = Math.max(...this.waiting.map(({ rank }) => rank));
    const at = this.waiting.findIndex(({ rank }) => rank === highest);
    const [turn] = at < 0 ? [] : this.waiting.splice(at, 1);
    if (turn === undefined) return;
    const running = { turn, controller: new AbortController() };
    this.running = running;
    void this.perform(running);
  }

  private async perform(running: Running): Promise<void> {
    try {
      await running.turn.run(running.controller.signal);
    } catch (error) {
      if (!running.controller.signal.aborted) this.failed(error);
    }
    if (this.running !== running) return;
    this.running = null;
    this.next();
  }
}
