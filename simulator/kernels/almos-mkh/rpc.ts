import { kernelFunction, type Activation } from '../../execution/activation.ts';
import { panic } from '../../execution/panic.ts';
import { addCycles, cycles, setCycles } from '../../hardware/core.ts';
import { sendIpi, acknowledgeIpi } from '../../hardware/interrupt-controller.ts';
import { coreIndex, clusterX, clusterY } from '../../hardware/machine-config.ts';
import { emit, EventKind, registerEvent } from '../../hardware/trace-event.ts';
import { CONFIG_RPC_FIFO_DEPTH } from './constants.ts';
import { latencyTo } from './cost.ts';
import { rpcIndex, type RpcCalls, type RpcName } from './rpc-calls.ts';
import { recordDone, recordPost, recordServe } from './rpc-trace.ts';
import { clusterAt, type AlmosState, type Here, type Steps } from './state.ts';

export type { RpcTrace } from './rpc-trace.ts';

/** 8.1 `rpc_desc_t`. It lives in the client's cluster; only its extended pointer is queued. */
export interface RpcDesc {
  readonly type: 'rpc_desc';
  /** Position in the trace of all RPCs. */
  seq: number;
  readonly name: RpcName;
  readonly index: number;
  /** Answers still missing. */
  responses: number;
  /** Client thread and core, to wake. */
  readonly thread: string;
  readonly core: number;
  readonly cluster: number;
  readonly server: number;
  readonly args: unknown;
  result: unknown;
  /** On whose behalf, for counters and for the panels. */
  readonly owner: number;
  readonly line: number;
  time_post: number;
  time_done: number;
}

/** 8.2: requests to one cluster, or to one core of it. */
export interface RpcFifo {
  readonly type: 'rpc_fifo';
  readonly cluster: number;
  /** Index in the machine of the core whose RPC threads serve it. */
  readonly core: number;
  readonly queue: RpcDesc[];
  /** RPC threads of this queue, by number: true while active. */
  readonly active: boolean[];
  /** Seq of the request that each active thread serves; -1 for none. */
  readonly serving: number[];
}

export function createFifos(cluster: number, firstCore: number, fifos: number, limit: number): RpcFifo[] {
  return Array.from({ length: fifos }, (_, i) => ({
    type: 'rpc_fifo' as const,
    cluster,
    core: firstCore + i,
    queue: [],
    active: new Array<boolean>(limit).fill(false),
    serving: new Array<number>(limit).fill(-1),
  }));
}

/** What each service does in the server; joined by rpc-services.ts, which knows the whole kernel. */
export type RpcServices = {
  readonly [N in RpcName]: (here: Here, args: RpcCalls[N]['in']) => Steps<RpcCalls[N]['out']>;
};
let services: RpcServices | null = null;

export function installServices(table: RpcServices): void {
  services = table;
}

/** 8.3, inside a client function whose frame `here` is. */
export function* rpc_send<N extends RpcName>(
  here: Here,
  name: N,
  server: number,
  args: RpcCalls[N]['in'],
): Steps<RpcCalls[N]['out']> {
  if (server === here.cluster) panic(here, `RPC ${name} to the client’s own cluster`);
  const { machine } = here;
  const fifo = fifoFor(here, server);
  if (here.stage('1')) yield;
  const desc = createDesc(here, name, server, args);
  if (here.stage('2')) yield;
  if (fifo.queue.length >= CONFIG_RPC_FIFO_DEPTH) yield* waitForSlot(here, fifo);
  addCycles(machine, here.core, 3 * latencyTo(here, server));
  desc.time_post = cycles(machine, here.core);
  desc.seq = recordPost(here.kernel.rpc, desc, servedBy(here));
  fifo.queue.push(desc);
  emit(machine, EventKind.rpc, here.cluster, { rpc: name, server, seq: desc.seq });
  emit(machine, registerEvent(machine, `rpc:${name}`), here.cluster, { rpc: name, server, seq: desc.seq });
  if (here.stage('3')) yield;
  sendIpi(machine, fifo.core, desc.seq);
  activateServer(here, fifo);
  if (here.stage('4')) yield;
  if (desc.responses > 0) yield* waitForAnswer(here, desc);
  setCycles(machine, here.core, Math.max(cycles(machine, here.core), desc.time_done));
  if (here.stage('5')) yield;
  return desc.result as RpcCalls[N]['out'];
}

/** A20: core 0 of the server, or with one queue a core the client's own number, 0 if the server has fewer. */
function fifoFor(here: Here, server: number): RpcFifo {
  const fifos = clusterAt(here, server).rpc_fifos;
  const local = here.core - coreIndex(here.machine.config, here.cluster, 0);
  return (fifos[local] ?? fifos[0]) as RpcFifo;
}

function createDesc(here: Here, name: RpcName, server: number, args: unknown): RpcDesc {
  const { activity } = here;
  return {
    type: 'rpc_desc',
    seq: -1,
    name,
    index: rpcIndex[name],
    responses: 1,
    thread: activity.agent,
    core: here.core,
    cluster: here.cluster,
    server,
    args,
    result: undefined,
    owner: activity.owner,
    line: activity.line,
    time_post: 0,
    time_done: 0,
  };
}

