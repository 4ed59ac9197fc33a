// Chapter 12: a state that breaks an invariant is reported by that invariant's name.
import { strict as assert } from 'node:assert';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readFrame32, writeFrame32 } from '../../../../simulator/hardware/physical-memory.ts';
import type { MmapArgs, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type {
  HaikuState,
  Process,
  VmAddressSpace,
  VmCacheRef,
  VmRegion,
} from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

interface World {
  readonly driver: KernelDriver;
  readonly state: HaikuState;
  readonly thread: ThreadObject;
  readonly space: VmAddressSpace;
  /** Private, of a file: its first page is copied up, its second is the file's. */
  readonly region: VmRegion;
  /** Behind it. */
  readonly other: VmRegion;
  readonly ref: VmCacheRef;
  /** Frame of its first page. */
  readonly page: number;
}

const AT = 0x40_0000;
const request: MmapArgs = {
  length: 0x3000, protection: { read: true, write: true, execute: false }, kind: 'file', file: '/f', offset: 0, at: AT, hint: null,
  replace: false, cluster: null,
}; // prettier-ignore

function build(): World {
  const driver = new KernelDriver(haiku, { config: { coresPerCluster: 2 } });
  addFile(driver.machine, { name: '/f', cluster: 0, size: 0x4000, contents: { kind: 'fill', byte: 7 } });
  const process = driver.createProcess('P') as Process;
  const thread = driver.mainOf(process);
  driver.run(thread, (here) => haiku.operations.mmap(here, request));
  driver.run(thread, (here) => haiku.operations.mmap(here, { ...request, kind: 'anon', file: null, at: AT + 0x3000 }));
  driver.tryAccess(thread, AT, Access.write);
  driver.tryAccess(thread, AT + 0x1000, Access.read);
  const state = driver.state as HaikuState;
  const { aspace } = process;
  const [region, other] = (aspace?.virtual_map.region_list ?? []).filter(
    ({ base }) => base === AT || base === AT + 0x3000,
  );
  assert.ok(aspace !== null && region !== undefined && other !== undefined && region.cache_ref !== null);
  const page = region.cache_ref.cache.pages.get(0) ?? -1;
  assert.ok(page >= 0);
  return { driver, state, thread, space: aspace, region, other, ref: region.cache_ref, page };
}

function entry({ driver, space }: World, va: number): { frame: number; offset: number; word: number } {
  const { machine } = driver;
  const pde = readFrame32(machine, space.translation_map.pgdir_phys / 4096, Math.floor(va / 0x40_0000) * 4);
  const offset = (Math.floor(va / 4096) % 1024) * 4;
  return { frame: pde >>> 12, offset, word: readFrame32(machine, pde >>> 12, offset) >>> 0 };
}

/** A leaf word, behind the kernel's back. */
function writeEntry(world: World, va: number, word: (old: number) => number): void {
  const { frame, offset, word: old } = entry(world, va);
  writeFrame32(world.driver.machine, frame, offset, word(old) >>> 0);
}

function sourceOf({ ref }: World): VmCacheRef {
  const below = ref.cache.source?.ref;
  assert.ok(below !== null && below !== undefined);
  return below;
}

type Breach = readonly [invariant: string, what: string, damage: (world: World) => void];

const breaches: readonly Breach[] = [
  ['I1', 'two regions that overlap', ({ other }) => { other.base -= 0x1000; }],
  ['I1', 'regions out of order', ({ space }) => { space.virtual_map.region_list.reverse(); }],
  ['I1', 'half a page', ({ region }) => { region.size -= 0x800; }],
  ['I1', 'an empty region', ({ region }) => { region.size = 0; }],
  ['I1', 'a region below the map', ({ space }) => { (space.virtual_map.region_list[0] as VmRegion).base = 0x1000; }],
  ['I1', 'a region beyond the map', ({ space }) => { (space.virtual_map.region_list.at(-1) as VmRegion).size = 0x2000_0000; }],
  ['I2', 'a region that is not in the table', ({ state, region }) => { state.region_table.delete(region.id); }],
  ['I2', 'a region that is on no list', ({ space, region }) => { space.virtual_map.region_list.splice(space.virtual_map.region_list.indexOf(region), 1); }],
  ['I2', 'an id that was never given', ({ state }) => { state.next_region_id = 3; }],
  ['I2', 'an address space’s id that was never given', ({ state }) => { state.next_aspace_id = 1; }],
  ['I2', 'an address space that was freed', ({ space }) => { space.freed = 'a test'; }],
  ['I3', 'a region without a cache', ({ region }) => { region.cache_ref = null; }],
  ['I3', 'a region of a cache that was freed', ({ ref }) => { ref.freed = 'a test'; }],
  ['I3', 'a region twice on its cache’s list', ({ ref, region }) => { ref.region_list.push(region); }],
  ['I3', 'a region that is not on its cache’s list', ({ ref }) => { ref.region_list.length = 0; }],
  ['I3', 'a region of another address space', ({ state, region }) => { Object.assign(region, { aspace: state.kernel_aspace }); }],
  ['I4', 'a cache of another cache_ref', (world) => { world.ref.cache.ref = sourceOf(world); }],
  ['I4', 'a store of another cache', (world) => { world.ref.cache.store.cache = sourceOf(world).cache; }],
  ['I4', 'a chain that does not end', (world) => { sourceOf(world).cache.source = world.ref.cache; }],
  ['I5', 'a reference of a cache too many', ({ ref }) => { ref.ref_count += 1; }],
  ['I5', 'a reference of a cache too few', (world) => { sourceOf(world).ref_count -= 1; }],
  ['I5', 'a reference of a vnode too many', (world) => { const { vnode } = sourceOf(world).cache.store; if (vnode !== null) vnode.ref_count += 1; }],
  ['I5', 'a vnode that forgot its cache', (world) => { const { vnode } = sourceOf(world).cache.store; if (vnode !== null) vnode.cache = null; }],
  ['I6', 'a reference of an address space too many', ({ space }) => { space.ref_count += 1; }],
  ['I6', 'a reference of the kernel’s address space too few', ({ state }) => { if (state.kernel_aspace !== null) state.kernel_aspace.ref_count -= 1; }],
  ['I6', 'a reference of a region too many', ({ region }) => { region.ref_count += 1; }],
  ['I6', 'a deleted region that nobody holds', ({ region }) => { region.deleted = true; }],
  ['I7', 'a mapping that is counted and not there', ({ state, page }) => { state.pages.ref_count[page] = 2; }],
  ['I7', 'a mapping that is there and not counted', (world) => { writeEntry(world, AT, (old) => old & ~1); }],
  ['I8', 'page hash and list that differ', ({ ref }) => { ref.cache.page_list.length = 0; }],
  ['I8', 'a page twice in a list', ({ ref, page }) => { ref.cache.page_list.push(page); }],
  ['I8', 'a page of another cache', (world) => { world.state.pages.owner[world.page] = sourceOf(world).id; }],
  ['I8', 'a page of no cache', ({ state, page }) => { state.pages.owner[page] = 0; }],
  ['I8', 'a page at another offset', ({ state, page }) => { state.pages.offset[page] = 0x2000; }],
  ['I8', 'a free page in a cache', ({ state, page }) => { state.pages.state[page] = 4; }],
  ['I8', 'a page that names a cache that does not have it', ({ state, ref }) => { state.pages.owner[4000] = ref.id; }],
  ['I9', 'a page on the queue of another state', ({ state, page }) => { state.pages.state[page] = 3; }],
  ['I9', 'a queue that counts wrong', ({ state }) => { state.pages.queues.page_active_queue.count += 1; }],
  ['I9', 'a page on no queue', ({ state }) => { state.pages.queues.page_modified_queue.head = -1; const { page_free_queue } = state.pages.queues; page_free_queue.head = state.pages.next[page_free_queue.head] as number; }],
  ['I9', 'a queue whose tail is another page', ({ state }) => { state.pages.queues.page_free_queue.tail = 4000; }],
  ['I9', 'a page that is not linked back', ({ state }) => { state.pages.prev[state.pages.queues.page_free_queue.tail] = -1; }],
  ['I10', 'a page that is left BUSY', ({ state, page }) => { state.pages.state[page] = 2; }],
  ['I10', 'a dummy page that is left', ({ state }) => { state.dummies.set(-99, { type: 'dummy_page', id: -99, state: 2, offset: 0, cache_ref: null }); }],
  ['I11', 'a CLEAR page that is not zero', ({ driver, state }) => {
    const { pages } = state;
    const { page_clear_queue, page_free_queue } = pages.queues;
    const taken = page_free_queue.tail;
    page_free_queue.tail = pages.prev[taken] as number;
    pages.next[page_free_queue.tail] = -1;
    page_free_queue.count -= 1;
    Object.assign(page_clear_queue, { head: taken, tail: taken, count: 1 });
    pages.prev[taken] = -1;
    pages.state[taken] = 5;
    writeFrame32(driver.machine, taken, 0, 0);
    writeFrame32(driver.machine, taken, 4092, 1);
  }],
  ['I12', 'a promise that was not charged', ({ ref }) => { ref.cache.virtual_size += 0x1000; }],
  ['I12', 'more given back than was taken', ({ state }) => { state.max_commit += 0x1000; }],
  ['I12', 'a negative max_commit', ({ state, ref }) => { ref.cache.virtual_size += state.max_commit + 0x1000; state.max_commit = -0x1000; }],
  ['I12', 'a promise of a cache that is not temporary', (world) => { sourceOf(world).cache.virtual_size = 0x1000; }],
  ['I13', 'an entry of another frame', (world) => { writeEntry(world, AT, (old) => old + 0x1000); }],
  ['I13', 'a deeper page that may be written', (world) => { writeEntry(world, AT + 0x1000, (old) => old | 2); }],
  ['I13', 'a writable page of a read-only region', ({ region }) => { Object.assign(region, { lock: 0 }); }],
  ['I13', 'a page that is hidden by a higher one', (world) => { writeEntry(world, AT, (old) => (old & 0xfff) + (sourceOf(world).cache.pages.get(0) ?? 0) * 4096); }],
  ['I14', 'a page outside all regions', (world) => { writeEntry(world, AT + 0x10_0000, () => 0x10_0007); }],
  ['I14', 'a kernel entry of its own', ({ driver, space }) => { writeFrame32(driver.machine, space.translation_map.pgdir_phys / 4096, 900 * 4, 0x1003); }],
  ['I15', 'a map_count too high', ({ space }) => { space.translation_map.map_count += 1; }],
  ['I16', 'a TLB entry whose page is gone', (world) => { writeEntry(world, AT, (old) => old & ~1); }],
  ['I16', 'a TLB entry that writes more', (world) => { writeEntry(world, AT, (old) => old & ~2); }],
  ['I16', 'a TLB entry of another frame', (world) => { writeEntry(world, AT, (old) => old + 0x1000); }],
  ['I17', 'fewer changes than regions', ({ space }) => { space.virtual_map.change_count = 1; }],
  ['I18', 'a hint that is on no list', ({ state, space }) => { space.virtual_map.region_hint = state.region_table.get(6) ?? null; }],
  ['I19', 'clear pages that are miscounted', ({ state }) => { state.pages.queues.page_clear_queue.count = 1; }],
  ['I20', 'a temporary cache of a file', (world) => { sourceOf(world).cache.temporary = true; }],
  ['I20', 'a temporary cache that committed', ({ ref }) => { ref.cache.store.committed_size = 0x1000; }],
]; // prettier-ignore

describe('haiku: the invariants are checked', () => {
  it('a whole state breaks none', () => {
    const { driver } = build();
    assert.deepEqual(driver.bound.invariants(), []);
  });

  for (const [invariant, what, damage] of breaches) {
    it(`${invariant}: ${what}`, () => {
      const world = build();
      damage(world);
      const found = world.driver.bound.invariants().map((violation) => violation.invariant);
      assert.ok(found.includes(invariant), `found ${found.join(', ') || 'nothing'}`);
    });
  }

  it('each of I1 to I20 is among them', () => {
    const covered = new Set(breaches.map(([invariant]) => invariant));
    assert.deepEqual(
      Array.from({ length: 20 }, (_, index) => `I${String(index + 1)}`).filter((name) => !covered.has(name)),
      [],
    );
  });
});
