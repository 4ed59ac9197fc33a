/** Recorded calls that map, unmap and move memory, performed by the common operations of a kernel. */
import {
  ensureFile,
  isError,
  type KernelGenerator,
  type MmapArgs,
  type Protection,
} from '../../session/calls/replay-host.ts';
import {
  insertPieces,
  joined,
  part,
  type Piece,
  type PieceKind,
  piecesIn,
  removeRange,
  Right,
  rightsWord,
} from '../order/address-map.ts';
import type { MemoryCall } from '../logs/memory-call.ts';
import {
  emulate,
  fail,
  failForMemory,
  isOutOfMemory,
  kernelOf,
  lackOf,
  lacks,
  type ReplayContext,
  sizeInWords,
} from './replay-context.ts';
import { originOf } from '../order/replay-plan.ts';

type Mmap = Extract<MemoryCall, { kind: 'mmap' }>;

/** A recorded mapping that has to be made here. */
export interface Wanted {
  /** Recorded addresses. */
  readonly start: number;
  readonly length: number;
  readonly rights: number;
  readonly kind: PieceKind;
  readonly origin: string;
  readonly file: string | null;
  readonly offset: number;
  /** Simulated address, where the mapping takes the place of what is there. */
  readonly at?: number;
}

export function* performMmap(context: ReplayContext, call: Mmap): KernelGenerator<void> {
  const { self, log, event } = context;
  const { start, end } = { start: call.address, end: call.address + call.length };
  const file = call.descriptor === null ? null : fileName(context, call.descriptor);
  const kind = call.shared ? 'shared' : file === null ? 'anon' : 'file';
  const wanted: Wanted = {
    start,
    length: call.length,
    rights: call.rights,
    kind,
    origin: originOf(log, event),
    file,
    offset: call.offset,
  };
  const overlapped = piecesIn(self.map, start, end).filter((piece) => piece.base !== null);
  const at = placeOver(context, joined(overlapped), start, end);
  if (at !== null) {
    insertPieces(self.map, yield* mapWanted(context, { ...wanted, at }));
    return;
  }
  if (overlapped.length > 0) yield* replaceOverlap(context, overlapped);
  insertPieces(self.map, yield* mapWanted(context, wanted));
}

/** Where a MAP_FIXED goes inside one mapping, if the kernel can lay a mapping over another; else null. */
function placeOver(context: ReplayContext, overlapped: readonly Piece[], start: number, end: number): number | null {
  const [piece] = overlapped;
  const isInside = overlapped.length === 1 && piece !== undefined && piece.start <= start && end <= piece.end;
  if (!isInside || piece.base === null || lacks(kernelOf(context), 'mmapOver') || !canCut(context)) return null;
  return piece.base + start - piece.start;
}

/** MAP_FIXED over mappings: what is there goes first; the new one stands where the kernel puts it. */
function* replaceOverlap(context: ReplayContext, overlapped: readonly Piece[]): KernelGenerator<void> {
  const pages = overlapped.reduce((sum, piece) => sum + piece.end - piece.start, 0);
  emulate(
    context,
    `the ${sizeInWords(pages)} of mappings that it covers are unmapped first`,
    lacks(kernelOf(context), 'mmapOver')
      ? lackOf(kernelOf(context), 'mmapOver')
      : 'they are several mappings, each at a place of its own',
  );
  for (const piece of joined(overlapped)) yield* unmapPiece(context, piece);
}

/** Maps memory, whole or, where the kernel can cut no region, in the parts that later calls will want. */
export function* mapWanted(context: ReplayContext, wanted: Wanted): KernelGenerator<Piece[]> {
  const { plan } = context;
  const mapping = plan.mappings.get(wanted.origin);
  const ends = [wanted.start, ...(canCut(context) ? [] : (mapping?.cuts ?? [])), wanted.start + wanted.length];
  if (ends.length > 2) {
    emulate(
      context,
      `laid out as ${String(ends.length - 1)} regions, because later calls cut it`,
      lackOf(kernelOf(context), 'munmapPart'),
    );
  }
  const pieces: Piece[] = [];
  for (let index = 0; index + 1 < ends.length; index++) {
    const [start, end] = [ends[index] as number, ends[index + 1] as number];
    pieces.push(
      yield* mapPart(
        context,
        { ...wanted, start, length: end - start, offset: wanted.offset + start - wanted.start },
        mapping?.rights ?? wanted.rights,
      ),
    );
  }
  return pieces;
}

