/**
 * Translation look-aside buffers (ALMOS-MKH 10.6), in the linear memory. Each core has one for fetches and one
 * for data, or one for both. An entry is four words: tag (the page number in units of the entry's page size,
 * low 32 bits), key, low word of the frame number, the core's TLB clock at the last use.
 */
export const TlbKey = {
  valid: 1,
  sizeShift: 1,
  sizeMask: 6,
  writable: 8,
  executable: 16,
  user: 32,
  global: 64,
  dirty: 128,
  /** The frame of a small page lies in another cluster than the core. */
  remote: 256,
  readable: 512,
  /** A supervisor may fetch; `executable` is the user's right to. */
  kernelExecutable: 1024,
  /** Bits 16..19: bits 35..32 of the page number. */
  tagHighShift: 16,
  /** Bits 20..27: bits 39..32 of the frame number. */
  frameHighShift: 20,
  /** What must agree for a hit, beside the tag. */
  identity: 0x000f_0007,
} as const;
