/** A recording as a text to read: after its heading each line is one step, in the order in which the replay performs them. */
import { accessWord } from '../logs/first-touches.ts';
import { type CallEvent, type LogEvent, numberArgument, type ProcessLog } from '../logs/process-log.ts';
import type { RecordedPlace } from '../order/recorded-memory.ts';
import type { Recording } from '../logs/recording.ts';
import type { ReplaySettings } from '../order/replay-state.ts';
import type { TimelineStep } from '../order/timeline.ts';

/** Lines before the first step; the first one stands for the recording as a whole. */
export const HEADING_LINES = 4;

/** Line of a step by its index. */
export function lineOfStep(index: number): number {
  return HEADING_LINES + 1 + index;
}

/** Beside the recording, as if it were a file there: `runs/cow_fork.replay`. */
export function viewFile(path: string, name: string): string {
  return `${path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)}${name}.replay`;
}

/** A line of a view without the process and the lines of its log in front. */
export function withoutPlace(line: string): string {
  return line.replace(/^\s*\d+ {2} *\d+ {2}|^# /, '');
}

export function viewText(recording: Recording, settings: ReplaySettings, steps: readonly TimelineStep[]): string {
  const places = steps.map((step) => placeOf(recording, step));
  const pids = Math.max(3, ...places.map(([pid]) => pid.length));
  const lines = Math.max(4, ...places.map(([, line]) => line.length));
  const row = (pid: string, line: string, text: string): string =>
    `${pid.padStart(pids)}  ${line.padStart(lines)}  ${text}`.trimEnd();
  const rows = steps.map((step, index) => {
    const [pid, line] = places[index] as readonly [string, string];
    return row(pid, line, stepText(recording, step));
  });
  return `${[...heading(recording, settings, steps), row('pid', 'line', 'what the program did, at its own addresses'), ...rows].join('\n')}\n`;
}

function heading(recording: Recording, settings: ReplaySettings, steps: readonly TimelineStep[]): string[] {
  const { name, processes } = recording;
  const accesses = processes.reduce((sum, { accesses: { length } }) => sum + length, 0);
  const calls = processes.reduce((sum, { events }) => sum + events.filter(({ kind }) => kind === 'call').length, 0);
  const isCoarse = steps.some(({ joined }) => joined > 1);
  const order = settings.order === 'round-robin' ? `round-robin ${String(settings.quantum)}` : settings.order;
  return [
    `# ${name}: a recording of ${processes[0]?.command ?? ''}`.trimEnd(),
    `# ${counted(processes.length, 'process', 'processes')}${processes.length > 1 ? `, ${order}` : ''}; ${counted(accesses, 'access', 'accesses')}, ${counted(calls, 'call', 'calls')}`,
    isCoarse
      ? `# ${counted(steps.length, 'step', 'steps')}, neighbours joined; “first” is the first touch of a page, or its first write`
      : `# ${counted(steps.length, 'step', 'steps')}; “first” is the first touch of a page, or its first write`,
  ];
}

/** The process, and the line of its log that the step begins with. */
function placeOf({ processes }: Recording, { log, line }: TimelineStep): readonly [string, string] {
  return [String((processes[log] as ProcessLog).pid), String(line)];
}

function stepText({ processes }: Recording, step: TimelineStep): string {
  const log = processes[step.log] as ProcessLog;
  switch (step.kind) {
    case 'start':
      return `start ${log.command}`;
    case 'layout':
      return log.pid === processes[0]?.pid ? 'lay out the rest of its memory' : `exec ${log.command}`;
    case 'event':
      return eventText(log, log.events[step.event]);
    case 'accesses':
      return accessesText(step);
    case 'several':
      return severalText(log, step);
  }
}

function accessesText({ first, accesses, touches }: TimelineStep): string {
  if (first === null) throw new Error('internal: accesses without a first one');
  const count = counted(accesses, 'access', 'accesses');
  if (!first.isTouch) return `${count} from ${hex(first.address)}${placeText(first.place)}`;
  const further = touches > 1 ? ` and ${counted(touches - 1, 'first touch', 'first touches')} more` : '';
  const rest = accesses > 1 ? `; ${count}` : '';
  return `first ${accessWord(first.kind)} ${hex(first.address)}${placeText(first.place)}${further}${rest}`;
}

function placeText(place: RecordedPlace | null): string {
  if (place === null) return ', mapped nowhere';
  const { name, page, pages } = place;
  return page === 0 ? ` in ${name}` : ` in ${name}, page ${String(page)} of ${String(pages)}`;
}

function severalText(log: ProcessLog, { first, accesses, touches, events, event }: TimelineStep): string {
  const begin = first === null ? '' : ` from ${hex(first.address)}${placeText(first.place)}`;
  const parts = [
    ...(accesses > 0 ? [`${counted(accesses, 'access', 'accesses')}${begin}`] : []),
    ...(touches > 0 ? [counted(touches, 'first touch', 'first touches')] : []),
    ...(events > 0 ? [`${counted(events, 'call', 'calls')}, the first ${nameOf(log.events[event])}`] : []),
  ];
  return parts.join('; ') || 'nothing';
}

function nameOf(event: LogEvent | undefined): string {
  if (event === undefined) return 'the end';
  return 'name' in event ? event.name : event.kind;
}

function eventText(log: ProcessLog, event: LogEvent | undefined): string {
  switch (event?.kind) {
    case undefined:
      return 'the log ends, and the process with it';
    case 'switch':
      return `thread ${String(event.tid)} runs`;
    case 'signal':
      return `signal ${String(event.signal)} at ${hex(event.address)}, which the program handles`;
    case 'killed':
      return `killed by ${event.name}${event.address === null ? '' : ` at ${hex(event.address)}`}`;
    case 'completion': {
      const call = log.events[event.call];
      return `${call?.kind === 'call' ? call.name : 'the call'} ends${resultText(event.result)}`;
    }
    case 'call':
      return `${event.name}(${argumentsText(event)})${callResultText(event)}`;
  }
}

function callResultText(call: CallEvent): string {
  if (call.child !== null) return ` = ${String(call.child)}`;
  if (call.completion !== null) return ' …';
  return call.result === null ? '' : resultText(call.result);
}

function resultText({ ok, value }: NonNullable<CallEvent['result']>): string {
  if (!ok) return ` fails: ${errorNames[value] ?? `error ${String(value)}`}`;
  return ` = ${value >= 4096 ? hex(value) : String(value)}`;
}

/** Linux's on x86-64; only those that programs meet often. */
const errorNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  4: 'EINTR',
  9: 'EBADF',
  10: 'ECHILD',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  14: 'EFAULT',
  17: 'EEXIST',
  22: 'EINVAL',
  25: 'ENOTTY',
  32: 'EPIPE',
  38: 'ENOSYS',
  110: 'ETIMEDOUT',
};

