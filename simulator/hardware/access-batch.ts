import type { Access } from './machine.ts';
import type { VirtualAddress } from './word.ts';
import { high32, TWO_32 } from './word.ts';

/**
 * Accesses in bulk, two words each: the address's low word; then its high 16 bits, the kind in bits 16..18
 * (an Access, plus 4 for a supervisor's), the size in bytes in bits 24..31.
 */
export interface AccessBatch {
  readonly records: Int32Array;
  length: number;
}

export const SUPERVISOR = 4;

export function createBatch(capacity: number): AccessBatch {
  return { records: new Int32Array(2 * capacity), length: 0 };
}

/** False when the batch is full. `size` is 1 to 255 bytes. */
export function pushAccess(
  batch: AccessBatch,
  va: VirtualAddress,
  access: Access,
  user: boolean,
  size: number,
): boolean {
  const index = 2 * batch.length;
  if (index >= batch.records.length) return false;
  batch.records[index] = va | 0;
  batch.records[index + 1] = high32(va) | ((user ? access : access | SUPERVISOR) << 16) | (size << 24);
  batch.length++;
  return true;
}

export function batchAddress(batch: AccessBatch, index: number): VirtualAddress {
  const low = (batch.records[2 * index] as number) >>> 0;
  return ((batch.records[2 * index + 1] as number) & 0xffff) * TWO_32 + low;
}

export function batchAccess(batch: AccessBatch, index: number): Access {
  return (((batch.records[2 * index + 1] as number) >>> 16) & 3) as Access;
}

export function isBatchUser(batch: AccessBatch, index: number): boolean {
  return ((batch.records[2 * index + 1] as number) & (SUPERVISOR << 16)) === 0;
}

export function batchSize(batch: AccessBatch, index: number): number {
  return (batch.records[2 * index + 1] as number) >>> 24;
}
