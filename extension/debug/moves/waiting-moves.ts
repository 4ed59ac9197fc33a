import { cancelled, notMade } from '../protocol/errors.ts';

/** More than a key held down leaves over, or a client's script sends at once. */
const MOST_WAITING = 1000;

interface WaitingMove {
  readonly command: string;
  readonly request: number | null;
  readonly begin: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Moves that were asked for while a step was under way. Each is answered when its turn comes and it begins, or refused
 * with the reason; none is lost.
 */
export class WaitingMoves {
  private moves: WaitingMove[] = [];

  /** Resolves when the move begins. */
  add(command: string, request: number | null, begin: () => void): Promise<void> {
    if (this.moves.length >= MOST_WAITING)
      throw notMade(command, `${MOST_WAITING.toLocaleString('en')} moves wait already`);
    return new Promise((resolve, reject) => this.moves.push({ command, request, begin, resolve, reject }));
  }

  /** Begins the first one that can begin, and gives the number of its request; undefined if there is none. */
  beginNext(): { readonly request: number | null } | undefined {
    for (let next = this.moves.shift(); next !== undefined; next = this.moves.shift()) {
      try {
        next.begin();
      } catch (error) {
        next.reject(error);
        continue;
      }
      next.resolve();
      return next;
    }
    return undefined;
  }

  /** `why` completes "… was not made: ". */
  refuseAll(why: string): void {
    const refused = this.moves;
    this.moves = [];
    for (const { command, reject } of refused) reject(notMade(command, why));
  }

  cancel(request: number): void {
    for (const move of this.moves) if (move.request === request) move.reject(cancelled());
    this.moves = this.moves.filter((move) => move.request !== request);
  }
}
