/** Builders for tests of the ALMOS-MKH kernel: a machine with the kernel on it, driven through the engine. */
import { strict as assert } from 'node:assert';
import type { Activity } from '../../simulator/execution/activity.ts';
import { Engine } from '../../simulator/execution/engine.ts';
import type { KernelGenerator } from '../../simulator/execution/activation.ts';
import { cycles, setCycles, setPageTableRoot } from '../../simulator/hardware/core.ts';
import { createMachine, type Access, type Machine } from '../../simulator/hardware/machine.ts';
import { clusterOfCxy, coreIndex, presets, type MachineConfig } from '../../simulator/hardware/machine-config.ts';
import { REFUSED, translate } from '../../simulator/hardware/mmu.ts';
import { ppnAt, readBytes, writeBytes } from '../../simulator/hardware/physical-memory.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import { Attr, HARDWARE_ATTR } from '../../simulator/kernels/almos-mkh/base/constants.ts';
import { halOf } from '../../simulator/kernels/almos-mkh/base/hal-of.ts';
import {
  descriptorIn,
  type Process,
  type ProcessDescriptor,
} from '../../simulator/kernels/almos-mkh/objects/process.ts';
import { readRecord } from '../../simulator/kernels/almos-mkh/objects/rpc-trace.ts';
import type { AlmosState, Here } from '../../simulator/kernels/almos-mkh/objects/state.ts';
import type { Thread } from '../../simulator/kernels/almos-mkh/objects/thread.ts';
import type { FaultOutcome, ProgramImage } from '../../simulator/kernels/kernel.ts';

export type Body<R> = (here: Here) => KernelGenerator<R>;
export type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

export const R = 0 as Access;
export const W = 1 as Access;
export const X = 2 as Access;

export const M1_CONFIG: MachineConfig = presets.tsar;

/** 6.4: CODE 0x400-0x401, DATA 0x402-0x405 with 0x1800 bytes in the file. File byte i is i mod 251, plus one. */
export const M1_PROGRAM: ProgramImage = {
  kind: 'elf',
  entry: 0x40_0000,
  bytes: Uint8Array.from({ length: 0x3800 }, (_, i) => 1 + (i % 251)),
  segments: [
    {
      address: 0x40_0000,
      memorySize: 0x2000,
      fileOffset: 0,
      fileSize: 0x2000,
      protection: { read: true, write: false, execute: true },
    },
    {
      address: 0x40_2000,
      memorySize: 0x4000,
      fileOffset: 0x2000,
      fileSize: 0x1800,
      protection: { read: true, write: true, execute: false },
    },
  ],
};

export class DeadlockError extends Error {
  readonly waiting: readonly Activity[];
  constructor(waiting: readonly Activity[]) {
    super(waiting.map(({ agent, wait }) => `${agent} waits for ${wait?.description() ?? 'nothing'}`).join('; '));
    this.waiting = waiting;
  }
}

export interface MachineOptions {
  readonly config?: Partial<MachineConfig>;
  readonly options?: Readonly<Record<string, number | string>>;
}

export class AlmosMachine {
  machine: Machine;
  state: AlmosState;
  engine: Engine<AlmosState>;
  /** Off only in tests that break the kernel's own bookkeeping on purpose. */
  checks = true;

  constructor({ config = {}, options = {} }: MachineOptions = {}) {
    this.machine = createMachine({ ...M1_CONFIG, ...config });
    this.state = almosMkh.boot(this.machine, options);
    this.engine = this.createEngine();
  }

  private createEngine(): Engine<AlmosState> {
    const engine = new Engine(this.machine, this.state, this.machine.config.cost.T_STEP);
    almosMkh.attach(engine);
    return engine;
  }

  /** Index of a cluster by its cxy. */
  at(cxy: number): number {
    return clusterOfCxy(this.machine.config, cxy);
  }

