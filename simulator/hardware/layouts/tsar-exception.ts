import { Access } from '../access.ts';
import { AccessStatus } from '../access-status.ts';
import { hex } from '../word.ts';

/** MMU exception codes of TSAR (ALMOS-MKH 10.5); reads and fetches have `READ` added. */
const TsarException = {
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

/** `level` is the depth of the entry that decided. */
export function tsarExceptionCode(status: number, level: number, access: Access): number {
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

/** `0x1002 (PT2_UNMAPPED)` */
export function tsarExceptionText(code: number): string {
  const { READ, ...causes } = TsarException;
  const name = Object.entries(causes).find(([, value]) => value === (code & ~READ))?.[0];
  return name === undefined ? hex(code, 4) : `${hex(code, 4)} (${name})`;
}
