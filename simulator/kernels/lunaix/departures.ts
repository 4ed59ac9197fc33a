/** Chapter 9, for readers of the real sources: where this kernel is not what it was at the seed's date. */
import type { ViewTable } from '../kernel-view.ts';

/** Tag, what upstream does. What happens here instead is in the section named. */
const departures: readonly (readonly [tag: string, section: string, upstream: string, here: string])[] = [
  ['D1', '2.4', 'tests the type by a bit, so VARS counts as a stack', 'the whole type field is compared'],
  ['D2', '3.1', 'CR0.WP = 0: the kernel writes through read-only user entries, which breaks copy-on-write', 'kernel accesses to user addresses obey W'],
  ['D3', '3.4', 'references, drops and frees by the frame bits of entries that are not present, and strips W from guards', 'only present entries have a frame; guards stay'],
  ['D4', '3.4', 'ignores that frames may run out', 'every call fails with ENOMEM and undoes what it made'],
  ['D5', '4.2', 'copies the mount slot into a new space', 'it is written 0'],
  ['D6', '4.3', 'copies index, which clears the original’s slot on release', 'a copy’s index is null'],
  ['D7', '4.6', 'region_create stores an inclusive end', 'end is exclusive'],
  ['D8', '4.6', 'overlap counts touching ends and the region itself, so every brk fails', 'touching is no overlap'],
  ['D9', '4.7', 'accepts an unaligned file offset', 'EINVAL'],
  ['D10', '4.7', 'unmaps before it checks the range, and does not check the end', 'the range first, its end included'],
  ['D11', '4.8', 'a middle cut removes pages of the region’s start and of its tail; a prefix cut frees the descriptor', 'exactly the cut goes'],
  ['D12', '4.9', 'loops include the page at end', 'they do not'],
  ['D13', '4.8', 'a shrunk heap keeps its pages', 'they are freed'],
  ['D14', '4.8', 'brk(0) without a heap panics', 'EINVAL'],
  ['D15', '4.8', 'write-back reads through addresses of the current space', 'through the frame'],
  ['D16', '4.9', 'the child’s extra reference of an exclusive page leaks', 'it is dropped'],
  ['D17', '4.10', 'a grown heap without a table kills the process', 'the fault makes the table'],
  ['D18', '4.10', 'a read that failed leaves its frame mapped', 'the frame is freed, the entry reserved again'],
  ['D19', '4.10', 'a bad user pointer stops the machine', 'the call fails with EINVAL'],
  ['D20', '4.11', 'a write through the window reaches the sibling’s frame', 'the sharing is broken first'],
  ['D21', '4.11', 'an absent remote page gets a frame that is not cleared, and the file is not read', 'as a fault would make it'],
  ['D22', '4.12', 'frames of kernel stacks leak', 'they are freed at the thread’s end'],
]; // prettier-ignore

export function departuresView(): ViewTable {
  return {
    shape: 'table', id: 'departures', title: 'Not as in the sources', more: 0,
    note: 'Lunaix of February 2024 has defects that a reader of its sources will look for. This kernel does what was meant; the numbers are those of the steps’ descriptions.',
    columns: ['', 'section', 'the sources', 'here'].map((title) => ({ title, align: 'left' as const })),
    rows: departures.map(([id, ...cells]) => ({ id, tone: 'normal' as const, cells: [id, ...cells] })),
  }; // prettier-ignore
}
