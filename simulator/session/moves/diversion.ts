/** A call that somebody wants to make is tried first, on a copy of the world that is then thrown away. */
import { scopesOf } from '../state/control.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../state/snapshot.ts';
import { makeEdit, type Edit } from './edits.ts';

/** Throws a ScenarioFailure where the call fails. The origin must be between two statements. */
export function tryCall(origin: Run, latest: SavedWorld | undefined, edit: Edit, range: SourceRange): void {
  settle(origin);
  const run = createRun(origin.program, restoreWorld(saveWorld(origin.world, latest)), origin.replayer);
  run.machine.trace.on = false;
  makeEdit(run, edit, { scopes: scopesOf(run.script), top: null, range });
}
