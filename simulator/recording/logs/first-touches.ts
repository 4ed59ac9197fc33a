/**
 * Where a recorded program touches a page for the first time, or writes it for the first time: the accesses that a
 * kernel which maps on demand and copies on write has to handle. A property of the recording, the same for every kernel.
 */
import {
  type Access,
  type AccessColumns,
  AccessKind,
  BLOCK_LENGTH,
  BLOCK_SHIFT,
  MAX_ACCESS_SIZE,
  SIZE_BITS,
} from './access-columns.ts';

const SLOTS = 1024;
const PAGE_SHIFT = 12;
const PAGE_BYTES = 4096;
const PAGES_PER_HIGH = 2 ** 20;

const TOUCHED = 1;
const WRITTEN = 2;

/** What an access of each kind needs, and leaves behind. */
const needed = Uint8Array.of(TOUCHED, TOUCHED, WRITTEN, WRITTEN);

/** One process's. */
export class FirstTouches {
  private readonly pages = new Map<number, number>();
  /** A direct-mapped cache over it. */
  private readonly slots = new Float64Array(SLOTS).fill(-1);
  private readonly states = new Uint8Array(SLOTS);

  /** Index of the next first touch in `[from, to)` of a log, which is none any more after that; `to` if there is none. */
  next(columns: AccessColumns, from: number, to: number): number {
    const { slots, states } = this;
    for (let index = from; index < to;) {
      const block = columns.block(index >>> BLOCK_SHIFT);
      const { low: lows, high: highs, meta: metas } = block;
      const first = index & (BLOCK_LENGTH - 1);
      const last = Math.min(BLOCK_LENGTH, first + to - index);
      for (let at = first; at < last; at++) {
        const low = lows[at] as number;
        const page = (highs[at] as number) * PAGES_PER_HIGH + (low >>> PAGE_SHIFT);
        const meta = metas[at] as number;
        const need = needed[meta >>> SIZE_BITS] as number;
        const slot = page & (SLOTS - 1);
        const isKnown = slots[slot] === page && ((states[slot] as number) & need) !== 0;
        const isWhole = (low & (PAGE_BYTES - 1)) + (meta & MAX_ACCESS_SIZE) <= PAGE_BYTES;
        if (isKnown && isWhole) continue;
        const end = page + (((low & (PAGE_BYTES - 1)) + (meta & MAX_ACCESS_SIZE) - 1) >>> PAGE_SHIFT);
        if (this.touch(page, Math.max(page, end), need)) return index - first + at;
      }
      index += last - first;
    }
    return to;
  }

  /** Notes one access that is known to be a first touch. */
  note({ kind, address, size }: Access): void {
    const first = Math.floor(address / PAGE_BYTES);
    this.touch(first, Math.floor((address + size - 1) / PAGE_BYTES), needed[kind] as number);
  }

  /** Pages that have been touched since they were mapped. */
  get count(): number {
    return this.pages.size;
  }

  /** The range is another mapping from now on, or none. */
  forget(start: number, end: number): void {
    const [from, to] = [Math.floor(start / PAGE_BYTES), Math.ceil(end / PAGE_BYTES)];
    if (to - from < this.pages.size) for (let page = from; page < to; page++) this.pages.delete(page);
    else for (const page of this.pages.keys()) if (page >= from && page < to) this.pages.delete(page);
    this.slots.fill(-1);
  }

  /** After a fork every page may be shared until it is written. */
  forgetWrites(): void {
    for (const page of this.pages.keys()) this.pages.set(page, TOUCHED);
    this.slots.fill(-1);
  }

  private touch(from: number, to: number, need: number): boolean {
    let isFirst = false;
    for (let page = from; page <= to; page++) {
      const before = this.pages.get(page) ?? 0;
      const after = before | need | TOUCHED;
      if ((before & need) === 0) isFirst = true;
      if (after !== before) this.pages.set(page, after);
      const slot = page & (SLOTS - 1);
      this.slots[slot] = page;
      this.states[slot] = after;
    }
    return isFirst;
  }
}

/** What a person calls an access. */
export function accessWord(kind: AccessKind): 'fetch' | 'read' | 'write' {
  if (kind === AccessKind.fetch) return 'fetch';
  return kind === AccessKind.load ? 'read' : 'write';
}
