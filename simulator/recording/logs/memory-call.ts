/** What a recorded system call means for memory. Numbers are Linux's on x86-64. */
import { type CallEvent, numberArgument, textArgument } from './process-log.ts';

export type MemoryCall =
  | {
      readonly kind: 'mmap';
      readonly address: number;
      readonly length: number;
      readonly rights: number;
      readonly shared: boolean;
      readonly fixed: boolean;
      /** Null: anonymous. */
      readonly descriptor: number | null;
      readonly offset: number;
    }
  | { readonly kind: 'munmap'; readonly address: number; readonly length: number }
  | { readonly kind: 'mprotect'; readonly address: number; readonly length: number; readonly rights: number }
  | {
      readonly kind: 'mremap';
      readonly from: number;
      readonly oldLength: number;
      readonly to: number;
      readonly newLength: number;
    }
  /** The new end, as it was granted. */
  | { readonly kind: 'brk'; readonly end: number }
  /** madvise with MADV_DONTNEED. */
  | { readonly kind: 'discard'; readonly address: number; readonly length: number }
  | { readonly kind: 'fork'; readonly child: number; readonly isVfork: boolean }
  | { readonly kind: 'thread'; readonly tid: number }
  | { readonly kind: 'exec' }
  | { readonly kind: 'exit'; readonly code: number; readonly isWhole: boolean }
  | { readonly kind: 'shmat'; readonly address: number; readonly id: number }
  | { readonly kind: 'shmdt'; readonly address: number }
  | { readonly kind: 'shmget'; readonly id: number; readonly length: number }
  | { readonly kind: 'open'; readonly descriptor: number; readonly path: string }
  | { readonly kind: 'dup'; readonly from: number; readonly to: number }
  /** Only marks the timeline. */
  | { readonly kind: 'other' };

const MAP_SHARED = 0x1;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_FIXED_NOREPLACE = 0x10_0000;
const MADV_DONTNEED = 4;
const VFORK = 58;
/** A descriptor of -1, as it is printed. */
const NO_DESCRIPTOR = 0xffff_ffff;
export const PAGE = 4096;

export const pageUp = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;
export const pageDown = (bytes: number): number => Math.floor(bytes / PAGE) * PAGE;

const other: MemoryCall = { kind: 'other' };

/** A call that failed changes nothing; an exit and an exec that succeed have no result worth reading. */
export function decodeCall(call: CallEvent): MemoryCall {
  if (call.name === 'exit' || call.name === 'exit_group') {
    return { kind: 'exit', code: numberArgument(call, 0), isWhole: call.name === 'exit_group' };
  }
  if (call.result?.ok === false) return other;
  if (call.name === 'execve') return { kind: 'exec' };
  return call.result === null ? other : decodeSuccess(call, call.result.value);
}

function decodeSuccess(call: CallEvent, result: number): MemoryCall {
  const argument = (index: number): number => numberArgument(call, index);
  switch (call.name) {
    case 'mmap':
      return decodeMmap(argument, result);
    case 'munmap':
      return { kind: 'munmap', address: argument(0), length: pageUp(argument(1)) };
    case 'mprotect':
      return { kind: 'mprotect', address: argument(0), length: pageUp(argument(1)), rights: argument(2) & 7 };
    case 'mremap':
      return {
        kind: 'mremap',
        from: argument(0),
        oldLength: pageUp(argument(1)),
        to: result,
        newLength: pageUp(argument(2)),
      };
    case 'brk':
      return { kind: 'brk', end: result };
    case 'madvise':
      return argument(2) === MADV_DONTNEED && argument(1) > 0
        ? { kind: 'discard', address: argument(0), length: pageUp(argument(1)) }
        : other;
    case 'fork':
    case 'vfork':
    case 'clone':
    case 'clone3':
      return decodeClone(call, result);
    case 'shmat':
      return { kind: 'shmat', address: result, id: argument(0) };
    case 'shmdt':
      return { kind: 'shmdt', address: argument(0) };
    case 'shmget':
      return { kind: 'shmget', id: result, length: pageUp(argument(1)) };
    case 'open':
    case 'creat':
      return { kind: 'open', descriptor: result, path: textArgument(call, 0) ?? '' };
    case 'openat':
      return { kind: 'open', descriptor: result, path: textArgument(call, 1) ?? '' };
    case 'dup':
    case 'dup2':
    case 'dup3':
      return { kind: 'dup', from: argument(0), to: result };
    default:
      return other;
  }
}

function decodeMmap(argument: (index: number) => number, address: number): MemoryCall {
  const flags = argument(3);
  const descriptor = argument(4);
  const isAnonymous = (flags & MAP_ANONYMOUS) !== 0 || descriptor === NO_DESCRIPTOR;
  return {
    kind: 'mmap',
    address,
    length: pageUp(argument(1)),
    rights: argument(2) & 7,
    shared: (flags & MAP_SHARED) !== 0,
    fixed: (flags & MAP_FIXED) !== 0 && (flags & MAP_FIXED_NOREPLACE) === 0,
    descriptor: isAnonymous ? null : descriptor,
    offset: argument(5),
  };
}

/** A clone that made no process made a thread. vfork appears as `sys_fork` with its own number. */
function decodeClone(call: CallEvent, result: number): MemoryCall {
  if (call.child !== null) return { kind: 'fork', child: call.child, isVfork: call.number === VFORK };
  return call.name.startsWith('clone') && result > 0 ? { kind: 'thread', tid: result } : other;
}
