/** Who may be inside the kernel for a process at the same time (A11, and the end of a process). */
import type { Process, ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';

/** Before 5.19 and 5.20 step 1: waits while the process forks. */
export function* enterFault(here: Here, process: ProcessDescriptor): Steps<void> {
  const { gate, name } = process.ref;
  const isOpen = (): boolean => gate.forking === null;
  if (!isOpen()) yield* waitUntil(here, () => `the fork of ${name}`, isOpen);
  gate.faults += 1;
}

export function leaveFault(process: ProcessDescriptor): void {
  process.ref.gate.faults -= 1;
}

/** Begins a kernel call of one of the process's threads. False if the process is dead. */
export function* enterCall(here: Here, process: ProcessDescriptor): Steps<boolean> {
  const { ref } = process;
  const isOpen = (): boolean => ref.gate.ending === null;
  if (!isOpen()) yield* waitUntil(here, () => `the end of ${ref.name}`, isOpen);
  if (!ref.alive) return false;
  ref.gate.calls += 1;
  return true;
}

export function leaveCall(process: ProcessDescriptor): void {
  process.ref.gate.calls -= 1;
}

/** A11: from here on no thread of the parent performs a user access, and new faults wait. */
export function* beginFork(here: Here, process: Process): Steps<void> {
  const { gate, name } = process;
  const isQuiet = (): boolean => gate.forking === null && gate.faults === 0;
  if (!isQuiet()) yield* waitUntil(here, () => `the faults and forks of ${name} in progress`, isQuiet);
  gate.forking = here.activity.agent;
}

export function endFork(process: Process): void {
  process.gate.forking = null;
}

/**
 * Claims the end of a process for this thread, and waits until no thread of it is inside the kernel. The caller
 * itself is in no call. False if another thread ends the process, or has ended it.
 */
export function* beginEnd(here: Here, process: Process): Steps<boolean> {
  const { gate, name } = process;
  if (gate.ending !== null || !process.alive) return false;
  gate.ending = here.activity.agent;
  const isQuiet = (): boolean => gate.calls === 0 && gate.faults === 0;
  if (!isQuiet()) yield* waitUntil(here, () => `the kernel calls of ${name} in progress`, isQuiet);
  return true;
}

export function endEnd(process: Process): void {
  process.gate.ending = null;
}

function* waitUntil(here: Here, description: () => string, ready: () => boolean): Steps<void> {
  here.activity.wait = { kind: 'condition', description, ready };
  yield;
}
