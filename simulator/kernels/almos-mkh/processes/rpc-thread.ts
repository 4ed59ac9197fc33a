import { kernelFunction } from '../../../execution/activation.ts';
import { addCycles, cycles, setCycles } from '../../../hardware/core.ts';
import { setCause } from '../../../execution/cause.ts';
import { acknowledgeIpi, sendIpi } from '../../../hardware/interrupt-controller.ts';
import { tell } from '../../../hardware/trace-event.ts';
import { latencyTo } from '../objects/cost.ts';
import type { RpcDesc, RpcFifo } from '../objects/rpc-fifo.ts';
import { rpcServices } from './rpc-services.ts';
import { recordDone, recordServe } from '../objects/rpc-trace.ts';
import type { Here, Steps } from '../objects/state.ts';

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
  const message = { rpc: desc.name, id: desc.seq, client: desc.cluster, server: here.cluster };
  setCause(here.activity, tell(machine, 'rpc-begun', here.cluster, message));
  if (here.stage('4')) yield;
  addCycles(machine, core, latencyTo(here, desc.cluster));
  recordServe(here.kernel.rpc, desc, cycles(machine, core));
  if (here.stage('5')) yield;
  const service = rpcServices[desc.name] as (here: Here, args: unknown) => Steps<unknown>;
  here.activity.origin = here.activity.reason = null;
  desc.result = yield* service(here, desc.args);
  desc.origin = here.activity.origin;
  desc.reason = here.activity.reason;
  if (here.stage('6')) yield;
  addCycles(machine, core, latencyTo(here, desc.cluster));
  if (here.stage('7')) yield;
  desc.time_done = cycles(machine, core) + cost.RPC_WAKE;
  recordDone(here.kernel.rpc, desc);
  desc.responses -= 1;
  tell(machine, 'rpc-answered', here.cluster, message);
  if (here.stage('8')) yield;
  sendIpi(machine, desc.core, desc.seq);
}

/** The server works, and is counted, for the client's process and line. */
function actFor(here: Here, desc: RpcDesc): void {
  here.activity.owner = desc.owner;
  here.activity.line = desc.line;
  here.machine.cause.owner = desc.owner;
  here.machine.cause.line = desc.line;
  setCause(here.activity, desc.cause);
}
