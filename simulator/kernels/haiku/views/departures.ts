/** Chapter 0 and R31, R32, for readers of the real sources: where this kernel is not what it was in 2002. */
import type { ViewTable } from '../../kernel-view.ts';

/** Tag, section, what NewOS does, what happens here instead. */
const departures: readonly (readonly [tag: string, section: string, upstream: string, here: string])[] = [
  ['D1', '12', 'a page’s ref_count grows with every map and shrinks only in the page daemon', 'it is the number of live mappings'],
  ['D2', '8.6', 'mapping a page that is present increments map_count again', 'map_count stays'],
  ['D3', '4.23', 'a deleted region drops its cache before it is unmapped, so pages that are still mapped are freed', 'unmap and flush first'],
  ['D4', '3.5', 'the end of a file’s cache takes its committed size from max_commit for ever', 'only temporary caches give commitment back'],
  ['D5', '5.1', 'two faults can insert two pages at one offset of a deeper cache', 'SF15 and SF16 look again; the loser frees its page'],
  ['D6', '5.1', 'a store’s failed read is ignored', 'the fault ends with the store’s error'],
  ['D7', '5.1', 'a fault leaves every page ACTIVE', 'a page that was MODIFIED or WIRED is so again'],
  ['D8', '5.2', 'other regions go on to see a page that a copy now hides', 'their mappings are removed (SF17g)'],
  ['D9', '4.23', 'unmapping forgets dirty bits, and nothing writes a file’s pages when its cache dies', 'dirty file pages become MODIFIED, and are written'],
  ['D10', '7.11', 'the page daemon looks pages up by their byte address', 'by their number'],
  ['D11', '7.11', 'a page that is kept keeps its accessed bit', 'the bit is cleared while memory is trimmed'],
  ['D12', '7.11', 'pages of wired regions can be trimmed', 'their caches are skipped (scan_skip)'],
  ['D13', '4.12', 'WIRED regions are filled through the current address space', 'through their own'],
  ['D14', '4.12', 'WIRED_ALREADY takes an absent entry for page 0', 'absent entries are skipped'],
  ['D15', '7.7', 'contiguous pages are not zeroed, and their lack panics', 'zeroed; the lack is ERR_NO_MEMORY'],
  ['D16', '3.3', 'a device’s fault maps every region of the cache through one address space', 'only those of the faulting one'],
  ['D17', '8.6', 'the user bit of a page-directory entry is fixed by the first mapping under it', 'a user’s mapping raises it'],
  ['D18', '8.9', 'the last page table of a process leaks; entry 511 begins uninitialised', 'all 512 are cleared, and freed'],
  ['D19', '8.7', 'replacing a window does not update the slot table', 'it does'],
  ['D20', '7.9', 'the pageout daemon is not compiled in; it would spin, and miss pages', 'it runs as documented'],
  ['D21', '4.10', 'an exact address need not be page aligned', 'ERR_VM_BAD_ADDRESS'],
  ['D22', '4.10', 'a private clone of a device’s or null region shows zeros or garbage', 'ERR_INVALID_ARGS'],
  ['D23', '4.11', 'user_vm_create_anonymous_region does not compare uaddress with kernel space', 'it does'],
  ['D24', '7.6', 'without a free page the kernel panics, though inactive pages are left', 'a clean inactive page of a file is stolen first'],
  ['D25', '1.3', 'sums of addresses and max_commit wrap around at 32 bits', 'they are exact'],
  ['D26', '4.27', 'vm_get_page_mapping hands out the old frame of an entry that is not present', 'ERR_VM_PAGE_NOT_PRESENT and 0'],
  ['D27', '9', 'the whole kernel boots: sem_table, a cbuf region of 4 MiB that is charged to max_commit, port_table, death stacks and <thread>_kstack are regions as well; in 2010 from id 12 on', 'the VM boots alone: regions 0 to 11 are those of the serial log, and the next id is 12'],
  ['D28', '13.3', 'elf_load_uspace maps /boot/libexec/rld.so, and rld maps the program later; a comma operator makes the bss region, named _bss88, too large', 'the kernel maps the program itself; its bss region is <path>_bss<i>, and as large as the segment asks'],
]; // prettier-ignore

export function departuresView(): ViewTable {
  return {
    shape: 'table', id: 'departures', title: 'Not as in the sources', more: 0,
    note: 'NewOS of July 2002 has defects that a reader of its sources will look for, and boots more than its VM. This kernel does what was meant; sections are those of the steps’ descriptions.',
    columns: ['', 'section', 'the sources', 'here'].map((title) => ({ title, align: 'left' as const })),
    rows: departures.map(([id, ...cells]) => ({ id, tone: 'normal' as const, cells: [id, ...cells] })),
  }; // prettier-ignore
}
