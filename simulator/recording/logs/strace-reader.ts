/**
 * What `strace -f` wrote, as a recording without accesses: which memory each process mapped, and when. The memory that a
 * program starts with is not in it; a program of one page stands for it.
 */
import { AccessCollector } from './access-columns.ts';
import type { Layout } from './layout-parser.ts';
import type { CallEvent, LogEvent, ProcessLog } from './process-log.ts';
import { RecordingError } from './recording-error.ts';
import { parseStraceCall, type StraceCall } from './strace-call.ts';
import { type Bounds, boundText, raiseHint } from '../../session/scenario/bounds.ts';

const line = /^(?:(\d+) +)?(?:\d+\.\d+ +)?(?:\[ *\d+\] +)?(?:\[[0-9a-f?]+\] +)?(.*)$/;
const resumed = /^<\.\.\. ([a-z_0-9]+) resumed>(.*)$/;
const UNFINISHED = /\s*<(?:unfinished|pid changed to \d+) \.\.\.>$/;
const SIGSEGV = 11;
const SIGBUS = 7;
const VFORK = 58;

const PROGRAM = 0x40_0000;
const PAGE = 4096;
const STACK_END = 0x7fff_ffff_f000;
const STACK_BYTES = 8 * 2 ** 20;

interface Unfinished {
  readonly text: string;
  readonly event: number;
}

/** A process; its threads, by strace's own number, write into the same log. */
interface Traced {
  readonly pid: number;
  parent: number | null;
  command: string;
  events: LogEvent[];
  readonly threads: number[];
  hasProgram: boolean;
  heap: number | null;
  exitCode: number | null;
  readonly paths: Map<number, string>;
  current: number;
}

export class StraceReader {
  private readonly file: string;
  private readonly bounds: Pick<Bounds, 'recordedLines' | 'setting'>;
  private readonly processes = new Map<number, Traced>();
  /** The process of a thread. */
  private readonly owners = new Map<number, Traced>();
  private readonly pending = new Map<number, Unfinished>();
  private number = 0;

  constructor(file: string, bounds: Pick<Bounds, 'recordedLines' | 'setting'>) {
    this.file = file;
    this.bounds = bounds;
  }

  read(text: string): void {
    if (++this.number > this.bounds.recordedLines) this.failTooLong();
    const [, pid = '1', rest = ''] = line.exec(text) ?? [];
    const tid = Number(pid);
    if (rest.trim() === '') return;
    const isKnown = this.readSignal(tid, rest) || this.readEnd(tid, rest) || this.readResumed(tid, rest);
    if (!isKnown && !this.readCall(tid, rest))
      throw new RecordingError({ file: this.file, line: this.number }, 'this is no line of strace -f');
  }

  finish(): { readonly logs: ProcessLog[]; readonly layouts: Layout[] } {
    if (this.processes.size === 0) throw new RecordingError({ file: this.file }, 'the file is empty');
    const all = [...this.processes.values()];
    const [root] = all;
    const logs = all.map((process) => this.logOf(process));
    const layouts = all.filter((one) => one.hasProgram || one === root).map((one) => this.layoutOf(one));
    return { logs, layouts };
  }

  private readSignal(tid: number, text: string): boolean {
    const match = /^--- (SIG\w+) \{(.*)\} ---$/.exec(text);
    if (match === null) return false;
    const address = /si_addr=(NULL|0x[0-9a-f]+)/.exec(match[2] as string)?.[1];
    const signal = match[1] === 'SIGSEGV' ? SIGSEGV : match[1] === 'SIGBUS' ? SIGBUS : 0;
    if (signal === 0 || address === undefined) return true;
    const at = address === 'NULL' ? 0 : Number(address);
    this.add(tid, { kind: 'signal', signal, address: at, isMapped: text.includes('SEGV_ACCERR') });
    return true;
  }

  private readEnd(tid: number, text: string): boolean {
    const exited = /^\+\+\+ exited with (\d+) \+\+\+$/.exec(text);
    const killed = /^\+\+\+ killed by (SIG\w+)/.exec(text);
    if (exited !== null) this.ownerOf(tid).exitCode = Number(exited[1]);
    if (killed !== null) {
      const last = this.ownerOf(tid).events.at(-1);
      const address = last?.kind === 'signal' ? last.address : null;
      const signal = killed[1] === 'SIGSEGV' ? SIGSEGV : 0;
      this.add(tid, { kind: 'killed', signal, name: killed[1] as string, address });
    }
    return text.startsWith('+++ ');
  }

  private readResumed(tid: number, text: string): boolean {
    const match = resumed.exec(text);
    if (match === null) return false;
    const begun = this.pending.get(tid);
    this.pending.delete(tid);
    if (begun === undefined) return true;
    const whole = parseStraceCall(begun.text + (match[2] as string));
    const process = this.ownerOf(tid);
    const call = process.events[begun.event];
    if (whole === null || call?.kind !== 'call' || isExit(whole)) return true;
    if (whole.name === 'execve') {
      this.readExec(tid, whole);
      return true;
    }
    this.switchTo(process, tid);
    const completed: CallEvent = {
      ...this.eventOf(process, tid, whole),
      blocks: true,
      completion: process.events.length,
    };
    process.events[begun.event] = { ...completed, line: call.line, at: 0 };
    if (whole.result === null) return true;
    this.add(tid, {
      kind: 'completion',
      tid: completed.tid,
      number: completed.number,
      call: begun.event,
      result: whole.result,
    });
    return true;
  }

