// I21: whatever is mapped, cloned, forked, written, trimmed and paged out, every byte reads as a model of the chains says (5.3).
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readBytes, writeBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import { snooze } from '../../../../simulator/kernels/haiku/base/locks.ts';
import type { HaikuState, Process } from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';
import { fork } from './process-calls.ts';

/** One byte a page; a file's cache has all of its pages, the others begin with none. */
interface ModelCache {
  readonly pages: Map<number, number>;
  readonly source: ModelCache | null;
}

interface ModelRegion {
  readonly id: number;
  readonly process: Process;
  readonly base: number;
  readonly pages: number;
  /** In pages. */
  readonly offset: number;
  cache: ModelCache;
  readonly isShared: boolean;
}

type Action = readonly [kind: string, a: number, b: number, c: number];

const FILE_PAGES = 2;
const weights = { anonymous: 1, file: 1, clone: 4, delete: 2, fork: 1, write: 12, read: 8, scan: 2, pageout: 1 };
const action: fc.Arbitrary<Action> = fc.tuple(
  fc.oneof(...Object.entries(weights).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
  fc.nat(1000),
  fc.nat(1000),
  fc.nat(1000),
);

function look(cache: ModelCache, page: number): number {
  for (let at: ModelCache | null = cache; at !== null; at = at.source) {
    const found = at.pages.get(page);
    if (found !== undefined) return found;
  }
  return 0;
}

function cover(source: ModelCache): ModelCache {
  return { pages: new Map(), source };
}

class Both {
  readonly driver = new KernelDriver(haiku);
  readonly state = this.driver.state as HaikuState;
  readonly processes: Process[] = [];
  readonly file: ModelCache = { pages: new Map(), source: null };
  regions: ModelRegion[] = [];
  next = 0x1000_0000;

  constructor() {
    addFile(this.driver.machine, {
      name: '/f',
      cluster: 0,
      size: FILE_PAGES * 4096,
      contents: { kind: 'fill', byte: 7 },
    });
    for (let page = 0; page < FILE_PAGES; page++) this.file.pages.set(page, 7);
    for (const name of ['A', 'B', 'C']) this.processes.push(this.driver.createProcess(name, 0, 0) as Process);
  }

  call(name: string, args: object): unknown {
    const found = haiku.functions.find(({ info }) => info.name === name);
    assert.ok(found !== undefined, name);
    const perform = found as unknown as (here: Activation, args: object) => KernelGenerator<unknown>;
    return this.driver.run(null, (here) => perform(here, args));
  }

  make(
    process: Process,
    name: string,
    args: object,
    cache: ModelCache,
    pages: number,
    offset: number,
    isShared: boolean,
  ): void {
    const base = this.next;
    this.next += 0x10_0000;
    const aid = process.aspace?.id ?? -1;
    const made = this.call(name, { aid, name, address: base, addr_type: 1, lock: 1, ...args });
    assert.equal(typeof made, 'object', String(made));
    this.regions.push({ id: (made as { result: number }).result, process, base, pages, offset, cache, isShared });
  }

  byte({ process, base, cache, offset }: ModelRegion, page: number, value: number | null): void {
    const { driver } = this;
    const access = value === null ? Access.read : Access.write;
    const pa = driver.tryAccess(driver.mainOf(process), base + page * 4096 + 5, access);
    assert.equal(typeof pa, 'number', JSON.stringify(pa));
    if (value === null) assert.equal(readBytes(driver.machine, pa as number, 1)[0], look(cache, offset + page));
    else {
      writeBytes(driver.machine, pa as number, Uint8Array.of(value));
      cache.pages.set(offset + page, value);
    }
  }

  fork(parent: Process): void {
    const { driver } = this;
    const child = driver.run(driver.mainOf(parent), fork) as Process;
    assert.equal(typeof child, 'object');
    this.processes.push(child);
    for (const region of this.regions.filter(({ process }) => process === parent)) {
      const copy = child.aspace?.virtual_map.region_list.find(({ base }) => base === region.base);
      assert.ok(copy !== undefined);
      const below = region.cache;
      this.regions.push({ ...region, id: copy.id, process: child, cache: region.isShared ? below : cover(below) });
      if (!region.isShared) region.cache = cover(below);
    }
  }

  pageout(): void {
    const { driver } = this;
    haiku.setDaemon?.(driver.engine, 'pageout-daemon', true);
    driver.run(null, (here) => snooze(here as never, 100_000));
    haiku.setDaemon?.(driver.engine, 'pageout-daemon', false);
  }

  perform([kind, a, b, c]: Action): void {
    const { regions, processes } = this;
    const process = processes[a % processes.length] as Process;
    const region = regions[b % Math.max(1, regions.length)];
    if (kind === 'anonymous') {
      const pages = 1 + (c % 2);
      this.make(
        process,
        'vm_create_anonymous_region',
        { size: pages * 4096, wiring: c % 3 === 0 ? 1 : 0 },
        { pages: new Map(), source: null },
        pages,
        0,
        false,
      );
    } else if (kind === 'file') {
      const isShared = c % 2 === 0;
      const offset = b % FILE_PAGES;
      const pages = FILE_PAGES - offset;
      const args = { path: '/f', size: pages * 4096, offset: offset * 4096, mapping: isShared ? 0 : 1 };
      this.make(process, 'vm_map_file', args, isShared ? this.file : cover(this.file), pages, offset, isShared);
    } else if (kind === 'fork') {
      if (processes.length < 7) this.fork(process);
    } else if (kind === 'scan') this.call('scan_pages', { aspace: process.aspace, target: c % 5 });
    else if (kind === 'pageout') this.pageout();
    else if (region !== undefined) this.performOn(region, kind, process, c);
  }

  performOn(region: ModelRegion, kind: string, process: Process, c: number): void {
    const { pages, offset, cache } = region;
    if (kind === 'clone') {
      const isShared = c % 2 === 0;
      const args = { source_region: region.id, mapping: isShared ? 0 : 1 };
      this.make(process, 'vm_clone_region', args, isShared ? cache : cover(cache), pages, offset, isShared);
    } else if (kind === 'delete') {
      assert.equal(this.call('vm_delete_region', { aid: region.process.aspace?.id, rid: region.id }), 0);
      this.regions = this.regions.filter((other) => other !== region);
    } else this.byte(region, c % pages, kind === 'write' ? c % 251 : null);
  }
}

describe('haiku: chains of caches', () => {
  it('I21: every byte reads as the model says', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 30, maxLength: 90 }), (actions) => {
        const both = new Both();
        for (const step of actions) both.perform(step);
        for (const region of both.regions)
          for (let page = 0; page < region.pages; page++) both.byte(region, page, null);
      }),
      { numRuns: Number(process.env.RUNS ?? 60), seed: Number(process.env.SEED ?? 21) },
    );
  });
});
