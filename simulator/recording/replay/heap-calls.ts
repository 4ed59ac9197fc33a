/** brk: the heap grows and shrinks, by the kernel's own break as far as that goes. */
import { isError, type KernelGenerator } from '../../session/calls/replay-host.ts';
import { pageUp } from '../logs/memory-call.ts';
import { insertPieces, type Piece, removeRange, Right } from '../order/address-map.ts';
import type { Heap } from '../order/replay-state.ts';
import { mapWanted } from './map-calls.ts';
import { emulate, kernelOf, lackOf, type ReplayContext, sizeInWords } from './replay-context.ts';

export function newHeap(start: number, id: string): Heap {
  return { start, base: null, end: start, reached: start, beyond: null, id };
}

export function* performBrk(context: ReplayContext, end: number): KernelGenerator<void> {
  const { self } = context;
  self.heap ??= newHeap(end, `heap of ${String(context.log.pid)}`);
  const { heap } = self;
  if (pageUp(end) === pageUp(heap.end)) {
    heap.end = end;
    return;
  }
  if (kernelOf(context).operations.brk === undefined) yield* useMapping(context, heap);
  else if (end < heap.end) yield* shrink(context, heap, end);
  else yield* grow(context, heap, end);
  heap.end = end;
}

/** Without a break the whole extent that the recording ever reaches is one mapping, made at the first growth. */
function* useMapping(context: ReplayContext, heap: Heap): KernelGenerator<void> {
  const reason = lackOf(kernelOf(context), 'brk');
  if (heap.base !== null) {
    emulate(context, 'inside the mapping that stands for the whole heap', reason);
    return;
  }
  const length = extent(context, heap) - heap.start;
  emulate(context, `one anonymous mapping of ${sizeInWords(length)}, all that the heap ever reaches`, reason);
  const pieces = yield* mapRange(context, heap.start, length);
  heap.base = pieces[0]?.base ?? null;
  insertPieces(context.self.map, pieces);
}

/** Recorded end of what the heap ever reaches. */
function extent({ plan }: ReplayContext, heap: Heap): number {
  return pageUp(plan.heapEnds.get(heap.id) ?? heap.end);
}

function mapRange(context: ReplayContext, start: number, length: number): KernelGenerator<Piece[]> {
  const rights = Right.read | Right.write;
  return mapWanted(context, { start, length, rights, kind: 'heap', origin: '', file: null, offset: 0 });
}

function* grow(context: ReplayContext, heap: Heap, end: number): KernelGenerator<void> {
  const { self } = context;
  const to = pageUp(end);
  heap.base ??= pageUp(yield* firstBreak(context));
  const own = Math.min(to, heap.beyond === null ? to : heap.reached);
  if (own > heap.reached) {
    const refusal = yield* moveBreak(context, heap, own);
    if (refusal !== null) yield* mapBeyond(context, heap, refusal);
    else heap.reached = own;
  }
  if (Math.min(to, heap.reached) > pageUp(heap.end))
    insertPieces(self.map, [heapPiece(heap, pageUp(heap.end), Math.min(to, heap.reached))]);
}

/** What lies behind the kernel's break, and is in nobody's way: all that the heap ever reaches, as one mapping. */
function* mapBeyond(context: ReplayContext, heap: Heap, refusal: string): KernelGenerator<void> {
  const end = extent(context, heap);
  const length = end - heap.reached;
  emulate(
    context,
    `the break stays, and an anonymous mapping of ${sizeInWords(length)} is the rest of all that the heap ever reaches`,
    refusal,
  );
  insertPieces(context.self.map, yield* mapRange(context, heap.reached, length));
  heap.beyond = end;
}

/** A kernel that gives nothing back keeps the pages, which the program does not reach any more. */
function* shrink(context: ReplayContext, heap: Heap, end: number): KernelGenerator<void> {
  const to = Math.max(pageUp(end), heap.start);
  const stays = `${sizeInWords(pageUp(heap.end) - to)} stay in the heap, and the program does not use them`;
  if (heap.beyond !== null) {
    emulate(context, stays, 'the mapping behind the break was made for all that the heap ever reaches');
    return;
  }
  if (to < heap.reached) {
    const refusal = yield* moveBreak(context, heap, to);
    if (refusal === null) heap.reached = to;
    else emulate(context, stays, refusal);
  }
  removeRange(context.self.map, to, pageUp(heap.end));
}

function heapPiece(heap: Heap, start: number, end: number): Piece {
  const rights = Right.read | Right.write;
  const base = (heap.base as number) + (start - heap.start);
  return { start, end, base, rights, simulatedRights: rights, kind: 'heap', origin: '', file: null };
}

function* firstBreak(context: ReplayContext): KernelGenerator<number> {
  const result = yield* callBrk(context, 0);
  if (isError(result)) throw new Error(`internal: ${kernelOf(context).name} does not tell its break: ${result}`);
  return result;
}

/** Null when the kernel's break is there, else why not. */
function* moveBreak(context: ReplayContext, heap: Heap, end: number): KernelGenerator<string | null> {
  const result = yield* callBrk(context, (heap.base as number) + (end - heap.start));
  return isError(result) ? result : null;
}

function callBrk(context: ReplayContext, address: number): KernelGenerator<number | string> {
  const { operations, name } = kernelOf(context);
  if (operations.brk === undefined) throw new Error(`internal: ${name} has no brk`);
  return operations.brk(context.here, { address });
}
