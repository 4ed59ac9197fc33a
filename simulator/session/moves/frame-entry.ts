import type { Activation } from '../../execution/activation.ts';
import type { Traveller } from './reverse-move.ts';
import { framesFrom, type Standing } from './standing.ts';
import { comparePositions, type Position, type Stop } from './stop.ts';

const BUDGET = 20_000;

/**
 * Goes back to where a frame of the activity that is about to run began, `above` callers above the innermost one: to the first
 * step of the function, or to the statement. Gives the stop there.
 */
export function returnToEntry(traveller: Traveller, standing: () => Standing, above: number | null): Stop {
  const origin = traveller.position;
  const start: Position = { statement: origin.statement, step: 0 };
  const first = new Map<Activation, { readonly position: Position; readonly stop: Stop }>();
  traveller.seek(start);
  let stop = traveller.advance({ kind: 'instruction', isFirst: true }, BUDGET);
  const begin = stop;
  while (stop.reason !== 'end' && comparePositions(traveller.position, origin) < 0) {
    stop = traveller.advance({ kind: 'instruction' }, BUDGET);
    if (stop.reason === 'budget') continue;
    const { top } = standing();
    const seen = { position: traveller.position, stop };
    for (const frame of framesFrom(top)) if (!first.has(frame)) first.set(frame, seen);
  }
  const frame = above === null ? undefined : [...framesFrom(standing().top)][above];
  const entry = frame === undefined ? undefined : first.get(frame);
  traveller.seek(entry?.position ?? start);
  return entry?.stop ?? begin;
}
