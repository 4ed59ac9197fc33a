/** Why a kernel's design makes a figure differ from Linux's. `where`: program, who, label and figure. */
export const reasons: readonly { readonly kernel: string; readonly where: RegExp; readonly reason: string }[] = [
  ...['almos-mkh', 'vm-region', 'haiku', 'lunaix'].map((kernel) => ({
    kernel,
    where: /^read_first /,
    reason: 'there is no zero page that all first reads share: a read allocates a frame, which a later write finds',
  })),
  {
    kernel: 'vm-region',
    where: /^cow_child main after the child faults/,
    reason: 'fork copies every page at once, so nothing is left to be copied at a write',
  },
  {
    kernel: 'vm-region',
    where: /^cow_read child read faults/,
    reason: 'a child begins with an empty page table, which its own touches fill',
  },
  {
    kernel: 'vm-region',
    where: /^read_only main read only resident/,
    reason: 'mprotect clears the entries of the part that it changes; they come back at the next touch',
  },
  {
    kernel: 'haiku',
    where: /^(cow_read|grandchild) /,
    reason: 'fork takes the pages out of both page tables: what is resident is what was touched since',
  },
  {
    kernel: 'haiku',
    where: /^discard /,
    reason: 'a part of an area cannot be removed, so madvise(MADV_DONTNEED) on one is skipped',
  },
];
