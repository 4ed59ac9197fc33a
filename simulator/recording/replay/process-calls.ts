/** The life of a replayed process: its start, forks, threads, exec and end. */
import {
  bindProcess,
  coreForThread,
  isError,
  type KernelGenerator,
  type ProcessObject,
  stackRegion,
  type ThreadObject,
} from '../../session/calls/replay-host.ts';
import { copyMap, emptyMap, findPiece, insertPieces, type Piece, Right } from '../order/address-map.ts';
import { type Layout, rightsOf } from '../logs/layout-parser.ts';
import { pageDown } from '../logs/memory-call.ts';
import { mapWanted } from './map-calls.ts';
import { newHeap } from './heap-calls.ts';
import { elfImage, type ImageSegment, imageSegments, loadDistance, otherRows, segmentPieces } from './program-image.ts';
import {
  emulate,
  fail,
  failForMemory,
  isOutOfMemory,
  kernelOf,
  lackOf,
  type ReplayContext,
  sizeInWords,
} from './replay-context.ts';
import { raiseHint } from '../../session/scenario/bounds.ts';
import { heapOf, layoutOf } from '../order/replay-plan.ts';
import type { ReplayProcess } from '../order/replay-state.ts';

/** Creates the first process: the program's image loaded as an ELF file, the rest of its memory mapped by `settle`. */
export function* startProcess(context: ReplayContext): KernelGenerator<void> {
  const { run, here, self, state, recording, log } = context;
  const layout = layoutOf(recording, log);
  if (layout === null) throw new Error(`internal: ${log.file} starts without a layout`);
  const segments = imageSegments(layout);
  const extent = (segments.at(-1)?.end ?? 0) - (segments[0]?.start ?? 0);
  const most = run.program.bounds.programSize;
  if (extent > most) {
    fail(
      context,
      'WALK205',
      `the program ${log.command} has ${sizeInWords(extent)}, and at most ${sizeInWords(most)} are loaded; ${raiseHint('programSize', run.program.bounds)}`,
    );
  }
  const process = yield* kernelOf(context).createProcess(here, {
    name: state.name,
    core: 0,
    image: elfImage(segments),
    imageCluster: 0,
  });
  if (isError(process)) {
    const size = segments.reduce((sum, segment) => sum + segment.end - segment.start, 0);
    if (isOutOfMemory(kernelOf(context), process)) failForMemory(context, `the program ${log.command}`, size, process);
    fail(
      context,
      'WALK205',
      `the program ${log.command} (${sizeInWords(size)}) cannot be loaded: ${kernelOf(context).name} answers ${process}`,
    );
  }
  self.process = process;
  if (state.binding !== null) bindProcess(run, state.binding, process);
  self.threads.set(self.tid, mainThread(context, process));
  const distance = loadDistance(segments);
  insertPieces(
    self.map,
    segments.flatMap((segment) => segmentPieces(segment, distance)),
  );
  placeStack(context, layout, process);
  placeHeap(context, layout);
}

/** What the program’s loader mapped beside it, and only if the program ever uses it. Runs as the process. */
export function* mapOtherRows(context: ReplayContext, layout: Layout): KernelGenerator<void> {
  for (const row of otherRows(layout)) {
    if (!context.plan.usedRows.has(row)) continue;
    const wanted = {
      start: row.start,
      length: row.end - row.start,
      rights: rightsOf(row),
      kind: row.kind,
      origin: '',
      file: row.path,
      offset: row.offset,
    };
    insertPieces(context.self.map, yield* mapWanted(context, wanted));
  }
}

export function* performFork(context: ReplayContext): KernelGenerator<void> {
  const { self, here } = context;
  const { operations } = kernelOf(context);
  if (operations.fork === undefined)
    fail(context, 'WALK221', `fork: ${lackOf(kernelOf(context), 'fork')}; it cannot be emulated`);
  const process = yield* operations.fork(here, { cluster: null, core: null });
  if (isError(process)) {
    if (isOutOfMemory(kernelOf(context), process)) failForMemory(context, 'a fork', mappedBytes(self), process);
    fail(context, 'WALK205', `fork: ${kernelOf(context).name} answers ${process}`);
  }
  const child = context.turn.child;
  if (child === null) throw new Error('internal: a fork without a child');
  child.process = process;
  child.threads.set(child.tid, mainThread(context, process));
  child.map = copyMap(self.map);
  child.heap = self.heap === null ? null : { ...self.heap };
  for (const [descriptor, path] of self.descriptors) child.descriptors.set(descriptor, path);
}

