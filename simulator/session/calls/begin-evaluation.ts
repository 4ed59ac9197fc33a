/** Evaluations for whoever runs statements: here expressions are given their calls. */
import { coreIndex } from '../../hardware/machine-config.ts';
import type { Activation } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { threadOf, type Run } from '../state/run.ts';
import type { Expression } from '../scenario/scenario.ts';
import type { Value } from '../state/values.ts';
import { performCall } from './calls.ts';
import type { CallEvaluator, Evaluation, Scopes } from './evaluation.ts';
import { observe } from './observe.ts';

const calls: CallEvaluator = { performCall, observe };
const noMemo: Map<Expression, Value> = new Map<Expression, Value>();

/** `kept`: where everything that is evaluated is remembered, for a statement that is performed in parts. */
export function evaluationAt(
  run: Run,
  here: Activation,
  scopes: Scopes,
  isInterleaved: boolean,
  kept: Map<Expression, Value> | null = null,
): Evaluation {
  const { core, cluster } = here;
  const memory = { memo: kept ?? noMemo, isKept: kept !== null };
  return { run, calls, here, thread: threadOf(here), core, cluster, scopes, isInterleaved, ...memory };
}

/** For views: as a thread, but without any way to run. */
export function observingEvaluation(run: Run, thread: ThreadObject | null, scopes: Scopes): Evaluation {
  const core = thread?.core ?? coreIndex(run.program.config, 0, 0);
  const cluster = Math.floor(core / run.program.config.coresPerCluster);
  return { run, calls, here: null, thread, core, cluster, scopes, isInterleaved: false, memo: noMemo, isKept: false };
}