/** Can the kernel remove a part of a region? */
function canCut(context: ReplayContext): boolean {
  return !lacks(kernelOf(context), 'munmapPart');
}

function* mapPart(context: ReplayContext, wanted: Wanted, allRights: number): KernelGenerator<Piece> {
  const kernel = kernelOf(context);
  const { start, length, rights, kind, origin, file } = wanted;
  const piece = { start, end: start + length, rights, kind, origin, file };
  // Without mprotect a mapping gets every right that it will ever need; one without any waits for its first.
  const isFixed = lacks(kernel, 'mprotect');
  if (isFixed && rights === 0 && allRights !== 0) {
    emulate(
      context,
      'a mapping without rights: its addresses are kept free until it has some',
      lackOf(kernel, 'mprotect'),
    );
    return { ...piece, base: null, simulatedRights: 0 };
  }
  const simulatedRights = isFixed ? rights | allRights : rights;
  const base = yield* callMmap(context, wanted, simulatedRights);
  if (typeof base === 'number') {
    if (simulatedRights !== rights)
      emulate(
        context,
        `mapped ${rightsWord(simulatedRights)}: later calls of mprotect give these rights`,
        lackOf(kernel, 'mprotect'),
      );
    return { ...piece, base, simulatedRights };
  }
  if (isOutOfMemory(kernel, base)) failForMemory(context, context.call, length, base);
  if (rights === 0) {
    emulate(context, 'a mapping without rights: its addresses are kept free, and nothing is mapped', base);
    return { ...piece, base: null, simulatedRights: 0 };
  }
  if (kind !== 'file')
    fail(
      context,
      'WALK205',
      `${context.call} of ${sizeInWords(length)} ${rightsWord(rights)}: ${kernel.name} answers ${base}`,
    );
  emulate(
    context,
    `an anonymous mapping stands for the private one of ${file ?? 'a file'}; a recording does not hold the file’s bytes, so they are zero`,
    base,
  );
  return yield* mapPart(context, { ...wanted, kind: 'anon' }, allRights);
}

function* callMmap(context: ReplayContext, wanted: Wanted, rights: number): KernelGenerator<number | string> {
  const { run, here } = context;
  const { length, kind, file, offset, at = null } = wanted;
  const isFile = file !== null && (kind === 'file' || kind === 'shared');
  if (isFile) ensureFile(run, file, offset + length);
  const args: MmapArgs = {
    length,
    protection: protectionOf(rights),
    kind: kind === 'file' || kind === 'shared' ? kind : 'anon',
    file: isFile ? file : null,
    offset: isFile ? offset : 0,
    at,
    hint: null,
    replace: at !== null,
    cluster: null,
  };
  return yield* kernelOf(context).operations.mmap(here, args);
}

/** On x86-64 whoever may write or execute may read. */
function protectionOf(rights: number): Protection {
  return { read: rights !== 0, write: (rights & Right.write) !== 0, execute: (rights & Right.execute) !== 0 };
}

/** The path that was opened, or a name of its own for a file that the recording does not name. */
function fileName(context: ReplayContext, descriptor: number): string {
  const path = context.self.descriptors.get(descriptor);
  return path === undefined || path === '' ? `file ${String(descriptor)} of ${String(context.log.pid)}` : path;
}

export function* performMunmap(context: ReplayContext, address: number, length: number): KernelGenerator<void> {
  const { map } = context.self;
  for (const piece of joined(piecesIn(map, address, address + length))) {
    if (piece.base !== null) yield* unmapPiece(context, piece);
  }
  removeRange(map, address, address + length);
}

