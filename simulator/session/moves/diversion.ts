/** Calls that somebody tries: on a copy of the world, which is then thrown away. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import { scopesOf } from '../state/control.ts';
import { evaluateFully } from '../calls/evaluate.ts';
import { evaluationAt } from '../calls/begin-evaluation.ts';
import { createRun, type Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression } from '../scenario/scenario.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../state/snapshot.ts';
import type { Value } from '../state/values.ts';
import { spawnFor } from '../statements/pending-statement.ts';

/** Throws a ScenarioFailure where the call fails. The origin must be settled and between two statements. */
export function divert(
  origin: Run,
  latest: SavedWorld | undefined,
  expression: Expression,
  thread: ThreadObject | null,
): Value {
  const run = createRun(origin.program, restoreWorld(saveWorld(origin.world, latest)), origin.replayer);
  run.machine.trace.on = false;
  const own = run.kernel.threads().find(({ name }) => name === thread?.name) ?? null;
  const activity = spawnFor(run, own, { kind: 'call', range: expression.range }, (here) =>
    evaluateFully(evaluationAt(run, here, scopesOf(run.script), false), expression),
  );
  for (let advance = run.engine.advance(); advance.kind !== 'idle'; advance = run.engine.advance()) {
    if (advance.kind === 'deadlock') throw new ScenarioFailure('WALK211', 'the call waits for ever', expression.range);
  }
  if (activity.state === 'failed') throw activity.error;
  return activity.result as Value;
}
