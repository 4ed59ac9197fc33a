/** What scenarios and recordings ask of a kernel and not every kernel can do, in the words of a message. */
const words = {
  fork: 'fork',
  exec: 'exec',
  mprotect: 'mprotect',
  brk: 'brk',
  /** `mmap(…, kind: remote)` */
  mmapRemote: 'mmap of remote memory',
  /** `mmap(…, at: A, replace: true)` where something is mapped. */
  mmapOver: 'mmap over what is mapped',
  /** `munmap` of less than a whole region. */
  munmapPart: 'munmap of a part of a region',
  /** Asked for by recordings alone. */
  mremap: 'mremap',
  madvise: 'madvise',
} as const;

export type Capability = keyof typeof words;

/** The capabilities that a kernel lacks, each with the reason in its own words: `regions go whole`. */
export type Lacks = Readonly<Partial<Record<Capability, string>>>;

export function capabilityInWords(capability: Capability): string {
  return words[capability];
}

/** The capability that a common operation of that name needs, whatever its arguments. */
export function capabilityOf(operation: string): 'fork' | 'exec' | 'mprotect' | 'brk' | null {
  return operation === 'fork' || operation === 'exec' || operation === 'mprotect' || operation === 'brk'
    ? operation
    : null;
}
