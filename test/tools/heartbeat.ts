/** Says from time to time what is running and for how long, where long steps print nothing by themselves. */
export class Heartbeat {
  private readonly running = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private readonly now: () => number;

  /** `now` gives milliseconds. */
  constructor(print: (line: string) => void, now: () => number = Date.now) {
    this.now = now;
    this.timer = setInterval(() => {
      if (this.running.size > 0) print(this.line());
    }, 20_000);
    this.timer.unref();
  }

  begin(what: string): void {
    this.running.set(what, this.now());
  }

  end(what: string): void {
    this.running.delete(what);
  }

  line(): string {
    const parts = [...this.running].map(([what, since]) => `${what} (${duration(this.now() - since)})`);
    return `   still running: ${parts.join(', ')}`;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${String(seconds)} s` : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