/** 8.2: a full queue is tried again every RPC_RETRY cycles. */
function* waitForSlot(here: Here, fifo: RpcFifo): Steps<void> {
  const { machine } = here;
  const { RPC_RETRY } = machine.config.cost;
  here.kernel.rpc.stalls += 1;
  here.activity.wait = {
    kind: 'rpc',
    description: () => `room in the RPC queue of ${placeOf(here, fifo.cluster)}`,
    ready: () => fifo.queue.length < CONFIG_RPC_FIFO_DEPTH,
  };
  yield;
  const late = Math.max(0, cycles(machine, fifo.core) - cycles(machine, here.core));
  addCycles(machine, here.core, RPC_RETRY * Math.max(1, Math.ceil(late / Math.max(1, RPC_RETRY))));
}

function* waitForAnswer(here: Here, desc: RpcDesc): Steps<void> {
  here.activity.wait = {
    kind: 'rpc',
    description: () => `the answer of ${placeOf(here, desc.server)} to ${desc.name}`,
    ready: () => desc.responses === 0,
  };
  yield;
}

/** 8.4 steps 1 and 2: an idle RPC thread, or a new one below the limit; at the limit the request waits. */
function activateServer(here: Here, fifo: RpcFifo): void {
  const number = fifo.active.indexOf(false);
  if (number < 0) return;
  fifo.active[number] = true;
  const { activity } = here;
  const agent = agentOf(here, fifo, number);
  here.engine.spawn(
    { agent, core: fifo.core, owner: activity.owner, thread: null, line: activity.line },
    (base: Activation<AlmosState>) => rpc_thread_func(base, { fifo, number }),
  );
}

/** 8.4: one RPC thread; it ends, as if it blocked, when its queue is empty. */
export const rpc_thread_func = kernelFunction(
  {
    name: 'rpc_thread_func',
    section: '8.4',
    doc: 'An RPC thread of the kernel: serves requests until the queue is empty.',
    parameters: [],
    errors: [],
    steps: {
      1: 'the interrupt, or the idle loop, finds the queue non-empty',
      3: 'take the first request',
      4: 'read its arguments from the client’s cluster',
      5: 'run the service',
      6: 'write the results to the client’s cluster',
      7: 'responses -= 1 atomically',
      8: 'it reached 0: unblock the client, interrupt its core',
      9: 'again until the queue is empty, then block',
    },
  },
  function* (here: Here, { fifo, number }: { fifo: RpcFifo; number: number }): Steps<void> {
    if (here.stage('1')) yield;
    acknowledgeIpi(here.machine, fifo.core);
    for (;;) {
      if (here.stage('3')) yield;
      const desc = fifo.queue.shift();
      if (desc === undefined) break;
      fifo.serving[number] = desc.seq;
      yield* serve(here, desc);
      fifo.serving[number] = -1;
      if (here.stage('9')) yield;
    }
    fifo.active[number] = false;
  },
);

function* serve(here: Here, desc: RpcDesc): Steps<void> {
  const { machine, core } = here;
  const { cost } = machine.config;
  actFor(here, desc);
  setCycles(machine, core, Math.max(cycles(machine, core), desc.time_post) + cost.RPC_DISPATCH);
  if (here.stage('4')) yield;
  addCycles(machine, core, latencyTo(here, desc.cluster));
  recordServe(here.kernel.rpc, desc, cycles(machine, core));
  if (here.stage('5')) yield;
  const service = (services as RpcServices)[desc.name] as (here: Here, args: unknown) => Steps<unknown>;
  desc.result = yield* service(here, desc.args);
  if (here.stage('6')) yield;
  addCycles(machine, core, latencyTo(here, desc.cluster));
  if (here.stage('7')) yield;
  desc.time_done = cycles(machine, core) + cost.RPC_WAKE;
  recordDone(here.kernel.rpc, desc);
  desc.responses -= 1;
  if (here.stage('8')) yield;
  sendIpi(machine, desc.core, desc.seq);
}

/** The server works, and is counted, for the client's process and line. */
function actFor(here: Here, desc: RpcDesc): void {
  here.activity.owner = desc.owner;
  here.activity.line = desc.line;
  here.machine.cause.owner = desc.owner;
  here.machine.cause.line = desc.line;
}

/** Seq of the RPC that this activity serves; -1 if it serves none. */
function servedBy(here: Here): number {
  for (const fifo of clusterAt(here, here.cluster).rpc_fifos) {
    if (fifo.core !== here.core) continue;
    const number = fifo.active.findIndex((active, i) => active && agentOf(here, fifo, i) === here.activity.agent);
    if (number >= 0) return fifo.serving[number] as number;
  }
  return -1;
}

function agentOf(here: Here, fifo: RpcFifo, number: number): string {
  return `rpc ${placeOf(here, fifo.cluster)} #${String(number + 1)}`;
}

export function placeOf(here: Here, cluster: number): string {
  const { config } = here.machine;
  return `${String(clusterX(config, cluster))},${String(clusterY(config, cluster))}`;
}
