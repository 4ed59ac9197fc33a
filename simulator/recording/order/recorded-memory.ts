/** A recorded process's memory at its own addresses: what is mapped where, and which pages have been touched. */
import {
  type AddressMap,
  copyMap,
  emptyMap,
  findPiece,
  insertPieces,
  piecesIn,
  type PieceKind,
  removeRange,
  Right,
} from './address-map.ts';
import { FirstTouches } from '../logs/first-touches.ts';
import { type Layout, type LayoutRow, rightsOf } from '../logs/layout-parser.ts';
import type { MemoryCall } from '../logs/memory-call.ts';

/** Where an address lies. */
export interface RecordedPlace {
  /** `anon`, `heap`, `cow_fork code`. */
  readonly name: string;
  /** Number of its page, from 1, and how many there are; 0 for the stack, which has no size of its own. */
  readonly page: number;
  readonly pages: number;
  /** The same for every address of one mapping. */
  readonly start: number;
}

const PAGE_BYTES = 4096;
const NO_RIGHTS = 0;
const READ_WRITE = Right.read | Right.write;

export class RecordedMemory {
  readonly touches = new FirstTouches();
  private readonly map: AddressMap;
  /** Pages that were resident in the parent at the fork. */
  private inherited = 0;
  /** Bytes of the program itself, which some kernels load whole. */
  private programBytes = 0;
  private heap: { readonly start: number; end: number } | null = null;

  constructor(map: AddressMap = emptyMap()) {
    this.map = map;
  }

  /** A program of its own begins. */
  static of(layout: Layout): RecordedMemory {
    const memory = new RecordedMemory();
    const { heap } = layout;
    const isHeap = (row: LayoutRow): boolean => heap !== null && row.start >= heap.start && row.end <= heap.end;
    for (const row of layout.rows) {
      if (isHeap(row)) continue;
      memory.insert(row.start, row.end, kindOf(row), row.path, rightsOf(row));
      memory.programBytes += row.end - row.start;
    }
    if (layout.stack !== null) memory.insert(layout.stack.start, layout.stack.end, 'stack', null, NO_RIGHTS);
    if (heap !== null) memory.heap = { start: heap.start, end: heap.start };
    return memory;
  }

  /** A child's, which shares all pages with its parent: both touch them anew. */
  fork(): RecordedMemory {
    this.touches.forgetWrites();
    const child = new RecordedMemory(copyMap(this.map));
    child.inherited = this.inherited + this.touches.count;
    child.programBytes = this.programBytes;
    child.heap = this.heap === null ? null : { ...this.heap };
    return child;
  }

  /** Bytes that are in use at least once every page that was touched is resident. */
  get touchedBytes(): number {
    return (this.touches.count + this.inherited) * PAGE_BYTES + this.programBytes;
  }

  get mappings(): number {
    return this.map.pieces.length;
  }

  /** Bytes of what is mapped with any right; of the stack nothing, because it has no size of its own. */
  get mappedBytes(): number {
    return this.map.usableBytes;
  }

  apply(effect: MemoryCall): void {
    switch (effect.kind) {
      case 'mmap':
        this.replace(effect.address, effect.length, mappingKind(effect), effect.rights);
        break;
      case 'munmap':
        this.remove(effect.address, effect.address + effect.length);
        break;
      case 'mprotect':
        this.touches.forget(effect.address, effect.address + effect.length);
        insertPieces(
          this.map,
          piecesIn(this.map, effect.address, effect.address + effect.length).map((piece) => ({
            ...piece,
            rights: effect.rights,
          })),
        );
        break;
      case 'discard':
        this.touches.forget(effect.address, effect.address + effect.length);
        break;
      case 'mremap': {
        const { kind, rights } = findPiece(this.map, effect.from) ?? { kind: 'anon', rights: READ_WRITE };
        this.remove(effect.from, effect.from + effect.oldLength);
        this.replace(effect.to, effect.newLength, kind, rights);
        break;
      }
      case 'brk':
        this.moveBreak(effect.end);
        break;
      case 'shmat':
        this.touches.forget(effect.address, effect.address + 1);
        break;
      default:
        break;
    }
  }

  placeOf(address: number): RecordedPlace | null {
    const piece = findPiece(this.map, address);
    if (piece === null) return null;
    const { kind, file, start, end } = piece;
    if (kind === 'stack') return { name: 'stack', page: 0, pages: 0, start };
    const page = Math.floor((address - start) / PAGE_BYTES) + 1;
    const name = file === null ? kind : `${basename(file)} ${kind}`;
    return { name, page, pages: Math.ceil((end - start) / PAGE_BYTES), start };
  }

  private moveBreak(end: number): void {
    this.heap ??= { start: end, end };
    const { heap } = this;
    if (end < heap.end) this.remove(end, heap.end);
    heap.end = end;
    if (end > heap.start) this.insert(heap.start, end, 'heap', null, READ_WRITE);
  }

  private replace(start: number, length: number, kind: PieceKind, rights: number): void {
    this.touches.forget(start, start + length);
    if (length > 0) this.insert(start, start + length, kind, null, rights);
  }

  private remove(start: number, end: number): void {
    this.touches.forget(start, end);
    removeRange(this.map, start, end);
  }

  private insert(start: number, end: number, kind: PieceKind, file: string | null, rights: number): void {
    insertPieces(this.map, [{ start, end, base: null, rights, simulatedRights: 0, kind, origin: '', file }]);
  }
}

function kindOf(row: LayoutRow): PieceKind {
  if (row.kind === 'anon') return 'data';
  if (row.execute) return 'code';
  return row.write ? 'data' : 'file';
}

function mappingKind(effect: Extract<MemoryCall, { kind: 'mmap' }>): PieceKind {
  if (effect.descriptor !== null) return 'file';
  return effect.shared ? 'shared' : 'anon';
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
