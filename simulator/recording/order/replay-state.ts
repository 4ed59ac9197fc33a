/** How far a replay has come: plain data, copied and restored with the world it runs in. */
import type { ProcessObject, ThreadObject } from '../../session/calls/replay-host.ts';
import { type AddressMap, emptyMap } from './address-map.ts';
import type { Descriptors } from './descriptors.ts';

export type ReplayOrder = 'child-first' | 'parent-first' | 'round-robin';

export interface ReplaySettings {
  readonly order: ReplayOrder;
  /** Accesses of a turn in round-robin. */
  readonly quantum: number;
  /** Stop where a call would have to be emulated. */
  readonly strict: boolean;
}

export const defaultSettings: ReplaySettings = { order: 'child-first', quantum: 1000, strict: false };

export interface BlockedCall {
  /** Index of the call's event. */
  readonly event: number;
  /** Order in which calls blocked. */
  readonly since: number;
  /** Writes of the other processes at that moment. */
  readonly writes: number;
}

/** Bytes that went in and came out so far. */
export interface Pipe {
  written: number;
  read: number;
}

/** The break: where it began, in the recording and here; `base` null before its first growth. */
export interface Heap {
  readonly start: number;
  base: number | null;
  /** Recorded end of what the program may use. */
  end: number;
  /** Recorded end of what the kernel’s own break has reached, which it may not give back. */
  reached: number;
  /** Recorded end of the anonymous mapping behind it, where the break cannot grow; null: there is none. */
  beyond: number | null;
  readonly id: string;
}

export interface ReplayProcess {
  /** Index of its log in the recording. */
  readonly log: number;
  /** Index of its parent among the processes; null for the first. */
  readonly parent: number | null;
  process: ProcessObject | null;
  /** Simulated threads by recorded thread id; null between a thread's turn in the order and its creation. */
  readonly threads: Map<number, ThreadObject | null>;
  /** Recorded thread that runs. */
  tid: number;
  /** `loaded`: its program is there, the rest of its memory not yet. */
  status: 'new' | 'loaded' | 'ready' | 'blocked' | 'vfork' | 'ended';
  /** Next event and next access of the log. */
  event: number;
  access: number;
  blocked: BlockedCall | null;
  /** Calls that were issued and have not completed, by index of their events. */
  readonly pending: Map<number, BlockedCall>;
  /** Calls that a signal interrupted so far. */
  interruptions: number;
  /** What its file descriptors are, as far as the order has to know. */
  pipeEnds: Descriptors;
  /** Writes to anything but the terminal so far. */
  writes: number;
  map: AddressMap;
  heap: Heap | null;
  /** Paths by file descriptor. */
  readonly descriptors: Map<number, string>;
}

export interface ReplayState {
  /** The recording, as the statement that replays it names it. */
  readonly path: string;
  readonly name: string;
  /** The scenario's name for the first process. */
  readonly binding: string | null;
  readonly settings: ReplaySettings;
  readonly processes: ReplayProcess[];
  current: number;
  /** Accesses left of the turn. */
  turn: number;
  /** How far the recording has come: starts, layouts, accesses and events of all processes. */
  position: number;
  /** Calls that have blocked so far. */
  blockedCalls: number;
  readonly pipes: Pipe[];
  /** Accesses performed, and accesses that the recorded machine refused. */
  performed: number;
  refused: number;
  /** What has been said of the signals that the program handles. */
  readonly told: { readonly handlers: string[]; signalReturn: boolean };
  /** Lengths of System V segments by id. */
  readonly segments: Map<number, number>;
}

export function createReplayState(
  name: string,
  settings: ReplaySettings,
  { path = name, binding = null }: Partial<Pick<ReplayState, 'path' | 'binding'>> = {},
): ReplayState {
  return {
    path,
    name,
    binding,
    settings,
    processes: [createReplayProcess(0, null)],
    current: 0,
    turn: settings.quantum,
    position: 0,
    blockedCalls: 0,
    pipes: [],
    performed: 0,
    refused: 0,
    told: { handlers: [], signalReturn: false },
    segments: new Map(),
  };
}

export function createReplayProcess(log: number, parent: number | null): ReplayProcess {
  return {
    log,
    parent,
    process: null,
    threads: new Map(),
    tid: 1,
    status: 'new',
    event: 0,
    access: 0,
    blocked: null,
    pending: new Map(),
    interruptions: 0,
    pipeEnds: new Map(),
    writes: 0,
    map: emptyMap(),
    heap: null,
    descriptors: new Map(),
  };
}

export function currentProcess(state: ReplayState): ReplayProcess {
  const process = state.processes[state.current];
  if (process === undefined) throw new Error(`internal: the replay has no process ${String(state.current)}`);
  return process;
}
