/** What is in progress on each core, and who waits for whom. */
import type { Activity, WaitedFor } from '../execution/activity.ts';
import { isEvent, type TraceEvent } from '../hardware/trace-event.ts';
import { clusterName } from './entry.ts';
import type { Inspection } from './inspection.ts';
import type { RunningModel, WaitModel } from './machine-models.ts';

/** By core. */
export function runningOn(inspection: Inspection): Map<number, RunningModel[]> {
  const { activities } = inspection;
  const owners = new Map(inspection.kernel.processes().map(({ owner, name }) => [owner, name]));
  const stuck = deadlocked(activities);
  const found = new Map<number, RunningModel[]>();
  const step = Math.max(0, ...activities.map(({ engine }) => engine.steps));
  for (const activity of activities) {
    const { agent, core, owner, line, top, engine } = activity;
    const model = {
      agent,
      process: owners.get(owner) ?? null,
      function: top.info.name,
      step: top.info.name === '' ? '' : top.label,
      line,
      wait: waitOf(inspection, activity, step, stuck.has(agent)),
      isCurrent: engine.current === activity,
    };
    const known = found.get(core);
    if (known === undefined) found.set(core, [model]);
    else known.push(model);
  }
  return found;
}

function waitOf(inspection: Inspection, activity: Activity, now: number, isDeadlock: boolean): WaitModel | null {
  const { wait } = activity;
  if (wait === null || wait.ready()) return null;
  const on = wait.on?.() ?? nobody;
  const begun = beginOf(inspection.events, activity, on);
  return {
    kind: wait.kind,
    text: wait.description(),
    cluster: on.cluster === undefined ? null : clusterName(inspection, on.cluster),
    agents: on.agents,
    isServed: on.request?.isServed ?? null,
    steps: begun === null ? null : now - begun.step,
    isDeadlock,
  };
}

const nobody: WaitedFor = { agents: [] };

/** The event with which the wait began, if it was heard. */
function beginOf(events: readonly TraceEvent[], { agent, wait }: Activity, on: WaitedFor): TraceEvent | null {
  const { request } = on;
  if (request !== undefined)
    return events.findLast((event) => isEvent(event, 'rpc') && event.fields.id === request.id) ?? null;
  if (wait?.kind !== 'lock') return null;
  return events.findLast((event) => isEvent(event, 'lock-wait') && event.thread === agent) ?? null;
}

/** Agents that wait, over others that wait as well, for themselves. Who has several to wait for waits for all of them. */
export function deadlocked(activities: readonly Activity[]): ReadonlySet<string> {
  const waitsFor = new Map<string, readonly string[]>();
  for (const { agent, wait } of activities)
    if (wait !== null && !wait.ready()) waitsFor.set(agent, wait.on?.().agents ?? []);
  const stuck = new Set(waitsFor.keys());
  // Whoever waits for somebody that can go on, or for nobody that is known, may be freed.
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    for (const agent of [...stuck]) {
      const agents = waitsFor.get(agent) ?? [];
      if (agents.length === 0 || agents.some((other) => !stuck.has(other))) stuck.delete(agent);
    }
  }
  return stuck;
}
