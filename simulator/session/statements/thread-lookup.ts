/** Who runs a statement: threads by the names of the scenario. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import { scopesOf } from '../state/control.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { threadFor } from './statements.ts';
import { kindOf, type Value } from '../state/values.ts';

/** The thread that `as NAME` means. */
export function resolveThread(run: Run, name: string, range: SourceRange): ThreadObject {
  let value: Value | undefined;
  for (const scope of scopesOf(run.script)) if ((value = scope.get(name)) !== undefined) break;
  const thread = value === undefined ? null : threadFor(run, value);
  if (thread !== null) return thread;
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'process') {
    throw new ScenarioFailure('WALK210', `process ${value.process.name} has ended: no statement can run as it`, range);
  }
  throw new ScenarioFailure(
    'WALK224',
    `${name} is no process or thread${value === undefined ? '' : `, but ${kindOf(value)}`}`,
    range,
  );
}
