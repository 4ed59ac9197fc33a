/** Constants of the early Haiku / NewOS VM, by their own names (1.4, 1.5, 7, 11). Sizes in bytes, times in microseconds. */

export const PAGE_SIZE = 0x1000;

export const REGION_ADDR_ANY_ADDRESS = 0;
export const REGION_ADDR_EXACT_ADDRESS = 1;
export const REGION_NO_PRIVATE_MAP = 0;
export const REGION_PRIVATE_MAP = 1;
export const REGION_WIRING_LAZY = 0;
export const REGION_WIRING_WIRED = 1;
export const REGION_WIRING_WIRED_ALREADY = 2;
export const REGION_WIRING_WIRED_CONTIG = 3;
export const LOCK_RO = 0;
export const LOCK_RW = 1;
export const LOCK_KERNEL = 2;
export const LOCK_MASK = 3;
export const PAGE_MODIFIED = 0x04;
export const PAGE_ACCESSED = 0x08;
export const PAGE_PRESENT = 0x10;
export const PHYSICAL_PAGE_NO_WAIT = 0;
export const PHYSICAL_PAGE_CAN_WAIT = 1;
export const VM_ASPACE_STATE_NORMAL = 0;
export const VM_ASPACE_STATE_DELETION = 1;
export const PAGE_TYPE_PHYSICAL = 0;
export const PAGE_TYPE_DUMMY = 1;

export const PAGE_STATE_ACTIVE = 0;
export const PAGE_STATE_INACTIVE = 1;
export const PAGE_STATE_BUSY = 2;
export const PAGE_STATE_MODIFIED = 3;
export const PAGE_STATE_FREE = 4;
export const PAGE_STATE_CLEAR = 5;
export const PAGE_STATE_WIRED = 6;
export const PAGE_STATE_UNUSED = 7;

export const REGION_HASH_TABLE_SIZE = 1024;
export const WRITE_COUNT = 1024;
export const HEAP_SIZE = 0x40_0000;
export const KSTACK_SIZE = 0x2000;
export const STACK_SIZE = 0x1_0000;
export const SYS_MAX_OS_NAME_LEN = 32;
export const SYS_MAX_PATH_LEN = 512;
export const BYTES_PER_PAGE_STRUCTURE = 44;

// 11 Address layout.
export const KERNEL_BASE = 0x8000_0000;
export const KERNEL_SIZE = 0x8000_0000;
export const KERNEL_TOP = 0xffff_ffff;
export const USER_BASE = 0x10_0000;
export const USER_SIZE = 0x7fef_0000;
export const USER_TOP = 0x7fff_0000;
export const USER_STACK_REGION = 0x7000_0000;
export const USER_STACK_REGION_SIZE = 0x0fff_0000;
export const IOSPACE_BASE = 0x9000_0000;
export const IOSPACE_SIZE = 0x1000_0000;
export const IOSPACE_CHUNK = 0x40_0000;
export const IOSPACE_SLOTS = 64;
export const PROGRAM_BASE = 0x20_0000;

// 7 Daemons.
export const PAGE_DAEMON_INTERVAL = 500_000;
export const PAGE_SCAN_QUANTUM = 500;
export const WORKING_SET_ADJUST_INTERVAL = 5_000_000;
export const WORKING_SET_INCREMENT = 32;
export const WORKING_SET_DECREMENT = 32;
export const MAX_FAULTS_PER_SECOND = 100;
export const MIN_FAULTS_PER_SECOND = 10;
export const DEFAULT_KERNEL_WORKING_SET = 1024;
export const DEFAULT_WORKING_SET = 256;
export const DEFAULT_MAX_WORKING_SET = 65_536;
export const DEFAULT_MIN_WORKING_SET = 64;
export const SCRUBBER_INTERVAL = 100_000;
export const SCRUB_PAGES = 16;
export const MAX_COMMIT_INTERVAL = 1_000_000;
export const BUSY_SLEEP = 20_000;
export const WINDOW_SLEEP = 5000;
export const MAX_INVALIDATE_PAGES = 64;

