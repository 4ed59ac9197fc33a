/** 8.2: the RPC threads of every queue, and the requests that wait for them. */
import type { RequestView, ServerView } from '../../view.ts';
import type { RpcFifo } from '../objects/rpc-fifo.ts';
import { readRecord, type RpcTrace } from '../objects/rpc-trace.ts';
import type { AlmosState } from '../objects/state.ts';

export function serversOf({ clusters, rpc }: AlmosState): ServerView[] {
  return clusters.flatMap(({ rpc_fifos }) => rpc_fifos.map((fifo) => serverOf(rpc, fifo)));
}

function serverOf(rpc: RpcTrace, { cluster, core, queue, active, serving }: RpcFifo): ServerView {
  return {
    cluster,
    core,
    threads: active.map((isActive, number) => (isActive ? requestOf(rpc, serving[number] ?? -1) : null)),
    queue: queue.map(({ seq, name, thread, cluster: client }) => ({
      id: seq,
      name,
      client: thread,
      clientCluster: client,
    })),
  };
}

/** Of a thread that has been woken and has not taken its request yet, only that it is busy is known. */
function requestOf(rpc: RpcTrace, seq: number): RequestView {
  const record = seq < 0 ? null : readRecord(rpc, seq);
  if (record === null) return { id: -1, name: '', client: '', clientCluster: -1 };
  return { id: seq, name: record.name, client: record.client_thread, clientCluster: record.client };
}
