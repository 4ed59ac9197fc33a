/** The lines of a lackey log that are no accesses: header, system calls, thread switches, signals, statistics. */
import type { CallEvent, CallResult, LogEvent, ProcessLog } from './process-log.ts';
import { RecordingError } from './recording-error.ts';
import { parseCall } from './lackey-call.ts';

interface Place {
  readonly line: number;
  readonly byte: number;
  /** Accesses before this line. */
  readonly at: number;
}

type Header = Pick<ProcessLog, 'file' | 'pid' | 'parentPid' | 'command' | 'events' | 'exitCode'>;

/** Everything in one line that matters, wherever it stands: several events may be glued into one line. */
const parts =
  /SYSCALL\[(\d+),(\d+)\]\((\d+)\) |-->(?: \[[\w-]+\])? (Success|Failure)\(0x([0-9a-f]+)|SCHED\[(\d+)\]: +acquired lock(?: \((async_signalhandler)\))?/g;

/** Linux's. */
const EINTR = 4;

export class LackeyEvents {
  private readonly file: string;
  private readonly events: LogEvent[] = [];
  /** Index of the last call that has no result yet: a result alone on its line completes it. */
  private open: number | null = null;
  /** Blocked calls by thread. */
  private readonly blocked = new Map<number, number>();
  private pid: number | null = null;
  private parentPid: number | null = null;
  private command: string | null = null;
  private exitCode: number | null = null;
  private refused: { readonly isMapped: boolean; readonly address: number } | null = null;

  constructor(file: string) {
    this.file = file;
  }

  read(text: string, place: Place): void {
    if (this.pid === null) this.readFirst(text, place);
    if (text.startsWith('==')) this.readRemark(text, place);
    else if (text.startsWith('--') && this.readSignal(text, place)) return;
    else this.readParts(text, place);
  }

  finish(end: { readonly line: number; readonly byte: number }): Header {
    const { file, pid } = this;
    if (pid === null) throw new RecordingError({ file, ...end }, 'the log is empty');
    this.refuseUnfinished(end);
    return {
      file,
      pid,
      parentPid: this.parentPid,
      command: this.command ?? '',
      events: this.events,
      exitCode: this.exitCode,
    };
  }

  private readFirst(text: string, place: Place): void {
    if (text.trim() === '') return;
    const match = /^(?:==|--)(\d+)(?:==|--)/.exec(text);
    if (match === null) {
      throw new RecordingError(
        { file: this.file, line: place.line, byte: place.byte },
        'this is not a Lackey log: it must begin with “==PID== Lackey, an example Valgrind tool”',
      );
    }
    this.pid = Number(match[1]);
  }

  /** What `--trace-signals=yes` adds: the address that was refused, and that the program gets the signal. */
  private readSignal(text: string, place: Place): boolean {
    const found = /^--\d+-- SIG\w+: si_code=(\d+) faultaddr=0x([0-9A-Fa-f]+) /.exec(text);
    if (found !== null) {
      this.refused = { isMapped: found[1] === '2', address: Number(`0x${found[2] as string}`) };
      return true;
    }
    const signal = /^--\d+-- delivering signal (7|11) \(/.exec(text);
    if (signal === null) return false;
    if (this.refused !== null)
      this.add({ kind: 'signal', signal: Number(signal[1]), ...this.refused, ...position(place) });
    this.refused = null;
    return true;
  }

  private readRemark(text: string, place: Place): void {
    const remark = text.replace(/^==\d+== ?/, '').trim();
    const command = /^Command: (.*)$/.exec(remark);
    const parent = /^Parent PID: (\d+)$/.exec(remark);
    const exit = /^Exit code: +(\d+)$/.exec(remark);
    const killed = /^Process terminating with default action of signal (\d+)(?: \((\w+)\))?/.exec(remark);
    const address = /at address 0x([0-9A-Fa-f]+)$/.exec(remark);
    if (command !== null) this.command = command[1] as string;
    else if (parent !== null) this.parentPid = Number(parent[1]);
    else if (exit !== null) this.exitCode = Number(exit[1]);
    else if (killed !== null) {
      const signal = Number(killed[1]);
      this.add({
        kind: 'killed',
        signal,
        name: killed[2] ?? `signal ${String(signal)}`,
        address: null,
        ...position(place),
      });
    } else if (address !== null) {
      const last = this.events.at(-1);
      if (last?.kind === 'killed') last.address = Number(`0x${address[1] as string}`);
    }
  }

  private readParts(text: string, place: Place): void {
    const found = [...text.matchAll(parts)];
    for (const [index, match] of found.entries()) {
      const rest = text.slice(match.index + match[0].length, found[index + 1]?.index ?? text.length);
      if (match[1] !== undefined) this.readCall(match, rest, place);
      else if (match[6] !== undefined) this.readSwitch(Number(match[6]), match[7] !== undefined, place);
      else this.complete(readResult(match), place);
    }
  }

  /** A signal that arrives while a thread is in a call ends that call: Valgrind prints no completion of it. */
  private readSwitch(tid: number, isSignal: boolean, place: Place): void {
    this.add({ kind: 'switch', tid, ...position(place) });
    if (!isSignal) return;
    this.open = this.blocked.get(tid) ?? null;
    if (this.open !== null) this.complete({ ok: false, value: EINTR }, place);
  }

  private readCall(match: RegExpExecArray, rest: string, place: Place): void {
    const tid = Number(match[2]);
    const number = Number(match[3]);
    if (Number(match[1]) !== this.pid) {
      throw new RecordingError(
        { file: this.file, line: place.line, byte: place.byte },
        `a call of process ${match[1] as string} in the log of process ${String(this.pid)}: several processes wrote one file. Record with --log-file=NAME.%p.log`,
      );
    }
    if (rest.startsWith('...')) {
      this.open = this.blocked.get(tid) ?? null;
      return;
    }
    const blocks = rest.includes('--> [async] ...');
    const call: CallEvent = {
      kind: 'call',
      tid,
      number,
      ...parseCall(number, rest),
      blocks,
      result: null,
      completion: null,
    };
    this.open = this.events.length;
    this.add({ ...call, ...position(place) });
    if (!blocks) return;
    this.blocked.set(tid, this.open);
    this.open = null;
  }

  private complete(result: CallResult, place: Place): void {
    const index = this.open;
    this.open = null;
    if (index === null) return; // the child's side of a fork begins with the fork's result
    const call = this.events[index];
    if (call?.kind !== 'call') throw new Error(`internal: event ${String(index)} is no call`);
    call.result = result;
    if (!call.blocks) return;
    this.blocked.delete(call.tid);
    call.completion = this.events.length;
    this.add({ kind: 'completion', tid: call.tid, number: call.number, call: index, result, ...position(place) });
  }

  private add(event: LogEvent): void {
    this.events.push(event);
  }

  /** A program ends by an exit, by a signal or by becoming another; a log that does not say how was cut off. */
  private refuseUnfinished(end: { readonly line: number; readonly byte: number }): void {
    const last = this.events.at(-1);
    const isEnded =
      this.exitCode !== null ||
      this.events.some((event) => event.kind === 'killed') ||
      (last?.kind === 'call' && ['exit', 'exit_group', 'execve'].includes(last.name));
    if (isEnded) return;
    throw new RecordingError(
      { file: this.file, ...end },
      'the log ends before its program does (no exit, no signal, no exec): it was cut off. Record again and let the program finish',
    );
  }
}

function position(place: Place): { readonly line: number; readonly at: number } {
  return { line: place.line, at: place.at };
}

function readResult(match: RegExpExecArray): CallResult {
  return { ok: match[4] === 'Success', value: Number(`0x${match[5] as string}`) };
}
