import { cycles, setCycles } from '../hardware/core.ts';
import { clusterOfCore } from '../hardware/machine-config.ts';
import type { Machine } from '../hardware/machine.ts';
import type { Activity, Wait } from './activity.ts';
import { Activation, type KernelFunction, type KernelGenerator } from './activation.ts';
import type { FunctionInfo } from './function-info.ts';
import type { HostedCode } from './hosted-code.ts';
import { KernelPanic } from './panic.ts';
import { sequentialPolicy, type SchedulingPolicy } from './policy.ts';

/** What `advance` found. */
export type Advance =
  /** One activity ran: to its next yield or wait. */
  | { readonly kind: 'ran'; readonly activity: Activity }
  /** One activity ran to its end; its result or error is in it. */
  | { readonly kind: 'finished'; readonly activity: Activity }
  /** Nothing is in progress. */
  | { readonly kind: 'idle' }
  /** Everything in progress waits, and nothing will ever wake it. */
  | { readonly kind: 'deadlock'; readonly waiting: readonly Activity[] };

/** Things that fall due with simulated time, kept as data by whoever owns them (a kernel's daemons). */
export interface Timers {
  /** Cycle of the next due event, or null. */
  next(): number | null;
  /** Starts what is due at or before `cycle`. */
  fire(cycle: number): void;
}

export interface SpawnOptions {
  readonly agent: string;
  readonly core: number;
  readonly owner: number;
  readonly thread: unknown;
  readonly line: number;
}

/**
 * Runs activities on the simulated cores, one micro-step at a time. Not state: between two operations no
 * activity is left, and everything that must last is in `machine` and `kernelState`.
 */
export class Engine<K = unknown> {
  readonly machine: Machine;
  readonly kernelState: K;
  /** Cycles that one numbered step costs its core. */
  readonly stepCost: number;
  activities: Activity[] = [];
  current: Activity | null = null;
  policy: SchedulingPolicy = sequentialPolicy;
  timers: Timers | null = null;
  /** Kernel threads that kernel code starts by name without knowing what they run: an RPC server. Set by `Kernel.attach`. */
  kernelThreads: Readonly<Record<string, KernelFunction>> = {};
  /** Told of every activity that starts, by the name of its agent. */
  onSpawn: (agent: string) => void = () => undefined;
  /** A kernel calls this before it takes a process apart, so that its last state can be kept for display. */
  onProcessEnding: (process: object) => void = () => undefined;
  /** What the scenario itself brings of the kernel. Set by whoever runs scenarios. */
  hosted: HostedCode = nothingHosted;
  /** Micro-steps since the machine started. */
  steps = 0;
  /**
   * Steps yield from this count on: 0 while every one is a decision, a budget in a plain run. Below 0 somebody looks at
   * kernel functions alone: their steps yield, and a batch of accesses need not between two faults.
   */
  yieldAt = Number.POSITIVE_INFINITY;
  /** Numbers that activities get, and the time that idling has reached: a session carries both across a restore. */
  nextId = 1;
  idleUntil = 0;

  constructor(machine: Machine, kernelState: K, stepCost: number) {
    this.machine = machine;
    this.kernelState = kernelState;
    this.stepCost = stepCost;
  }

  /** Starts an activity on a core; what it does has the cause that the running activity's doings have now. It takes no step before `advance` chooses it. */
  spawn(options: SpawnOptions, body: (here: Activation<K>) => KernelGenerator<unknown>): Activity {
    const activity = {
      id: this.nextId++,
      engine: this as Engine,
      ...options,
      cluster: clusterOfCore(this.machine.config, options.core),
      cause: this.machine.cause.event,
      wait: null,
      nextAccess: null,
      path: null,
      isAtomic: false,
      reason: null,
      origin: null,
      originator: null,
      state: 'running',
      result: undefined,
      error: undefined,
    } as unknown as Activity;
    const base = new Activation<K>(activity, null, baseFrameInfo, undefined);
    activity.top = base;
    activity.generator = body(base);
    this.activities.push(activity);
    this.onSpawn(options.agent);
    return activity;
  }