/** A child whose log begins with a program of its own: it became that program right after the fork. */
export function* performExec(context: ReplayContext, layout: Layout): KernelGenerator<void> {
  const { self, here } = context;
  const { operations } = kernelOf(context);
  if (operations.exec === undefined)
    fail(context, 'WALK221', `exec: ${lackOf(kernelOf(context), 'exec')}; it cannot be emulated`);
  const segments = imageSegments(layout);
  const sizeOf = (kind: ImageSegment['kind']): number =>
    segments.filter((segment) => segment.kind === kind).reduce((sum, segment) => sum + segment.end - segment.start, 0);
  const result = yield* operations.exec(here, { code: sizeOf('code'), data: sizeOf('data') });
  if (isError(result)) {
    if (isOutOfMemory(kernelOf(context), result))
      failForMemory(context, 'exec', sizeOf('code') + sizeOf('data'), result);
    fail(context, 'WALK205', `exec: ${kernelOf(context).name} answers ${result}`);
  }
  const process = self.process as ProcessObject;
  self.map = emptyMap();
  self.threads.set(self.tid, mainThread(context, process));
  for (const segment of segments) {
    const base = segment.kind === 'code' ? process.codeStart : process.dataStart;
    insertPieces(self.map, segmentPieces(segment, base - segment.start));
  }
  placeStack(context, layout, process);
  placeHeap(context, layout);
}

export function* performThread(context: ReplayContext): KernelGenerator<void> {
  const { self, run, here, turn } = context;
  const process = self.process as ProcessObject;
  const { tid } = turn;
  const name = `${process.name}.${String(tid)}`;
  const thread = yield* kernelOf(context).createThread(here, {
    name,
    process,
    core: coreForThread(run, process, self.threads.size - 1),
  });
  if (isError(thread)) fail(context, 'WALK205', `a thread: ${kernelOf(context).name} answers ${thread}`);
  self.threads.set(tid, thread);
}

export function* performExit(context: ReplayContext, code: number): KernelGenerator<void> {
  const { here, turn } = context;
  const { operations } = kernelOf(context);
  if (turn.endsProcess) yield* operations.exit(here, { code });
  else yield* operations.thread_exit(here);
}

function mainThread(context: ReplayContext, process: ProcessObject): ThreadObject {
  const thread = kernelOf(context).mainThread(process);
  if (thread === null) throw new Error(`internal: ${process.name} has no main thread`);
  return thread;
}

/** The stack's end goes to the end of the kernel's stack; what does not fit there is mapped later, by `mapDeepStack`. */
function placeStack(context: ReplayContext, layout: Layout, process: ProcessObject): void {
  const { run, self } = context;
  const { start, end } = stackExtent(context, layout);
  const region = stackRegion(run, process);
  if (region === null) throw new Error(`internal: ${process.name} has no stack`);
  const from = Math.max(start, end - (region.end - region.start - GUARD_BYTES));
  insertPieces(self.map, [stackPiece(from, end, region.end - (end - from))]);
}

/** The lowest page of a stack may be one that nobody may touch. */
const GUARD_BYTES = 4096;

/** Recorded addresses, by whole pages, of all that the program and its forks touch of the stack. */
function stackExtent(context: ReplayContext, layout: Layout): { readonly start: number; readonly end: number } {
  const { self, plan } = context;
  if (layout.stack === null)
    fail(context, 'WALK226', `${layout.file} does not tell where the stack is (an area SmUpper)`);
  const { end } = layout.stack;
  const start = Math.min(...familyOf(context, self.log).map((log) => plan.stackStarts[log] as number), end - 1);
  return { start: pageDown(start), end };
}

function stackPiece(start: number, end: number, base: number): Piece {
  const rights = Right.read | Right.write;
  return { start, end, base, rights, simulatedRights: rights, kind: 'stack', origin: '', file: null };
}

/** Runs as the process: the deep end of a stack that is larger than the kernel's. */
export function* mapDeepStack(context: ReplayContext, layout: Layout): KernelGenerator<void> {
  const { self } = context;
  const { start, end } = stackExtent(context, layout);
  const placed = findPiece(self.map, end - 1);
  if (placed === null || placed.start <= start) return;
  const rights = Right.read | Right.write;
  const length = placed.start - start;
  emulate(
    context,
    `the deepest ${sizeInWords(length)} of the ${sizeInWords(end - start)} of stack that the program touches are an anonymous mapping`,
    `its stack has ${sizeInWords(end - placed.start)}`,
  );
  const wanted = { start, length, rights, kind: 'anon', origin: '', file: null, offset: 0 } as const;
  const pieces = yield* mapWanted(context, wanted);
  insertPieces(
    self.map,
    pieces.map((piece) => ({ ...piece, kind: 'stack' })),
  );
}

/** A log and those that go on from its memory by forks. */
function familyOf(context: ReplayContext, log: number): number[] {
  const { processes } = context.recording;
  const family = [log];
  for (const member of family) {
    for (const event of processes[member]?.events ?? []) {
      if (event.kind !== 'call' || event.child === null) continue;
      const child = processes.findIndex(({ pid }) => pid === event.child);
      const childLog = processes[child];
      if (childLog !== undefined && layoutOf(context.recording, childLog) === null) family.push(child);
    }
  }
  return family;
}

function placeHeap(context: ReplayContext, layout: Layout): void {
  const start = layout.heap?.start;
  context.self.heap = start === undefined ? null : newHeap(start, heapOf(context.log));
}

function mappedBytes(self: ReplayProcess): number {
  return self.map.pieces.reduce((sum, piece) => sum + (piece.base === null ? 0 : piece.end - piece.start), 0);
}
