/** What a recorded call may wait for, and what it gives others to go on with. */
import { type CallEvent, numberArgument } from './process-log.ts';

/** A descriptor or a timeout of -1, as it is printed. */
const MINUS_ONE = 0xffff_ffff;
const ETIMEDOUT = 110;

/** How a blocked call may go on. */
export function waitKind(call: CallEvent): 'child' | 'data' | 'sleep' | 'other' {
  switch (call.name) {
    case 'wait4':
    case 'waitid':
    case 'waitpid':
      return 'child';
    case 'futex':
      return call.result?.ok === false && call.result.value === ETIMEDOUT ? 'sleep' : 'data';
    case 'read':
    case 'readv':
    case 'pread64':
    case 'recv':
    case 'recvfrom':
    case 'recvmsg':
    case 'recvmmsg':
    case 'accept':
    case 'accept4':
    case 'msgrcv':
    case 'semop':
    case 'pause':
    case 'rt_sigsuspend':
      return 'data';
    case 'poll':
      // A timeout of -1 waits for data only; any other sleeps as well.
      return numberArgument(call, 2) === MINUS_ONE ? 'data' : 'sleep';
    case 'epoll_wait':
    case 'epoll_pwait':
      return numberArgument(call, 3) === MINUS_ONE ? 'data' : 'sleep';
    case 'select':
    case 'pselect6':
      return numberArgument(call, 4) === 0 ? 'data' : 'sleep';
    case 'ppoll':
      return numberArgument(call, 2) === 0 ? 'data' : 'sleep';
    case 'rt_sigtimedwait':
      return numberArgument(call, 2) === 0 ? 'data' : 'sleep';
    case 'nanosleep':
    case 'clock_nanosleep':
      return 'sleep';
    default:
      return 'other';
  }
}

/** Does data end such a sleep early? */
export function endsWithData(call: CallEvent): boolean {
  return call.name !== 'nanosleep' && call.name !== 'clock_nanosleep';
}

/** Does this call give others something to go on with? Output to the terminal does not. */
export function isWrite(call: CallEvent): boolean {
  if (writesBytes(call)) {
    const descriptor = numberArgument(call, 0);
    return descriptor !== 1 && descriptor !== 2;
  }
  return otherWrites.has(call.name);
}

const otherWrites = new Set(['sendto', 'sendmsg', 'futex', 'connect', 'msgsnd', 'semop', 'kill', 'tgkill', 'tkill']);

/** Its first argument is a descriptor, and its result how many bytes went into it. */
export function writesBytes(call: CallEvent): boolean {
  return call.name === 'write' || call.name === 'writev';
}

/** The same for bytes that come out of it. */
export function readsBytes(call: CallEvent): boolean {
  return call.name === 'read' || call.name === 'readv';
}
