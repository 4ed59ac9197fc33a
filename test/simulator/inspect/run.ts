/** A kernel on a machine, driven call by call, as the inspectors see it. */
import { strict as assert } from 'node:assert';
import { Engine } from '../../../simulator/execution/engine.ts';
import type { Activation, KernelGenerator } from '../../../simulator/execution/activation.ts';
import { isError, type Result } from '../../../simulator/execution/result.ts';
import { createMachine, Access, type Machine } from '../../../simulator/hardware/machine.ts';
import { coreIndex } from '../../../simulator/hardware/machine-config.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { writeBytes } from '../../../simulator/hardware/physical-memory.ts';
import { emit, EventKind, type TraceEvent } from '../../../simulator/hardware/trace-event.ts';
import type { Inspectable } from '../../../simulator/inspect/history.ts';
import type { ProcessObject, ThreadObject } from '../../../simulator/kernels/kernel.ts';
import type { BoundKernel, Kernel } from '../../../simulator/kernels/bound-kernel.ts';

type Body<T> = (here: Activation) => KernelGenerator<T>;

export class InspectedRun implements Inspectable {
  readonly kernel: BoundKernel;
  readonly world: { readonly machine: Machine; readonly kernelState: unknown };
  currentThread: ThreadObject | null = null;
  line = 0;
  private readonly engine: Engine;
  private readonly listeners: ((events: readonly TraceEvent[]) => void)[] = [];

  constructor(kernel: Kernel, config = kernel.defaultConfig()) {
    const machine = createMachine(config);
    machine.trace.on = true;
    this.world = { machine, kernelState: kernel.boot(machine, {}) };
    this.kernel = kernel.on(this.world);
    this.engine = new Engine(machine, this.world.kernelState, machine.config.cost.T_STEP);
    this.kernel.attach(this.engine);
  }

  get momentKey(): string {
    return `${String(this.line)}`;
  }

  onEvents(listener: (events: readonly TraceEvent[]) => void): void {
    this.listeners.push(listener);
  }

  /** One statement, run to its end; its events are told afterwards. */
  statement<T>(thread: ThreadObject | null, body: Body<T>): T {
    this.line++;
    const core = thread?.core ?? 0;
    const owner = thread?.process.owner ?? 0;
    const { machine } = this.world;
    this.kernel.activate(thread, core);
    const activity = this.engine.spawn({ agent: thread?.name ?? 'kernel', core, owner, thread, line: this.line }, body);
    for (;;) {
      const next = this.engine.advance();
      if (next.kind === 'idle') break;
      assert.notEqual(next.kind, 'deadlock');
    }
    if (activity.state === 'failed') throw activity.error as Error;
    for (const listener of this.listeners) listener(machine.trace.events);
    machine.trace.events = [];
    return activity.result as T;
  }

  process(name: string, code: number, data: number, cluster = 0): ProcessObject {
    const core = coreIndex(this.world.machine.config, cluster, 0);
    const image = { kind: 'sizes' as const, code, data };
    return this.statement(null, (here) =>
      this.succeed(this.kernel.createProcess(here, { name, core, image, imageCluster: 0 })),
    );
  }

  main(process: ProcessObject): ThreadObject {
    const thread = this.kernel.mainThread(process);
    assert.ok(thread !== null);
    return thread;
  }

  mmap(thread: ThreadObject, length: number): number {
    const protection = { read: true, write: true, execute: false };
    const rest = { kind: 'anon' as const, file: null, offset: 0, at: null, hint: null, replace: false, cluster: null };
    return this.statement(thread, (here) =>
      this.succeed(this.kernel.operations.mmap(here, { length, protection, ...rest })),
    );
  }

  munmap(thread: ThreadObject, address: number, length: number): void {
    this.statement(thread, (here) => this.succeed(this.kernel.operations.munmap(here, { address, length })));
  }

  fork(thread: ThreadObject, cluster: number, name: string): ProcessObject {
    const child = this.statement(thread, (here) => {
      assert.ok(this.kernel.operations.fork !== undefined);
      return this.succeed(this.kernel.operations.fork(here, { cluster, core: null }));
    });
    child.name = name;
    return child;
  }

  write(thread: ThreadObject, va: number): void {
    const { machine } = this.world;
    const { kernel } = this;
    this.currentThread = thread;
    this.statement(thread, function* (here) {
      for (let tries = 0; tries < 10; tries++) {
        kernel.activate(thread, here.core);
        const pa = translate(machine, here.core, va, Access.write, true);
        if (pa >= 0) {
          writeBytes(machine, pa, new Uint8Array([42]));
          return;
        }
        const outcome = yield* kernel.handleFault(here, thread, { ...machine.fault });
        assert.equal(outcome.kind, 'resolved');
        const isCow = outcome.kind === 'resolved' && outcome.as === 'cow-fault';
        emit(machine, isCow ? EventKind.cowFault : EventKind.pageFault, here.cluster, { va, access: Access.write });
      }
      assert.fail('the access faults for ever');
    });
  }

  private *succeed<T>(call: KernelGenerator<Result<T>>): KernelGenerator<T> {
    const result = yield* call;
    if (isError(result)) throw new Error(`fails with ${String(result)}`);
    return result;
  }
}
