import type { Paging } from './machine-config.ts';
import { Access } from './machine.ts';
import type { FaultKind } from './machine.ts';
import { WalkStatus } from './page-table-walker.ts';

/** MMU exception codes of TSAR (ALMOS-MKH 10.5); reads and fetches have `READ` added. */
export const TsarException = {
  PT1_UNMAPPED: 0x0001,
  PT2_UNMAPPED: 0x0002,
  PRIVILEGE_VIOLATION: 0x0004,
  WRITE_VIOLATION: 0x0008,
  EXEC_VIOLATION: 0x0010,
  UNDEFINED_XTN: 0x0020,
  PT1_ILLEGAL_ACCESS: 0x0040,
  PT2_ILLEGAL_ACCESS: 0x0080,
  CACHE_ILLEGAL_ACCESS: 0x0100,
  READ: 0x1000,
} as const;

/** x86 page-fault error code. */
export const X86Error = { present: 1, write: 2, user: 4, reserved: 8, fetch: 16 } as const;

/** Statuses beyond the walker's: the address cannot be formed, nothing answers at the physical address, no such register. */
export const AccessStatus = { ...WalkStatus, address: 7, bus: 8, undefinedRegister: 9 } as const;

const kinds: readonly FaultKind[] = [
  'none',
  'absent',
  'reserved',
  'bus',
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

/** `level` is the depth of the entry that decided. */
export function exceptionCodeOf(paging: Paging, status: number, level: number, access: Access, user: boolean): number {
  return paging === 'tsar' ? tsarCode(status, level, access) : x86Code(paging, status, access, user);
}

function tsarCode(status: number, level: number, access: Access): number {
  const base = access === Access.write ? 0 : TsarException.READ;
  switch (status) {
    case AccessStatus.absent:
      return base | (level === 1 ? TsarException.PT1_UNMAPPED : TsarException.PT2_UNMAPPED);
    case AccessStatus.illegal:
      return base | (level === 1 ? TsarException.PT1_ILLEGAL_ACCESS : TsarException.PT2_ILLEGAL_ACCESS);
    case AccessStatus.privilege:
      return base | TsarException.PRIVILEGE_VIOLATION;
    case AccessStatus.execute:
      return base | TsarException.EXEC_VIOLATION;
    case AccessStatus.write:
      return base | TsarException.WRITE_VIOLATION;
    case AccessStatus.undefinedRegister:
      return base | TsarException.UNDEFINED_XTN;
    default:
      return base | TsarException.CACHE_ILLEGAL_ACCESS;
  }
}

/** 0 for a fault that is no page fault. The fetch bit exists only with no-execute (Intel SDM 3A 4.7). */
function x86Code(paging: Paging, status: number, access: Access, user: boolean): number {
  if (status === AccessStatus.address || status === AccessStatus.bus || status === AccessStatus.illegal) return 0;
  return (
    (status === AccessStatus.absent ? 0 : X86Error.present) |
    (access === Access.write ? X86Error.write : 0) |
    (user ? X86Error.user : 0) |
    (status === AccessStatus.reserved ? X86Error.reserved : 0) |
    (access === Access.fetch && paging === 'x86-64' ? X86Error.fetch : 0)
  );
}