/** As they were printed; protections and flags in words. */
function argumentsText(call: CallEvent): string {
  const words = call.args.map((text) => (text === '4294967295' ? '-1' : text.replace(/^0x[0-9a-f]+\((.*)\)$/, '"$1"')));
  if (call.name === 'mmap') {
    words[2] = rightsText(numberArgument(call, 2));
    words[3] = mapFlagsText(numberArgument(call, 3));
  } else if (call.name === 'mprotect') words[2] = rightsText(numberArgument(call, 2));
  return words.join(', ');
}

function rightsText(rights: number): string {
  return `${(rights & 1) !== 0 ? 'r' : '-'}${(rights & 2) !== 0 ? 'w' : '-'}${(rights & 4) !== 0 ? 'x' : '-'}`;
}

function mapFlagsText(flags: number): string {
  const names = [
    [0x1, 'SHARED'],
    [0x2, 'PRIVATE'],
    [0x10, 'FIXED'],
    [0x20, 'ANON'],
    [0x2_0000, 'STACK'],
  ] as const;
  const known = names.filter(([bit]) => (flags & bit) !== 0);
  const rest = known.reduce((left, [bit]) => left & ~bit, flags);
  return [...known.map(([, name]) => name), ...(rest === 0 ? [] : [hex(rest)])].join('|') || '0';
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

function counted(count: number, one: string, several: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}
