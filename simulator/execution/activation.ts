import type { Machine } from '../hardware/machine.ts';
import { addCycles } from '../hardware/core.ts';
import type { Activity } from './activity.ts';
import type { Engine } from './engine.ts';
import type { FunctionInfo } from './function-info.ts';
import { noteAnswer } from './refusal.ts';

/** A generator over numbered steps: it yields only where somebody steps, interleaves, or it must wait. */
export type KernelGenerator<R> = Generator<void, R, void>;

/**
 * One activation of a kernel function. A function's body holds its own frame (`here`), so no function has to
 * say that it returns: the next step of the caller makes the caller's frame the top again.
 */
export class Activation<K = unknown> {
  readonly activity: Activity;
  readonly caller: Activation | null;
  readonly info: FunctionInfo;
  readonly args: unknown;
  /** The numbered step that is about to run, or runs. */
  label = '';

  constructor(activity: Activity, caller: Activation | null, info: FunctionInfo, args: unknown) {
    this.activity = activity;
    this.caller = caller;
    this.info = info;
    this.args = args;
  }

  /**
   * Marks the beginning of a numbered step, before any of its effects. `if (here.step('3a')) yield;`
   * In a plain run this costs an addition and a comparison, and is false.
   */
  step(label: string): boolean {
    this.label = label;
    const { activity } = this;
    activity.top = this;
    const { engine } = activity;
    const { machine } = engine;
    addCycles(machine, activity.core, engine.stepCost);
    machine.cause.step = ++engine.steps;
    return engine.steps >= engine.yieldAt;
  }

  /** As `step`, where the specification counts the step's cycles in another way: an RPC's, an allocator's. */
  stage(label: string): boolean {
    this.label = label;
    const { activity } = this;
    activity.top = this;
    const { engine } = activity;
    engine.machine.cause.step = ++engine.steps;
    return engine.steps >= engine.yieldAt;
  }

  get engine(): Engine<K> {
    return this.activity.engine as Engine<K>;
  }
  /** The kernel's state: plain data. */
  get kernel(): K {
    return this.activity.engine.kernelState as K;
  }
  get machine(): Machine {
    return this.activity.engine.machine;
  }
  /** Index of the core in the whole machine. */
  get core(): number {
    return this.activity.core;
  }
  /** Index of the cluster that the core belongs to. */
  get cluster(): number {
    return this.activity.cluster;
  }
}

/** A kernel function as other kernel functions call it: `yield* vmm_get_pte(here, { process, vpn, cow })`. */
export interface KernelFunction<A = never, R = unknown, K = never> {
  (caller: Activation<K>, args: A): KernelGenerator<R>;
  readonly info: FunctionInfo;
}

/** Joins a registration and its body; the two stand side by side in a kernel's folder. */
export function kernelFunction<A, R, K>(
  info: FunctionInfo,
  body: (here: Activation<K>, args: A) => KernelGenerator<R>,
): KernelFunction<A, R, K> {
  const call = (caller: Activation<K>, args: A): KernelGenerator<R> => {
    const here = new Activation<K>(caller.activity, caller, info, args);
    caller.activity.top = here;
    caller.activity.path?.push(info.name);
    return info.errors.length === 0 ? body(here, args) : answered(here, body(here, args));
  };
  return Object.assign(call, { info });
}

/** Runs a body and notes the error that it answers. */
function* answered<R, K>(here: Activation<K>, body: KernelGenerator<R>): KernelGenerator<R> {
  const answer = yield* body;
  const error = errorIn(answer, here.info);
  if (error !== null) noteAnswer(here, error);
  return answer;
}

function errorIn(answer: unknown, { errors }: FunctionInfo): string | null {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : answer;
  return typeof error === 'string' && errors.includes(error) ? error : null;
}
