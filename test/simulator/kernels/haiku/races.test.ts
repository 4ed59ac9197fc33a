// Two threads at micro-steps under many schedules, where either outcome is right: only the invariants decide (checked at each end).
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { readFile, findFile } from '../../../../simulator/hardware/block-device.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { readBytes } from '../../../../simulator/hardware/physical-memory.ts';
import type { MmapArgs } from '../../../../simulator/kernels/kernel.ts';
import { PAGE_STATE_WIRED } from '../../../../simulator/kernels/haiku/base/constants.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import { fork } from './process-calls.ts';
import { AT, Race, request } from './race.ts';

const SCHEDULES = 60;
const kinds: Readonly<Record<string, Partial<MmapArgs>>> = {
  anonymous: {}, 'a private file': { kind: 'file', file: '/f' }, 'a shared file': { kind: 'shared', file: '/f' },
}; // prettier-ignore

describe('haiku: races', () => {
  for (const [what, kind] of Object.entries(kinds)) {
    it(`48: a write to ${what} against munmap`, () => {
      const ends = new Set<string>();
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const race = new Race(kind);
        const [fault] = race.run(seed, race.touch(race.main, AT, Access.write), (here) =>
          haiku.operations.munmap(here, { address: AT, length: 0x2000 }),
        );
        ends.add(typeof fault === 'object' ? 'refused' : 'done');
        assert.equal(race.state.dummies.size, 0);
        assert.ok([...race.state.region_table.values()].every(({ base }) => base !== AT));
      }
      // The disk takes longer than the removal.
      assert.deepEqual([...ends].sort(), 'file' in kind ? ['refused'] : ['done', 'refused']);
    });

    it(`55: a write to ${what} against the end of its process`, () => {
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const race = new Race(kind);
        race.run(seed, race.touch(race.main, AT, Access.write), (here) => haiku.operations.exit(here, { code: 0 }));
        assert.equal(race.state.aspace_table.size, 1);
        assert.equal(race.state.pages.queues.page_free_queue.count, race.free);
        assert.equal(race.state.max_commit, race.commit);
      }
    });

    it(`77: a write to ${what} against fork; all end`, () => {
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const race = new Race(kind);
        race.perform(race.touch(race.main, AT, Access.write));
        race.run(seed, race.touch(race.main, AT, Access.write), fork);
        for (const process of race.state.processes.filter(({ alive }) => alive)) {
          const thread = process.main;
          assert.ok(thread !== null);
          race.driver.run(thread, (here) => haiku.operations.exit(here, { code: 0 }));
        }
        assert.equal(race.state.pages.queues.page_free_queue.count, race.free);
        assert.equal(race.state.max_commit, race.commit);
        assert.equal(race.state.vnodes.size, 0);
      }
    });

    it(`a fork against munmap of ${what}`, () => {
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const race = new Race(kind);
        race.perform(race.touch(race.main, AT, Access.write));
        race.run(seed, fork, (here) => haiku.operations.munmap(here, { address: AT, length: 0x2000 }));
      }
    });
  }

  // The page is busy while the fault has it, so that the removal can only note that it was written to.
  for (const [step, kind, access] of [
    ['SF17e', 'file', Access.write],
    ['SF22', 'shared', Access.read],
  ] as const) {
    it(`a fault that gives its page back at ${step} against munmap where it was written: it reaches the disk`, () => {
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const race = new Race({ kind: 'shared', file: '/f' });
        const other = AT + 0x10_0000;
        race.perform((here) => haiku.operations.mmap(here, { ...request, kind, file: '/f', at: other }));
        race.perform(race.call('user_memset', { s: AT, c: 0x55, count: 1 }));
        race.run(seed, race.touch(race.main, other, access), (here) =>
          haiku.operations.munmap(here, { address: AT, length: 0x2000 }),
        );
        race.perform((here) => haiku.operations.munmap(here, { address: other, length: 0x2000 }));
        const file = findFile(race.driver.machine, '/f');
        assert.ok(file !== null);
        assert.deepEqual([...readFile(file, 0, 2)], [0x55, 7], `schedule ${String(seed)}`);
      }
    });
  }

  it('65: the pageout daemon against writes: what was written last is on the disk in the end', () => {
    for (let seed = 0; seed < SCHEDULES; seed++) {
      const race = new Race({ kind: 'shared', file: '/f' });
      const { driver, state } = race;
      haiku.setDaemon?.(driver.engine, 'pageout-daemon', true);
      race.perform(race.touch(race.main, AT, Access.write));
      const page =
        [...state.cache_refs.values()].find(({ cache }) => cache.store.vnode?.path === '/f')?.cache.pages.get(0) ?? -1;
      assert.ok(page > 0);
      race.perform(race.call('scan_pages', { aspace: race.process.aspace, target: 0 }));
      const write = function* (here: Activation): KernelGenerator<void> {
        for (let round = 0; round < 3; round++) {
          yield* race.call('user_memset', { s: AT + round, c: 0x30 + round + (seed % 8), count: 1 })(here);
          yield* race.call('scan_pages', { aspace: race.process.aspace, target: 0 })(here);
        }
      };
      race.run(seed, write, race.touch(race.second, AT + 0x1000, Access.read));
      race.perform((here) => haiku.operations.munmap(here, { address: AT, length: 0x2000 }));
      const file = findFile(driver.machine, '/f');
      assert.ok(file !== null);
      assert.deepEqual([...readFile(file, 0, 4)], [0, 1, 2].map((round) => 0x30 + round + (seed % 8)).concat(7));
    }
  });

  it('4.12: a contiguous region against a thread that writes to it: what it wrote stays, in contiguous frames', () => {
    const start = AT + 0x10_0000;
    const region = { aid: 1, name: 'c', address: start, addr_type: 1, size: 0x3000, wiring: 3, lock: 1 };
    const ends = new Set<unknown>();
    for (let seed = 0; seed < SCHEDULES; seed++) {
      const race = new Race({});
      const { driver, state } = race;
      const [, wrote] = race.run(
        seed,
        race.call('vm_create_anonymous_region', region),
        race.call('user_memset', { s: start + 0x1000, c: 0x5a, count: 2 }),
      );
      ends.add(wrote);
      const frames = [0, 1, 2].map((page) => driver.tryAccess(race.main, start + page * 0x1000, Access.read) as number);
      const [first = 0] = frames;
      assert.deepEqual(frames, [first, first + 0x1000, first + 0x2000], `schedule ${String(seed)}`);
      const expected = wrote === 0 ? [0x5a, 0x5a, 0] : [0, 0, 0];
      assert.deepEqual([...readBytes(driver.machine, first + 0x1000, 3)], expected, `schedule ${String(seed)}`);
      assert.ok(frames.every((pa) => state.pages.state[pa / 0x1000] === PAGE_STATE_WIRED));
    }
    assert.deepEqual([...ends].sort(), [0, 'ERR_VM_BAD_USER_MEMORY']);
  });
});
