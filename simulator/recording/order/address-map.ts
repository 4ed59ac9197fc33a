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
  pieces: Piece[];
}

export function copyMap(map: AddressMap): AddressMap {
  return { pieces: [...map.pieces] };
}

/** The piece that holds an address. */
export function findPiece(map: AddressMap, address: number): Piece | null {
  const { pieces } = map;
  let low = 0;
  let high = pieces.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const piece = pieces[middle] as Piece;
    if (address < piece.start) high = middle - 1;
    else if (address >= piece.end) low = middle + 1;
    else return piece;
  }
  return null;
}

/** The pieces inside `[start, end)`, cut at its ends; the map stays as it is. */
export function piecesIn(map: AddressMap, start: number, end: number): Piece[] {
  return map.pieces
    .filter((piece) => piece.start < end && piece.end > start)
    .map((piece) => part(piece, Math.max(start, piece.start), Math.min(end, piece.end)));
}

/** Takes `[start, end)` out of the map. */
export function removeRange(map: AddressMap, start: number, end: number): void {
  map.pieces = map.pieces.flatMap((piece) => {
    if (piece.end <= start || piece.start >= end) return [piece];
    const rest: Piece[] = [];
    if (piece.start < start) rest.push(part(piece, piece.start, start));
    if (piece.end > end) rest.push(part(piece, end, piece.end));
    return rest;
  });
}

/** Puts pieces where nothing is, or over what is there. */
export function insertPieces(map: AddressMap, pieces: readonly Piece[]): void {
  for (const piece of pieces) removeRange(map, piece.start, piece.end);
  map.pieces = [...map.pieces, ...pieces].sort((left, right) => left.start - right.start);
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
