/**
 * Which descriptors are ends of which pipe. A log tells that a pipe was made and not which descriptors it got, so they are
 * found as the system chooses them: the lowest free ones. Which were open from the start is not in a log either: the assumption
 * is taken that leaves the fewest uses of descriptors unexplained.
 */
import { type CallEvent, numberArgument } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';

/** What is behind a descriptor: the pipes that it reads from and writes to, by number. */
export interface Descriptor {
  readonly reads: number | null;
  readonly writes: number | null;
  readonly closesOnExec: boolean;
}

export type Descriptors = Map<number, Descriptor>;

const noPipe: Descriptor = { reads: null, writes: null, closesOnExec: false };

/** Descriptors 0, 1 and 2, and those that whoever started the program left open beside them. */
const MOST_INHERITED = 16;
const STANDARD = 3;
const F_DUPFD = 0;
const F_SETFD = 2;
const F_DUPFD_CLOEXEC = 1030;
const CLOEXEC = 0x8_0000;

export function openFromStart(inherited: number): Descriptors {
  const open: Descriptors = new Map();
  for (let descriptor = 0; descriptor < inherited; descriptor++) open.set(descriptor, noPipe);
  return open;
}

/** A process's own table after a fork, or what an exec right after it leaves of that. */
export function inherit(open: Descriptors, isExec: boolean): Descriptors {
  return new Map([...open].filter(([, { closesOnExec }]) => !isExec || !closesOnExec));
}

/** What a call that succeeded does to its process's descriptors. `pipes`: how many there are; gives how many it adds. */
export function passDescriptors(open: Descriptors, call: CallEvent, pipes: number): number {
  if (call.result?.ok !== true) return 0;
  const { value } = call.result;
  const number = (index: number): number => numberArgument(call, index);
  switch (call.name) {
    case 'pipe':
    case 'pipe2': {
      const closesOnExec = call.name === 'pipe2' && (number(1) & CLOEXEC) !== 0;
      open.set(lowestFree(open), { reads: pipes, writes: null, closesOnExec });
      open.set(lowestFree(open), { reads: null, writes: pipes, closesOnExec });
      return 1;
    }
    case 'socketpair': {
      const closesOnExec = (number(1) & CLOEXEC) !== 0;
      open.set(lowestFree(open), { reads: pipes, writes: pipes + 1, closesOnExec });
      open.set(lowestFree(open), { reads: pipes + 1, writes: pipes, closesOnExec });
      return 2;
    }
    case 'dup':
    case 'dup2':
      copy(open, number(0), value, false);
      return 0;
    case 'dup3':
      copy(open, number(0), value, (number(2) & CLOEXEC) !== 0);
      return 0;
    case 'fcntl':
      passControl(open, number(0), number(1), number(2), value);
      return 0;
    case 'close':
      open.delete(number(0));
      return 0;
    case 'close_range':
      for (const descriptor of open.keys())
        if (descriptor >= number(0) && descriptor <= number(1)) open.delete(descriptor);
      return 0;
    default:
      if (opening.has(call.name)) open.set(value, noPipe);
      return 0;
  }
}

function passControl(open: Descriptors, from: number, command: number, argument: number, value: number): void {
  if (command === F_DUPFD || command === F_DUPFD_CLOEXEC) copy(open, from, value, command === F_DUPFD_CLOEXEC);
  else if (command === F_SETFD) copy(open, from, from, (argument & 1) !== 0);
}

function copy(open: Descriptors, from: number, to: number, closesOnExec: boolean): void {
  open.set(to, { ...(open.get(from) ?? noPipe), closesOnExec });
}

/** Calls whose result is a new descriptor. */
const opening = new Set([
  'open',
  'openat',
  'creat',
  'socket',
  'accept',
  'accept4',
  'epoll_create',
  'epoll_create1',
  'eventfd',
  'eventfd2',
  'timerfd_create',
  'memfd_create',
  'inotify_init',
  'inotify_init1',
  'signalfd',
  'signalfd4',
  'pidfd_open',
]);

/** Calls that use the descriptor in their first argument, which must be open then. */
const using = new Set([
  'read',
  'readv',
  'write',
  'writev',
  'close',
  'dup',
  'dup2',
  'dup3',
  'fcntl',
  'fstat',
  'newfstat',
]);

function lowestFree(open: Descriptors): number {
  let descriptor = 0;
  while (open.has(descriptor)) descriptor++;
  return descriptor;
}

const known = new WeakMap<Recording, number>();

/** How many descriptors, from 0 on, were open when the recorded program started. */
export function inheritedDescriptors(recording: Recording): number {
  const before = known.get(recording);
  if (before !== undefined) return before;
  let best = STANDARD;
  let fewest = Infinity;
  for (let count = STANDARD; count <= MOST_INHERITED && fewest > 0; count++) {
    const unexplained = unexplainedUses(recording, count);
    if (unexplained < fewest) [best, fewest] = [count, unexplained];
  }
  known.set(recording, best);
  return best;
}

/** Uses of descriptors that nothing has opened, over all processes. */
function unexplainedUses(recording: Recording, inherited: number): number {
  const logs = new Map(recording.processes.map((log) => [log.pid, log]));
  const started = new Map([[recording.processes[0]?.pid ?? 0, openFromStart(inherited)]]);
  let unexplained = 0;
  for (const [pid, open] of started) {
    for (const event of logs.get(pid)?.events ?? []) {
      if (event.kind !== 'call') continue;
      if (event.child !== null) started.set(event.child, inherit(open, false));
      const isUse = using.has(event.name) && event.result?.ok === true;
      if (isUse && !open.has(numberArgument(event, 0))) unexplained++;
      // The system gives the lowest free descriptor: a higher one tells that those below it are taken.
      if (isLowest(event) && event.result?.ok === true && event.result.value > lowestFree(open)) unexplained++;
      passDescriptors(open, event, 0);
    }
  }
  return unexplained;
}

function isLowest(call: CallEvent): boolean {
  return opening.has(call.name) || call.name === 'dup';
}