/** A part that the kernel cannot remove stays behind; no access reaches it any more. */
function* unmapPiece(context: ReplayContext, piece: Piece): KernelGenerator<boolean> {
  const length = piece.end - piece.start;
  const result = yield* kernelOf(context).operations.munmap(context.here, { address: piece.base as number, length });
  if (!isError(result)) return true;
  if (isOutOfMemory(kernelOf(context), result))
    failForMemory(context, `${context.call} inside a mapping`, length, result);
  emulate(
    context,
    `the kernel cannot remove these ${sizeInWords(length)} alone: they stay mapped and are never used again`,
    result,
  );
  return false;
}

export function* performMprotect(
  context: ReplayContext,
  call: Extract<MemoryCall, { kind: 'mprotect' }>,
): KernelGenerator<void> {
  const { map } = context.self;
  for (const piece of joined(piecesIn(map, call.address, call.address + call.length))) {
    const changed = yield* protectPiece(context, piece, call.rights);
    const parts =
      piece.base === null || changed.base !== piece.base
        ? [changed]
        : piecesIn(map, piece.start, piece.end).map((inner) => ({
            ...inner,
            rights: changed.rights,
            simulatedRights: changed.simulatedRights,
          }));
    insertPieces(map, parts);
  }
}

function* protectPiece(context: ReplayContext, piece: Piece, rights: number): KernelGenerator<Piece> {
  const kernel = kernelOf(context);
  const length = piece.end - piece.start;
  if (piece.base === null) return yield* fillReservation(context, piece, rights);
  const { operations } = kernel;
  const reason =
    operations.mprotect === undefined
      ? lackOf(kernel, 'mprotect')
      : yield* operations.mprotect(context.here, { address: piece.base, length, protection: protectionOf(rights) });
  if (!isError(reason)) return { ...piece, rights, simulatedRights: rights };
  if (isOutOfMemory(kernel, reason)) failForMemory(context, 'mprotect inside a mapping', length, reason);
  const kept = rightsWord(piece.simulatedRights);
  emulate(
    context,
    kept === rightsWord(rights)
      ? `skipped: the pages have kept ${kept} all along`
      : `skipped: the pages keep ${kept} instead of ${rightsWord(rights)}`,
    reason,
  );
  return { ...piece, rights };
}

/** Addresses that were kept free get their first rights: now they are mapped. */
function* fillReservation(context: ReplayContext, piece: Piece, rights: number): KernelGenerator<Piece> {
  if (rights === 0) return piece;
  const { start, end, kind, origin, file } = piece;
  emulate(
    context,
    `${sizeInWords(end - start)} of addresses that were kept free are mapped now`,
    'nothing was mapped there',
  );
  const all = context.plan.mappings.get(origin)?.rights ?? rights;
  return yield* mapPart(context, { start, length: end - start, rights, kind, origin, file, offset: 0 }, all);
}

/** MADV_DONTNEED of private anonymous memory: pages come back as zeros. Other mappings keep what they map. */
export function* performDiscard(context: ReplayContext, address: number, length: number): KernelGenerator<void> {
  const { map } = context.self;
  for (const piece of joined(piecesIn(map, address, address + length))) {
    if (piece.base === null) continue;
    const isOwn = piece.kind === 'anon' || piece.kind === 'heap';
    if (!isOwn || !canCut(context)) {
      emulate(context, `skipped: the pages of ${piece.kind} memory stay`, lackOf(kernelOf(context), 'madvise'));
      continue;
    }
    emulate(context, 'the pages are unmapped and mapped again', lackOf(kernelOf(context), 'madvise'));
    if (!(yield* unmapPiece(context, piece))) continue;
    const fresh = yield* mapPart(
      context,
      { ...piece, length: piece.end - piece.start, offset: 0 },
      piece.simulatedRights,
    );
    insertPieces(map, [{ ...fresh, kind: piece.kind }]);
  }
}

/** A piece at other recorded addresses, with the same distance to its simulated ones. */
export function shifted(piece: Piece, distance: number): Piece {
  return { ...part(piece, piece.start, piece.end), start: piece.start + distance, end: piece.end + distance };
}
