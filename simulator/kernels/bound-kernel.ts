/** A kernel on one world: everything that the rest of Pagewalk asks of a kernel in a run. */
import type { Activation, KernelGenerator } from '../execution/activation.ts';
import type { Wait } from '../execution/activity.ts';
import type { Engine } from '../execution/engine.ts';
import type { FunctionInfo } from '../execution/function-info.ts';
import type { Result } from '../execution/result.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Machine, MmuFault } from '../hardware/machine.ts';
import type { EntryView } from '../hardware/page-table-walker.ts';
import type { Ppn } from '../hardware/word.ts';
import type { KernelView } from './kernel-view.ts';
import type {
  CallPlace,
  ConfigProblem,
  CreateProcessArgs,
  FaultOutcome,
  KernelDefinition,
  KernelDescriptor,
  Operations,
  ProcessObject,
  Tampering,
  ThreadObject,
} from './kernel.ts';
import type { FrameView, InvariantViolation, RegionView, ServerView, SoftwareBits, TableView } from './view.ts';

/** The part of a world that a kernel works on. Both are plain data. */
export interface KernelWorld {
  readonly machine: Machine;
  readonly kernelState: unknown;
}

/** Facts, and the code that runs in a world by itself: an activation carries its kernel's state. */
export interface KernelCode extends KernelDescriptor {
  attach(engine: Engine): void;
  createProcess(here: Activation, args: CreateProcessArgs): KernelGenerator<Result<ProcessObject>>;
  createThread(
    here: Activation,
    args: { name: string; process: ProcessObject; core: number },
  ): KernelGenerator<Result<ThreadObject>>;
  readonly operations: Operations;
  handleFault(here: Activation, thread: ThreadObject, fault: MmuFault): KernelGenerator<FaultOutcome>;
  kill(here: Activation, thread: ThreadObject, outcome: FaultOutcome & { kind: 'refused' }): KernelGenerator<void>;
  setDaemon(engine: Engine, name: string, on: boolean): void;
  softwareBits(entry: EntryView): SoftwareBits;
}

/** A kernel as everybody outside its folder knows it. */
export interface Kernel extends KernelCode {
  /** The machine it gets when the file names none. */
  defaultConfig(): MachineConfig;
  /** Refuses a machine that it cannot run on or that is too small to boot. */
  checkConfig(config: MachineConfig): readonly ConfigProblem[];
  /** Fresh state on a fresh machine. Plain data. */
  boot(machine: Machine, options: Readonly<Record<string, number | string>>): unknown;
  /** The kernel at work on a world that it booted, or on a copy of one. */
  on(world: KernelWorld): BoundKernel;
}

/** What `KernelDefinition` says of each, without the state and the machine. An absent part answers as if there were nothing. */
export interface BoundKernel extends KernelCode {
  activate(thread: ThreadObject | null, core: number): void;
  accessBarrier(thread: ThreadObject): Wait | null;
  inject(injection: { kind: string; cluster: number | null; after: number }): void;
  clearInjections(): void;
  pendingInjections(): readonly string[];
  reserveFrames(cluster: number, count: number): Ppn[] | null;
  returnFrames(frames: readonly Ppn[]): void;

  processes(): readonly ProcessObject[];
  threads(): readonly ThreadObject[];
  mainThread(process: ProcessObject): ThreadObject | null;
  regions(process: ProcessObject, cluster: number): readonly RegionView[];
  tables(process: ProcessObject): readonly TableView[];
  kernelTable(cluster: number): Ppn | null;
  frame(ppn: Ppn): FrameView;
  freeFrames(cluster: number): number;
  dump(process: ProcessObject): string;
  debuggerCommand(line: string): string | null;
  /** False where the kernel has no views of its own. */
  readonly hasViews: boolean;
  /** `around`: index of the cluster that a list of many shows, 0 unless given. */
  views(process: ProcessObject | null, around?: number): readonly KernelView[];
  objects(): Readonly<Record<string, readonly unknown[]>>;
  readField(object: object, field: string): unknown;
  readGlobal(name: string): unknown;
  /** Undefined where the kernel has no RPCs. */
  rpc(index: number): unknown;
  servers(): readonly ServerView[];
  /** The process itself where the kernel has one descriptor of it. */
  localProcess(info: FunctionInfo, process: ProcessObject, cluster: number): object;
  noteDirectCall(info: FunctionInfo, args: Readonly<Record<string, unknown>>, result: unknown, here: CallPlace): void;
  /** Null where the kernel says nothing of it. */
  overwrites(info: FunctionInfo, args: Readonly<Record<string, unknown>>): Tampering | null;
  heldByScenario(): readonly string[];
  invariants(): readonly InvariantViolation[];
}

