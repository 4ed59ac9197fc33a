/** Every constant of the ALMOS-MKH specification, under its own name. Sections in the comments. */

/** POSIX numbers of the errors (5, 5.22, 5.23, 6.3). The kernel's functions answer the names. */
export const errorNumbers = {
  ENOENT: 2,
  EIO: 5,
  ENOEXEC: 8,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EINVAL: 22,
  EMFILE: 24,
  ENOSYS: 38,
} as const;

/** 3.1: vseg types. */
export const VsegType = {
  CODE: 0,
  DATA: 1,
  STACK: 2,
  ANON: 3,
  FILE: 4,
  REMOTE: 5,
  KDATA: 10,
  KCODE: 11,
  KDEV: 12,
} as const;
export type VsegType = (typeof VsegType)[keyof typeof VsegType];

/** 2.5: vseg flags. */
export const VsegFlag = {
  USER: 0x0001,
  WRITE: 0x0002,
  EXEC: 0x0004,
  CACHE: 0x0008,
  PRIVATE: 0x0010,
  DISTRIB: 0x0020,
  IDENT: 0x0040,
} as const;

/** 2.6: access modes and flags of mmap. */
export const MmapFlag = {
  MAP_FILE: 0x00,
  MAP_ANON: 0x01,
  MAP_REMOTE: 0x02,
  MAP_PRIVATE: 0x10,
  MAP_SHARED: 0x20,
} as const;
export const Prot = { PROT_EXEC: 1, PROT_WRITE: 2, PROT_READ: 4 } as const;

/** 2.8: flags of a physical page's descriptor. */
export const PageFlag = {
  INIT: 0x001,
  RESERVED: 0x002,
  FREE: 0x004,
  INLOAD: 0x008,
  IO_ERR: 0x010,
  BUFFER: 0x020,
  BUSY: 0x040,
  DIRTY: 0x080,
  LOCKED: 0x100,
  PINNED: 0x200,
  MIGRATE: 0x400,
} as const;

/** 10.3: attributes of an entry of the generic page table, whatever the machine. */
export const Attr = {
  MAPPED: 0x0001,
  SMALL: 0x0002,
  READABLE: 0x0004,
  WRITABLE: 0x0008,
  EXECUTABLE: 0x0010,
  CACHABLE: 0x0020,
  USER: 0x0040,
  DIRTY: 0x0080,
  ACCESSED: 0x0100,
  GLOBAL: 0x0200,
  COW: 0x0400,
  SWAP: 0x0800,
  LOCKED: 0x1000,
} as const;

/** What hardware adds on top of what software wrote; comparisons leave it aside (10.3). */
export const HARDWARE_ATTR = Attr.DIRTY | Attr.ACCESSED;

/** 5.1 step 9: MAPPED | SMALL | READABLE | EXECUTABLE | CACHABLE | USER | GLOBAL. */
export const KENTRY_ATTR = 0x0277;

/** 10.5: TSAR exception codes; the same with READ_FAULT for loads and fetches. */
export const MmuException = {
  PT1_UNMAPPED: 0x0001,
  PT2_UNMAPPED: 0x0002,
  PRIVILEGE_VIOLATION: 0x0004,
  WRITE_VIOLATION: 0x0008,
  EXEC_VIOLATION: 0x0010,
  UNDEFINED_XTN: 0x0020,
  PT1_ILLEGAL_ACCESS: 0x0040,
  PT2_ILLEGAL_ACCESS: 0x0080,
  CACHE_ILLEGAL_ACCESS: 0x0100,
} as const;
export const READ_FAULT = 0x1000;

/** 4.1: the user address space; in pages. */
export const CONFIG_VMM_VSPACE_SIZE = 0x10_0000;
export const CONFIG_VMM_KENTRY_BASE = 0x4;
export const CONFIG_VMM_KENTRY_SIZE = 0x4;
export const CONFIG_VMM_ARGS_BASE = 0x8;
export const CONFIG_VMM_ARGS_SIZE = 0x4;
export const CONFIG_VMM_ENVS_BASE = 0xc;
export const CONFIG_VMM_ENVS_SIZE = 0x8;
export const CONFIG_VMM_ELF_BASE = 0x400;
export const CONFIG_VMM_HEAP_BASE = 0x2000;
export const CONFIG_VMM_STACK_BASE = 0xc_0000;
/** Pages of a slot; the option `stackSize` may say otherwise. */
export const CONFIG_VMM_STACK_SIZE = 0x100;
export const CONFIG_THREAD_MAX_PER_CLUSTER = 32;
export const CONFIG_PPM_PAGE_SHIFT = 12;
export const CONFIG_PPM_PAGE_SIZE = 4096;
export const CONFIG_PPM_MAX_ORDER = 10;

/** 1.3: LPID 0 is the kernel process. */
export const CONFIG_MAX_LPID = 256;
/** Open files of a process. */
export const CONFIG_PROCESS_FILE_MAX_NR = 32;

/** 4.4: kernel pages 4..7 of each bank hold the kernel's entry code. A18: 8 and 9 the kernel's own PT1. */
export const KERNEL_PT1_PAGE = 8;
/** 9.8: pages of a bank that the kernel image and its tables occupy. */
export const RESERVED_PAGES = 256;

/** 10.2: entries of a first-level and of a second-level table. */
export const PT1_ENTRIES = 2048;
export const PT2_ENTRIES = 512;

/** 8.2: depth of an RPC queue. */
export const CONFIG_RPC_FIFO_DEPTH = 16;

export const SIGBUS = 7;
export const SIGKILL = 9;
export const SIGSEGV = 11;

/** The names that scenarios may use. */
export const namedConstants: Readonly<Record<string, number>> = {
  ...errorNumbers,
  ...VsegType,
  ...VsegFlag,
  ...MmapFlag,
  ...Prot,
  ...prefixed('PAGE_', PageFlag),
  ...prefixed('GPT_', Attr),
  ...MmuException,
  CONFIG_VMM_VSPACE_SIZE,
  CONFIG_VMM_KENTRY_BASE,
  CONFIG_VMM_KENTRY_SIZE,
  CONFIG_VMM_ARGS_SIZE,
  CONFIG_VMM_ENVS_SIZE,
  CONFIG_VMM_ELF_BASE,
  CONFIG_VMM_HEAP_BASE,
  CONFIG_VMM_STACK_BASE,
  CONFIG_VMM_STACK_SIZE,
  CONFIG_THREAD_MAX_PER_CLUSTER,
  CONFIG_PPM_PAGE_SHIFT,
  CONFIG_PPM_PAGE_SIZE,
  CONFIG_PPM_MAX_ORDER,
  CONFIG_RPC_FIFO_DEPTH,
  XPTR_NULL: 0,
  SIGBUS,
  SIGKILL,
  SIGSEGV,
  // The attributes under the specification's bare names, where no other constant has the name.
  MAPPED: Attr.MAPPED,
  SMALL: Attr.SMALL,
  READABLE: Attr.READABLE,
  WRITABLE: Attr.WRITABLE,
  EXECUTABLE: Attr.EXECUTABLE,
  CACHABLE: Attr.CACHABLE,
  GLOBAL: Attr.GLOBAL,
  COW: Attr.COW,
  SWAP: Attr.SWAP,
  ACCESSED: Attr.ACCESSED,
};

function prefixed(prefix: string, members: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [prefix + name, value]));
}
