import type { Activation, KernelGenerator } from '../../../execution/activation.ts';
import type { Ppn } from '../../../hardware/word.ts';
import type { Injection } from '../../injections.ts';
import type { AlmosOptions } from '../base/options.ts';
import type { Process, ProcessDescriptor } from './process.ts';
import type { RpcTrace } from './rpc-trace.ts';
import type { Thread } from './thread.ts';
import type { Mapper } from './mapper.ts';
import type { Ppm } from './ppm.ts';
import type { RpcFifo } from './rpc-fifo.ts';
import type { Holdings } from './holdings.ts';
import type { Program } from './program.ts';

/** One kernel instance: what its cluster owns (1.1). */
export interface Cluster {
  readonly index: number;
  /** Number of its bank's first page in the physical addresses. */
  readonly first_ppn: Ppn;
  /** (x << 4) | y on TSAR (1). */
  readonly cxy: number;
  readonly ppm: Ppm;
  /** Descriptors taken from the cluster's kernel object pool (2.9). */
  readonly kcm: { vseg: number; process: number; thread: number };
  /** 1.3: reference descriptors of the processes that this cluster owns, by LPID. */
  readonly pref_tbl: (Process | null)[];
  /** 1.3: descriptors here, references and copies, in order of creation. */
  readonly local_root: ProcessDescriptor[];
  /** 8.2: one queue, or one for each core. */
  readonly rpc_fifos: readonly RpcFifo[];
}

/** Everything the kernel knows, as plain data; it refers to nothing outside itself. */
export interface AlmosState {
  readonly options: AlmosOptions;
  readonly clusters: readonly Cluster[];
  /** LPID 0; its descriptors are made where something needs them. */
  readonly process_zero: Process;
  /** User processes that have not ended. */
  readonly processes: Process[];
  /** Living user threads. */
  readonly threads: Thread[];
  nextOwner: number;
  readonly mappers: Map<number, Mapper>;
  nextMapper: number;
  /** Programs by path, as the loader knows them. */
  readonly programs: Map<string, Program>;
  readonly rpc: RpcTrace;
  injections: Injection[];
  readonly held: Holdings;
  /** The bad-address register as the handler saved it, by core; -1 when no fault is being handled. */
  readonly badAddress: Float64Array;
}

/** A kernel function's own activation. */
export type Here = Activation<AlmosState>;
export type Steps<R> = KernelGenerator<R>;

export function clusterAt(here: Here, index: number): Cluster {
  return here.kernel.clusters[index] as Cluster;
}