/** A kernel whose state is known to be its own: for those who boot it by name. */
export interface DefinedKernel<S> extends Kernel {
  boot(machine: Machine, options: Readonly<Record<string, number | string>>): S;
}

/**
 * Makes a kernel of what its folder implements. The one place where the kernel's own types are taken for those that
 * everybody knows: a world that a kernel is bound to holds that kernel's state, processes and threads.
 */
export function defineKernel<S, P extends ProcessObject, T extends ThreadObject>(
  definition: KernelDefinition<S, P, T>,
): DefinedKernel<S> {
  const erased = definition as unknown as KernelDefinition<unknown>;
  const code = codeOf(erased);
  return {
    ...code,
    defaultConfig: () => definition.defaultConfig(),
    checkConfig: (config) => definition.checkConfig(config),
    boot: (machine, options) => definition.boot(machine, options),
    on: (world) => bind(erased, code, world),
  };
}

const factNames = [
  'name',
  'title',
  'summary',
  'regionNoun',
  'presets',
  'pagings',
  'functions',
  'constants',
  'options',
  'events',
  'injections',
  'daemons',
  'lacks',
  'notSupported',
  'promisesMemory',
  'isDefinedByScenario',
  'errorAliases',
  'errors',
  'objectTypes',
  'globals',
  'hasFreeBlocks',
] as const satisfies readonly (keyof KernelDescriptor)[];

function pick<T, K extends keyof T>(whole: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, whole[name]])) as Pick<T, K>;
}

function codeOf(definition: KernelDefinition<unknown>): KernelCode {
  const facts = pick(definition, factNames);
  return {
    ...facts,
    operations: definition.operations,
    createProcess: (here, args) => definition.createProcess(here, args),
    createThread: (here, args) => definition.createThread(here, args),
    handleFault: (here, thread, fault) => definition.handleFault(here, thread, fault),
    kill: (here, thread, outcome) => definition.kill(here, thread, outcome),
    softwareBits: (entry) => definition.softwareBits(entry),
    attach: (engine) => definition.attach?.(engine),
    setDaemon: (engine, name, on) => definition.setDaemon?.(engine, name, on),
  }; // prettier-ignore
}

function bind(kernel: KernelDefinition<unknown>, code: KernelCode, world: KernelWorld): BoundKernel {
  const { machine, kernelState: state } = world;
  return {
    ...code,
    activate: (thread, core) => {
      kernel.activate(state, machine, thread, core);
    },
    accessBarrier: (thread) => kernel.accessBarrier?.(state, thread) ?? null,
    inject: (injection) => {
      kernel.inject(state, injection);
    },
    clearInjections: () => {
      kernel.clearInjections(state);
    },
    pendingInjections: () => kernel.pendingInjections(state),
    reserveFrames: (cluster, count) => kernel.reserveFrames(state, machine, cluster, count),
    returnFrames: (frames) => {
      kernel.returnFrames(state, machine, frames);
    },
    processes: () => kernel.processes(state),
    threads: () => kernel.threads(state),
    mainThread: (process) => kernel.mainThread(state, process),
    regions: (process, cluster) => kernel.regions(state, process, cluster, machine),
    tables: (process) => kernel.tables(state, process),
    kernelTable: (cluster) => kernel.kernelTable(state, cluster),
    frame: (ppn) => kernel.frame(state, machine, ppn),
    freeFrames: (cluster) => kernel.freeFrames(state, cluster),
    dump: (process) => kernel.dump(state, machine, process),
    debuggerCommand: (line) => kernel.debuggerCommand?.(state, machine, line) ?? null,
    hasViews: kernel.views !== undefined,
    views: (process, around = 0) => kernel.views?.(state, machine, process, around) ?? [],
    objects: () => kernel.objects(state),
    readField: (object, field) => kernel.readField(state, object, field),
    readGlobal: (name) => kernel.readGlobal(state, name),
    rpc: (index) => kernel.rpc?.(state, index),
    servers: () => kernel.servers?.(state) ?? [],
    localProcess: (info, process, cluster) => kernel.localProcess?.(state, machine, info, process, cluster) ?? process,
    noteDirectCall: (info, args, result, here) => kernel.noteDirectCall?.(state, info, args, result, here),
    overwrites: (info, args) => kernel.overwrites?.(state, machine, info, args) ?? null,
    heldByScenario: () => kernel.heldByScenario(state),
    invariants: () => kernel.invariants(state, machine),
  };
}
