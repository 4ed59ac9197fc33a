/** Small recordings, written line by line, and their replay on the toy kernel. */
import { LackeyParser } from '../../../simulator/recording/logs/lackey-parser.ts';
import type { Layout } from '../../../simulator/recording/logs/layout-parser.ts';
import { assembleRecording, type Recording } from '../../../simulator/recording/logs/recording.ts';
import { Harness, type ReplayOptions } from './harness.ts';
import { logOf } from './recordings.ts';
import { callsOf, type ToyAbilities, toyKernel } from './toy-kernel.ts';

export const rights = { read: true, write: false, execute: false };
export const rows: Layout['rows'] = [
  { kind: 'file', start: 0x400000, end: 0x402000, ...rights, execute: true, offset: 0, path: '/tiny', line: 1 },
  { kind: 'file', start: 0x402000, end: 0x403000, ...rights, write: true, offset: 0x2000, path: '/tiny', line: 2 },
];
export const layoutFor = (pid: number, extra: Layout['rows'] = []): Layout => ({
  file: 'tiny.layout.txt',
  pid,
  rows: [...rows, ...extra],
  stack: { start: 0x1ff0000000, end: 0x1fff001000 },
  heap: { start: 0x4000000, end: 0x4800000 },
});

export function recordingOf(
  lines: readonly string[],
  children: Readonly<Record<number, readonly string[]>> = {},
  layouts: readonly Layout[] = [layoutFor(100)],
): Recording {
  const parse = (pid: number, parent: number, content: readonly string[]): ReturnType<LackeyParser['finish']> => {
    const parser = new LackeyParser(`tiny.${String(pid)}.log`);
    parser.push(logOf(content, { pid, parent }));
    return parser.finish();
  };
  const logs = Object.entries(children).map(([pid, content]) => parse(Number(pid), 100, content));
  return assembleRecording('tiny', [parse(100, 1, lines), ...logs], layouts);
}

export function toy(
  lines: readonly string[],
  abilities: ToyAbilities = {},
  settings: ReplayOptions['settings'] = {},
): Harness {
  return new Harness(recordingOf(lines), { kernel: toyKernel(abilities), settings });
}

interface Outcome {
  readonly calls: string[];
  readonly emulated: { readonly call: string; readonly line?: number; readonly how: string }[];
}

export function finish(harness: Harness): Outcome {
  harness.finish();
  return {
    calls: callsOf(harness.run.world.kernelState).filter((call) => call !== 'exit tiny 0'),
    emulated: [...harness.run.script.emulated],
  };
}

export const call = (name: string, args: string, result: string, pid = 100): string =>
  `SYSCALL[${String(pid)},1](0) sys_${name} ( ${args} ) --> [pre-success] Success(${result}) `;
export const mmap = (
  address: string,
  length: number,
  prot: number,
  flags: number,
  result: string,
  fd = 4294967295,
): string => call('mmap', `${address}, ${String(length)}, ${String(prot)}, ${String(flags)}, ${String(fd)}, 0`, result);
export const anon = (at: string, pages: number, prot = 3): string => mmap('0x0', pages * 4096, prot, 34, at);
/** Lines of the header before the first line of a test. */
export const H = 3;
