import { createLock, type Lock } from '../../../execution/lock.ts';
import type { ProcessObject } from '../../kernel.ts';
import { CONFIG_THREAD_MAX_PER_CLUSTER } from '../base/constants.ts';
import type { AlmosState, Here } from './state.ts';
import type { Thread } from './thread.ts';
import { createVmm, type Vmm } from './vmm.ts';
import type { Mapper } from './mapper.ts';

/** 1.4: a process's descriptor in one cluster. Copies are caches of the reference. */
export interface ProcessDescriptor {
  readonly type: 'process' | 'process-copy';
  readonly pid: number;
  readonly ppid: number;
  /** Cluster of this descriptor. */
  readonly cluster: number;
  /** ref_xp; the owner's cluster as well, since nothing migrates here. */
  readonly ref: Process;
  readonly vmm: Vmm;
  /** Threads in this cluster, by index. */
  readonly th_tbl: (Thread | null)[];
  th_nr: number;
}

/**
 * The reference descriptor: what a scenario calls the process. It alone holds what concerns the process as a
 * whole.
 */
export interface Process extends ProcessDescriptor, ProcessObject {
  readonly type: 'process';
  readonly pid: number;
  readonly cluster: number;
  readonly parent: Process | null;
  main: Thread | null;
  /** copies_root: every descriptor, this one included, by increasing cxy. */
  readonly copies: ProcessDescriptor[];
  readonly copies_lock: Lock;
  /** Open files by fdid. */
  readonly fd_array: (Mapper | null)[];
  /** vfs_bin_xp. */
  vfs_bin: Mapper | null;
  forks: number;
  readonly gate: Gate;
}

/**
 * Who of the process is inside the kernel. A fork waits until no fault is in progress and keeps new ones out
 * (A11); an exit waits until nothing else is.
 */
export interface Gate {
  /** Faults in progress, in any cluster. */
  faults: number;
  /** Kernel calls in progress, faults not counted. */
  calls: number;
  /** The thread that forks now. */
  forking: string | null;
  /** The thread that takes the process apart. */
  ending: string | null;
}

interface NewProcess {
  readonly name: string;
  readonly pid: number;
  readonly owner: number;
  readonly cluster: number;
  readonly parent: Process | null;
}

export function createProcess({ name, pid, owner, cluster, parent }: NewProcess): Process {
  const process = {
    type: 'process' as const,
    name,
    pid,
    ppid: parent?.pid ?? 0,
    owner,
    cluster,
    alive: true,
    exit: null,
    parent,
    codeStart: 0,
    dataStart: 0,
    stackStart: 0,
    vmm: createVmm(cluster),
    th_tbl: emptyThreadTable(),
    th_nr: 0,
    main: null,
    copies: [],
    copies_lock: createLock('copies_lock'),
    fd_array: [],
    vfs_bin: null,
    forks: 0,
    gate: { faults: 0, calls: 0, forking: null, ending: null },
  };
  const reference: Process = Object.assign(process, { ref: undefined as unknown as Process });
  (reference as { ref: Process }).ref = reference;
  reference.copies.push(reference);
  return reference;
}

export function createCopy(ref: Process, cluster: number): ProcessDescriptor {
  return {
    type: 'process-copy',
    pid: ref.pid,
    ppid: ref.ppid,
    cluster,
    ref,
    vmm: createVmm(cluster),
    th_tbl: emptyThreadTable(),
    th_nr: 0,
  };
}

function emptyThreadTable(): null[] {
  return new Array<null>(CONFIG_THREAD_MAX_PER_CLUSTER).fill(null);
}

export function isReference(process: ProcessDescriptor): process is Process {
  return process.type === 'process';
}

/** The process's descriptor in a cluster, or null. */
export function descriptorIn(process: ProcessDescriptor, cluster: number): ProcessDescriptor | null {
  if (process.cluster === cluster) return process;
  return process.ref.copies.find((copy) => copy.cluster === cluster) ?? null;
}

/** Adds a copy where increasing cxy puts it; cluster indexes grow as cxy does. */
export function insertCopy(ref: Process, copy: ProcessDescriptor): void {
  const place = ref.copies.findIndex((other) => other.cluster > copy.cluster);
  ref.copies.splice(place < 0 ? ref.copies.length : place, 0, copy);
}

/** Copies other than the reference, by increasing cxy. */
export function otherCopies(process: ProcessDescriptor): ProcessDescriptor[] {
  return process.ref.copies.filter((copy) => copy !== process.ref);
}

export function livingThreads(state: AlmosState, process: ProcessDescriptor): Thread[] {
  return state.threads.filter((thread) => thread.process === process.ref);
}

/** The thread on whose behalf the kernel runs, or null in the kernel's own threads. */
export function currentThread(here: Here): Thread | null {
  return (here.activity.thread ?? null) as Thread | null;
}
