/**
 * The hot part of a replay: accesses of a log become accesses of the simulated process, page by page through a
 * small direct-mapped cache over the address map. An access that crosses a page becomes two, because the two pages
 * may be apart here.
 */
import type { AccessBatch } from '../../session/calls/replay-host.ts';
import {
  type AccessColumns,
  AccessKind,
  BLOCK_LENGTH,
  BLOCK_SHIFT,
  MAX_ACCESS_SIZE,
  SIZE_BITS,
} from '../logs/access-columns.ts';
import { type AddressMap, findPiece, Right } from '../order/address-map.ts';

const SLOTS = 1024;
/** The largest size that a batch's record holds; a longer access of one page is the same one access. */
const MOST_BYTES = 255;
const PAGE_SHIFT = 12;
const PAGE_BYTES = 4096;
/** Pages below 4 GiB: the high half of an address counts these. */
const PAGES_PER_HIGH = 2 ** 20;

/** A load is a read; stores and modifies are writes (one access, as an instruction that does both makes). */
const accessOfKind = Uint8Array.of(2, 0, 1, 1);

/** As a batch has it. */
export function batchKind(kind: AccessKind): 0 | 1 | 2 {
  return accessOfKind[kind] as 0 | 1 | 2;
}

/** Why the relocation stopped before `to`. */
export interface Obstacle {
  /** Index of the access in the log. */
  readonly access: number;
  readonly address: number;
  readonly kind: AccessKind;
}

/** Depends on the map alone: scratch, no state. */
export class Relocator {
  /** Recorded page of a slot, -1 for none. */
  private readonly pages = new Float64Array(SLOTS).fill(-1);
  /** Its simulated address, low and high word. */
  private readonly low = new Int32Array(SLOTS);
  private readonly high = new Int32Array(SLOTS);
  /** Bit per AccessKind: the recorded machine allowed it. */
  private readonly allowed = new Uint8Array(SLOTS);
  private map: AddressMap | null = null;
  private version = 0;
  /** Indices in the batch that are second halves. */
  readonly halves: number[] = [];

  /** Must be called before `fill` whenever the process or its map may have changed. */
  use(map: AddressMap): void {
    if (this.map === map && this.version === map.version) return;
    this.map = map;
    this.version = map.version;
    this.pages.fill(-1);
  }

  /**
   * Fills the batch with accesses `[from, to)` of the log. Gives the access that the recorded machine did not
   * allow, at which it stopped, or null.
   */
  fill(batch: AccessBatch, columns: AccessColumns, from: number, to: number): Obstacle | null {
    const { records } = batch;
    const { pages, low: lows, high: highs, allowed } = this;
    let length = 0;
    this.halves.length = 0;
    for (let index = from; index < to;) {
      const block = columns.block(index >>> BLOCK_SHIFT);
      const first = index & (BLOCK_LENGTH - 1);
      const last = Math.min(BLOCK_LENGTH, first + to - index);
      for (let at = first; at < last; at++) {
        const low = block.low[at] as number;
        const high = block.high[at] as number;
        const meta = block.meta[at] as number;
        const kind = meta >>> SIZE_BITS;
        const size = meta & MAX_ACCESS_SIZE;
        const page = high * PAGES_PER_HIGH + (low >>> PAGE_SHIFT);
        const slot = page & (SLOTS - 1);
        if (pages[slot] !== page) this.look(slot, page);
        const offset = low & (PAGE_BYTES - 1);
        const inPage = PAGE_BYTES - offset;
        if (
          (((allowed[slot] as number) >>> kind) & 1) === 0 ||
          (size > inPage && !this.isRestAllowed(page, size - inPage, kind))
        ) {
          batch.length = length;
          return { access: index - first + at, address: high * 2 ** 32 + low, kind: kind as AccessKind };
        }
        const word = (accessOfKind[kind] as number) << 16;
        const bytes = size > inPage ? inPage : size;
        records[2 * length] = (lows[slot] as number) | offset;
        records[2 * length + 1] = (highs[slot] as number) | word | ((bytes > MOST_BYTES ? MOST_BYTES : bytes) << 24);
        length++;
        if (size > inPage) length = this.fillRest(batch, length, page, size - inPage, word);
      }
      index += last - first;
    }
    batch.length = length;
    return null;
  }

  /** How many accesses of the log precede a record of the batch. */
  accessesBefore(index: number): number {
    let before = index;
    for (const half of this.halves) if (half <= index) before--;
    return before;
  }

  private fillRest(batch: AccessBatch, length: number, page: number, size: number, word: number): number {
    let at = length;
    for (let rest = size, next = page + 1; rest > 0; rest -= PAGE_BYTES, next++) {
      const slot = next & (SLOTS - 1);
      if (this.pages[slot] !== next) this.look(slot, next);
      batch.records[2 * at] = this.low[slot] as number;
      batch.records[2 * at + 1] = (this.high[slot] as number) | word | (Math.min(rest, MOST_BYTES) << 24);
      this.halves.push(at++);
    }
    return at;
  }

  private isRestAllowed(page: number, size: number, kind: number): boolean {
    for (let rest = size, next = page + 1; rest > 0; rest -= PAGE_BYTES, next++) {
      const slot = next & (SLOTS - 1);
      if (this.pages[slot] !== next) this.look(slot, next);
      if ((((this.allowed[slot] as number) >>> kind) & 1) === 0) return false;
    }
    return true;
  }

  private look(slot: number, page: number): void {
    const piece = this.map === null ? null : findPiece(this.map, page * PAGE_BYTES);
    this.pages[slot] = page;
    this.allowed[slot] = piece === null || piece.base === null ? 0 : allowedKinds(piece.rights);
    if (piece === null || piece.base === null) return;
    const address = piece.base + (page * PAGE_BYTES - piece.start);
    this.low[slot] = address | 0;
    this.high[slot] = Math.floor(address / 2 ** 32);
  }
}

/** On x86-64 whoever may write or execute may read. */
export function allowedKinds(rights: number): number {
  const load = rights === 0 ? 0 : 1 << AccessKind.load;
  const store = (rights & Right.write) === 0 ? 0 : (1 << AccessKind.store) | (1 << AccessKind.modify);
  return load | store | ((rights & Right.execute) === 0 ? 0 : 1 << AccessKind.fetch);
}
