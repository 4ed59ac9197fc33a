// The checker of chapter 6: each invariant, with a state that breaks it.
import { strict as assert } from 'node:assert';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readEntry, writeEntry, entryAddress } from '../../../../simulator/hardware/page-table-walker.ts';
import { entriesOf } from '../../../../simulator/kernels/vm-region/btree.ts';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import { findPt, readLeaf } from '../../../../simulator/kernels/vm-region/table-words.ts';
import type {
  Process,
  VmObject,
  VmrState,
  VmRegion,
  VmRegionMapping,
} from '../../../../simulator/kernels/vm-region/state.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

interface World {
  readonly driver: KernelDriver;
  readonly state: VmrState;
  readonly process: Process;
  readonly root: VmRegion;
  /** A child of the root with two mappings of one object: pages 0 and 2 of it; the first page is resident. */
  readonly region: VmRegion;
  readonly object: VmObject;
  readonly first: VmRegionMapping;
  readonly second: VmRegionMapping;
}

const call = kernelFunctionOf(vmRegion);
const AT = 0x1_0000;

function build(): World {
  const driver = new KernelDriver(vmRegion, { config: { coresPerCluster: 2 } });
  const state = driver.state as VmrState;
  const process = driver.createProcess('P') as Process;
  const thread = driver.mainOf(process);
  const make = (name: string, args: Record<string, unknown>): number => {
    const made = driver.run(thread, (here) => call(here, name, args)) as { out: number };
    return made.out;
  };
  const root = process.region;
  assert.ok(root !== null);
  const child = { parent: root, name: 'a', offset: BigInt(AT - 0x1000), region_len: 0x10000, prot: 0xb };
  const handle = make('vm_region_create', child);
  const o = make('vm_object_create', { name: 'o', size: 0x4000, prot: 3 });
  const map = (offset: number): void => {
    const place = { region: handle, region_offset: BigInt(offset), object: o, object_offset: BigInt(offset) };
    make('vm_region_map_object', { ...place, length: 0x1000, prot: 0xb });
  };
  map(0);
  map(0x2000);
  driver.tryAccess(thread, AT, Access.write);
  const region = process.handles.get(handle) as VmRegion;
  const [first, second] = entriesOf(region.vr_entries).map(({ container }) => container as VmRegionMapping);
  assert.ok(first !== undefined && second !== undefined);
  return { driver, state, process, root, region, object: first.m_object, first, second };
}

type Breach = readonly [invariant: string, what: string, damage: (world: World) => void];

/** Changes a leaf word of a page that is there. */
function changeLeaf({ driver, root }: World, change: (low: number, high: number) => readonly [number, number]): void {
  const { machine } = driver;
  const table = findPt(machine, root.vr_pmap.root, AT);
  const address = entryAddress(machine, table, 4, AT / 4096);
  const [low, high] = readEntry(machine, address, 4);
  const [newLow, newHigh] = change(low, high);
  writeEntry(machine, address, 4, [newLow >>> 0, newHigh >>> 0]);
}

const assign = (target: object, fields: Record<string, unknown>): void => {
  Object.assign(target, fields);
};

