// What the kernel panel shows of Lunaix.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import type { KernelView, ViewStrip, ViewTable } from '../../../../simulator/kernels/kernel-view.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import type { Process } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

function view<V extends KernelView>(driver: KernelDriver, id: string, process: Process | null = null): V {
  const found = driver.bound.views(process).find((one) => one.id === id);
  assert.ok(found !== undefined, id);
  return found as V;
}

function useOf(driver: KernelDriver, frame: number): string | null {
  const { segments } = view<ViewStrip>(driver, 'frames');
  return segments.find(({ start, end }) => start <= frame && frame < end)?.label ?? null;
}

function frameBehind(driver: KernelDriver, process: Process, va: number): number {
  const pa = driver.tryAccess(driver.mainOf(process), va, Access.write);
  assert.equal(typeof pa, 'number');
  return Math.floor((pa as number) / 0x1000);
}

describe('lunaix: views', () => {
  it('list every departure, in order, and SOURCES.md has those that the running kernel showed', () => {
    const { rows } = view<ViewTable>(new KernelDriver(lunaix), 'departures');
    const tags = rows.map(({ id }) => id);
    assert.deepEqual(
      tags,
      Array.from({ length: 31 }, (_, index) => `D${String(index + 1)}`),
    );
    const file = path.join(import.meta.dirname, '../../../../simulator/kernels/lunaix/SOURCES.md');
    const listed = [...readFileSync(file, 'utf8').matchAll(/^\| (D\d+) \|/gm)].map(([, tag]) => tag);
    assert.deepEqual(listed, tags.slice(22));
  });

  it('tell what frames are for, from their first use to their last', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    assert.equal(useOf(driver, 0x1ff), 'reserved');
    assert.equal(useOf(driver, (process.mm?.vmroot ?? 0) / 0x1000), 'page tables');
    const page = frameBehind(driver, process, process.dataStart);
    assert.equal(useOf(driver, page), 'user pages');
    const stacks = view<ViewStrip>(driver, 'frames').segments.filter(({ label }) => label === 'kernel stacks');
    assert.deepEqual(
      stacks.map(({ start, end }) => end - start),
      [2],
    );
    driver.run(driver.mainOf(process), (here) => lunaix.operations.exit(here, { code: 0 }) as KernelGenerator<unknown>);
    assert.equal(useOf(driver, page), null);
    const { segments, note } = view<ViewStrip>(driver, 'frames');
    assert.deepEqual(
      segments.map(({ label }) => label),
      ['reserved', 'page tables'],
    );
    assert.match(note ?? '', /^The last allocation by next fit gave frame 0x/);
  });

  it('mark the remote window and the mount while they are in use', () => {
    const driver = new KernelDriver(lunaix);
    const process = driver.createProcess('P') as Process;
    const window = (): string | undefined =>
      view<ViewStrip>(driver, 'address-map', process).segments.find(({ label }) => label === 'remote window')?.detail;
    assert.equal(window(), 'free');
    const enter = lunaix.functions.find(({ info }) => info.name === 'procvm_enter_remote_transaction');
    const args = { mm: process.mm, vm_mnt: 0xffc0_0000, remote_base: process.dataStart, size: 0x10 };
    driver.run(driver.mainOf(process), (here) =>
      (enter as unknown as (...given: unknown[]) => KernelGenerator<unknown>)(here, args),
    );
    assert.equal(window(), '1 pages');
  });
});
