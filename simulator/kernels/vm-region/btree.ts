/**
 * `vr_entries`: an ordered balanced tree of entries by e_offset (2.4). Each node's subtrees differ in height by one at most.
 * Keys never change inside: an entry whose offset moves is removed and inserted again.
 */
import type { TreeNode, VmRegionEntry } from './state.ts';

export function newNode(): TreeNode {
  return { left: null, right: null, height: 1, low: 0, high: 0, gap: 0 };
}

function heightOf(entry: VmRegionEntry | null): number {
  return entry === null ? 0 : entry.e_node.height;
}

function measure({ e_node, e_offset, e_size }: VmRegionEntry): void {
  const { left, right } = e_node;
  const end = e_offset + e_size;
  e_node.height = 1 + Math.max(heightOf(left), heightOf(right));
  e_node.low = left?.e_node.low ?? e_offset;
  e_node.high = right?.e_node.high ?? end;
  const before = left === null ? 0 : Math.max(left.e_node.gap, e_offset - left.e_node.high);
  const behind = right === null ? 0 : Math.max(right.e_node.gap, right.e_node.low - end);
  e_node.gap = Math.max(before, behind);
}

function rotate(entry: VmRegionEntry, up: 'left' | 'right'): VmRegionEntry {
  const down = up === 'left' ? 'right' : 'left';
  const child = entry.e_node[up] as VmRegionEntry;
  entry.e_node[up] = child.e_node[down];
  child.e_node[down] = entry;
  measure(entry);
  measure(child);
  return child;
}

function balance(entry: VmRegionEntry): VmRegionEntry {
  measure(entry);
  const lean = heightOf(entry.e_node.left) - heightOf(entry.e_node.right);
  if (lean >= -1 && lean <= 1) return entry;
  const heavy = lean > 1 ? 'left' : 'right';
  const light = heavy === 'left' ? 'right' : 'left';
  const child = entry.e_node[heavy] as VmRegionEntry;
  if (heightOf(child.e_node[light]) > heightOf(child.e_node[heavy])) entry.e_node[heavy] = rotate(child, light);
  return rotate(entry, heavy);
}

/** The tree with the entry in it. */
export function insertEntry(root: VmRegionEntry | null, entry: VmRegionEntry): VmRegionEntry {
  if (root === null) {
    Object.assign(entry.e_node, newNode());
    measure(entry);
    return entry;
  }
  const side = entry.e_offset < root.e_offset ? 'left' : 'right';
  root.e_node[side] = insertEntry(root.e_node[side], entry);
  return balance(root);
}

/** An entry of the tree ends elsewhere. */
export function resizeEntry(root: VmRegionEntry | null, entry: VmRegionEntry, size: number): void {
  if (root === null) throw new Error('internal: the entry is not in the tree');
  if (root === entry) entry.e_size = size;
  else resizeEntry(root.e_node[entry.e_offset < root.e_offset ? 'left' : 'right'], entry, size);
  measure(root);
}

/** The lowest offset from `from` on, before the subtree's end, behind which so many bytes are free; -1 for none. */
export function lowestGap(root: VmRegionEntry | null, from: number, length: number): number {
  if (root === null) return -1;
  const { left, right, low, gap } = root.e_node;
  if (low - from >= length) return from;
  if (gap < length) return -1;
  const before = lowestGap(left, from, length);
  if (before >= 0) return before;
  const start = left?.e_node.high ?? from;
  if (root.e_offset - start >= length) return start;
  return lowestGap(right, root.e_offset + root.e_size, length);
}

/** The tree without the entry, which must be in it. */
export function removeEntry(root: VmRegionEntry | null, entry: VmRegionEntry): VmRegionEntry | null {
  if (root === null) throw new Error('internal: the entry is not in the tree');
  if (root !== entry) {
    const side = entry.e_offset < root.e_offset ? 'left' : 'right';
    root.e_node[side] = removeEntry(root.e_node[side], entry);
    return balance(root);
  }
  const { left, right } = entry.e_node;
  Object.assign(entry.e_node, newNode());
  if (left === null || right === null) return left ?? right;
  const next = leftmost(right);
  const rest = removeEntry(right, next);
  next.e_node.left = left;
  next.e_node.right = rest;
  return balance(next);
}

function leftmost(root: VmRegionEntry): VmRegionEntry {
  let entry = root;
  while (entry.e_node.left !== null) entry = entry.e_node.left;
  return entry;
}

/** 2.4: the greatest entry with e_offset <= offset, if it reaches beyond it. */
export function findEntry(root: VmRegionEntry | null, offset: number): VmRegionEntry | null {
  let found: VmRegionEntry | null = null;
  for (let entry = root; entry !== null;) {
    if (entry.e_offset <= offset) {
      found = entry;
      entry = entry.e_node.right;
    } else entry = entry.e_node.left;
  }
  return found !== null && offset < found.e_offset + found.e_size ? found : null;
}

/** Ascending. The list is a copy: what it holds may leave the tree while it is walked. */
export function entriesOf(root: VmRegionEntry | null): VmRegionEntry[] {
  const entries: VmRegionEntry[] = [];
  collect(root, 0, Number.POSITIVE_INFINITY, entries);
  return entries;
}

/** Those that meet [start, end), ascending. */
export function entriesIn(root: VmRegionEntry | null, start: number, end: number): VmRegionEntry[] {
  const entries: VmRegionEntry[] = [];
  collect(root, start, end, entries);
  return entries;
}

function collect(entry: VmRegionEntry | null, start: number, end: number, entries: VmRegionEntry[]): void {
  if (entry === null) return;
  const { left, right } = entry.e_node;
  if (entry.e_offset > start) collect(left, start, end, entries);
  if (entry.e_offset < end && entry.e_offset + entry.e_size > start) entries.push(entry);
  if (entry.e_offset < end) collect(right, start, end, entries);
}