const breaches: readonly Breach[] = [
  ['I1', 'siblings overlap', ({ first }) => (first.m_entry.e_size = 0x3000)],
  ['I1', 'a tree out of balance', ({ first }) => (first.m_entry.e_node.height = 7)],
  ['I2', 'an entry leaves its region', ({ second }) => (second.m_entry.e_size = 0x10000)],
  ['I2', 'an entry with another address', ({ second }) => (second.m_entry.e_address += 0x1000)],
  ['I2', 'an entry with another parent', ({ second, root }) => (second.m_entry.e_parent = root.vr_entry)],
  ['I2', 'a root whose offset is not its address', ({ root }) => (root.vr_entry.e_offset += 0x1000)],
  ['I3', 'half a page', ({ second }) => (second.m_entry.e_size = 0x800)],
  ['I3', 'an empty entry', ({ second }) => (second.m_entry.e_size = 0)],
  ['I3', 'an object offset inside a page', ({ second }) => (second.m_object_offset += 1)],
  ['I4', 'a child that allows more than its parent', ({ root }) => { assign(root, { vr_prot: 1 }); }],
  ['I4', 'a mapping that allows more than its region', ({ second }) => { assign(second, { m_prot: 0xf }); }],
  ['I4', 'a mapping that allows more than its object', ({ object }) => { assign(object, { vo_prot: 1 }); }],
  ['I5', 'a child with tables of its own', ({ region, root }) => { assign(region, { vr_pmap: { ...root.vr_pmap } }); }],
  ['I6', 'a mapping that its object does not list', ({ object }) => object.vo_mappings.pop()],
  ['I6', 'a mapping that its object lists twice', ({ object, first }) => object.vo_mappings.push(first)],
  ['I6', 'a listed mapping in no tree', ({ object, first }) => object.vo_mappings.push({ ...first })],
  ['I7', 'an entry of another frame', (world) => { changeLeaf(world, (low, high) => [low + 0x5000, high]); }],
  ['I7', 'an entry with another right', (world) => { changeLeaf(world, (low, high) => [low & ~2, high]); }],
  ['I7', 'an executable entry', (world) => { changeLeaf(world, (low) => [low, 0]); }],
  ['I7', 'an entry without its page', ({ object }) => object.vo_pages.clear()],
  ['I8', 'an entry without its mapping', ({ state, region, first, object }) => {
    // As after a kill that forgets the tables.
    object.vo_mappings.splice(object.vo_mappings.indexOf(first), 1);
    object.vo_base.ob_refcount -= 1;
    state.mappings -= 1;
    region.vr_entries = first.m_entry.e_node.right;
    assign(first.m_entry.e_node, { right: null, height: 1 });
    assert.equal(entriesOf(region.vr_entries).length, 1);
  }],
  ['I9', 'one frame as two pages', ({ object }) => { const page = object.vo_pages.get(0); assert.ok(page !== undefined); object.vo_pages.set(1, page); }],
  ['I10', 'a dead region with entries', ({ region }) => (region.vr_status = 0)],
  ['I10', 'a living region with retired entries', ({ region, first }) => region.vr_retired.push(first)],
  ['I11', 'a region counted once too often', ({ region }) => (region.vr_base.ob_refcount += 1)],
  ['I11', 'an object counted once too little', ({ object }) => (object.vo_base.ob_refcount -= 1)],
  ['I12', 'a TLB that kept what the table lost', (world) => { changeLeaf(world, () => [0, 0]); }],
  ['I19', 'a bank that counts wrongly', ({ state }) => { const [bank] = state.banks; assert.ok(bank !== undefined); bank.free += 1; }],
  ['I19', 'a frame taken by nobody', ({ state }) => { const [bank] = state.banks; assert.ok(bank !== undefined); bank.use[3000] = 3; bank.free -= 1; }],
  ['I19', 'a page in a free frame', ({ state, object }) => {
    const [bank] = state.banks;
    const frame = object.vo_pages.get(0)?.frame;
    assert.ok(bank !== undefined && frame !== undefined);
    bank.use[frame] = 0;
    bank.free += 1;
  }],
]; // prettier-ignore

describe('vm-region: the invariants are checked', () => {
  it('a whole state breaks none', () => {
    const { driver } = build();
    assert.deepEqual(driver.bound.invariants(), []);
  });

  for (const [invariant, what, damage] of breaches) {
    it(`${invariant === 'I8' ? 'I7, I8' : invariant}: ${what}`, () => {
      const world = build();
      damage(world);
      const found = world.driver.bound.invariants().map((violation) => violation.invariant);
      assert.ok(found.includes(invariant === 'I8' ? 'I7' : invariant), `found ${found.join(', ') || 'nothing'}`);
    });
  }

  it('I10: a child that lives below a dead region', () => {
    const { driver, process, region } = build();
    const thread = driver.mainOf(process);
    const args = { parent: region, name: 'c', offset: 0x8000n, region_len: 0x1000, prot: 0xb };
    driver.run(thread, (here) => call(here, 'vm_region_create', args));
    driver.run(thread, (here) => call(here, 'region_kill', { handle: region }));
    const child = region.vr_retired.find(({ type }) => type === 'vm_region') as VmRegion;
    assert.deepEqual(driver.bound.invariants(), []);
    child.vr_status = 1;
    const found = driver.bound.invariants().map(({ invariant }) => invariant);
    assert.ok(found.includes('I10'), found.join(', '));
  });

  it('I6: a retired mapping that is still listed', () => {
    const { driver, process, region, object, first } = build();
    driver.run(driver.mainOf(process), (here) => call(here, 'region_kill', { handle: region }));
    assert.deepEqual(driver.bound.invariants(), []);
    object.vo_mappings.push(first);
    const found = driver.bound.invariants().map(({ invariant }) => invariant);
    assert.ok(found.includes('I6'), found.join(', '));
  });

  it('I12: a TLB of a core that runs the tables, for instructions as well', () => {
    const { driver, process, root } = build();
    const thread = driver.mainOf(process);
    driver.tryAccess(thread, process.codeStart, Access.fetch);
    assert.deepEqual(driver.bound.invariants(), []);
    const { machine } = driver;
    const table = findPt(machine, root.vr_pmap.root, process.codeStart);
    const [low] = readLeaf(machine, root.vr_pmap.root, process.codeStart);
    writeEntry(machine, entryAddress(machine, table, 4, process.codeStart / 4096), 4, [low, 0x8000_0000]);
    const found = driver.bound.invariants().map(({ invariant }) => invariant);
    assert.ok(found.includes('I12'), found.join(', '));
  });
});
