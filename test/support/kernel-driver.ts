/** Drives any kernel through the engine, without a scenario: threads, accesses with their faults, operations. */
import { strict as assert } from 'node:assert';
import type { Activity } from '../../simulator/execution/activity.ts';
import { Engine } from '../../simulator/execution/engine.ts';
import type { Activation, KernelGenerator } from '../../simulator/execution/activation.ts';
import { createMachine, type Access, type Machine } from '../../simulator/hardware/machine.ts';
import { clusterOfCore, coreIndex, type MachineConfig } from '../../simulator/hardware/machine-config.ts';
import { REFUSED, translate } from '../../simulator/hardware/mmu.ts';
import type { FaultOutcome, ProcessObject, ThreadObject } from '../../simulator/kernels/kernel.ts';
import type { BoundKernel, Kernel } from '../../simulator/kernels/bound-kernel.ts';

export type Body<R> = (here: Activation) => KernelGenerator<R>;
export type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

interface Settings {
  readonly config?: Partial<MachineConfig>;
  readonly options?: Readonly<Record<string, number | string>>;
}

export class KernelDriver {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly state: unknown;
  readonly engine: Engine;

  constructor(kernel: Kernel, { config = {}, options = {} }: Settings = {}) {
    this.kernel = kernel;
    this.machine = createMachine({ ...kernel.defaultConfig(), ...config });
    const defaults = Object.fromEntries(kernel.options.map((option) => [option.name, option.default]));
    this.state = kernel.boot(this.machine, { ...defaults, ...options });
    this.engine = new Engine(this.machine, this.state, this.machine.config.cost.T_STEP);
    kernel.attach(this.engine);
  }

  /** The kernel on this machine. */
  get bound(): BoundKernel {
    return this.kernel.on({ machine: this.machine, kernelState: this.state });
  }

  start<R>(thread: ThreadObject | null, core: number, body: Body<R>): Activity {
    const agent = thread?.name ?? 'kernel';
    return this.engine.spawn({ agent, core, owner: thread?.process.owner ?? 0, thread, line: 0 }, (here) => {
      this.bound.activate(thread, core);
      return body(here);
    });
  }

  /** Lets everything in progress run to its end; an end in which nobody can go on is one, too. */
  finish(bound = 5_000_000): 'done' | 'deadlock' {
    for (let turns = 0; ; turns++) {
      if (turns >= bound) throw new Error(`no end after ${String(bound)} turns`);
      const advance = this.engine.advance();
      if (advance.kind === 'idle') break;
      if (advance.kind === 'deadlock') return 'deadlock';
      if (advance.kind === 'finished' && advance.activity.state === 'failed') {
        this.engine.abandon();
        throw advance.activity.error as Error;
      }
    }
    this.check();
    return 'done';
  }

  check(): void {
    assert.deepEqual(this.bound.invariants(), []);
  }

  run<T>(thread: ThreadObject | null, body: Body<T>): T {
    const activity = this.start(thread, thread?.core ?? 0, body);
    this.finish();
    return activity.result as T;
  }

  createProcess(name: string, code = 0x2000, data = 0x2000): ProcessObject {
    const result = this.run(null, (here) =>
      this.kernel.createProcess(here, { name, core: 0, image: { kind: 'sizes', code, data }, imageCluster: 0 }),
    );
    assert.equal(typeof result, 'object', typeof result === 'string' ? result : '');
    return result as ProcessObject;
  }

  mainOf(process: ProcessObject): ThreadObject {
    const main = this.bound.mainThread(process);
    assert.ok(main !== null);
    return main;
  }

  coreAt(cluster: number, core = 0): number {
    return coreIndex(this.machine.config, cluster, core);
  }

  /** An access with its faults: the physical address, or why it was refused. Nothing is killed. */
  *access(
    here: Activation,
    thread: ThreadObject,
    va: number,
    access: Access,
    user = true,
  ): KernelGenerator<Refused | number> {
    for (let tries = 0; tries < 20; tries++) {
      const barrier = this.bound.accessBarrier(thread) ?? null;
      if (barrier !== null) {
        here.activity.wait = barrier;
        yield;
      }
      this.bound.activate(thread, thread.core);
      const pa = translate(this.machine, thread.core, va, access, user);
      if (pa !== REFUSED) return pa;
      const outcome = yield* this.kernel.handleFault(here, thread, { ...this.machine.fault });
      if (outcome.kind === 'refused') return outcome;
    }
    throw new Error(`the fault at ${va.toString(16)} is never resolved`);
  }

  tryAccess(thread: ThreadObject, va: number, access: Access, user = true): Refused | number {
    return this.run(thread, (here) => this.access(here, thread, va, access, user));
  }

  freeFrames(): number[] {
    const { mesh } = this.machine.config;
    return Array.from({ length: mesh.width * mesh.height }, (_, cluster) => this.bound.freeFrames(cluster));
  }

  clusterOf(core: number): number {
    return clusterOfCore(this.machine.config, core);
  }
}
