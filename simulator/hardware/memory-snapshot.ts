import type { LinearMemory } from './linear-memory.ts';
import { ensurePages, usedBytes } from './linear-memory.ts';

/** The linear memory at one moment, page by page. Pages equal to those of an earlier snapshot are shared with it. */
export interface MemorySnapshot {
  readonly pages: readonly Int32Array[];
}

const PAGE_WORDS = 1024;
const zeroPage = new Int32Array(PAGE_WORDS);

export function memorySnapshot(memory: LinearMemory, previous?: MemorySnapshot): MemorySnapshot {
  const count = usedBytes(memory) / 4096;
  const pages = new Array<Int32Array>(count);
  for (let page = 0; page < count; page++) {
    const before = previous?.pages[page] ?? zeroPage;
    if (equalsPage(memory.i32, page, before)) pages[page] = before;
    else pages[page] = memory.i32.slice(page * PAGE_WORDS, (page + 1) * PAGE_WORDS);
  }
  return { pages };
}

/** The memory must belong to a machine of the same configuration. Replaces its views if it must grow. */
export function restoreMemory(memory: LinearMemory, snapshot: MemorySnapshot): void {
  const before = usedBytes(memory) / 4096;
  const { pages } = snapshot;
  ensurePages(memory, pages.length);
  for (let page = 0; page < pages.length; page++) memory.i32.set(pages[page] as Int32Array, page * PAGE_WORDS);
  if (before > pages.length) memory.i32.fill(0, pages.length * PAGE_WORDS, before * PAGE_WORDS);
}

/** Word for word; how much room either has beyond its used bytes does not matter. */
export function memoryEquals(memory: LinearMemory, other: LinearMemory | MemorySnapshot): boolean {
  const count = usedBytes(memory) / 4096;
  if ('pages' in other) {
    return count === other.pages.length && other.pages.every((content, page) => equalsPage(memory.i32, page, content));
  }
  if (count !== usedBytes(other) / 4096) return false;
  const words = count * PAGE_WORDS;
  for (let word = 0; word < words; word++) if (memory.i32[word] !== other.i32[word]) return false;
  return true;
}

function equalsPage(words: Int32Array, page: number, content: Int32Array): boolean {
  const base = page * PAGE_WORDS;
  for (let word = 0; word < PAGE_WORDS; word++) if (words[base + word] !== content[word]) return false;
  return true;
}
