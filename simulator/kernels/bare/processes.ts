/** Processes without a table, and without anything else that the scenario does not give them. */
import { kernelFunction, type Activation } from '../../execution/activation.ts';
import { currentProcess, type BareState, type Here, type Process, type Thread } from './state.ts';

export function makeProcess(
  state: BareState,
  made: { name: string; core: number; cluster: number; parent: Process | null },
): Process {
  const { name, core, cluster, parent } = made;
  const pid = state.nextPid++;
  const process: Process = {
    ...{ type: 'process', name, pid, owner: pid, alive: true, exit: null, parent, cluster, root: null },
    ...{ codeStart: 0, dataStart: 0, stackStart: 0 },
  };
  state.processes.push(process);
  state.threads.push({ type: 'thread', name, process, core, alive: true });
  return process;
}

export const clone_process = kernelFunction(
  {
    name: 'clone_process',
    section: '13.5',
    doc: 'A new process with a main thread and no page table: the beginning of a fork. It copies nothing.',
    parameters: [
      { name: 'at', type: { kind: 'place' }, optional: true, doc: 'where it runs; the current core unless named' },
    ],
    result: { kind: 'process' },
    errors: ['NO_PROCESS'],
    steps: { 1: 'outside a process: NO_PROCESS', 2: 'make the process and its thread' },
  },
  function* (here: Here, { at }: { at?: { cluster: number; core: number } }) {
    const { kernel, machine } = here;
    if (here.step('1')) yield;
    const parent = currentProcess(here);
    if (parent === null) return 'NO_PROCESS';
    if (here.step('2')) yield;
    const cores = machine.config.coresPerCluster;
    const core = at === undefined ? here.core : at.cluster * cores + at.core;
    const name = `${parent.name}.fork${String(kernel.processes.filter((one) => one.parent === parent).length + 1)}`;
    return makeProcess(kernel, { name, core, cluster: Math.floor(core / cores), parent });
  },
);

/** The process stops; its frames and tables stay what the scenario makes of them. */
export function endProcess(here: Activation, process: Process, exit: number | string): void {
  if (!process.alive) return;
  here.engine.onProcessEnding(process);
  process.alive = false;
  process.exit = exit;
  for (const thread of (here.kernel as BareState).threads) if (thread.process === process) thread.alive = false;
}

export function threadOf(here: Activation): Thread {
  return here.activity.thread as Thread;
}
