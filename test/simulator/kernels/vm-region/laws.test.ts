// I10, I13 to I18: laws about operations, on random trees of regions and mappings.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { vmRegion } from '../../../../simulator/kernels/vm-region/kernel.ts';
import { dumpLines } from '../../../../simulator/kernels/vm-region/dump.ts';
import type { VmObject, VmRegion, VmrState } from '../../../../simulator/kernels/vm-region/state.ts';
import { readBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

const call = kernelFunctionOf(vmRegion);
const PAGE = 0x1000;
const BASE = 0x10_0000;
const ROOT_PAGES = 32;
const OBJECT_PAGES = 6;
const PROTS = [0, 1, 3, 5, 8, 9, 0xb, 0xd, 0xf] as const;

/** Numbers are taken modulo what there is; offsets and lengths are pages, except those of copies. */
interface Action {
  readonly kind: 'create' | 'map' | 'unmap' | 'kill' | 'fault' | 'truncate' | 'read' | 'move' | 'validate' | 'mapUnmap';
  readonly region: number;
  readonly object: number;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly prot: number;
}

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom('create', 'map', 'map', 'map', 'unmap', 'kill', 'fault', 'fault', 'truncate', 'read', 'move', 'move', 'validate', 'mapUnmap'),
  region: fc.nat(7),
  object: fc.nat(2),
  from: fc.integer({ min: -1, max: ROOT_PAGES }),
  to: fc.integer({ min: 0, max: ROOT_PAGES }),
  length: fc.integer({ min: 0, max: 8 }),
  prot: fc.nat(PROTS.length - 1),
}); // prettier-ignore

class World {
  readonly driver = new KernelDriver(vmRegion, { config: { coresPerCluster: 2 } });
  readonly state = this.driver.state as VmrState;
  readonly regions: number[] = [];
  readonly objects: number[] = [];

  constructor() {
    const root = { parent: null, name: 'root', offset: BigInt(BASE), region_len: ROOT_PAGES * PAGE, prot: 0xf };
    this.regions.push(this.made('vm_region_create', root));
    for (const prot of [7, 3, 1])
      this.objects.push(this.made('vm_object_create', { name: 'o', size: OBJECT_PAGES * PAGE, prot }));
    this.objects.forEach((object, index) => {
      const buf = String.fromCharCode(65 + index).repeat(2 * PAGE);
      this.call('vm_object_write', { obj: object, off: PAGE, buf });
    });
  }

  call(name: string, args: Record<string, unknown>): unknown {
    return this.driver.run(null, (here) => call(here, name, args));
  }

  made(name: string, args: Record<string, unknown>): number {
    return (this.call(name, args) as { out: number }).out;
  }

  dump(): string {
    return this.regions.flatMap((handle) => dumpLines(this.behind(handle) as VmRegion)).join('\n');
  }

  behind(handle: number): VmRegion | VmObject {
    const object = this.state.kernelHandles.get(handle);
    assert.ok(object !== undefined);
    return object;
  }

  /** What the objects hold below their sizes; absent pages are zeros. */
  contents(): string[] {
    return this.objects.map((handle) => {
      const { vo_pages, vo_size } = this.behind(handle) as VmObject;
      return Array.from({ length: vo_size / PAGE }, (_, index) => {
        const page = vo_pages.get(index);
        if (page === undefined) return '0';
        const bytes = readBytes(this.driver.machine, page.frame * PAGE, PAGE);
        return bytes.every((byte) => byte === 0) ? '0' : Buffer.from(bytes).toString('base64');
      }).join(' ');
    });
  }

  counts(): number[] {
    const { regions, mappings, objects, tables } = this.state;
    return [regions.size, mappings, objects.size, tables];
  }
}

const errorOf = (result: unknown): string | null =>
  typeof result === 'string'
    ? result
    : typeof result === 'object' && result !== null && 'error' in result
      ? String(result.error)
      : null;

/** 4.8 done by hand: page by page, byte ends included. */
function isCovered(region: VmRegion, offset: number, length: number, prot: number): boolean {
  const lines = dumpLines(region)
    .slice(1)
    .filter((line) => line.trimStart().startsWith('mapping'));
  const spans = lines.map((line) => {
    const [, start, end, letters, id, inObject] =
      /mapping 0x([0-9a-f]+)-0x([0-9a-f]+) .* prot=(.{4}) object=#(\d+) ".*"\+0x([0-9a-f]+)/.exec(line) ?? [];
    const bits = [...(letters ?? '')].reduce((sum, letter) => sum | ({ r: 1, w: 2, x: 4, u: 8 }[letter] ?? 0), 0);
    return {
      start: parseInt(start ?? '', 16),
      end: parseInt(end ?? '', 16),
      bits,
      id: Number(id),
      inObject: parseInt(inObject ?? '', 16),
    };
  });
  const first = region.vr_entry.e_address + offset;
  for (let at = first; at < first + length; at = Math.floor(at / PAGE) * PAGE + PAGE) {
    const span = spans.find(({ start, end }) => start <= at && at < end);
    if (span === undefined || (prot & ~span.bits) !== 0) return false;
  }
  return true;
}

