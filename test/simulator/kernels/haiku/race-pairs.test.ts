// Every operation of a process against every other of a second thread: invariants hold, nothing is stuck, and when all
// processes have ended, everything is given back.
import { strict as assert } from 'node:assert';
import { KernelPanic } from '../../../../simulator/execution/panic.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type { ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { exec, fork } from './process-calls.ts';
import { AT, Race, request, type Body } from './race.ts';

const OTHER = AT + 0x10_0000;
const SCHEDULES = 8;

type Operation = (race: Race, thread: ThreadObject) => Body;

const region = { aid: 1, name: 'r', address: OTHER, addr_type: 1, size: 0x3000, lock: 1 };

const operations: Readonly<Record<string, Operation>> = {
  fork: () => fork,
  exec: (race) => exec(race.process.path),
  exit: () => (here) => haiku.operations.exit(here, { code: 0 }),
  thread_exit: () => (here) => haiku.operations.thread_exit(here),
  munmap: () => (here) => haiku.operations.munmap(here, { address: AT, length: 0x2000 }),
  'munmap of a new region': () => (here) => haiku.operations.munmap(here, { address: OTHER, length: 0x3000 }),
  'a private file map': () => (here) => haiku.operations.mmap(here, { ...request, at: null, kind: 'file', file: '/f' }),
  'a shared file map': () => (here) =>
    haiku.operations.mmap(here, { ...request, at: null, kind: 'shared', file: '/f' }),
  'a wired region': (race) => race.call('vm_create_anonymous_region', { ...region, wiring: 1 }),
  'a contiguous region': (race) => race.call('vm_create_anonymous_region', { ...region, wiring: 3 }),
  'a shared clone': (race) => race.call('vm_clone_region', { ...region, source_region: race.regionId, mapping: 0 }),
  'a private clone': (race) => race.call('vm_clone_region', { ...region, source_region: race.regionId, mapping: 1 }),
  'a write': (race, thread) => race.touch(thread, AT, Access.write),
  'a write to a new region': (race, thread) => race.touch(thread, OTHER, Access.write),
  'a second delete': (race) => race.call('vm_delete_region', { aid: 1, rid: race.regionId }),
};

function endAll({ driver, state }: Race): void {
  for (const process of state.processes.filter(({ alive }) => alive)) {
    const thread = process.main;
    assert.ok(thread !== null);
    driver.run(thread, (here) => haiku.operations.exit(here, { code: 0 }));
  }
}

/** What fails during the race, by the schedule: nothing in every fourth. */
const failures = [null, 'kmalloc', 'file-read', 'file-write'] as const;

/** Both at once, then the end of everybody; false where the kernel panicked for want of memory. */
function attempt(race: Race, seed: number, first: string, second: string): boolean {
  const { bound } = race.driver;
  const kind = failures[seed % failures.length] ?? null;
  if (kind !== null) bound.inject({ kind, cluster: null, after: Math.floor(seed / failures.length) * 3 });
  try {
    race.run(seed, operations[first]?.(race, race.main) as Body, operations[second]?.(race, race.second) as Body);
  } catch (error) {
    if (kind === 'kmalloc' && error instanceof KernelPanic) return false;
    throw error;
  }
  bound.clearInjections();
  endAll(race);
  return true;
}

/** All that a process can have of the kernel's. */
function leftOf({ state }: Race): unknown {
  const { aspace_table, region_table, pages, max_commit, vnodes, dummies } = state;
  return {
    spaces: aspace_table.size, regions: region_table.size, free: pages.queues.page_free_queue.count, max_commit,
    vnodes: vnodes.size, dummies: dummies.size,
  }; // prettier-ignore
}

const names = Object.keys(operations);

describe('haiku: pairs of operations', () => {
  for (const [index, first] of names.entries())
    it(`${first} against each other one`, () => {
      for (const second of names.slice(index))
        for (const kind of [{}, { kind: 'file', file: '/f' }] as const)
          for (let seed = 0; seed < SCHEDULES; seed++) {
            const race = new Race(kind);
            race.perform(race.touch(race.main, AT, Access.write));
            const where = `${first}, ${second}, ${JSON.stringify(kind)}, schedule ${String(seed)}`;
            try {
              if (!attempt(race, seed, first, second)) continue;
            } catch (error) {
              throw new Error(where, { cause: error });
            }
            const { regions, free, commit: max_commit } = race;
            assert.deepEqual(leftOf(race), { spaces: 1, regions, free, max_commit, vnodes: 0, dummies: 0 }, where);
          }
    });
});
