/**
 * What a kernel's fault path found where it refused an access. The session looks up the regions around the address and
 * composes the sentence (session/calls/fault-text.ts): a kernel says nothing here in words.
 */
export type FaultMeaning =
  /** No region holds the address. */
  | { readonly kind: 'no-region' }
  /** The region, or the entry of the page, lacks a right that the access needs. */
  | { readonly kind: 'rights' }
  /** The page is kept unmapped on purpose. */
  | { readonly kind: 'guard' }
  /** The region goes on, but what it maps has only so many bytes. `of`: its name, such as `file “/f”`. */
  | { readonly kind: 'beyond-end'; readonly of: string; readonly size: number }
  | { readonly kind: 'unreadable-file' }
  /** The pages' source takes no fault at all. */
  | { readonly kind: 'no-source' }
  /** `tables`: a page of the page table may be what is missing. */
  | { readonly kind: 'no-memory'; readonly tables: boolean }
  /** A user access to an address that is the kernel's alone. */
  | { readonly kind: 'kernel-address' }
  /** An address outside every part of the address space. */
  | { readonly kind: 'no-address' }
  /** The processor knows no such access. */
  | { readonly kind: 'undefined-access' }
  /** The process ended meanwhile. */
  | { readonly kind: 'process-ended' }
  /** The process's address space is being taken down. */
  | { readonly kind: 'space-ended' };
