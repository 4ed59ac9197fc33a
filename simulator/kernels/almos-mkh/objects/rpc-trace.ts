/** 8.9: what happened to every RPC, as rows of numbers, so that a copy of the state stays cheap. */
import { errorNumbers } from '../base/constants.ts';
import { rpcIndex, rpcNames, type RpcName } from './rpc-calls.ts';
import type { RpcDesc } from './rpc-fifo.ts';

/** Columns of a row; ARGS on: up to MAX_ARGS words. */
const Column = {
  index: 0,
  timePost: 1,
  timeServe: 2,
  timeDone: 3,
  clientCluster: 4,
  clientCore: 5,
  clientThread: 6,
  server: 7,
  parent: 8,
  result: 9,
  args: 10,
} as const;
const MAX_ARGS = 10;
const STRIDE = Column.args + MAX_ARGS;
const FIRST_ROWS = 64;

export interface RpcTrace {
  rows: Float64Array;
  length: number;
  /** Agents by number. */
  readonly threads: string[];
  /** How often a client found the queue full (8.2). */
  stalls: number;
}

/** 8.9, with the field names of the specification. */
export interface RpcRecord {
  readonly seq: number;
  readonly name: RpcName;
  readonly index: number;
  /** Clusters; the client's core in the machine, and its thread. */
  readonly client: number;
  readonly client_core: number;
  readonly client_thread: string;
  readonly server: number;
  /** Words in and out by name: identifiers of objects, addresses, numbers. */
  readonly args: Readonly<Record<string, number>>;
  /** A negative error number, or what was answered, as a word. */
  readonly result: number;
  readonly time_post: number;
  readonly time_serve: number;
  readonly time_done: number;
  /** Seq of the RPC whose service sent this one. */
  readonly parent: number | null;
}

const argumentNames: Readonly<Record<RpcName, readonly string[]>> = {
  PMEM_GET_PAGES: ['order'],
  PMEM_RELEASE_PAGES: ['page'],
  PROCESS_MAKE_EXEC: ['process', 'thread'],
  PROCESS_MAKE_FORK: ['parent', 'thread'],
  PROCESS_MAKE_EXIT: ['process', 'code'],
  PROCESS_MAKE_KILL: ['process'],
  THREAD_USER_CREATE: ['process', 'core'],
  VMM_GET_VSEG: ['process', 'vaddr'],
  VMM_GET_PTE: ['process', 'vpn', 'cow'],
  MAPPER_MOVE_BUFFER: ['mapper', 'file_offset', 'dst', 'size'],
  MAPPER_GET_PAGE: ['mapper', 'index'],
  VMM_CREATE_VSEG: ['process', 'type', 'base', 'size', 'file_offset', 'file_size', 'mapper_xp', 'placement'],
  VMM_REMOVE_REGION: ['process', 'base', 'size'],
  VMM_SET_COW: ['process', 'thread'],
  VMM_DISPLAY: ['process', 'mapping'],
};

export function createRpcTrace(): RpcTrace {
  return { rows: new Float64Array(0), length: 0, threads: [], stalls: 0 };
}

/** Gives the RPC its seq. */
export function recordPost(trace: RpcTrace, desc: RpcDesc, parent: number): number {
  const seq = trace.length;
  const row = seq * STRIDE;
  if (row + STRIDE > trace.rows.length) grow(trace);
  const { rows } = trace;
  trace.length += 1;
  rows[row + Column.index] = desc.index;
  rows[row + Column.timePost] = desc.time_post;
  rows[row + Column.clientCluster] = desc.cluster;
  rows[row + Column.clientCore] = desc.core;
  rows[row + Column.clientThread] = numberOfThread(trace, desc.thread);
  rows[row + Column.server] = desc.server;
  rows[row + Column.parent] = parent;
  const args = desc.args as Readonly<Record<string, unknown>>;
  argumentNames[desc.name].forEach((name, i) => (rows[row + Column.args + i] = asWord(args[name])));
  return seq;
}

export function recordServe({ rows }: RpcTrace, desc: RpcDesc, time: number): void {
  rows[desc.seq * STRIDE + Column.timeServe] = time;
}

export function recordDone({ rows }: RpcTrace, desc: RpcDesc): void {
  rows[desc.seq * STRIDE + Column.timeDone] = desc.time_done;
  rows[desc.seq * STRIDE + Column.result] = asWord(desc.result);
}

export function readRecord({ rows, length, threads }: RpcTrace, seq: number): RpcRecord | null {
  if (!Number.isInteger(seq) || seq < 0 || seq >= length) return null;
  const at = (column: number): number => rows[seq * STRIDE + column] as number;
  const name = rpcNames.find((candidate) => rpcIndex[candidate] === at(Column.index)) as RpcName;
  return {
    seq,
    name,
    index: at(Column.index),
    client: at(Column.clientCluster),
    client_core: at(Column.clientCore),
    client_thread: threads[at(Column.clientThread)] as string,
    server: at(Column.server),
    args: Object.fromEntries(argumentNames[name].map((argument, i) => [argument, at(Column.args + i)])),
    result: at(Column.result),
    time_post: at(Column.timePost),
    time_serve: at(Column.timeServe),
    time_done: at(Column.timeDone),
    parent: at(Column.parent) < 0 ? null : at(Column.parent),
  };
}

function grow(trace: RpcTrace): void {
  const rows = new Float64Array(Math.max(FIRST_ROWS * STRIDE, trace.rows.length * 2));
  rows.set(trace.rows);
  trace.rows = rows;
}

function numberOfThread({ threads }: RpcTrace, agent: string): number {
  const known = threads.indexOf(agent);
  return known >= 0 ? known : threads.push(agent) - 1;
}

/** Objects travel as pointers: a process as its PID, a vseg as its first address, a thread as its core. */
function asWord(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return -((errorNumbers as Readonly<Record<string, number>>)[value] ?? 0);
  if (typeof value !== 'object' || value === null) return 0;
  const object = value as Readonly<Record<string, unknown>>;
  for (const field of ['pid', 'min', 'ppn', 'core', 'id']) if (typeof object[field] === 'number') return object[field];
  return 0;
}
