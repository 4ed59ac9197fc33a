/** Addresses that a process's regions cover: what lies outside is the kernel's, whatever a page table holds there. */

export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** Disjoint, by ascending start. */
export function coveredRanges(regions: readonly AddressRange[]): AddressRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of [...regions].sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else ranges.push({ start, end });
  }
  return ranges;
}

/** `ranges` as `coveredRanges` gives them. */
export function isCovered(ranges: readonly AddressRange[], address: number): boolean {
  return isTouched(ranges, address, address + 1);
}

/** Is a byte of `[start, end)` covered? */
export function isTouched(ranges: readonly AddressRange[], start: number, end: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as AddressRange).end <= start) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.start < end;
}