  start<R>(thread: Thread | null, cluster: number, body: Body<R>, agent = thread?.name ?? 'kernel'): Activity {
    const core = thread?.core ?? coreIndex(this.machine.config, cluster, 0);
    return this.engine.spawn({ agent, core, owner: thread?.process.owner ?? 0, thread, line: 0 }, (here) => {
      almosMkh.on({ machine: this.machine, kernelState: this.state }).activate(thread, core);
      return body(here);
    });
  }

  /** Lets everything in progress run to its end. `bound`: micro-steps after which it counts as endless. */
  finish(bound = 5_000_000): void {
    for (let turns = 0; ; turns++) {
      if (turns >= bound) throw new Error(`no end after ${String(bound)} turns: ${this.inProgress()}`);
      const advance = this.engine.advance();
      if (advance.kind === 'idle') break;
      if (advance.kind === 'deadlock') {
        this.engine.abandon();
        throw new DeadlockError(advance.waiting);
      }
      if (advance.kind === 'finished' && advance.activity.state === 'failed') {
        this.engine.abandon();
        throw advance.activity.error as Error;
      }
    }
    this.check();
  }

  private inProgress(): string {
    return this.engine.activities
      .map(({ agent, wait, top }) => `${agent} in ${top.info.name} ${top.label} ${wait?.description() ?? ''}`)
      .join('; ');
  }

  check(): void {
    if (this.checks) assert.deepEqual(almosMkh.on({ machine: this.machine, kernelState: this.state }).invariants(), []);
  }

  /** One body to its end, as a thread or as the kernel's own thread of a cluster. */
  run<T>(who: Thread | number, body: Body<T>): T {
    const thread = typeof who === 'number' ? null : who;
    const activity = this.start(thread, typeof who === 'number' ? who : who.cluster, body);
    this.finish();
    return activity.result as T;
  }

  /** From now on cores run side by side: each micro-step is taken where the clock is lowest. */
  sideBySide(): void {
    this.engine.yieldAt = 0;
    this.engine.policy = {
      choose: (runnable) =>
        runnable.reduce((first, other) =>
          cycles(this.machine, other.core) < cycles(this.machine, first.core) ? other : first,
        ),
    };
  }

  /** Both cores' clocks show the later time. */
  inTheSameCycle(...threads: readonly Thread[]): void {
    const latest = Math.max(...threads.map(({ core }) => cycles(this.machine, core)));
    for (const { core } of threads) setCycles(this.machine, core, latest);
  }

  /** Several bodies at once; what each answered. */
  together<T>(...bodies: readonly (readonly [Thread, Body<T>])[]): T[] {
    const activities = bodies.map(([thread, body]) => this.start(thread, thread.cluster, body));
    this.finish();
    return activities.map((activity) => activity.result as T);
  }

  createProcess(name: string, cxy: number, image: ProgramImage = M1_PROGRAM, imageCxy = 0x01): Process {
    const cluster = this.at(cxy);
    const core = coreIndex(this.machine.config, cluster, 0);
    const result = this.run(cluster, (here) =>
      almosMkh.createProcess(here, { name, core, image, imageCluster: this.at(imageCxy) }),
    );
    assert.equal(typeof result, 'object', `answered ${typeof result === 'string' ? result : 'an object'}`);
    return result as Process;
  }

  createThread(name: string, process: Process, cxy: number, core = 0): Thread {
    const result = this.tryCreateThread(name, process, cxy, core);
    assert.equal(typeof result, 'object', `answered ${typeof result === 'string' ? result : 'an object'}`);
    return result as Thread;
  }

  tryCreateThread(name: string, process: Process, cxy: number, core = 0): Thread | string {
    const index = coreIndex(this.machine.config, this.at(cxy), core);
    return this.run(mainOf(process), (here) => almosMkh.createThread(here, { name, process, core: index })) as
      Thread | string;
  }

  /** Thread creation inside a thread's own activity. */
  create(here: Here, name: string, process: Process, core: number): KernelGenerator<unknown> {
    return almosMkh.createThread(here, { name, process, core });
  }

