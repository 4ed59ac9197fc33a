import type { ThreadObject } from '../../kernels/kernel.ts';
import { createEndedProcesses, type EndedProcesses } from './ended-processes.ts';
import type { Finding } from './findings.ts';
import { createOutput, type Output } from './output.ts';
import type { Diagnostic, SourceRange } from '../scenario/scenario.ts';
import type { BrokenRule, Overwrite } from './overwrites.ts';
import { startOfStream } from './random-numbers.ts';
import type { Value } from './values.ts';

/** One level of nested statements that is being executed. Plain data: the scenario itself is named by block number. */
export interface ControlFrame {
  readonly kind: 'block' | 'as' | 'for' | 'repeat' | 'while' | 'def' | 'handler' | 'then' | 'replay';
  /** Number of the statement list in the program. */
  readonly block: number;
  /** The statement that is next. */
  next: number;
  /** For `as` and `replay`: who runs the next statement. Changes when an exec replaces the thread. */
  thread: ThreadObject | null;
  /** Bindings of `for`, `repeat`, `if`; null where bindings go to the enclosing level. */
  scope: Map<string, Value> | null;
  /**
   * While the statement that is next is performed in parts: what its expressions gave so far, by their numbers. Null before
   * its first part.
   */
  values: Map<number, Value> | null;
  /** For `def`: the number of the call, in the statement of the level below. */
  readonly call: number;
  /** The error with which the call that is next ended, and its number; null where it gave a value. */
  failure: { readonly call: number; readonly error: string } | null;
  /** For `def` its name; for `for`: name and values, or places in `items`; for `repeat` the rounds left are `to - at`. */
  readonly name: string;
  /** The list that `for` goes through; null where it counts. */
  readonly items: readonly Value[] | null;
  /** For `handler`: what it has returned, `none` where it came to its end. */
  answer: Value;
  at: bigint;
  to: bigint;
  step: bigint;
  /** For `replay`: how far it has come, as the replayer keeps it. */
  readonly replay: unknown;
}

/** `mutex NAME`: a value by identity, like a kernel's own objects. */
export interface Mutex {
  readonly type: 'mutex';
  readonly name: string;
  /** The agent that holds it; null where nobody does. */
  holder: string | null;
}

export interface Emulation {
  readonly call: string;
  /** Of the recording's log. */
  readonly line?: number;
  readonly how: string;
}

/** What the interpreter itself remembers. Copied, compared and restored with machine and kernel. */
export interface Script extends EndedProcesses, Output {
  control: ControlFrame[];
  globals: Map<string, Value>;
  /** Statements begun so far. */
  statements: number;
  /** Ends of blocks, rounds of loops and statements of interleaved blocks so far: they count against the bound on statements. */
  rounds: number;
  /** Of the file, each with the name under which locks know who holds it. */
  mutexes: Mutex[];
  /** Where the stream of `random` stands. */
  randomState: number;
  /** Micro-steps and idle time of the engine, which is rebuilt around a restored world. */
  steps: number;
  idleUntil: number;
  nextActivity: number;
  /** Numbers of threads and servers, by their names, in the order in which the run met them; the first is 1. */
  agents: Map<string, number>;
  /** No statement is left, or the run was stopped by a failure. */
  ended: boolean;
  /** Something was left half done: a deadlock or a panic. Invariants are not checked from here on. */
  broken: boolean;
  passed: number;
  failed: number;
  diagnostics: Diagnostic[];
  /** How their texts came to be, by code and place. */
  findings: Map<string, Finding>;
  emulated: Emulation[];
  /** Failures that were armed since the last `inject clear`, the used ones included. */
  injections: { readonly kind: string; readonly range: SourceRange }[];
  /** Frames that `reserve` took. */
  reserved: number[];
  /** What the scenario itself overwrote of the kernel's, in order. */
  overwrites: Overwrite[];
  /** The first rule that was seen broken after one of them. */
  brokenRule: BrokenRule | null;
  /** Out-parameters of the last failed call. */
  failedOutputs: Map<string, Value>;
  /** The line of the last statement that began as each thread, by its name; where it was made, if none did. */
  lastPlaces: Map<string, SourceRange>;
}

/** `names`: of the mutexes that the file declares. */
export function createScript(block: number, seed = 0, names: readonly string[] = []): Script {
  const mutexes = names.map((name): Mutex => ({ type: 'mutex', name, holder: null }));
  return {
    control: [blockFrame(block)],
    globals: new Map(mutexes.map((object) => [object.name, { kind: 'object', object }])),
    mutexes,
    statements: 0,
    rounds: 0,
    randomState: startOfStream(seed),
    steps: 0,
    idleUntil: 0,
    nextActivity: 1,
    agents: new Map(),
    ended: false,
    broken: false,
    passed: 0,
    failed: 0,
    ...createOutput(),
    diagnostics: [],
    findings: new Map(),
    emulated: [],
    injections: [],
    reserved: [],
    overwrites: [],
    brokenRule: null,
    failedOutputs: new Map(),
    lastPlaces: new Map(),
    ...createEndedProcesses(),
  };
}

export function blockFrame(block: number, change: Partial<ControlFrame> = {}): ControlFrame {
  return {
    kind: 'block',
    block,
    next: 0,
    thread: null,
    scope: null,
    values: null,
    call: -1,
    failure: null,
    name: '',
    items: null,
    answer: null,
    at: 0n,
    to: 0n,
    step: 0n,
    replay: null,
    ...change,
  };
}
