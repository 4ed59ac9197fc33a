import type { Activation } from '../../../simulator/execution/activation.ts';
import { clusterOfCore } from '../../../simulator/hardware/machine-config.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import type { ProcessObject, ThreadObject } from '../../../simulator/kernels/kernel.ts';
import type { BoundKernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { TableView } from '../../../simulator/kernels/view.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';

/** Whom and what the views of a stack frame are about. */
export interface Subject {
  readonly machine: Machine;
  readonly kernel: BoundKernel;
  /** Null for the kernel's own threads and servers. */
  readonly thread: ThreadObject | null;
  /** The thread's process, or the one that a server works for. */
  readonly process: ProcessObject | null;
  readonly core: number;
  /** Of a kernel function, if it is one's. */
  readonly frame: Activation | null;
  /** Number of the frame of the stack; null for where the simulation stands. */
  readonly stackFrame: number | null;
}

/** Of a frame of the call stack; without one, of the current thread. */
export function subjectOf(simulation: Simulation, frameId?: number): Subject {
  const { world, kernel } = simulation;
  const { machine } = world;
  const frame = frameId === undefined ? null : simulation.frame(frameId);
  const activity = frame?.activity;
  const thread = frameId === undefined ? simulation.currentThread : simulation.threadOfFrame(frameId);
  const owner = thread?.process.owner ?? activity?.owner ?? 0;
  const process = thread?.process ?? kernel.processes().find((one) => one.owner === owner) ?? null;
  const core = activity?.core ?? thread?.core ?? 0;
  return { machine, kernel, thread, process, core, frame, stackFrame: frameId ?? null };
}

/** Tables of the subject's process, that of the subject's cluster first: a private page differs between clusters. */
export function tablesOf({ machine, kernel, core }: Subject, process: ProcessObject): readonly TableView[] {
  const here = clusterOfCore(machine.config, core);
  return [...kernel.tables(process)].sort((a, b) => Number(b.cluster === here) - Number(a.cluster === here));
}
