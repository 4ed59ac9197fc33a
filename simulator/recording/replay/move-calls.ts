/** mremap and System V segments: calls that move or attach memory. */
import { copyResidentPages, ensureFile, type KernelGenerator } from '../../session/calls/replay-host.ts';
import { insertPieces, type Piece, piecesIn, removeRange, Right } from '../order/address-map.ts';
import { mapWanted, performMunmap, shifted } from './map-calls.ts';
import type { MemoryCall } from '../logs/memory-call.ts';
import {
  emulate,
  fail,
  accessFailure,
  kernelOf,
  lackOf,
  type ReplayContext,
  sizeInWords,
  threadOf,
} from './replay-context.ts';
import { originOf } from '../order/replay-plan.ts';

type Mremap = Extract<MemoryCall, { kind: 'mremap' }>;

/** No kernel here has it: shrinking is an munmap of the tail, everything else a new mapping and a copy. */
export function* performMremap(context: ReplayContext, call: Mremap): KernelGenerator<void> {
  const { from, oldLength, to, newLength } = call;
  const reason = lackOf(kernelOf(context), 'mremap');
  if (to === from && newLength <= oldLength) {
    if (newLength === oldLength) return;
    emulate(context, 'the tail is unmapped', reason);
    yield* performMunmap(context, from + newLength, oldLength - newLength);
    return;
  }
  const old = piecesIn(context.self.map, from, from + oldLength);
  const [first] = old;
  if (first === undefined)
    fail(context, 'WALK205', `mremap of 0x${from.toString(16)}, where the recording maps nothing`);
  emulate(
    context,
    `a new mapping of ${sizeInWords(newLength)}; the resident pages are read and written over one by one, the old mapping is removed`,
    reason,
  );
  yield* moveTo(context, call, old, first);
}

function* moveTo(context: ReplayContext, call: Mremap, old: readonly Piece[], first: Piece): KernelGenerator<void> {
  const { self, log, event } = context;
  const { from, oldLength, to, newLength } = call;
  if (first.kind === 'shared')
    fail(
      context,
      'WALK221',
      `mremap of shared memory: ${kernelOf(context).name} cannot give the same pages a second place`,
    );
  if (newLength > MOST_COPIED) {
    fail(context, 'WALK205', `mremap of ${sizeInWords(newLength)}: at most ${sizeInWords(MOST_COPIED)} are copied`);
  }
  // The new mapping overlaps recorded addresses of the old one when it grows in place, so the map changes last.
  const wanted = {
    start: to,
    length: newLength,
    rights: first.rights,
    kind: first.kind,
    origin: originOf(log, event),
    file: first.file,
    offset: 0,
  };
  const fresh = yield* mapWanted(context, wanted);
  for (const piece of old) yield* copyPiece(context, shifted(piece, to - from), fresh);
  yield* performMunmap(context, from, oldLength);
  if (to !== from && piecesIn(self.map, to, to + newLength).length > 0) yield* performMunmap(context, to, newLength);
  removeRange(self.map, from, from + oldLength);
  insertPieces(self.map, fresh);
}

/** Every page of a mapping is looked at where it moves. */
const MOST_COPIED = 2 ** 32;

/** `old` stands at its new recorded addresses and at its old simulated ones. */
function* copyPiece(context: ReplayContext, old: Piece, fresh: readonly Piece[]): KernelGenerator<void> {
  if (old.base === null) return;
  for (const target of fresh) {
    const start = Math.max(old.start, target.start);
    const end = Math.min(old.end, target.end);
    if (start >= end || target.base === null) continue;
    const source = old.base + start - old.start;
    const refusal = yield* copyResidentPages(
      context.run,
      context.here,
      threadOf(context.self),
      source,
      target.base + start - target.start,
      end - start,
    );
    if (refusal !== null) throw accessFailure(context, refusal);
  }
}

/** A System V segment is a shared mapping of a file of its own, so that every process that attaches it shares it. */
export function* performShmat(
  context: ReplayContext,
  call: Extract<MemoryCall, { kind: 'shmat' }>,
): KernelGenerator<void> {
  const { state, self, run, log, event } = context;
  const length = state.segments.get(call.id);
  if (length === undefined)
    fail(
      context,
      'WALK205',
      `shmat of segment ${String(call.id)}, which no shmget of the recording made: its size is not known`,
    );
  const file = `segment ${String(call.id)}`;
  ensureFile(run, file, length);
  emulate(context, 'a shared mapping of a file stands for the segment', kernelOf(context).notSupported);
  const rights = Right.read | Right.write;
  insertPieces(
    self.map,
    yield* mapWanted(context, {
      start: call.address,
      length,
      rights,
      kind: 'shared',
      origin: originOf(log, event),
      file,
      offset: 0,
    }),
  );
}

export function* performShmdt(context: ReplayContext, address: number): KernelGenerator<void> {
  const piece = context.self.map.pieces.find(({ start }) => start === address);
  if (piece !== undefined) yield* performMunmap(context, piece.start, piece.end - piece.start);
}