  /** An access with its faults; null, or why it was refused. Nothing is killed. */
  *access(here: Here, thread: Thread, va: number, access: Access, user = true): KernelGenerator<Refused | number> {
    for (let tries = 0; tries < 20; tries++) {
      const barrier = almosMkh.on({ machine: this.machine, kernelState: this.state }).accessBarrier(thread) ?? null;
      if (barrier !== null) {
        here.activity.wait = barrier;
        yield;
      }
      almosMkh.on({ machine: this.machine, kernelState: this.state }).activate(thread, thread.core);
      const pa = translate(this.machine, thread.core, va, access, user);
      if (pa !== REFUSED) return pa;
      const outcome = yield* almosMkh.handleFault(here, thread, { ...this.machine.fault });
      if (outcome.kind === 'refused') return outcome;
    }
    throw new Error(`the fault at ${va.toString(16)} is never resolved`);
  }

  tryAccess(thread: Thread, va: number, access: Access, user = true): Refused | number {
    return this.run(thread, (here) => this.access(here, thread, va, access, user));
  }

  /** Physical address; the access must succeed. */
  touch(thread: Thread, va: number, access: Access): number {
    const result = this.tryAccess(thread, va, access);
    assert.equal(typeof result, 'number', JSON.stringify(result));
    return result as number;
  }

  /** The access is refused for this reason, and the kernel then kills as nobody expected it. */
  dieOf(thread: Thread, va: number, access: Access, reason: string, signal: string): void {
    const outcome = this.tryAccess(thread, va, access);
    assert.ok(typeof outcome === 'object', 'the access succeeded');
    assert.equal(outcome.reason, reason);
    assert.match(outcome.signal, new RegExp(signal));
    this.run(thread, (here) => almosMkh.kill(here, thread, outcome));
    assert.equal(thread.process.alive, false);
  }

  write(thread: Thread, va: number, value: number): void {
    writeBytes(this.machine, this.touch(thread, va, W), Uint8Array.of(value));
  }

  read(thread: Thread, va: number): number {
    return readBytes(this.machine, this.touch(thread, va, R), 1)[0] as number;
  }

  fork(thread: Thread, cxy: number | null): Process | string {
    const cluster = cxy === null ? null : this.at(cxy);
    return this.run(thread, (here) => this.operations.fork(here, { cluster, core: null })) as Process | string;
  }

  forked(thread: Thread, cxy: number): Process {
    const child = this.fork(thread, cxy);
    assert.equal(typeof child, 'object', `answered ${typeof child === 'string' ? child : 'an object'}`);
    return child as Process;
  }

  exit(thread: Thread, code = 0): void {
    this.run(thread, (here) => this.operations.exit(here, { code }));
  }

  get operations(): Required<
    Pick<typeof almosMkh.operations, 'mmap' | 'munmap' | 'fork' | 'exec' | 'exit' | 'thread_exit'>
  > {
    return almosMkh.operations as never;
  }

  mmap(
    thread: Thread,
    length: number,
    more: Partial<Parameters<typeof almosMkh.operations.mmap>[1]> = {},
  ): number | string {
    return this.run(thread, (here) =>
      this.operations.mmap(here, {
        length,
        protection: { read: true, write: true, execute: false },
        kind: 'anon',
        file: null,
        offset: 0,
        at: null,
        hint: null,
        replace: false,
        cluster: null,
        ...more,
      }),
    );
  }

  mapped(thread: Thread, length: number, more: Parameters<AlmosMachine['mmap']>[2] = {}): number {
    const address = this.mmap(thread, length, more);
    assert.equal(typeof address, 'number', String(address));
    return address as number;
  }

  munmap(thread: Thread, address: number, length: number): string | void {
    return this.run(thread, (here) => this.operations.munmap(here, { address, length }));
  }

  descriptor(process: Process, cxy: number): ProcessDescriptor {
    const found = descriptorIn(process, this.at(cxy));
    assert.ok(found !== null, `no descriptor in ${cxy.toString(16)}`);
    return found;
  }

