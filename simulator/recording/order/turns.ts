/**
 * The order of a recording: what runs next, and what that changes for the order. Kernels have no part in it, so the
 * whole order is known before anything is performed.
 */
import type { CallEvent, ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import { effectOf, layoutOf } from './replay-plan.ts';
import { createReplayProcess, currentProcess, type ReplayProcess, type ReplayState } from './replay-state.ts';
import { inherit, inheritedDescriptors, openFromStart, passDescriptors } from './descriptors.ts';
import { afterFork, blockAtCompletion, complete, issue, noteWrite, releaseParent, schedule } from './scheduler.ts';

/** Accesses of one turn at most, so that a turn is never long. */
export const LONGEST_RUN = 1 << 14;

/** What runs in one piece. */
export interface NextTurn {
  readonly self: ReplayProcess;
  readonly log: ProcessLog;
  readonly kind: 'start' | 'layout' | 'accesses' | 'event';
  /** Accesses `[from, to)` of the log. */
  readonly from: number;
  readonly to: number;
  /** Index of the event; that of the next one where the kind is another. */
  readonly event: number;
}

/** What ran, as far as the order knows. */
export interface Turn extends NextTurn {
  /** Made by a fork. */
  readonly child: ReplayProcess | null;
  /** Recorded thread that was made. */
  readonly tid: number;
  readonly endsProcess: boolean;
}

/** Changes nothing. Null at the end of the recording. `limit`: the position at which accesses stop. */
export function nextTurn(recording: Recording, state: ReplayState, limit: number): NextTurn | null {
  const self = currentProcess(state);
  const log = recording.processes[self.log] as ProcessLog;
  const { access: from, event } = self;
  switch (self.status) {
    case 'ended':
      return null;
    case 'new':
      return { self, log, kind: 'start', from, to: from, event };
    case 'loaded':
      return { self, log, kind: 'layout', from, to: from, event };
    default: {
      const to = endOfRun(state, self, log, limit);
      return { self, log, kind: to > from ? 'accesses' : 'event', from, to, event };
    }
  }
}

/** Accesses up to the next event, the end of the turn, or as many as one turn may hold. */
function endOfRun(state: ReplayState, self: ReplayProcess, log: ProcessLog, limit: number): number {
  const next = log.events[self.event]?.at ?? log.accesses.length;
  const turn = state.settings.order === 'round-robin' ? state.turn : LONGEST_RUN;
  return Math.min(next, self.access + Math.min(turn, LONGEST_RUN, limit - state.position));
}

/** Moves the order past the next turn; what it does to a machine is for others to perform. */
export function takeTurn(recording: Recording, state: ReplayState, limit: number): Turn {
  const next = nextTurn(recording, state, limit);
  if (next === null) throw new Error('internal: nothing is left of the recording');
  const turn = { ...next, child: null, tid: next.self.tid, endsProcess: false };
  const changed = { ...turn, ...passTurn(recording, state, next) };
  blockAtCompletion(recording, state);
  schedule(recording, state);
  return changed;
}

function passTurn(recording: Recording, state: ReplayState, next: NextTurn): Partial<Turn> {
  const { self, from, to } = next;
  state.position += next.kind === 'accesses' ? to - from : 1;
  switch (next.kind) {
    case 'start':
      self.status = 'loaded';
      self.threads.set(self.tid, null);
      self.pipeEnds = openFromStart(inheritedDescriptors(recording));
      return {};
    case 'layout':
      self.status = 'ready';
      if (self.parent !== null) becomeProgram(state, self);
      return {};
    case 'accesses':
      self.access = to;
      state.turn -= to - from;
      return {};
    case 'event':
      return passEvent(recording, state, next);
  }
}

function becomeProgram(state: ReplayState, self: ReplayProcess): void {
  self.threads.clear();
  self.threads.set(self.tid, null);
  releaseParent(state, self);
}

function passEvent(recording: Recording, state: ReplayState, { self, log }: NextTurn): Partial<Turn> {
  const index = self.event;
  const event = log.events[index];
  // The log ends here, and the process with it.
  if (event === undefined) return endProcess(state, self);
  self.event++;
  switch (event.kind) {
    case 'switch':
      self.tid = event.tid;
      return {};
    case 'signal':
      return {};
    case 'killed':
      return endProcess(state, self);
    case 'call':
      self.tid = event.tid;
      noteWrite(state, self, event);
      issue(state, self, log, index, event);
      break;
    case 'completion':
      complete(state, self, log, event.call);
      break;
  }
  const done = effectOf(log, event);
  if (done !== null) passPipes(state, self, done.call);
  return passEffect(recording, state, self, done?.effect);
}

function passPipes(state: ReplayState, self: ReplayProcess, call: CallEvent): void {
  const added = passDescriptors(self.pipeEnds, call, state.pipes.length);
  for (let pipe = 0; pipe < added; pipe++) state.pipes.push({ written: 0, read: 0 });
}

function passEffect(
  recording: Recording,
  state: ReplayState,
  self: ReplayProcess,
  effect: NonNullable<ReturnType<typeof effectOf>>['effect'] | undefined,
): Partial<Turn> {
  switch (effect?.kind) {
    case 'fork': {
      const child = childOf(recording, state, self, effect.child);
      state.processes.push(child);
      afterFork(state, state.processes.length - 1, effect.isVfork);
      return { child };
    }
    case 'thread':
      return { tid: addThread(self) };
    case 'exit':
      if (effect.isWhole || self.threads.size <= 1) return endProcess(state, self);
      self.threads.delete(self.tid);
      return {};
    default:
      return {};
  }
}

/** A log with a layout of its own: the child became another program at once, and its log begins there. */
function childOf(recording: Recording, state: ReplayState, self: ReplayProcess, pid: number): ReplayProcess {
  const index = recording.processes.findIndex((log) => log.pid === pid);
  const isOther = layoutOf(recording, recording.processes[index] as ProcessLog) !== null;
  const child = createReplayProcess(index, state.processes.indexOf(self));
  child.tid = self.tid;
  child.status = isOther ? 'loaded' : 'ready';
  child.threads.set(child.tid, null);
  child.pipeEnds = inherit(self.pipeEnds, isOther);
  return child;
}

/** Valgrind numbers threads from 1 and uses the lowest free number again. */
function addThread(self: ReplayProcess): number {
  let tid = 1;
  while (self.threads.has(tid)) tid++;
  self.threads.set(tid, null);
  return tid;
}

function endProcess(state: ReplayState, self: ReplayProcess): Partial<Turn> {
  self.status = 'ended';
  self.pipeEnds.clear();
  releaseParent(state, self);
  return { endsProcess: true };
}
