/**
 * Which recorded process runs next. Logs give the order inside a process only; between processes causes are known:
 * a fork, the end of a child that is waited for, data that another has written. Everything else is a choice, made
 * the same way every time.
 */
import { isWrite, waitKind } from '../logs/memory-call.ts';
import { type CallEvent, numberArgument, type ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import { currentProcess, type ReplayProcess, type ReplayState } from './replay-state.ts';

/** Chooses again if the current process cannot go on or its turn is over. False when all have ended. */
export function schedule(recording: Recording, state: ReplayState): boolean {
  const current = currentProcess(state);
  const isTurnOver = state.settings.order === 'round-robin' && state.turn <= 0;
  if (!isTurnOver && isReady(current)) return true;
  const next = nextReady(recording, state) ?? (isReady(current) ? state.current : released(recording, state));
  if (next === null) return false;
  wake(state.processes[next] as ReplayProcess);
  state.current = next;
  state.turn = state.settings.quantum;
  return true;
}

/** Notes that a process issued a call that may make it wait. */
export function block(state: ReplayState, event: number): void {
  const process = currentProcess(state);
  process.status = 'blocked';
  process.blocked = { event, since: state.blockedCalls++, writes: writesOfOthers(state, process) };
}

/** After a fork the child goes first unless the settings say otherwise; after a vfork always. */
export function afterFork(state: ReplayState, child: number, isVfork: boolean): void {
  if (isVfork) currentProcess(state).status = 'vfork';
  if (!isVfork && state.settings.order !== 'child-first') return;
  state.current = child;
  state.turn = state.settings.quantum;
}

/** A vfork's parent goes on when its child has ended or has become another program. */
export function releaseParent(state: ReplayState, child: ReplayProcess): void {
  const parent = child.parent === null ? undefined : state.processes[child.parent];
  if (parent?.status === 'vfork') parent.status = 'ready';
}

export function noteWrite(process: ReplayProcess, call: CallEvent): void {
  if (isWrite(call)) process.writes++;
}

function isReady(process: ReplayProcess): boolean {
  return process.status === 'ready' || process.status === 'loaded' || process.status === 'new';
}

function wake(process: ReplayProcess): void {
  if (process.status !== 'blocked') return;
  process.status = 'ready';
  process.blocked = null;
}

/** The first after the current one, in the order of creation, that can run. */
function nextReady(recording: Recording, state: ReplayState): number | null {
  const { processes, current } = state;
  for (let distance = 1; distance < processes.length + 1; distance++) {
    const index = (current + distance) % processes.length;
    const process = processes[index] as ReplayProcess;
    if (index !== current && isReady(process)) return index;
    if (process.status === 'blocked' && canGoOn(recording, state, process)) return index;
  }
  return null;
}

function canGoOn(recording: Recording, state: ReplayState, process: ReplayProcess): boolean {
  const call = blockedCall(recording, process);
  switch (waitKind(call)) {
    case 'child':
      return isChildEnded(recording, state, process, call);
    case 'data':
      return writesOfOthers(state, process) > (process.blocked?.writes ?? 0);
    case 'sleep':
      // A poll with a timeout also ends when data comes.
      return call.name === 'poll' && writesOfOthers(state, process) > (process.blocked?.writes ?? 0);
    case 'other':
      return false;
  }
}

/** The recorded result tells which child it was that had ended; none for WNOHANG, any for waitid. */
function isChildEnded(recording: Recording, state: ReplayState, process: ReplayProcess, call: CallEvent): boolean {
  const index = state.processes.indexOf(process);
  const children = state.processes.filter((other) => other.parent === index);
  if (call.result?.ok !== true) return true;
  const pid =
    call.name === 'waitid' ? (numberArgument(call, 0) === P_PID ? numberArgument(call, 1) : null) : call.result.value;
  if (pid === 0) return true;
  const isEnded = (child: ReplayProcess): boolean => child.status === 'ended';
  if (pid === null) return children.some(isEnded);
  const child = children.find(({ log }) => (recording.processes[log] as ProcessLog).pid === pid);
  return child === undefined || isEnded(child);
}

const P_PID = 1;

/** Nobody can run: sleepers first, then the others, then who waits for a child; each in the order of blocking. */
function released(recording: Recording, state: ReplayState): number | null {
  const rank = (process: ReplayProcess): number => {
    const kind = waitKind(blockedCall(recording, process));
    if (kind === 'sleep') return 0;
    return kind === 'child' ? 2 : 1;
  };
  const blocked = state.processes.filter((process) => process.status === 'blocked');
  blocked.sort((left, right) => rank(left) - rank(right) || (left.blocked?.since ?? 0) - (right.blocked?.since ?? 0));
  const first = blocked[0];
  return first === undefined ? null : state.processes.indexOf(first);
}

function blockedCall(recording: Recording, process: ReplayProcess): CallEvent {
  const event = recording.processes[process.log]?.events[process.blocked?.event ?? -1];
  if (event?.kind !== 'call') throw new Error('internal: a blocked process without its call');
  return event;
}

function writesOfOthers(state: ReplayState, process: ReplayProcess): number {
  return state.processes.reduce((sum, other) => (other === process ? sum : sum + other.writes), 0);
}
