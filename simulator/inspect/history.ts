/** Remembers the stop before, so that a picture can mark what the last step changed. */
import { isEvent, type TraceEvent } from '../hardware/trace-event.ts';
import type { Machine } from '../hardware/machine.ts';
import type { ThreadObject } from '../kernels/kernel.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import type { Script } from '../session/state/script.ts';
import { viewsAgain, type ViewsByProcess } from './kernel-views.ts';
import { frameOwners, scanProcesses, type Inspection, type ProcessScan } from './inspection.ts';

/** What the inspectors need of a simulation. */
export interface Inspectable {
  readonly kernel: BoundKernel;
  /** `script` is what a scenario's interpreter remembers: processes that have ended, and the rest of the state as JSON. */
  readonly world: { readonly machine: Machine; readonly kernelState: unknown; readonly script?: Script };
  /** The thread that the debugger would call current, or null. */
  readonly currentThread: ThreadObject | null;
  /** Names the position: two equal keys are the same moment of the same run. */
  readonly momentKey: string;
  /** Tells every event from now on, in batches; they need not be in order after a seek. */
  onEvents?(listener: (events: readonly TraceEvent[]) => void): unknown;
}

interface History {
  key: string;
  stop: number;
  scans: ReadonlyMap<string, ProcessScan>;
  before: ReadonlyMap<string, ProcessScan> | null;
  owners: Inspection['owners'];
  events: TraceEvent[];
  views: ViewsByProcess;
  viewsBefore: ViewsByProcess | null;
}

/** Enough for the chain of causes of any page that a scenario's last statements touched. */
const MOST_EVENTS = 8192;

/** Not part of the simulated state: it dies with the simulation. */
const histories = new WeakMap<object, History>();

export function momentOf(simulation: Inspectable): Inspection {
  const history = histories.get(simulation) ?? startHistory(simulation);
  if (history.key !== simulation.momentKey) recordStop(simulation, history);
  return {
    machine: simulation.world.machine,
    kernel: simulation.kernel,
    thread: simulation.currentThread,
    stop: history.stop,
    scans: history.scans,
    before: history.before,
    // After a seek backwards, what has not happened yet is not told.
    events: history.events.filter((event) => event.id < simulation.world.machine.trace.sequence),
    owners: history.owners,
    ended: simulation.world.script?.endedProcesses ?? [],
    views: history.views,
    viewsBefore: history.viewsBefore,
  };
}

/**
 * To be told at every stop: without it, changes are marked since the last stop at which somebody asked. Costs nothing
 * while nobody has.
 */
export function noteStop(simulation: Inspectable): void {
  const history = histories.get(simulation);
  if (history !== undefined && history.key !== simulation.momentKey) recordStop(simulation, history);
}

function startHistory(simulation: Inspectable): History {
  const scans = scan(simulation);
  const history: History = {
    key: simulation.momentKey,
    stop: 1,
    scans,
    before: null,
    owners: owners(simulation, scans),
    events: [],
    views: new Map(),
    viewsBefore: null,
  };
  histories.set(simulation, history);
  simulation.onEvents?.((events) => {
    recordEvents(history, events);
  });
  return history;
}

function recordStop(simulation: Inspectable, history: History): void {
  history.key = simulation.momentKey;
  history.stop++;
  history.before = history.scans;
  history.scans = scan(simulation);
  history.owners = owners(simulation, history.scans);
  history.viewsBefore = history.views;
  history.views = viewsAgain(history.views, simulation.kernel);
}

function scan(simulation: Inspectable): Map<string, ProcessScan> {
  return scanProcesses(simulation.world.machine, simulation.kernel);
}

function owners({ kernel }: Inspectable, scans: History['scans']): Inspection['owners'] {
  return frameOwners(scans, kernel);
}

const plain = ['access', 'tlb-hit', 'tlb-miss', 'page-walk', 'remote-access'] as const;

/** Accesses that need no kernel are too many to keep. A run that was taken back tells its events once more. */
function recordEvents(history: History, events: readonly TraceEvent[]): void {
  const first = events[0];
  if (first === undefined) return;
  let kept = history.events;
  const last = kept.at(-1);
  if (last !== undefined && last.id >= first.id) kept = kept.filter((event) => event.id < first.id);
  kept = [...kept, ...events.filter((event) => !isEvent(event, ...plain))];
  history.events = kept.slice(-MOST_EVENTS);
}
