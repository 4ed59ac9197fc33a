/**
 * Which recorded process runs next. Logs give the order inside a process only; between processes causes are known:
 * a fork, the end of a child that is waited for, data that another has written. Everything else is a choice, made
 * the same way every time.
 */
import { type CallEvent, type LogEvent, numberArgument, type ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import { endsWithData, isWrite, readsBytes, waitKind, writesBytes } from '../logs/waiting-call.ts';
import { type BlockedCall, currentProcess, type Pipe, type ReplayProcess, type ReplayState } from './replay-state.ts';

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

/** A call begins. One that may block is pending until it completes; the process waits if nothing else of it runs before that. */
export function issue(state: ReplayState, self: ReplayProcess, log: ProcessLog, event: number, call: CallEvent): void {
  if (!call.blocks || call.completion === null) return;
  const pending = { event, since: state.blockedCalls++, writes: writesOfOthers(state, self) };
  self.pending.set(event, pending);
  if (isNext(log, event, call.completion)) block(self, pending);
}

export function complete(state: ReplayState, self: ReplayProcess, log: ProcessLog, event: number): void {
  self.pending.delete(event);
  const call = callAt(log, event);
  if (isInterrupted(call)) self.interruptions++;
  if (!readsBytes(call) || call.result?.ok !== true) return;
  const pipe = pipeOf(state, self, call, 'reads');
  if (pipe !== null) pipe.read += call.result.value;
}

/**
 * A call completes only after what it waited for, whatever else its process did meanwhile: of several threads one may run
 * while another waits.
 */
export function blockAtCompletion(recording: Recording, state: ReplayState): void {
  const self = currentProcess(state);
  const log = recording.processes[self.log] as ProcessLog;
  const event = log.events[self.event];
  if (self.status !== 'ready' || event?.kind !== 'completion' || event.at > self.access) return;
  const pending = self.pending.get(event.call);
  if (pending === undefined || isNext(log, event.call, self.event)) return;
  if (cause(recording, state, self, pending) === 'missing') block(self, pending);
}

function block(self: ReplayProcess, pending: BlockedCall): void {
  self.status = 'blocked';
  self.blocked = pending;
}

/** Nothing but changes of thread stands between two events of a log. */
function isNext(log: ProcessLog, from: number, to: number): boolean {
  const { at } = log.events[from] as LogEvent;
  for (let index = from + 1; index < to; index++) if (log.events[index]?.kind !== 'switch') return false;
  return log.events[to]?.at === at;
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

export function noteWrite(state: ReplayState, process: ReplayProcess, call: CallEvent): void {
  const pipe = writesBytes(call) ? pipeOf(state, process, call, 'writes') : null;
  if (pipe !== null || isWrite(call)) process.writes++;
  if (pipe !== null && call.result?.ok === true) pipe.written += call.result.value;
}

function pipeOf(
  state: ReplayState,
  process: ReplayProcess,
  call: CallEvent,
  direction: 'reads' | 'writes',
): Pipe | null {
  const pipe = process.pipeEnds.get(numberArgument(call, 0))?.[direction] ?? null;
  return pipe === null ? null : (state.pipes[pipe] ?? null);
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
  return process.blocked !== null && cause(recording, state, process, process.blocked) === 'there';
}

/** Is what a pending call waits for there? `unknown`: the recording does not tell what it is. */
function cause(
  recording: Recording,
  state: ReplayState,
  process: ReplayProcess,
  pending: BlockedCall,
): 'there' | 'missing' | 'unknown' {
  const call = callAt(recording.processes[process.log] as ProcessLog, pending.event);
  const isThere = (known: boolean): 'there' | 'missing' => (known ? 'there' : 'missing');
  const kind = waitKind(call);
  if (kind === 'child') return isThere(isChildEnded(recording, state, process, call));
  const pipe = readsBytes(call) ? (process.pipeEnds.get(numberArgument(call, 0))?.reads ?? null) : null;
  if (pipe !== null && call.result?.ok === true) return isThere(isReadable(state, pipe, call.result.value));
  const hasData = writesOfOthers(state, process) > pending.writes;
  if (kind === 'data' || (kind === 'sleep' && endsWithData(call))) return hasData ? 'there' : 'unknown';
  return 'unknown';
}

/** As many bytes as were read, or for none the end: no process can write any more. */
function isReadable(state: ReplayState, index: number, bytes: number): boolean {
  const { written, read } = state.pipes[index] as Pipe;
  if (bytes > 0) return written - read >= bytes;
  return !state.processes.some(({ pipeEnds }) => [...pipeEnds.values()].some(({ writes }) => writes === index));
}

/** The recorded result tells which child it was that had ended; none for WNOHANG, any for waitid. */
function isChildEnded(recording: Recording, state: ReplayState, process: ReplayProcess, call: CallEvent): boolean {
  const index = state.processes.indexOf(process);
  const children = state.processes.filter((other) => other.parent === index);
  const isEnded = (child: ReplayProcess): boolean => child.status === 'ended';
  // What interrupted it was the signal that a child has ended.
  if (isInterrupted(call)) return children.filter(isEnded).length > process.interruptions;
  if (call.result?.ok !== true) return true;
  const pid =
    call.name === 'waitid' ? (numberArgument(call, 0) === P_PID ? numberArgument(call, 1) : null) : call.result.value;
  if (pid === 0) return true;
  if (pid === null) return children.some(isEnded);
  const child = children.find(({ log }) => (recording.processes[log] as ProcessLog).pid === pid);
  return child === undefined || isEnded(child);
}

function isInterrupted(call: CallEvent): boolean {
  return call.result?.ok === false && call.result.value === EINTR;
}

const EINTR = 4;
const P_PID = 1;

/** Nobody can run: sleepers first, then the others, last who waits for what has not happened; each in the order of blocking. */
function released(recording: Recording, state: ReplayState): number | null {
  const rank = (process: ReplayProcess): number => {
    if (process.blocked !== null && cause(recording, state, process, process.blocked) === 'missing') return 2;
    return waitKind(blockedCall(recording, process)) === 'sleep' ? 0 : 1;
  };
  const blocked = state.processes.filter((process) => process.status === 'blocked');
  blocked.sort((left, right) => rank(left) - rank(right) || (left.blocked?.since ?? 0) - (right.blocked?.since ?? 0));
  const first = blocked[0];
  return first === undefined ? null : state.processes.indexOf(first);
}

function blockedCall(recording: Recording, process: ReplayProcess): CallEvent {
  return callAt(recording.processes[process.log] as ProcessLog, process.blocked?.event ?? -1);
}

function callAt(log: ProcessLog, event: number): CallEvent {
  const call = log.events[event];
  if (call?.kind !== 'call') throw new Error('internal: a blocked process without its call');
  return call;
}

function writesOfOthers(state: ReplayState, process: ReplayProcess): number {
  return state.processes.reduce((sum, other) => (other === process ? sum : sum + other.writes), 0);
}