  /** `006F/1000100`, as software set it; `-` if unmapped. */
  pte(process: Process, cxy: number, vpn: number): string {
    const root = this.descriptor(process, cxy).vmm.gpt.ppn;
    const attr = halOf(this.machine).readAttr(this.machine, root, vpn) & ~HARDWARE_ATTR;
    if ((attr & Attr.MAPPED) === 0) return attr === 0 ? '-' : attr.toString(16);
    return `${hex(attr, 4)}/${hex(halOf(this.machine).readPpn(this.machine, root, vpn), 7)}`;
  }

  /** Free pages of the clusters, by index. */
  free(): number[] {
    return this.state.clusters.map(({ ppm }) => ppm.free_pages_nr);
  }

  freeIn(cxy: number): number {
    return this.free()[this.at(cxy)] as number;
  }

  forks(ppn: number): number {
    return almosMkh.on({ machine: this.machine, kernelState: this.state }).frame(ppn).forks;
  }

  refs(ppn: number): number {
    return almosMkh.on({ machine: this.machine, kernelState: this.state }).frame(ppn).refs;
  }

  /** All RPCs from a number on: `VMM_GET_PTE 10->00`, nested ones with `> ` for each level. */
  rpcs(from = 0): string[] {
    const trace: string[] = [];
    for (let seq = from; seq < this.state.rpc.length; seq++) {
      const record = readRecord(this.state.rpc, seq);
      if (record === null) throw new Error(`no RPC ${String(seq)}`);
      let depth = 0;
      for (let up = record.parent; up !== null; up = readRecord(this.state.rpc, up)?.parent ?? null) depth++;
      trace.push(`${'> '.repeat(depth)}${record.name} ${this.cxy(record.client)}->${this.cxy(record.server)}`);
    }
    return trace;
  }

  get rpcCount(): number {
    return this.state.rpc.length;
  }

  private cxy(cluster: number): string {
    return hex(this.state.clusters[cluster]?.cxy ?? -1, 2);
  }

  /** Takes free frames until `left` are left, as `reserve` does. */
  exhaust(cxy: number, left = 0): number[] {
    const cluster = this.at(cxy);
    const frames = almosMkh
      .on({ machine: this.machine, kernelState: this.state })
      .reserveFrames(cluster, this.freeIn(cxy) - left);
    assert.ok(frames !== null);
    return [...frames];
  }

  giveBack(frames: readonly number[]): void {
    almosMkh.on({ machine: this.machine, kernelState: this.state }).returnFrames(frames);
  }

  bytes(cxy: number, page: number, length = 4096): Uint8Array {
    return readBytes(this.machine, ppnAt(this.machine, this.at(cxy), page) * 4096, length);
  }

  /** As after a restore: the state is another graph, the engine a new one. */
  restoreFrom(copy: { machine: Machine; state: AlmosState }): void {
    this.machine = copy.machine;
    this.state = copy.state;
    this.engine = this.createEngine();
    this.engine.steps = this.machine.cause.step;
  }

  /** Puts no process on the core, as a context switch to an idle thread does. */
  switchAway(core: number, root: number): void {
    setPageTableRoot(this.machine, core, root);
  }
}

export function mainOf(process: Process): Thread {
  assert.ok(process.main !== null, `${process.name} has no main thread`);
  return process.main;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** The worked example 6.4 after row `row`. */
export function m1(
  row: number,
  options: MachineOptions = {},
): { m: AlmosMachine; P: Process; main: Thread; T1: Thread } {
  const m = new AlmosMachine(options);
  const P = m.createProcess('P', 0x00);
  const main = mainOf(P);
  if (row >= 3) m.touch(main, 0x40_0000, X);
  if (row >= 4) m.touch(main, 0xc_00ff * 4096, W);
  if (row >= 5) m.touch(main, 0x40_2000, W);
  if (row >= 6) m.touch(main, 0x40_4000, W);
  const T1 = row >= 7 ? m.createThread('T1', P, 0x10) : (undefined as unknown as Thread);
  if (row >= 8) m.touch(T1, 0xc_00ff * 4096, W);
  if (row >= 9) m.mapped(T1, 0x3000);
  if (row >= 10) m.touch(T1, 0x200_0000, W);
  if (row >= 11) m.touch(T1, 0x40_2000, R);
  return { m, P, main, T1 };
}
