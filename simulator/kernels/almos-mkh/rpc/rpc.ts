import { panic } from '../../../execution/panic.ts';
import { addCycles, cycles, setCycles } from '../../../hardware/core.ts';
import { sendIpi } from '../../../hardware/interrupt-controller.ts';
import { coreIndex, clusterX, clusterY } from '../../../hardware/machine-config.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { CONFIG_RPC_FIFO_DEPTH } from '../base/constants.ts';
import { latencyTo } from '../objects/cost.ts';
import { Own } from '../objects/events.ts';
import { rpcIndex, type RpcCalls, type RpcName } from '../objects/rpc-calls.ts';
import { recordPost } from '../objects/rpc-trace.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { RpcDesc, RpcFifo } from '../objects/rpc-fifo.ts';

/** Name of the thread that serves a queue: it knows the whole kernel, and this file must not. */
export const RPC_THREAD = 'rpc_thread_func';

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
  const service: RpcName = name;
  const message = { rpc: service, id: desc.seq, client: here.cluster, server };
  desc.cause = emit(machine, EventKind.rpc, here.cluster, message);
  emit(machine, Own[`rpc:${service}`], here.cluster, message);
  if (here.stage('3')) yield;
  sendIpi(machine, fifo.core, desc.seq);
  activateServer(here, fifo);
  if (here.stage('4')) yield;
  if (desc.responses > 0) yield* waitForAnswer(here, desc, fifo);
  setCycles(machine, here.core, Math.max(cycles(machine, here.core), desc.time_done));
  if (here.stage('5')) yield;
  if (desc.origin !== null) {
    here.activity.origin = desc.origin;
    here.activity.originator = here;
    here.activity.reason = desc.reason;
    desc.origin = desc.reason = null;
  }
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
    cause: -1,
    time_post: 0,
    time_done: 0,
    origin: null,
    reason: null,
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
    on: () => ({ agents: serversOf(here, fifo), cluster: fifo.cluster }),
    ready: () => fifo.queue.length < CONFIG_RPC_FIFO_DEPTH,
  };
  yield;
  const late = Math.max(0, cycles(machine, fifo.core) - cycles(machine, here.core));
  addCycles(machine, here.core, RPC_RETRY * Math.max(1, Math.ceil(late / Math.max(1, RPC_RETRY))));
}

function* waitForAnswer(here: Here, desc: RpcDesc, fifo: RpcFifo): Steps<void> {
  here.activity.wait = {
    kind: 'rpc',
    description: () => `the answer of ${placeOf(here, desc.server)} to ${desc.name}`,
    on: () => {
      const number = fifo.serving.indexOf(desc.seq);
      const isServed = number >= 0;
      const agents = isServed ? [agentOf(here, fifo, number)] : serversOf(here, fifo);
      return { agents, cluster: desc.server, request: { id: desc.seq, isServed } };
    },
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
  here.engine.spawnKernelThread(
    RPC_THREAD,
    { agent, core: fifo.core, owner: activity.owner, thread: null, line: activity.line },
    { fifo, number },
  );
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

/** The threads of a queue that are at work: a request that waits in it waits for one of them. */
function serversOf(here: Here, fifo: RpcFifo): string[] {
  return fifo.active.flatMap((isActive, number) => (isActive ? [agentOf(here, fifo, number)] : []));
}

function agentOf(here: Here, fifo: RpcFifo, number: number): string {
  return `rpc ${placeOf(here, fifo.cluster)} #${String(number + 1)}`;
}

export function placeOf(here: Here, cluster: number): string {
  const { config } = here.machine;
  return `${String(clusterX(config, cluster))},${String(clusterY(config, cluster))}`;
}
