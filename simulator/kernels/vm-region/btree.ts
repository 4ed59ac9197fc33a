/**
 * `vr_entries`: an ordered balanced tree of entries by e_offset (2.4). Each node's subtrees differ in height by one at most.
 * Keys never change inside: an entry whose offset moves is removed and inserted again.
 */
import type { TreeNode, VmRegionEntry } from './state.ts';

export function newNode(): TreeNode {
  return { left: null, right: null, height: 1 };
}

function heightOf(entry: VmRegionEntry | null): number {
  return entry === null ? 0 : entry.e_node.height;
}

function measure({ e_node }: VmRegionEntry): void {
  e_node.height = 1 + Math.max(heightOf(e_node.left), heightOf(e_node.right));
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
  if (root === null) return Object.assign(entry, { e_node: Object.assign(entry.e_node, newNode()) });
  const side = entry.e_offset < root.e_offset ? 'left' : 'right';
  root.e_node[side] = insertEntry(root.e_node[side], entry);
  return balance(root);
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
