/**
 * What the rest of Pagewalk knows of a kernel. A fifth kernel is one folder that implements `Kernel`, one line in
 * registry.ts, and its conformance rows.
 */
import type { Lacks } from './capability.ts';
import type { EventShapes } from '../hardware/event-shapes.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { EntryView } from '../hardware/page-table-walker.ts';
import type { Machine, MmuFault } from '../hardware/machine.ts';
import type { Ppn } from '../hardware/word.ts';
import type { Wait } from '../execution/activity.ts';
import type { Engine } from '../execution/engine.ts';
import type { FunctionInfo } from '../execution/function-info.ts';
import type { Activation, KernelFunction, KernelGenerator } from '../execution/activation.ts';
import type { Result } from '../execution/result.ts';
import type { FaultMeaning } from './fault-meaning.ts';
import type { KernelView } from './kernel-view.ts';
import type {
  FrameView,
  InvariantViolation,
  Protection,
  RegionView,
  ServerView,
  SoftwareBits,
  TableView,
} from './view.ts';

/** Fields that every kernel's process object has; the rest is the kernel's own. Plain data. */
export interface ProcessObject {
  readonly type: 'process';
  /** The scenario's name; a forked child takes the name of the binding, or `NAME.fork1`. */
  name: string;
  readonly pid: number;
  /** Index of its counters, 1 and up. */
  readonly owner: number;
  alive: boolean;
  /** Exit code or the signal that killed it, once it is dead. */
  exit: number | string | null;
  readonly parent: ProcessObject | null;
  /** Cluster index where it was created. */
  readonly cluster: number;
  /** Where `{ code data }` put its parts; 0 where a program has none. */
  codeStart: number;
  dataStart: number;
  stackStart: number;
}

export interface ThreadObject {
  readonly type: 'thread';
  name: string;
  readonly process: ProcessObject;
  /** Index of its core in the whole machine. */
  readonly core: number;
  alive: boolean;
}

/** What a process is made from. */
export type ProgramImage =
  | { readonly kind: 'sizes'; readonly code: number; readonly data: number }
  | {
      readonly kind: 'elf';
      readonly entry: number;
      readonly bytes: Uint8Array;
      readonly segments: readonly ElfSegment[];
    };

export interface ElfSegment {
  readonly address: number;
  readonly memorySize: number;
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly protection: Protection;
}

export interface CreateProcessArgs {
  readonly name: string;
  readonly core: number;
  readonly image: ProgramImage;
  /** Cluster of the program's page cache (`/bin/NAME`). */
  readonly imageCluster: number;
}

export interface MmapArgs {
  readonly length: number;
  readonly protection: Protection;
  readonly kind: 'anon' | 'file' | 'shared' | 'remote';
  /** Name of a file of the simulated file system. */
  readonly file: string | null;
  readonly offset: number;
  readonly at: number | null;
  readonly hint: number | null;
  readonly replace: boolean;
  readonly cluster: number | null;
}

/**
 * The common operations as this kernel performs them, run as the current thread (`here.activity.thread`).
 * Errors are returned by the kernel's own names. One that is absent does not exist here: NOT_SUPPORTED.
 */
export interface Operations {
  mmap(here: Activation, args: MmapArgs): KernelGenerator<Result<number>>;
  munmap(here: Activation, args: { address: number; length: number }): KernelGenerator<Result<void>>;
  mprotect?(
    here: Activation,
    args: { address: number; length: number; protection: Protection },
  ): KernelGenerator<Result<void>>;
  brk?(here: Activation, args: { address: number }): KernelGenerator<Result<number>>;
  /** `cluster` null: the kernel chooses. */
  fork?(
    here: Activation,
    args: { cluster: number | null; core: number | null },
  ): KernelGenerator<Result<ProcessObject>>;
  exec?(here: Activation, args: { path: string } | { code: number; data: number }): KernelGenerator<Result<void>>;
  exit(here: Activation, args: { code: number }): KernelGenerator<Result<void>>;
  thread_exit(here: Activation): KernelGenerator<Result<void>>;
  /** An ended child, buried; null when there is none or the kernel has no such step. */
  wait(here: Activation): KernelGenerator<Result<ProcessObject | null>>;
}

