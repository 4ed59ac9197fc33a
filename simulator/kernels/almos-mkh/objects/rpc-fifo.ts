import type { ErrorOrigin, ErrorReason } from '../../../execution/activity.ts';
import type { RpcName } from './rpc-calls.ts';

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
  /** Where in the server an error of the result comes from, and why. */
  origin: ErrorOrigin | null;
  reason: ErrorReason | null;
  /** On whose behalf, for counters and for the panels. */
  readonly owner: number;
  readonly line: number;
  /** Id of the event that asked for it. */
  cause: number;
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
