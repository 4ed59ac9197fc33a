/** How a walk ended, in the order of the checks (ALMOS-MKH 10.5, 10.7). */
export const WalkStatus = {
  ok: 0,
  absent: 1,
  reserved: 2,
  illegal: 3,
  privilege: 4,
  execute: 5,
  write: 6,
  read: 7,
} as const;

/** Statuses beyond those: the address cannot be formed, nothing answers at the physical address, no such register. */
export const AccessStatus = { ...WalkStatus, address: 8, bus: 9, undefinedRegister: 10 } as const;

/**
 * Why the last refused access was refused: no entry, a missing right, a reserved bit set, an address the
 * machine cannot form (not canonical), nothing at the physical address, or no such MMU register.
 */
export type FaultKind = 'none' | 'absent' | 'rights' | 'reserved' | 'address' | 'bus' | 'register';

const kinds: readonly FaultKind[] = [
  'none',
  'absent',
  'reserved',
  'bus',
  'rights',
  'rights',
  'rights',
  'rights',
  'address',
  'bus',
  'register',
];

export function faultKind(status: number): FaultKind {
  return kinds[status] as FaultKind;
}
