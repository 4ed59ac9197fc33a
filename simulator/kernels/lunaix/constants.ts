/** Constants of Lunaix, by their own names (2.3 to 2.6, 3.1). Addresses and sizes in bytes. */

export const PAGE_SIZE = 0x1000;

// 2.6 Address space, i386.
export const KSTACK_AREA = 0x0010_0000;
export const KSTACK_AREA_END = 0x003f_fff0;
export const USR_EXEC = 0x0040_0000;
export const USR_MMAP = 0x2040_0000;
export const USR_MMAP_END = 0xbffc_0000; // L10
export const USR_STACK = 0xbffc_0000;
export const USR_STACK_SIZE = 0x4_0000;
export const USR_STACK_END = 0xbfff_fff0;
export const KERNEL_EXEC = 0xc000_0000;
export const VMS_MOUNT_1 = 0xc400_0000;
export const PG_MOUNT_1 = 0xc440_0000;
export const PG_MOUNT_2 = 0xc440_1000;
export const PG_MOUNT_3 = 0xc440_2000;
export const PG_MOUNT_4 = 0xc440_3000;
/** PG_MOUNT_4_END + 1. */
export const REMOTE_WINDOW = 0xc440_4000;
export const VMAP = 0xc480_0000;
export const VMS_SELF = 0xffc0_0000;
export const KSTACK_SIZE = 3 * PAGE_SIZE;
/** Largest mmap. */
export const BS_SIZE = KERNEL_EXEC - USR_MMAP;
export const REMOTEVM_MAX_PAGES = 128;

export const L1_KERNEL = 768;
export const L1_MOUNT_1 = 784;
export const L1_SELF = 1023;
export const ENTRIES = 1024;

// 3.1 Entry bits.
export const PTE_P = 0x01;
export const PTE_W = 0x02;
export const PTE_U = 0x04;
export const PTE_WT = 0x08;
export const PTE_CD = 0x10;
export const PTE_A = 0x20;
export const PTE_D = 0x40;
export const PTE_FLAGS = 0xfff;
/** Flags of a self or mount entry. */
export const SELF_FLAGS = PTE_P | PTE_W | PTE_WT | PTE_CD;
export const GUARD = 0xdead_c0de;

// 2.4 Attribute bits.
export const PRIVATE = 0;
export const RSHARED = 1;
export const WSHARED = 2;
export const MODE_MASK = 3;
export const READ = 0x4;
export const WRITE = 0x8;
export const EXEC = 0x10;
export const ANON = 0x20;
export const MAP_FIXED = 0x40;
export const MAP_FIXED_NOREPLACE = 0x80;
export const TYPE_CODE = 1 << 16;
export const TYPE_GENERAL = 2 << 16;
export const TYPE_HEAP = 3 << 16;
export const TYPE_STACK = 4 << 16;
export const TYPE_VARS = 5 << 16;
export const TYPE_MASK = 0xf_0000;
export const ATTR_KERNEL = 0x8000_0000;

export const MS_ASYNC = 1;
export const MS_SYNC = 2;
export const MS_INVALIDATE = 4;
export const MS_INVALIDATE_ALL = 8;

export const VMAP_NULL = 0;
export const VMAP_IGNORE = 1;
export const VMAP_NOMAP = 2;
export const VMAP_GUARDPAGE = 4;

export const PP_FGPERSIST = 1;
export const PP_FGLOCKED = 2;

/** 2.5. What a failed call leaves in syscall_ret. */
export const statusValues = {
  ENOMEM: -3,
  EINVAL: -6,
  ENOENT: -9,
  EEXIST: -12,
  EBADF: -13,
  EIO: -15,
  ENODEV: -22,
  ENOEXEC: -27,
  EAGAIN: -30,
  ENOSYS: -38,
} as const;

/** What a frame is for; the kernel's own words for people. */
export const FrameUse = { free: 0, user: 1, table: 2, kstack: 3, reserved: 4 } as const;

/** L7: the kernel image is mapped at KERNEL_EXEC. */
export const FIRST_IMAGE_FRAME = 0x100;
/** Behind the image's text, which is mapped read-only. */
export const FIRST_DATA_FRAME = 0x180;
/** L7: frames below are the image and the BIOS; then the kernel's page tables; the rest is free. */
export const FIRST_TABLE_FRAME = 0x200;
export const FIRST_FREE_FRAME = 0x2ff;

/** What scenarios call constants: section 8 of the walk language. */
export const lunaixConstants: Readonly<Record<string, number>> = {
  PAGE_SIZE,
  KSTACK_AREA,
  KSTACK_AREA_END,
  KSTACK_SIZE,
  USR_EXEC,
  USR_MMAP,
  USR_MMAP_END,
  USR_STACK,
  USR_STACK_SIZE,
  USR_STACK_END,
  KERNEL_EXEC,
  VMS_MOUNT_1,
  PG_MOUNT_1,
  PG_MOUNT_2,
  PG_MOUNT_3,
  PG_MOUNT_4,
  REMOTE_WINDOW,
  VMAP,
  VMS_SELF,
  PD_REF: VMS_SELF,
  BS_SIZE,
  REMOTEVM_MAX_PAGES,
  GUARD,
  PRIVATE,
  RSHARED,
  WSHARED,
  MAP_EXCLUSIVE: PRIVATE,
  MAP_PRIVATE: RSHARED,
  MAP_SHARED: WSHARED,
  READ,
  WRITE,
  EXEC,
  PROT_READ: READ,
  PROT_WRITE: WRITE,
  PROT_EXEC: EXEC,
  PROT_NONE: 0,
  ANON,
  MAP_ANON: ANON,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_STACK: 0,
  CODE: TYPE_CODE,
  GENERAL: TYPE_GENERAL,
  HEAP: TYPE_HEAP,
  STACK: TYPE_STACK,
  VARS: TYPE_VARS,
  KERNEL: ATTR_KERNEL,
  MS_ASYNC,
  MS_SYNC,
  MS_INVALIDATE,
  MS_INVALIDATE_ALL,
  VMAP_NULL,
  VMAP_IGNORE,
  VMAP_NOMAP,
  VMAP_GUARDPAGE,
  PP_FGPERSIST,
  PP_FGLOCKED,
  ...statusValues,
};
