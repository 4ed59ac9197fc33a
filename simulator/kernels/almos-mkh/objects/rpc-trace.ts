/** 8.9: what happened to the last RPCs, as rows of numbers, so that a copy of the state stays cheap. */
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
  server: 6,
  parent: 7,
  result: 8,
  args: 9,
} as const;
const MAX_ARGS = 10;
const STRIDE = Column.args + MAX_ARGS;
const FIRST_ROWS = 64;
/** Of older ones only their number is known. A power of two times FIRST_ROWS. */
export const MOST_RPCS = 4096;

export interface RpcTrace {
  /** A ring: an RPC's row is its seq modulo their number. */
  rows: Float64Array;
  /** RPCs so far. */
  length: number;
  /** The client's agent, by row. */
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
  if (seq < MOST_RPCS && (seq + 1) * STRIDE > trace.rows.length) grow(trace);
  const { rows } = trace;
  const row = rowOf(trace, seq);
  rows.fill(0, row, row + STRIDE);
  trace.threads[row / STRIDE] = desc.thread;
  trace.length += 1;
  rows[row + Column.index] = desc.index;
  rows[row + Column.timePost] = desc.time_post;
  rows[row + Column.clientCluster] = desc.cluster;
  rows[row + Column.clientCore] = desc.core;
  rows[row + Column.server] = desc.server;
  rows[row + Column.parent] = parent;
  const args = desc.args as Readonly<Record<string, unknown>>;
  argumentNames[desc.name].forEach((name, i) => (rows[row + Column.args + i] = asWord(args[name])));
  return seq;
}

export function recordServe(trace: RpcTrace, desc: RpcDesc, time: number): void {
  if (isKept(trace, desc.seq)) trace.rows[rowOf(trace, desc.seq) + Column.timeServe] = time;
}

export function recordDone(trace: RpcTrace, desc: RpcDesc): void {
  if (!isKept(trace, desc.seq)) return;
  const row = rowOf(trace, desc.seq);
  trace.rows[row + Column.timeDone] = desc.time_done;
  trace.rows[row + Column.result] = asWord(desc.result);
}

/** Null for one that has not been, or is not kept any more. */
export function readRecord(trace: RpcTrace, seq: number): RpcRecord | null {
  if (!Number.isInteger(seq) || seq < 0 || !isKept(trace, seq)) return null;
  const { rows, threads } = trace;
  const row = rowOf(trace, seq);
  const at = (column: number): number => rows[row + column] as number;
  const name = rpcNames.find((candidate) => rpcIndex[candidate] === at(Column.index)) as RpcName;
  return {
    seq,
    name,
    index: at(Column.index),
    client: at(Column.clientCluster),
    client_core: at(Column.clientCore),
    client_thread: threads[row / STRIDE] as string,
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

function isKept({ length }: RpcTrace, seq: number): boolean {
  return seq < length && seq >= length - MOST_RPCS;
}

/** Place of its first column. */
function rowOf({ rows }: RpcTrace, seq: number): number {
  return (seq * STRIDE) % rows.length;
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
