import { pageTableRoot, setOwner, setPageTableRoot } from '../../hardware/core.ts';
import {
  clusterCount, clusterOfCore, coreCount, coreIndex, cxyOf, presets, type MachineConfig,
} from '../../hardware/machine-config.ts'; // prettier-ignore
import type { Machine } from '../../hardware/machine.ts';
import { ppnAt, zeroFrame } from '../../hardware/physical-memory.ts';
import { registerEvents } from '../../hardware/own-events.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { isError, type Result } from '../../execution/result.ts';
import type { ConfigProblem, CreateProcessArgs, FaultOutcome } from '../kernel.ts';
import { defineKernel } from '../bound-kernel.ts';
import { injectionControls } from '../injections.ts';
import { errorNumbers, KERNEL_PT1_PAGE, namedConstants, RESERVED_PAGES } from './base/constants.ts';
import { displayText } from './processes/display.ts';
import { exception_handler } from './faults/exception.ts';
import { endProcess } from './processes/exit.ts';
import { globals, objectTypes, readField, readGlobal } from './views/fields.ts';
import { enterCall, leaveCall } from './rpc/gate.ts';
import { functions } from './functions.ts';
import { halOf } from './base/hal-of.ts';
import { describeHoldings, noteDirectCall, overwrites, reserveFrames, returnFrames } from './views/direct-calls.ts';
import { frameView, objectsOf, regionsOf, softwareBits, tablesOf } from './views/inspect.ts';
import { serversOf } from './views/servers.ts';
import { checkInvariants } from './views/invariants.ts';
import { kernelDescriptor, kernelRoot } from './objects/kernel-process.ts';
import { operations } from './processes/operations.ts';
import { almosOptions, readOptions } from './base/options.ts';
import { allocateProcess, createThreadAt, forgetProcess } from './processes/process-manager.ts';
import { createProcess, descriptorIn, type Process } from './objects/process.ts';
import { elf_load_process, installProgram } from './processes/program-loader.ts';
import { almosEvents } from './objects/events.ts';
import { createRpcTrace, readRecord } from './objects/rpc-trace.ts';
import { RPC_THREAD } from './rpc/rpc.ts';
import { rpc_thread_func } from './processes/rpc-thread.ts';
import type { AlmosState, Cluster, Here, Steps } from './objects/state.ts';
import type { Thread } from './objects/thread.ts';
import { vmm_destroy } from './regions/vmm-destroy.ts';
import { vmm_init } from './regions/vmm-init.ts';
import { almosViews } from './views/views.ts';
import { createPpm } from './objects/ppm.ts';
import { createFifos } from './objects/rpc-fifo.ts';
import { createHoldings } from './objects/holdings.ts';

/** 10.2, 10.10. */

function createCluster(machine: Machine, index: number, rpcFifoPerCore: boolean, limit: number): Cluster {
  const { config, memory } = machine;
  return {
    index,
    cxy: cxyOf(config, index),
    first_ppn: ppnAt(machine, index, 0),
    ppm: createPpm(memory.map.framesPerCluster),
    kcm: { vseg: 0, process: 0, thread: 0 },
    pref_tbl: [null],
    local_root: [],
    rpc_fifos: createFifos(index, coreIndex(config, index, 0), rpcFifoPerCore ? config.coresPerCluster : 1, limit),
  };
}

function boot(machine: Machine, values: Readonly<Record<string, number | string>>): AlmosState {
  const options = readOptions(values);
  registerEvents(machine, almosEvents);
  const clusters = Array.from({ length: clusterCount(machine.config) }, (_, index) =>
    createCluster(machine, index, options.rpcFifoPerCore, options.rpcThreadLimit),
  );
  const process_zero = createProcess({ name: 'kernel', pid: 0, owner: 0, cluster: 0, parent: null });
  const state: AlmosState = {
    options, clusters, process_zero, processes: [], threads: [], nextOwner: 1, mappers: new Map(), nextMapper: 1, programs: new Map(),
    rpc: createRpcTrace(), injections: [], held: createHoldings(),
    badAddress: new Float64Array(clusters.length * machine.config.coresPerCluster).fill(-1),
  }; // prettier-ignore
  for (const { index } of clusters) {
    const root = kernelRoot(machine, index);
    for (let frame = 0; frame < 2 ** halOf(machine).rootOrder; frame++) zeroFrame(machine, root + frame);
  }
  kernelDescriptor(state, machine, 0);
  for (let core = 0; core < coreCount(machine.config); core++) activate(machine, null, core);
  machine.network.contention = options.nocContention;
  return state;
}

function checkConfig(config: MachineConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (config.memoryBytes / 4096 <= RESERVED_PAGES) {
    problems.push({
      setting: 'memory',
      message: `${String(config.memoryBytes)} bytes a cluster: the kernel alone takes ${String(RESERVED_PAGES)} pages (1 MiB); use more than 1MiB`,
    });
  }
  return problems;
}

