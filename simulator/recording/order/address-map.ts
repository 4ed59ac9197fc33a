/**
 * Where a recorded process's memory is in the simulated one: pieces of recorded addresses, each at one distance
 * from its simulated place. Plain data, one for every process; a fork copies it.
 */

/** As PROT_READ, PROT_WRITE and PROT_EXEC have them. */
export const Right = { read: 1, write: 2, execute: 4 } as const;

export type PieceKind = 'code' | 'data' | 'stack' | 'heap' | 'anon' | 'shared' | 'file';

export interface Piece {
  /** Recorded addresses, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Simulated address of `start`; null where addresses are only kept free and nothing is mapped. */
  readonly base: number | null;
  /** What the recorded machine allowed. */
  readonly rights: number;
  /** What the simulated mapping allows. */
  readonly simulatedRights: number;
  readonly kind: PieceKind;
  /** The call that made it: a key of the plan; empty for what was there from the start. */
  readonly origin: string;
  /** Name of the simulated file behind it, if any. */
  readonly file: string | null;
}

export interface AddressMap {
  /** Sorted by start, without overlaps. */
  readonly pieces: Piece[];
  /** Of pieces with any right. */
  usableBytes: number;
  /** Grows with every change. */
  version: number;
}

export function emptyMap(): AddressMap {
  return { pieces: [], usableBytes: 0, version: 0 };
}

export function copyMap(map: AddressMap): AddressMap {
  return { pieces: [...map.pieces], usableBytes: map.usableBytes, version: 0 };
}

function usable({ start, end, rights }: Piece): number {
  return rights === 0 ? 0 : end - start;
}

/** Index of the first piece that ends behind an address. */
function firstBehind({ pieces }: AddressMap, address: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle] as Piece).end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The piece that holds an address. */
export function findPiece(map: AddressMap, address: number): Piece | null {
  const piece = map.pieces[firstBehind(map, address)];
  return piece !== undefined && piece.start <= address ? piece : null;
}

/** The pieces inside `[start, end)`, cut at its ends; the map stays as it is. */
export function piecesIn(map: AddressMap, start: number, end: number): Piece[] {
  const inside: Piece[] = [];
  for (let index = firstBehind(map, start); index < map.pieces.length; index++) {
    const piece = map.pieces[index] as Piece;
    if (piece.start >= end) break;
    inside.push(part(piece, Math.max(start, piece.start), Math.min(end, piece.end)));
  }
  return inside;
}

/** Takes `[start, end)` out of the map. */
export function removeRange(map: AddressMap, start: number, end: number): void {
  const { pieces } = map;
  const first = firstBehind(map, start);
  const rest: Piece[] = [];
  let last = first;
  for (; last < pieces.length && (pieces[last] as Piece).start < end; last++) {
    const piece = pieces[last] as Piece;
    map.usableBytes -= usable(part(piece, Math.max(start, piece.start), Math.min(end, piece.end)));
    if (piece.start < start) rest.push(part(piece, piece.start, start));
    if (piece.end > end) rest.push(part(piece, end, piece.end));
  }
  if (last === first) return;
  pieces.splice(first, last - first, ...rest);
  map.version++;
}

/** Puts pieces where nothing is, or over what is there. */
export function insertPieces(map: AddressMap, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    removeRange(map, piece.start, piece.end);
    map.pieces.splice(firstBehind(map, piece.start), 0, piece);
    map.usableBytes += usable(piece);
    map.version++;
  }
}

export function part(piece: Piece, start: number, end: number): Piece {
  return { ...piece, start, end, base: piece.base === null ? null : piece.base + (start - piece.start) };
}

/** Neighbours that are one simulated region as well, so that a call on them is one call. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last !== undefined && isOneRegion(last, piece)) result[result.length - 1] = { ...last, end: piece.end };
    else result.push(piece);
  }
  return result;
}

/** A kernel that changed the rights of a part made a region of its own of it. */
function isOneRegion(last: Piece, piece: Piece): boolean {
  const isAdjacent =
    last.end === piece.start && last.base !== null && last.base + (last.end - last.start) === piece.base;
  return isAdjacent && last.origin === piece.origin && last.simulatedRights === piece.simulatedRights;
}

/** `rw-`, as a listing has it. */
export function rightsWord(rights: number): string {
  return `${rights & Right.read ? 'r' : '-'}${rights & Right.write ? 'w' : '-'}${rights & Right.execute ? 'x' : '-'}`;
}