  /** Starts one of the kernel's own threads. */
  spawnKernelThread(name: string, options: SpawnOptions, args: unknown): Activity {
    const body = Object.hasOwn(this.kernelThreads, name) ? this.kernelThreads[name] : undefined;
    if (body === undefined) throw new Error(`internal: the kernel has no thread ${name}`);
    return this.spawn(options, (base) => body(base as Activation<never>, args as never));
  }

  /** What happens next happens at this step on this core, for this owner, in the name of this agent and line. */
  attribute({ core, owner, agent, line }: Omit<SpawnOptions, 'thread'>): void {
    const { cause } = this.machine;
    cause.core = core;
    cause.owner = owner;
    cause.thread = agent;
    cause.line = line;
    cause.step = this.steps;
  }

  /** Lets one activity run to its next yield, its next wait or its end. */
  advance(): Advance {
    if (this.activities.length === 0) return { kind: 'idle' };
    const activity = this.choose();
    if (activity === null) return { kind: 'deadlock', waiting: [...this.activities] };
    this.run(activity);
    return { kind: activity.state === 'running' ? 'ran' : 'finished', activity };
  }

  /** The latest simulated time that anything in progress has reached, in cycles. */
  now(): number {
    let latest = this.idleUntil;
    for (const activity of this.activities) latest = Math.max(latest, cycles(this.machine, activity.core));
    return latest;
  }

  /** Ends everything in progress without running it further: what it holds stays held, but it waits for nothing any more. */
  abandon(): void {
    for (const { wait } of this.activities) wait?.withdraw?.();
    this.activities = [];
    this.current = null;
  }

  /** Waits, without effect on anything, until the core's clock has reached a cycle. */
  sleepWait(core: number, until: number): Wait {
    return {
      kind: 'sleep',
      until,
      description: () => `cycle ${String(until)}`,
      ready: () => this.idleUntil >= until || cycles(this.machine, core) >= until,
    };
  }

  private choose(): Activity | null {
    for (;;) {
      const runnable = this.activities.filter((activity) => activity.wait === null || activity.wait.ready());
      if (runnable.length > 0) {
        return runnable.length === 1 ? (runnable[0] as Activity) : this.policy.choose(runnable, this.current);
      }
      if (!this.skipIdleTime()) return null;
    }
  }

  /** Nobody can run: time jumps to the next sleeper or timer. */
  private skipIdleTime(): boolean {
    let due = Number.POSITIVE_INFINITY;
    for (const { wait } of this.activities) if (wait?.until !== undefined) due = Math.min(due, wait.until);
    const timer = this.timers?.next() ?? null;
    if (timer !== null && due !== Number.POSITIVE_INFINITY && timer <= due) {
      this.idleUntil = Math.max(this.idleUntil, timer);
      this.timers?.fire(timer);
      return true;
    }
    if (due === Number.POSITIVE_INFINITY) return false;
    this.idleUntil = Math.max(this.idleUntil, due);
    return true;
  }

  private run(activity: Activity): void {
    this.current = activity;
    this.resume(activity);
    this.attribute(activity);
    const { cause } = this.machine;
    cause.event = activity.cause;
    try {
      const next = activity.generator.next();
      if (next.done !== true) return;
      activity.state = 'done';
      activity.result = next.value;
    } catch (error) {
      activity.state = 'failed';
      activity.error = error;
      if (error instanceof KernelPanic) this.machine.panic = error.message;
    } finally {
      cause.event = NO_CAUSE;
    }
    this.activities = this.activities.filter((other) => other !== activity);
    if (this.current === activity) this.current = null;
  }

  private resume(activity: Activity): void {
    activity.isAtomic = false;
    const { wait } = activity;
    if (wait === null) return;
    activity.wait = null;
    if (wait.until !== undefined && cycles(this.machine, activity.core) < wait.until) {
      setCycles(this.machine, activity.core, wait.until);
    }
  }
}

/** Of what happens while no activity runs. */
export const NO_CAUSE = -1;

const nothingHosted: HostedCode = {
  *handleFault() {
    return undefined;
  },
};

/** The bottom of every activity's stack: the scenario's statement, or a kernel thread's loop. */
const baseFrameInfo: FunctionInfo = {
  name: '',
  section: '',
  doc: 'The statement that is being executed.',
  parameters: [],
  errors: [],
  steps: {},
};
