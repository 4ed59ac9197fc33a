import { Access } from '../access.ts';
import { AccessStatus } from '../access-status.ts';
import type { FaultKind } from '../access-status.ts';
import type { Ppn } from '../word.ts';
import { addressOfPpn, hex } from '../word.ts';

export function cr3Text(root: Ppn): string {
  return `CR3 ${hex(addressOfPpn(root), 8)}`;
}

/** Bits of the page-fault error code (Intel SDM 3A 4.7). */
const X86Error = { present: 1, write: 2, user: 4, reserved: 8, fetch: 16 } as const;

/** 0 for a fault that is no page fault: #GP, or nothing at the physical address. */
export function x86ErrorCode(status: number, _level: number, access: Access, user: boolean): number {
  if (!isPageFault(status)) return 0;
  return (
    (status === AccessStatus.absent ? 0 : X86Error.present) |
    (access === Access.write ? X86Error.write : 0) |
    (user ? X86Error.user : 0) |
    (status === AccessStatus.reserved ? X86Error.reserved : 0)
  );
}

/** The same where pages can forbid execution: the code also tells fetches. */
export function x86ErrorCodeWithFetch(status: number, level: number, access: Access, user: boolean): number {
  const code = x86ErrorCode(status, level, access, user);
  return isPageFault(status) && access === Access.fetch ? code | X86Error.fetch : code;
}

/** `0x6 (write, user)`; what is no page fault has no code. */
export function x86ErrorText(code: number, kind: FaultKind): string {
  if (kind === 'address') return '0x0 (#GP)';
  if (kind === 'bus') return '0x0 (no memory)';
  const names = Object.entries(X86Error).filter(([, bit]) => (code & bit) !== 0);
  return names.length === 0 ? hex(code) : `${hex(code)} (${names.map(([name]) => name).join(', ')})`;
}

const registers = { code: 'error code', address: 'CR2' } as const;
export const x86FaultRegisters = { data: registers, fetch: registers } as const;

function isPageFault(status: number): boolean {
  return status !== AccessStatus.address && status !== AccessStatus.bus && status !== AccessStatus.illegal;
}
