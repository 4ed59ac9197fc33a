/** Remembers the stop before, so that a picture can mark what the last step changed. */
import type { Activity } from '../execution/activity.ts';
import { isEvent, type TraceEvent } from '../hardware/trace-event.ts';
import type { Machine } from '../hardware/machine.ts';
import type { ThreadObject } from '../kernels/kernel.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import type { Script } from '../session/state/script.ts';
import { frameTablesAgain, type FrameTables } from './frame-table.ts';
import { TrafficCounter } from './traffic.ts';
import { viewsAgain, type ViewsByProcess } from './kernel-views.ts';
import { frameOwners, scanProcesses, type Inspection, type ProcessScan } from './inspection.ts';

/** What the inspectors need of a simulation. */
export interface Inspectable {
  readonly kernel: BoundKernel;
  /** `script` is what a scenario's interpreter remembers: processes that have ended, and the rest of the state as JSON. */
  readonly world: { readonly machine: Machine; readonly kernelState: unknown; readonly script?: Script };
  /** The thread that the debugger would call current, or null. */
  readonly currentThread: ThreadObject | null;
  /** What is in progress; nothing between two statements. */
  readonly activities?: readonly Activity[];
  /** Micro-steps taken since the start of the run. */
  clock?(): { readonly step: number };
  /** Names the position: two equal keys are the same moment of the same run. */
  readonly momentKey: string;
  /** Tells every event from now on, in batches; they need not be in order after a seek. */
  onEvents?(listener: (events: readonly TraceEvent[]) => void): unknown;
}

/** Enough for the chain of causes of any page that a scenario's last statements touched. */
const MOST_EVENTS = 8192;

/** The stops and events of one simulation, from the moment on at which somebody first asks. It is no part of the simulated state. */
export class History {
  private readonly simulation: Inspectable;
  private key: string;
  private stop = 1;
  private scans: ReadonlyMap<string, ProcessScan>;
  private before: ReadonlyMap<string, ProcessScan> | null = null;
  private owners: Inspection['owners'];
  private events: readonly TraceEvent[] = [];
  private readonly traffic: TrafficCounter;
  private views: ViewsByProcess = new Map();
  private viewsBefore: ViewsByProcess | null = null;
  private frameTables: FrameTables = new Map();
  private frameTablesBefore: FrameTables | null = null;

  constructor(simulation: Inspectable) {
    this.simulation = simulation;
    this.key = simulation.momentKey;
    this.scans = scan(simulation);
    this.owners = frameOwners(this.scans, simulation.kernel);
    this.traffic = new TrafficCounter(simulation.world.machine);
    simulation.onEvents?.((events) => {
      this.traffic.hear(events);
      this.events = withEvents(this.events, events);
    });
  }

  /** How things stand now, and what was different at the stop before. */
  inspection(): Inspection {
    this.noteStop();
    const { world, kernel, currentThread } = this.simulation;
    return {
      machine: world.machine,
      kernel,
      thread: currentThread,
      stop: this.stop,
      scans: this.scans,
      before: this.before,
      // After a seek backwards, what has not happened yet is not told.
      events: this.events.filter((event) => event.id < world.machine.trace.sequence),
      owners: this.owners,
      ended: world.script?.endedProcesses ?? [],
      views: this.views,
      viewsBefore: this.viewsBefore,
      activities: this.simulation.activities ?? [],
      traffic: this.traffic.sinceStop,
      frameTables: this.frameTables,
      frameTablesBefore: this.frameTablesBefore,
    };
  }

  noteStop(): void {
    const { simulation } = this;
    if (this.key === simulation.momentKey) return;
    this.key = simulation.momentKey;
    this.stop++;
    this.traffic.noteStop(simulation.world.machine);
    this.before = this.scans;
    this.scans = scan(simulation);
    this.owners = frameOwners(this.scans, simulation.kernel);
    this.viewsBefore = this.views;
    this.views = viewsAgain(this.views, simulation.kernel);
    const { kernel, world } = simulation;
    this.frameTablesBefore = this.frameTables;
    this.frameTables = frameTablesAgain(this.frameTables, { machine: world.machine, kernel, scans: this.scans });
  }
}

function scan({ world, kernel }: Inspectable): Map<string, ProcessScan> {
  return scanProcesses(world.machine, kernel);
}

const plain = ['access', 'tlb-hit', 'tlb-miss', 'page-walk', 'remote-access'] as const;

/** Accesses that need no kernel are too many to keep. A run that was taken back tells its events once more. */
function withEvents(before: readonly TraceEvent[], events: readonly TraceEvent[]): readonly TraceEvent[] {
  const first = events[0];
  if (first === undefined) return before;
  let kept = before;
  const last = kept.at(-1);
  if (last !== undefined && last.id >= first.id) kept = kept.filter((event) => event.id < first.id);
  return [...kept, ...events.filter((event) => !isEvent(event, ...plain))].slice(-MOST_EVENTS);
}