/** How the kernel's fault path ended. Refusals do not kill by themselves: `kill` does, when the session says so. */
export type FaultOutcome =
  | {
      readonly kind: 'resolved';
      /** Which event the trap counts as. */
      readonly as: 'page-fault' | 'cow-fault' | 'spurious';
    }
  | {
      readonly kind: 'refused';
      /** The common name. */
      readonly error: 'SEGV' | 'BUS' | 'OOM';
      /** The kernel's own name for the reason: `EINVAL`. */
      readonly reason: string;
      /** The signal of the kill, in the kernel's words. */
      readonly signal: string;
      /** What it found there, for the sentence that people read. */
      readonly meaning: FaultMeaning;
    };

export interface KernelOptionInfo {
  readonly name: string;
  readonly type: 'integer' | 'size' | 'time' | 'word' | 'switch';
  /** Words that it takes, for `word`; `on` and `off` for a switch. */
  readonly words?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly default: number | string;
  readonly doc: string;
}

/** A type of kernel object that scenarios can hold: its members are the specification's field names. */
export interface ObjectTypeInfo {
  readonly name: string;
  readonly doc: string;
  /** Field to one line of documentation. Fields that are not plain properties are computed by `readField`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where a direct call ran. */
export type CallPlace = Pick<Activation, 'machine' | 'core'>;

/** What a direct call changed behind the kernel's back. */
export interface Tampering {
  /** In words: `page tables`. */
  readonly what: string;
  /** The function is a step of a larger one, which does the rest: what is left undone is a warning, no error. */
  readonly isPart: boolean;
}

/** Static facts: all that the language needs to know. */
export interface KernelDescriptor {
  readonly name: string;
  readonly title: string;
  /** One line: what its virtual memory is about. */
  readonly summary: string;
  /** What its source calls a region: `vseg`. */
  readonly regionNoun: string;
  /** Presets that it runs on; the first is its default. */
  readonly presets: readonly MachineConfig['preset'][];
  readonly pagings: readonly MachineConfig['paging'][];
  readonly functions: readonly KernelFunction<never, unknown>[];
  readonly constants: Readonly<Record<string, number | bigint>>;
  readonly options: readonly KernelOptionInfo[];
  /** Events beyond the common ones, with their fields; `boot` registers them. */
  readonly events: EventShapes;
  /** Injection kinds beyond the common ones, each with what then fails. */
  readonly injections: Readonly<Record<string, string>>;
  /** Each with what it does. */
  readonly daemons: Readonly<Record<string, string>>;
  /** Mapping counts against memory at once, so that touching never fails for want of it. */
  readonly promisesMemory?: boolean;
  /** The scenario is the kernel: its handler takes the faults, and its defs named like operations are the operations. */
  readonly isDefinedByScenario?: true;
  /** What it cannot do, with the reason that a scenario is told. */
  readonly lacks: Lacks;
  /** The name that NOT_SUPPORTED has here. */
  readonly notSupported: string;
  /** POSIX or common name to this kernel's own names for it: `OOM` → [`ENOMEM`]. */
  readonly errorAliases: Readonly<Record<string, readonly string[]>>;
  /** Every error name it can give, for completion and checks. */
  readonly errors: readonly string[];
  readonly objectTypes: readonly ObjectTypeInfo[];
  /** Globals that `kernel.NAME` reads. */
  readonly globals: Readonly<Record<string, string>>;
  /** Its free frames stand in blocks of a power of two, whose orders `frame` tells. */
  readonly hasFreeBlocks: boolean;
}

export interface ConfigProblem {
  /** The setting that is wrong: `memory`, `mesh`, `paging`. */
  readonly setting: string;
  readonly message: string;
}

/**
 * What a kernel's folder implements, on its own types: `S` its state, `P` its processes, `T` its threads. `defineKernel`
 * makes a `Kernel` of it.
 */
export interface KernelDefinition<
  S,
  P extends ProcessObject = ProcessObject,
  T extends ThreadObject = ThreadObject,
> extends KernelDescriptor {
  /** The machine it gets when the file names none. */
  defaultConfig(): MachineConfig;
  /** Refuses a machine that it cannot run on or that is too small to boot. */
  checkConfig(config: MachineConfig): readonly ConfigProblem[];
  /** Fresh state on a fresh machine. Plain data. */
  boot(machine: Machine, options: Readonly<Record<string, number | string>>): S;

  /** Connects a new engine with the state: timers of daemons. Called after boot and after every restore. */
  attach?(engine: Engine): void;

  createProcess(here: Activation<S>, args: CreateProcessArgs): KernelGenerator<Result<P>>;
  createThread(here: Activation<S>, args: { name: string; process: P; core: number }): KernelGenerator<Result<T>>;
  readonly operations: Operations;

  /** Puts the thread on its core: page-table root and counter owner. Idempotent and without simulated steps. */
  activate(state: S, machine: Machine, thread: T | null, core: number): void;
  /** The exception handler, without the kill. */
  handleFault(here: Activation<S>, thread: T, fault: MmuFault): KernelGenerator<FaultOutcome>;
  /** What a thread has to wait for before its next user access (a fork of its process in progress), or null. */
  accessBarrier?(state: S, thread: T): Wait | null;
  /** What follows a refusal that nobody expected. */
  kill(here: Activation<S>, thread: T, outcome: FaultOutcome & { kind: 'refused' }): KernelGenerator<void>;

  /** Arms the failure of the (after + 1)-th operation of that kind. Pending ones live in the state. */
  inject(state: S, injection: { kind: string; cluster: number | null; after: number }): void;
  clearInjections(state: S): void;
  pendingInjections(state: S): readonly string[];
  /** Takes free frames away as single allocations would, without events. Null: not so many are free. */
  reserveFrames(state: S, machine: Machine, cluster: number, count: number): Ppn[] | null;
  returnFrames(state: S, machine: Machine, frames: readonly Ppn[]): void;
  setDaemon?(engine: Engine<S>, name: string, on: boolean): void;

  // Views: without any effect.
  processes(state: S): readonly P[];
  threads(state: S): readonly T[];
  mainThread(state: S, process: P): T | null;
  /** Regions as the descriptor in that cluster knows them, sorted by start. Empty if there is none. */
  regions(state: S, process: P, cluster: number, machine: Machine): readonly RegionView[];
  tables(state: S, process: P): readonly TableView[];
  /** The table that the kernel itself uses in a cluster, for `pte` outside `as`. */
  kernelTable(state: S, cluster: number): Ppn | null;
  softwareBits(entry: EntryView): SoftwareBits;
  frame(state: S, machine: Machine, ppn: Ppn): FrameView;
  freeFrames(state: S, cluster: number): number;
  /** What `dump` prints: the kernel's own display function. */
  dump(state: S, machine: Machine, process: P): string;
  /** A command line of the kernel's debugger, or null where it has none of that name. */
  debuggerCommand?(state: S, machine: Machine, line: string): string | null;
  /** The views that only this kernel has, for the kernel panel; of the given process where a view is one process's. */
  views?(
    state: S,
    machine: Machine,
    process: P | null,
    /** Index of the cluster about which most is to be told, where a list of all clusters would be too long. */
    around: number,
  ): readonly KernelView[];
  /** One array per object type of the specification, plain data, sorted by id or address. */
  objects(state: S): Readonly<Record<string, readonly unknown[]>>;
  /** Member of a kernel object by the specification's field name; undefined when it has none. */
  readField(state: S, object: object, field: string): unknown;
  /** `kernel.NAME`. */
  readGlobal(state: S, name: string): unknown;
  /** The N-th RPC, where the kernel has RPCs; null for one that it does not know, or not any more. */
  rpc?(state: S, index: number): unknown;
  /** Where the kernel has servers for requests of other clusters. */
  servers?(state: S): readonly ServerView[];
  /** What a kernel function's `process:` argument means where the current thread is: its descriptor in that cluster. */
  localProcess?(state: S, machine: Machine, info: FunctionInfo, process: P, cluster: number): object;
  /**
   * Told of every kernel function that a scenario called directly and that succeeded: what it took (frames, locks,
   * references) is from then on the scenario's, and is added to what the invariants expect.
   */
  noteDirectCall?(
    state: S,
    info: FunctionInfo,
    args: Readonly<Record<string, unknown>>,
    result: unknown,
    here: CallPlace,
  ): void;
  /**
   * What a function that a scenario called directly changes behind the kernel's back. Rules that do not hold afterwards are
   * the scenario's doing. Null for one that leaves the kernel's structures sound.
   */
  overwrites?(
    state: S,
    machine: Machine,
    info: FunctionInfo,
    args: Readonly<Record<string, unknown>>,
  ): Tampering | null;
  /** What the scenario holds, in words, for the warning `scenario holds …`. Reserved frames are not among it. */
  heldByScenario(state: S): readonly string[];
  /** Only where no kernel call is in progress (clarification X2). Reserved and held things are accounted for. */
  invariants(state: S, machine: Machine): readonly InvariantViolation[];
}