/** B8: created directly where it is, without an RPC. */
function* makeProcess(here: Here, { name, core, image, imageCluster }: CreateProcessArgs): Steps<Result<Process>> {
  const process = allocateProcess(here, here.cluster, name, null);
  if (process === null) return 'ENOMEM';
  yield* vmm_init(here, { process });
  const path = `/bin/${name}`;
  installProgram(here.kernel, here.machine, path, imageCluster, image);
  const error = yield* elf_load_process(here, { process, path });
  const main = error ?? (yield* createThreadAt(here, { process, name, core }));
  if (isError(main)) {
    yield* vmm_destroy(here, { process });
    forgetProcess(here, process);
    return main;
  }
  process.main = main;
  process.stackStart = main.stack?.min ?? 0;
  return process;
}

/** B8: `here` is the process's main thread. */
function* createThread(here: Here, process: Process, name: string, core: number): Steps<Result<Thread>> {
  if (!(yield* enterCall(here, process))) return 'ESRCH';
  const thread = yield* createThreadAt(here, { process, name, core });
  leaveCall(process);
  return thread;
}

/** An RPC's `process` is the server's; everything else means the descriptor of this cluster, where there is one. */
function localProcess(
  state: AlmosState,
  machine: Machine,
  info: FunctionInfo,
  process: Process,
  cluster: number,
): object {
  if (process === state.process_zero) return kernelDescriptor(state, machine, cluster);
  if (info.name.startsWith('rpc_')) return process;
  return descriptorIn(process, cluster) ?? process;
}

function activate(machine: Machine, thread: Thread | null, core: number): void {
  const cluster = clusterOfCore(machine.config, core);
  // A process that is being taken apart runs no more: its tables may be gone at the next step.
  const process = thread === null ? null : thread.process;
  const local = process === null || process.gate.ending !== null ? null : descriptorIn(process, cluster);
  const root = local !== null && local.vmm.gpt.ppn !== 0 ? local.vmm.gpt.ppn : kernelRoot(machine, cluster);
  if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  setOwner(machine, core, thread?.process.owner ?? 0);
}

export const almosMkh = defineKernel<AlmosState, Process, Thread>({
  name: 'almos-mkh',
  title: 'ALMOS-MKH',
  summary: 'a clustered manycore: replicated page tables, remote procedure calls, copy-on-write with pending forks',
  regionNoun: 'vseg',
  presets: ['tsar', 'x86-64'],
  pagings: ['tsar', 'x86-64'],
  functions,
  constants: namedConstants,
  options: almosOptions,
  events: almosEvents.shapes,
  injections: {},
  daemons: {},
  lacks: {
    mprotect: 'a vseg keeps the rights that it was made with',
    mmapOver: 'mappings are placed by the kernel’s own allocator, so one cannot be laid over another',
    brk: 'malloc takes its memory by mmap',
  },
  notSupported: 'ENOSYS',
  errorAliases: {
    NOT_SUPPORTED: ['ENOSYS'],
    SEGV: ['EINVAL', 'EACCES', 'EFAULT'],
    BUS: ['EIO'],
    OOM: ['ENOMEM'],
  },
  errors: [...Object.keys(errorNumbers), 'ESRCH'],
  objectTypes,
  globals,
  hasFreeBlocks: true,

  defaultConfig: () => presets.tsar,
  checkConfig,
  boot,
  attach: (engine) => {
    engine.kernelThreads = { [RPC_THREAD]: rpc_thread_func };
  },

  createProcess: makeProcess,
  *createThread(here, { name, process, core }) {
    return yield* createThread(here, process, name, core);
  },
  operations,

  activate: (_state, machine, thread, core) => {
    activate(machine, thread, core);
  },
  *handleFault(here, thread, fault) {
    return yield* exception_handler(here, { thread: thread, fault });
  },
  *kill(here, thread, outcome: FaultOutcome & { kind: 'refused' }) {
    yield* endProcess(here, thread.process, { signal: outcome.signal });
  },
  accessBarrier(_state, thread) {
    const { gate, name } = thread.process;
    if (gate.forking === null && gate.ending === null) return null;
    return {
      kind: 'condition',
      description: () => `the ${gate.ending === null ? 'fork' : 'end'} of ${name}`,
      ready: () => gate.forking === null && gate.ending === null,
    };
  },
  localProcess,
  noteDirectCall,
  overwrites,
  heldByScenario: describeHoldings,

  ...injectionControls,
  reserveFrames: (state, machine, cluster, count) =>
    reserveFrames(state, (page) => ppnAt(machine, cluster, page), cluster, count),
  returnFrames,

  processes: (state) => state.processes,
  threads: (state) => state.threads,
  mainThread: (_state, process) => process.main,
  regions: regionsOf,
  tables: (_state, process) => tablesOf(process),
  kernelTable: (state, cluster) => (state.clusters[cluster] as Cluster).first_ppn + KERNEL_PT1_PAGE,
  softwareBits,
  frame: frameView,
  freeFrames: (state, cluster) => state.clusters[cluster]?.ppm.free_pages_nr ?? 0,
  views: almosViews,
  dump: (_state, machine, process) => displayText(machine, process, true),
  objects: objectsOf,
  readField,
  readGlobal,
  rpc: (state, index) => readRecord(state.rpc, index),
  servers: serversOf,
  invariants: checkInvariants,
});