function perform(world: World, step: Action): void {
  const handle = world.regions[step.region % world.regions.length] as number;
  const object = world.objects[step.object] as number;
  const region = world.behind(handle) as VmRegion;
  const prot = PROTS[step.prot] as number;
  const isDead = region.vr_status === 0;
  const before = { dump: world.dump(), contents: world.contents(), counts: world.counts() };
  const place = { region: handle, region_offset: BigInt(step.from * PAGE), length: step.length * PAGE, prot };
  const expectNothing = (result: unknown): void => {
    // I17.
    if (errorOf(result) !== null) assert.equal(world.dump(), before.dump);
    if (isDead) assert.equal(errorOf(result), 'BAD_STATE');
  };
  switch (step.kind) {
    case 'create': {
      const args = {
        parent: handle,
        name: 'c',
        offset: BigInt(step.from * PAGE),
        region_len: step.length * PAGE,
        prot,
      };
      const made = world.call('vm_region_create', args);
      if (step.length > 0) expectNothing(made);
      if (errorOf(made) === null) world.regions.push((made as { out: number }).out);
      break;
    }
    case 'map': {
      const result = world.call('vm_region_map_object', {
        ...place,
        object,
        object_offset: BigInt((step.to % OBJECT_PAGES) * PAGE),
      });
      if (errorOf(result) !== 'INVALID_ARGUMENT') expectNothing(result);
      assert.deepEqual(world.contents(), before.contents);
      break;
    }
    case 'unmap':
      if (errorOf(world.call('vm_region_unmap', place)) !== null) assert.equal(world.dump(), before.dump);
      // I14.
      assert.deepEqual(world.contents(), before.contents);
      break;
    case 'mapUnmap': {
      const result = world.call('vm_region_map_object', { ...place, object, object_offset: 0n });
      // I18, where nothing was mapped before.
      if (errorOf(result) === null) world.call('vm_region_unmap', place);
      assert.equal(world.dump(), before.dump);
      break;
    }
    case 'kill': {
      if (step.length < 6) break;
      const result = world.call('region_kill', { handle: handle });
      assert.equal(errorOf(result), isDead ? 'BAD_STATE' : null);
      // I10, I13.
      assert.equal(region.vr_status, 0);
      assert.deepEqual(world.counts(), before.counts);
      assert.deepEqual(world.contents(), before.contents);
      break;
    }
    case 'fault': {
      const addr = region.vr_entry.e_address + step.from * PAGE + 8;
      world.call('vm_region_demand_map', { region: handle, addr, flags: [0, 2, 4, 6, 0x14][step.length % 5] });
      assert.equal(world.dump(), before.dump);
      assert.deepEqual(world.contents(), before.contents);
      break;
    }
    case 'truncate': {
      world.call('vm_object_truncate', { obj: object, new_size: step.length * PAGE });
      assert.equal(world.dump(), before.dump);
      const kept = world.contents()[step.object]?.split(' ').slice(0, step.length) ?? [];
      const old = before.contents[step.object]?.split(' ') ?? [];
      kept.forEach((page, index) => {
        if (index < old.length && old[0] !== '') assert.equal(page, old[index]);
      });
      break;
    }
    case 'read': {
      const args = {
        src_region: handle,
        src_ptr: region.vr_entry.e_address + step.from * PAGE + 7,
        count: step.length * 1500,
      };
      const result = world.call('vm_region_read_kernel', args) as { nr_read: number };
      // I16.
      assert.ok(result.nr_read <= args.count);
      if (args.count > 0) assert.equal(result.nr_read === args.count, errorOf(result) === null);
      assert.deepEqual(world.contents(), before.contents);
      break;
    }
    case 'move': {
      const src_ptr = region.vr_entry.e_address + Math.max(0, step.from) * PAGE + 5;
      const dest_ptr = BASE + step.to * PAGE + 3;
      const count = step.length * 1111;
      const root = world.regions[0] as number;
      const valid = (name: number, ptr: number, right: number): boolean =>
        world.call('vm_region_validate_access', {
          region: name, offset: ptr - (world.behind(name) as VmRegion).vr_entry.e_address, len: count, prot: right | 8,
        }) === true; // prettier-ignore
      const isValid = valid(handle, src_ptr, 1) && valid(root, dest_ptr, 2);
      const result = world.call('vm_region_memmove', {
        dest_region: root,
        dest_ptr,
        src_region: handle,
        src_ptr,
        count,
      }) as { nr_moved: number };
      assert.ok(result.nr_moved <= count);
      if (count > 0) assert.equal(result.nr_moved === count, errorOf(result) === null);
      // I15.
      if (isValid) assert.equal(errorOf(result), null);
      assert.equal(world.dump(), before.dump);
      break;
    }
    case 'validate': {
      const offset = step.from * PAGE + (step.to % 2) * 0x123;
      const len = Math.max(1, step.length * 700);
      const answer = world.call('vm_region_validate_access', { region: handle, offset, len, prot });
      const isInside = offset >= 0 && offset < region.vr_entry.e_size && len <= region.vr_entry.e_size - offset;
      const isTruncated = world.objects.some((one) => (world.behind(one) as VmObject).vo_size < OBJECT_PAGES * PAGE);
      const expected = !isDead && isInside && isCovered(region, offset, len, prot);
      if (isTruncated) assert.ok(answer === false || expected);
      else assert.equal(answer, expected);
    }
  }
}

describe('vm-region: laws of operations', () => {
  it('I10, I13 to I18 hold after every operation', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 10, maxLength: 50 }), (script) => {
        const world = new World();
        for (const step of script) perform(world, step);
        for (const h of [...world.regions, ...world.objects]) world.call('handle_close', { h });
        assert.deepEqual(world.counts(), [0, 0, 0, 0]);
      }),
      { seed: 1906, numRuns: 200 },
    );
  });
});
