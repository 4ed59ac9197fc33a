/**
 * Some accesses of a log: which they are, and a copy of each, so that nobody has to look at all accesses to find the order of a
 * recording. The first touches are such a list. They depend on the recording alone, and are found when it is read or written.
 */
import {
  accessAt,
  type Access,
  type AccessColumns,
  type AccessKind,
  MAX_ACCESS_SIZE,
  SIZE_BITS,
} from './access-columns.ts';

/** What the order of a recording needs to know of a log's accesses. */
export interface LogExcerpts {
  readonly touches: TouchList;
  /** The accesses that runs begin with, unless processes take turns. */
  readonly starts: TouchList;
}

const FIRST_LENGTH = 1024;
const HIGH = 2 ** 32;

export class TouchList {
  private indices = new Uint32Array(FIRST_LENGTH);
  private low = new Uint32Array(FIRST_LENGTH);
  private high = new Uint16Array(FIRST_LENGTH);
  private meta = new Uint16Array(FIRST_LENGTH);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Indices must rise. */
  add(index: number, { kind, address, size }: Access): void {
    if (this.used === this.indices.length) this.grow();
    this.indices[this.used] = index;
    this.low[this.used] = address;
    this.high[this.used] = Math.floor(address / HIGH);
    this.meta[this.used++] = (kind << SIZE_BITS) | size;
  }

  addFrom(columns: AccessColumns, index: number): void {
    this.add(index, accessAt(columns, index));
  }

  /** Index of the access in its log. */
  indexAt(place: number): number {
    return place < this.used ? (this.indices[place] as number) : Infinity;
  }

  accessAt(place: number): Access {
    const meta = this.meta[place] as number;
    return {
      kind: (meta >>> SIZE_BITS) as AccessKind,
      address: (this.high[place] as number) * HIGH + (this.low[place] as number),
      size: meta & MAX_ACCESS_SIZE,
    };
  }

  /** Place in the list of the first touch at or behind an access. */
  placeOf(access: number): number {
    let low = 0;
    let high = this.used;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.indices[middle] as number) >= access) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private grow(): void {
    const length = this.indices.length * 2;
    const longer = <T extends Uint32Array | Uint16Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.indices = longer(this.indices, new Uint32Array(length));
    this.low = longer(this.low, new Uint32Array(length));
    this.high = longer(this.high, new Uint16Array(length));
    this.meta = longer(this.meta, new Uint16Array(length));
  }
}
