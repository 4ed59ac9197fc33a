import type { ThreadBlock } from '../scenario/scenario.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import { restoreWorld, saveWorld } from '../state/snapshot.ts';
import { spawnBlocks } from './interleaved.ts';

/** Turns that are tried; a block that takes longer begins to interleave within so many. */
const MOST_TURNS = 50_000;

/** How many micro-steps each block takes, one after the other on a copy of the world that is then thrown away. */
export function blockLengths(run: Run, blocks: readonly ThreadBlock[]): number[] {
  settle(run);
  const copy = createRun(run.program, restoreWorld(saveWorld(run.world)), run.replayer);
  const { engine, machine } = copy;
  machine.trace.on = false;
  engine.yieldAt = 0;
  const activities = spawnBlocks(copy, blocks).map(({ activity }) => activity);
  const lengths = activities.map(() => 0);
  let at = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const advance = engine.advance();
    if (advance.kind !== 'ran' && advance.kind !== 'finished') break;
    // Servers work for the block that asked them last.
    const block = activities.indexOf(advance.activity);
    if (block >= 0) at = block;
    if (!advance.activity.isAtomic) lengths[at] = (lengths[at] as number) + 1;
  }
  return lengths;
}
