/** A recorded process's memory at its own addresses: what is mapped where, and which pages have been touched. */
import { type AddressMap, copyMap, findPiece, insertPieces, removeRange, type PieceKind } from './address-map.ts';
import { FirstTouches } from '../logs/first-touches.ts';
import type { Layout, LayoutRow } from '../logs/layout-parser.ts';
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

export class RecordedMemory {
  readonly touches = new FirstTouches();
  private readonly map: AddressMap;
  private heap: { readonly start: number; end: number } | null = null;

  constructor(map: AddressMap = { pieces: [] }) {
    this.map = map;
  }

  /** A program of its own begins. */
  static of(layout: Layout): RecordedMemory {
    const memory = new RecordedMemory();
    const { heap } = layout;
    const isHeap = (row: LayoutRow): boolean => heap !== null && row.start >= heap.start && row.end <= heap.end;
    for (const row of layout.rows) if (!isHeap(row)) memory.insert(row.start, row.end, kindOf(row), row.path);
    if (layout.stack !== null) memory.insert(layout.stack.start, layout.stack.end, 'stack', null);
    if (heap !== null) memory.heap = { start: heap.start, end: heap.start };
    return memory;
  }

  /** A child's, which shares all pages with its parent: both touch them anew. */
  fork(): RecordedMemory {
    this.touches.forgetWrites();
    const child = new RecordedMemory(copyMap(this.map));
    child.heap = this.heap === null ? null : { ...this.heap };
    return child;
  }

  apply(effect: MemoryCall): void {
    switch (effect.kind) {
      case 'mmap':
        this.replace(effect.address, effect.length, mappingKind(effect));
        break;
      case 'munmap':
        this.remove(effect.address, effect.address + effect.length);
        break;
      case 'mprotect':
      case 'discard':
        this.touches.forget(effect.address, effect.address + effect.length);
        break;
      case 'mremap': {
        const kind = findPiece(this.map, effect.from)?.kind ?? 'anon';
        this.remove(effect.from, effect.from + effect.oldLength);
        this.replace(effect.to, effect.newLength, kind);
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
    if (end > heap.start) this.insert(heap.start, end, 'heap', null);
  }

  private replace(start: number, length: number, kind: PieceKind): void {
    this.touches.forget(start, start + length);
    if (length > 0) this.insert(start, start + length, kind, null);
  }

  private remove(start: number, end: number): void {
    this.touches.forget(start, end);
    removeRange(this.map, start, end);
  }

  private insert(start: number, end: number, kind: PieceKind, file: string | null): void {
    insertPieces(this.map, [{ start, end, base: null, rights: 0, simulatedRights: 0, kind, origin: '', file }]);
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