  private readCall(tid: number, text: string): boolean {
    const isBegun = UNFINISHED.test(text);
    const begun = text.replace(UNFINISHED, '');
    const call = parseStraceCall(begun);
    if (call === null || (call.result === null && !isBegun && !/\)\s+= \?/.test(text))) return false;
    if (call.name === 'execve' && !isBegun) {
      this.readExec(tid, call);
      return true;
    }
    const process = this.ownerOf(tid);
    this.switchTo(process, tid);
    for (const [descriptor, path] of call.paths) this.noteOpen(tid, process, descriptor, path);
    if (isBegun) this.pending.set(tid, { text: begun, event: process.events.length });
    if (call.name === 'brk' && call.result?.ok === true) process.heap ??= call.result.value;
    this.add(tid, this.eventOf(process, tid, call));
    return true;
  }

  /** A program begins: what the process did before is gone. */
  private readExec(tid: number, call: StraceCall): void {
    const process = this.ownerOf(tid);
    if (call.result?.ok !== true) return;
    process.events = [];
    process.threads.splice(0, Infinity, tid);
    process.current = 1;
    process.heap = null;
    process.hasProgram = true;
    process.paths.clear();
    process.command = /^execve\("((?:[^"\\]|\\.)*)"/.exec(call.text)?.[1] ?? '';
  }

  private noteOpen(tid: number, process: Traced, descriptor: number, path: string): void {
    if (process.paths.get(descriptor) === path) return;
    process.paths.set(descriptor, path);
    const opened = { name: 'openat', args: ['4294967196', `0x0(${path})`], result: { ok: true, value: descriptor } };
    this.add(tid, {
      kind: 'call',
      tid: this.threadOf(process, tid),
      number: 257,
      ...opened,
      child: null,
      blocks: false,
      completion: null,
    });
  }

  private eventOf(process: Traced, tid: number, call: StraceCall): CallEvent {
    const { name, args, result, text } = call;
    const made = /^(clone3?|v?fork)$/.test(name) && result?.ok === true ? result.value : null;
    const isThread = made !== null && text.includes('CLONE_THREAD');
    if (made !== null && isThread) this.addThread(process, made);
    const child = made === null || isThread ? null : this.adopt(process, made);
    const number = name === 'vfork' ? VFORK : 0;
    return {
      kind: 'call',
      tid: this.threadOf(process, tid),
      number,
      name,
      args,
      child,
      blocks: false,
      result,
      completion: null,
    };
  }

  private adopt(parent: Traced, pid: number): number {
    const child = this.ownerOf(pid);
    child.parent = parent.pid;
    if (child.command === '') child.command = parent.command;
    return pid;
  }

  private addThread(process: Traced, tid: number): void {
    const stranger = this.owners.get(tid);
    if (stranger !== undefined && stranger !== process) this.processes.delete(tid);
    this.owners.set(tid, process);
    this.threadOf(process, tid);
  }

  /** Threads count from 1, as Valgrind's do. */
  private threadOf(process: Traced, tid: number): number {
    if (!process.threads.includes(tid)) process.threads.push(tid);
    return process.threads.indexOf(tid) + 1;
  }

  private switchTo(process: Traced, tid: number): void {
    const thread = this.threadOf(process, tid);
    if (process.current === thread) return;
    process.current = thread;
    this.add(tid, { kind: 'switch', tid: thread });
  }

  /** Created at its first line: a child may write before its parent knows of it. */
  private ownerOf(tid: number): Traced {
    const known = this.owners.get(tid);
    if (known !== undefined) return known;
    const process: Traced = {
      pid: tid,
      parent: null,
      command: '',
      events: [],
      threads: [tid],
      hasProgram: false,
      heap: null,
      exitCode: null,
      paths: new Map(),
      current: 1,
    };
    this.owners.set(tid, process);
    this.processes.set(tid, process);
    return process;
  }

  private add(tid: number, event: LogEventBody): void {
    this.ownerOf(tid).events.push({ ...event, line: this.number, at: 0 });
  }

  private logOf({ pid, parent, command, events, exitCode }: Traced): ProcessLog {
    return {
      ...{ file: this.file, pid, parentPid: parent, command, events, exitCode },
      accesses: new AccessCollector().finish(0),
      runs: [],
      counts: { fetches: 0, loads: 0, stores: 0, modifies: 0 },
      lines: this.number,
      bytes: 0,
    };
  }

  private layoutOf({ pid, command, heap }: Traced): Layout {
    const row = { start: PROGRAM, end: PROGRAM + PAGE, read: true, write: false, execute: true, offset: 0 };
    return {
      file: this.file,
      pid,
      rows: [{ kind: 'file', ...row, path: command === '' ? null : command, line: 1 }],
      stack: { start: STACK_END - STACK_BYTES, end: STACK_END },
      heap: heap === null ? null : { start: heap, end: heap + STACK_BYTES },
    };
  }

  private failTooLong(): never {
    const most = boundText('recordedLines', this.bounds.recordedLines);
    throw new RecordingError(
      { file: this.file, line: this.number },
      `more than ${most} lines; record a shorter run, or ${raiseHint('recordedLines', this.bounds)}`,
    );
  }
}

type LogEventBody = LogEvent extends infer One ? (One extends LogEvent ? Omit<One, 'line' | 'at'> : never) : never;

function isExit({ name }: StraceCall): boolean {
  return name === 'exit' || name === 'exit_group';
}
