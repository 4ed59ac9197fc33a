/** Constants of the vm-region kernel (2.1), by their own names. Sizes in bytes. */

export const PAGE_SIZE = 0x1000;
export const VM_REGION_NAME_MAX = 64;
/** All ones in `size_t`. */
export const VM_REGION_COPY_ALL = 0xffff_ffff_ffff_ffffn;
/** `off_t` -1. */
export const VM_REGION_ANY_OFFSET = -1;

export const VM_PROT_NONE = 0;
export const VM_PROT_READ = 1;
export const VM_PROT_WRITE = 2;
export const VM_PROT_EXEC = 4;
export const VM_PROT_USER = 8;
export const VM_PROT_RWX = VM_PROT_READ | VM_PROT_WRITE | VM_PROT_EXEC;
export const VM_PROT_ALL = VM_PROT_RWX | VM_PROT_USER;
export const protectionBits = { read: VM_PROT_READ, write: VM_PROT_WRITE, execute: VM_PROT_EXEC, user: VM_PROT_USER };

/** The user half; page 0 is never mappable. The kernel half is [2^47, 2^48): addresses are kept below 2^48. */
export const ADDRESS_BITS = 48;
export const USER_START = 0x1000;
export const USER_END = 2 ** 47;
export const KERNEL_START = 2 ** 47;
export const KERNEL_END = 2 ** 48;
export const ROOT_SIZE = 0x7fff_ffff_e000;

export const VM_REGION_DEAD = 0;
export const VM_REGION_ONLINE = 1;
export const VM_REGION_ENTRY_NONE = 0;
export const VM_REGION_ENTRY_REGION = 1;
export const VM_REGION_ENTRY_MAPPING = 2;

/** Equal to the x86 page-fault error code. */
export const PMAP_FAULT_PRESENT = 0x01;
export const PMAP_FAULT_WRITE = 0x02;
export const PMAP_FAULT_USER = 0x04;
export const PMAP_FAULT_BADCFG = 0x08;
export const PMAP_FAULT_EXEC = 0x10;
export const PMAP_FAULT_ALL = 0x1f;

/** 4.15: flag of `vm_object_get_page`. */
export const VM_OBJECT_ALLOCATE = 1;

/** `kern_status_t`, without the KERN_ prefix. */
export const statusValues = {
  OK: 0,
  INVALID_ARGUMENT: 1,
  NO_MEMORY: 2,
  NO_ENTRY: 3,
  ALREADY_EXISTS: 4,
  ACCESS_DENIED: 5,
  BAD_STATE: 6,
  MEMORY_FAULT: 7,
  WRONG_TYPE: 8,
  BAD_HANDLE: 9,
} as const;
export type Status = Exclude<keyof typeof statusValues, 'OK'>;

/** C3, V1: frames of bank 0 or any bank that the kernel keeps; its PML4 and the PDPTs under entries 256 and 511. */
export const RESERVED_FRAMES = 256;
export const KERNEL_PML4_FRAME = 1;
export const KERNEL_PDPT_FRAMES = [
  [256, 2],
  [511, 3],
] as const;

/** V10. */
export const ROOT_HANDLE = 0x8000_0000;

/** 7, C9, V11: where a process's own regions are, as absolute addresses. */
export const TEXT_START = 0x40_0000;
export const HEAP_START = 0x1000_0000;
export const HEAP_SIZE = 0x4000_0000;
export const MMAP_START = 0x1000_0000_0000;
export const MMAP_SIZE = 0x1000_0000_0000;
export const STACK_START = 0x7fff_ff7f_f000;
export const STACK_SIZE = 0x80_0000;

export const namedConstants: Readonly<Record<string, number | bigint>> = {
  VM_REGION_NAME_MAX,
  VM_REGION_COPY_ALL,
  VM_REGION_ANY_OFFSET,
  VM_PAGE_SIZE: PAGE_SIZE,
  VM_PAGE_SHIFT: 12,
  VM_PROT_NONE,
  VM_PROT_READ,
  VM_PROT_WRITE,
  VM_PROT_EXEC,
  VM_PROT_USER,
  VM_REGION_DEAD,
  VM_REGION_ONLINE,
  VM_REGION_ENTRY_NONE,
  VM_REGION_ENTRY_REGION,
  VM_REGION_ENTRY_MAPPING,
  PMAP_FAULT_PRESENT,
  PMAP_FAULT_WRITE,
  PMAP_FAULT_USER,
  PMAP_FAULT_BADCFG,
  PMAP_FAULT_EXEC,
  VM_OBJECT_ALLOCATE,
  ...Object.fromEntries(Object.entries(statusValues).map(([name, value]) => [`KERN_${name}`, value])),
};
