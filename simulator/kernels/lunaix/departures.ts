/** Chapter 9, for readers of the real sources: where this kernel is not what it was at the seed's date. */
import type { ViewTable } from '../kernel-view.ts';

/** Tag, what upstream does. What happens here instead is in the section named. */
const departures: readonly (readonly [tag: string, section: string, upstream: string, here: string])[] = [
  ['D1', '2.4', 'tests the type by a bit, so VARS counts as a stack', 'the whole type field is compared'],
  ['D2', '3.1', 'CR0.WP = 0: the kernel writes through read-only user entries, which breaks copy-on-write', 'WP is set: kernel accesses obey W as well'],
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
  ['D23', '4.8', 'mem_sync_pages flushes the entry’s address, not the page’s, so a D that is still in a TLB loses a later write; invalidating clears P alone', 'the page is flushed, and an invalidated entry reserved again; option syncFlush entry: as in the sources'],
  ['D24', '4.12', 'the top page of a thread’s user stack is not cleared', 'it is'],
  ['D25', '2.1', 'flen is never set', 'it is the mapped length'],
  ['D26', '4.12', 'bss belongs to the region of the file, so its bytes are those behind the segment in the file', 'zeros: the rest of the last file page, then anonymous pages'],
  ['D27', '4.12', 'the end of pid 1 panics (“Attempt to kill init”)', 'a scenario’s first process is no init: it ends as any other'],
  ['D28', '2.6', 'the image lies from 0xC0100000 upwards, at its physical address + 0xC0000000; its size is the build’s, and L1[768..774] are tables inside it', 'one MiB at 0xC0000000, half of it text; its tables are the frames behind the kernel’s L1 table'],
  ['D29', '4.8', 'a negative sbrk is not refused by a rule of its own', 'EINVAL'],
  ['D30', '4.12', 'exec_load has no code for the stack of a space that is only mounted, and copies arguments on to the first 0 above argv', 'a program that the kernel spawns finds no arguments; the program’s name alone is copied'],
  ['D31', '4.12', 'wait takes the child that was made first; children of a dead process are left alone', 'the lowest pid first; pid 1 waits for orphans at once'],
]; // prettier-ignore

export function departuresView(): ViewTable {
  return {
    shape: 'table', id: 'departures', title: 'Not as in the sources', more: 0,
    note: 'Lunaix of February 2024 has defects that a reader of its sources will look for. This kernel does what was meant; the numbers are those of the steps’ descriptions.',
    columns: ['', 'section', 'the sources', 'here'].map((title) => ({ title, align: 'left' as const })),
    rows: departures.map(([id, ...cells]) => ({ id, tone: 'normal' as const, cells: [id, ...cells] })),
  }; // prettier-ignore
}