export const errorValues = {
  ERR_GENERAL: -1,
  ERR_NO_MEMORY: -2,
  ERR_IO_ERROR: -3,
  ERR_INVALID_ARGS: -4,
  ERR_UNIMPLEMENTED: -11,
  ERR_NOT_FOUND: -13,
  ERR_VFS_PATH_NOT_FOUND: -3075,
  ERR_VM_GENERAL: -4096,
  ERR_VM_INVALID_ASPACE: -4097,
  ERR_VM_INVALID_REGION: -4098,
  ERR_VM_BAD_ADDRESS: -4099,
  ERR_VM_PF_FATAL: -4100,
  ERR_VM_PF_BAD_ADDRESS: -4101,
  ERR_VM_PF_BAD_PERM: -4102,
  ERR_VM_PAGE_NOT_PRESENT: -4103,
  ERR_VM_NO_REGION_SLOT: -4104,
  ERR_VM_WOULD_OVERCOMMIT: -4105,
  ERR_VM_BAD_USER_MEMORY: -4106,
} as const;
export type VmError = keyof typeof errorValues;

export const addrTypes = { REGION_ADDR_ANY_ADDRESS, REGION_ADDR_EXACT_ADDRESS };
export const wirings = {
  REGION_WIRING_LAZY,
  REGION_WIRING_WIRED,
  REGION_WIRING_WIRED_ALREADY,
  REGION_WIRING_WIRED_CONTIG,
};
export const locks = { LOCK_RO, LOCK_RW, LOCK_KERNEL };
export const mappings = { REGION_NO_PRIVATE_MAP, REGION_PRIVATE_MAP };
export const pageStates = {
  PAGE_STATE_ACTIVE,
  PAGE_STATE_INACTIVE,
  PAGE_STATE_BUSY,
  PAGE_STATE_MODIFIED,
  PAGE_STATE_FREE,
  PAGE_STATE_CLEAR,
  PAGE_STATE_WIRED,
  PAGE_STATE_UNUSED,
};

/** 7.2 */
export const pageStateTexts = ['active', 'inactive', 'busy', 'modified', 'free', 'clear', 'wired', 'unused'] as const;

export const namedConstants: Readonly<Record<string, number>> = {
  PAGE_SIZE, ...addrTypes, ...wirings, ...locks, LOCK_MASK, ...mappings, ...pageStates, PAGE_MODIFIED, PAGE_ACCESSED, PAGE_PRESENT,
  PHYSICAL_PAGE_NO_WAIT, PHYSICAL_PAGE_CAN_WAIT, VM_ASPACE_STATE_NORMAL, VM_ASPACE_STATE_DELETION, PAGE_TYPE_PHYSICAL, PAGE_TYPE_DUMMY,
  PAGE_TYPE_GUARD: 2, REGION_HASH_TABLE_SIZE, ASPACE_HASH_TABLE_SIZE: 1024, READ_COUNT: 1, WRITE_COUNT, HEAP_SIZE, KSTACK_SIZE,
  STACK_SIZE, SYS_MAX_OS_NAME_LEN, SYS_MAX_PATH_LEN, KERNEL_BASE, KERNEL_SIZE, KERNEL_TOP, USER_BASE, USER_SIZE, USER_TOP,
  USER_STACK_REGION, USER_STACK_REGION_SIZE, IOSPACE_BASE, IOSPACE_SIZE, PAGE_DAEMON_INTERVAL, PAGE_SCAN_QUANTUM,
  WORKING_SET_ADJUST_INTERVAL, WORKING_SET_INCREMENT, WORKING_SET_DECREMENT, MAX_FAULTS_PER_SECOND, MIN_FAULTS_PER_SECOND,
  DEFAULT_KERNEL_WORKING_SET, DEFAULT_WORKING_SET, DEFAULT_MAX_WORKING_SET, DEFAULT_MIN_WORKING_SET, NO_ERROR: 0, ...errorValues,
}; // prettier-ignore
