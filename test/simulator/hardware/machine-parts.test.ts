import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { addFile, findFile, readFile, removeFile, writeFile } from '../../../simulator/hardware/block-device.ts';
import {
  addCycles,
  cycles,
  isUserMode,
  owner,
  setCycles,
  setOwner,
  setUserMode,
} from '../../../simulator/hardware/core.ts';
import { hops, latency, route, transfer } from '../../../simulator/hardware/interconnect.ts';
import { acknowledgeIpi, isIpiPending, pendingIpi, sendIpi } from '../../../simulator/hardware/interrupt-controller.ts';
import type { MachineConfig } from '../../../simulator/hardware/machine-config.ts';
import {
  clusterIndex, clusterOfCore, clusterOfCxy, coreIndex, cxyOf, presets, validateConfig,
} from '../../../simulator/hardware/machine-config.ts'; // prettier-ignore
import { createMachine } from '../../../simulator/hardware/machine.ts';
import { nextRandom } from '../../../simulator/hardware/random.ts';
import { printLine } from '../../../simulator/hardware/terminal.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { ownEvents, registerEvents, type OwnKind } from '../../../simulator/hardware/own-events.ts';
import { emit, EventKind } from '../../../simulator/hardware/trace-event.ts';
import { pageDown, pageUp } from '../../../simulator/hardware/word.ts';
import { machineOf } from './tables.ts';

const mesh4: MachineConfig = { ...presets.tsar, mesh: { width: 4, height: 4 } };

describe('configuration', () => {
  it('numbers clusters column by column', () => {
    assert.equal(clusterIndex(presets.tsar, 1, 0), 2);
    assert.deepEqual(
      [0, 1, 2, 3].map((cluster) => cxyOf(presets.tsar, cluster)),
      [0x00, 0x01, 0x10, 0x11],
    );
    assert.deepEqual(
      [0x00, 0x11, 0x02, 0x20].map((cxy) => clusterOfCxy(presets.tsar, cxy)),
      [0, 3, -1, -1],
    );
    assert.equal(coreIndex(presets.tsar, 3, 1), 7);
    assert.equal(clusterOfCore(presets.tsar, 7), 3);
  });
  it('the presets are sound', () => {
    for (const preset of Object.values(presets)) assert.deepEqual(validateConfig(preset), []);
  });
  it('names the setting that is wrong, and what to do', () => {
    const cases: [Partial<MachineConfig>, string][] = [
      [{ mesh: { width: 17, height: 1 } }, 'mesh'], [{ mesh: { width: 0, height: 1 } }, 'mesh'], [{ coresPerCluster: 9 }, 'cores'],
      [{ memoryBytes: 4096 * 63 }, 'memory'], [{ memoryBytes: 2 ** 24 + 1 }, 'memory'], [{ memoryBytes: 2 ** 29 }, 'memory'],
      [{ paging: 'x86-32', mesh: { width: 4, height: 4 }, memoryBytes: 256 * 2 ** 20 }, 'memory'], [{ paging: 'arm' as 'tsar' }, 'paging'], [{ preset: 'vax' as 'tsar' }, 'preset'],
      [{ tlb: { sets: 3, ways: 8 } }, 'tlb'], [{ tlb: { sets: 8, ways: 17 } }, 'tlb'], [{ seed: -1 }, 'seed'],
      [{ cost: { ...presets.tsar.cost, HOP: 0.5 } }, 'cost'], [{ cost: { ...presets.tsar.cost, CYCLES_PER_US: 0 } }, 'cost'],
    ]; // prettier-ignore
    for (const [change, setting] of cases) {
      const problems = validateConfig({ ...presets.tsar, ...change });
      assert.deepEqual(
        problems.map((problem) => problem.setting),
        [setting],
        JSON.stringify(change),
      );
      assert.ok((problems[0]?.message.length ?? 0) > 10);
    }
    assert.throws(() => createMachine({ ...presets.tsar, seed: -1 }), /seed: /);
  });
});

describe('network (ALMOS-MKH 10.8)', () => {
  it('case 68: 0x00 to 0x11 goes by 0x10, two hops, 48 cycles', () => {
    assert.deepEqual(
      route(presets.tsar, 0, 3).map((cluster) => cxyOf(presets.tsar, cluster)),
      [0x00, 0x10, 0x11],
    );
    assert.equal(hops(presets.tsar, 0, 3), 2);
    assert.equal(latency(presets.tsar, 0, 3), 48);
  });
  it('the answer comes back another way', () => {
    assert.deepEqual(
      route(presets.tsar, 3, 0).map((cluster) => cxyOf(presets.tsar, cluster)),
      [0x11, 0x01, 0x00],
    );
  });
  it('costs 20, 40, 48, 56 for no hop to three', () => {
    const far = [0, clusterIndex(mesh4, 1, 0), clusterIndex(mesh4, 1, 1), clusterIndex(mesh4, 1, 2)];
    assert.deepEqual(
      far.map((cluster) => latency(mesh4, 0, cluster)),
      [20, 40, 48, 56],
    );
  });
  it('every route is a walk of neighbours as long as its hops, x before y', () => {
    const big: MachineConfig = { ...presets.tsar, mesh: { width: 5, height: 3 } };
    for (let from = 0; from < 15; from++) {
      for (let to = 0; to < 15; to++) {
        const way = route(big, from, to);
        assert.deepEqual([way[0], way.at(-1), way.length], [from, to, hops(big, from, to) + 1]);
        const turns = way
          .slice(1)
          .map((cluster, index) => (Math.abs(cluster - (way[index] as number)) === 3 ? 'x' : 'y'))
          .join('');
        assert.match(turns, /^x*y*$/);
      }
    }
  });
  it('contention costs a hop for each busy link, and only when asked for', () => {
    const machine = createMachine(presets.tsar);
    assert.deepEqual([transfer(machine, 0, 3, 0), transfer(machine, 0, 3, 0)], [48, 48]);
    machine.network.contention = true;
    assert.deepEqual(
      [transfer(machine, 0, 3, 0), transfer(machine, 0, 3, 0), transfer(machine, 0, 3, 4)],
      [48, 64, 48],
    );
    assert.equal(transfer(machine, 0, 2, 6), 44, 'its way there is shared, its way back is free');
    assert.equal(transfer(machine, 1, 1, 6), 20);
  });
});

describe('cores and interrupts', () => {
  it('each core has its own clock, owner and mode', () => {
    const machine = machineOf('tsar');
    addCycles(machine, 7, 10);
    addCycles(machine, 7, 2 ** 40);
    setCycles(machine, 6, 5);
    setOwner(machine, 7, 3);
    setUserMode(machine, 7, true);
    assert.deepEqual([cycles(machine, 7), cycles(machine, 6), cycles(machine, 0)], [2 ** 40 + 10, 5, 0]);
    assert.deepEqual(
      [owner(machine, 7), owner(machine, 6), isUserMode(machine, 7), isUserMode(machine, 6)],
      [3, 0, true, false],
    );
  });
  it('a mailbox raises, shows and acknowledges an interrupt', () => {
    const machine = machineOf('tsar');
    assert.equal(acknowledgeIpi(machine, 3), null);
    machine.cause.core = 5;
    sendIpi(machine, 3, 42);
    assert.deepEqual([isIpiPending(machine, 3), isIpiPending(machine, 2)], [true, false]);
    assert.deepEqual(pendingIpi(machine, 3), { value: 42, from: 5 });
    assert.deepEqual(acknowledgeIpi(machine, 3), { value: 42, from: 5 });
    assert.equal(acknowledgeIpi(machine, 3), null);
  });
  it('chance follows the seed alone', () => {
    const draw = (seed: number): number[] => {
      const machine = machineOf('tsar', { seed });
      return Array.from({ length: 200 }, () => nextRandom(machine, 10));
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    assert.deepEqual([...new Set(draw(7))].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('block device and terminal', () => {
  it('reads what a file holds, zeros beyond its end', () => {
    const machine = machineOf('tsar');
    const file = addFile(machine, {
      name: 'a',
      cluster: 1,
      size: 6,
      contents: { kind: 'bytes', bytes: new Uint8Array([1, 2, 3, 4]) },
    });
    assert.deepEqual([...readFile(file, 2, 6)], [3, 4, 0, 0, 0, 0]);
    assert.equal(findFile(machine, 'a'), file);
    assert.throws(() => addFile(machine, file), /file a already/);
    removeFile(machine, 'a');
    assert.equal(findFile(machine, 'a'), null);
  });
  it('agrees with a flat array over random writes', () => {
    const part = fc.record({ offset: fc.nat(20_000), length: fc.integer({ min: 1, max: 9000 }), byte: fc.nat(255) });
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }), part, (writes, probe) => {
      const file = addFile(machineOf('i386'), { name: 'f', cluster: 0, size: 10_000, contents: { kind: 'fill', byte: 0xaa } });
      const model = new Uint8Array(40_000);
      model.fill(0xaa, 0, 10_000);
      let size = 10_000;
      for (const { offset, length, byte } of writes) {
        writeFile(file, offset, new Uint8Array(length).fill(byte));
        model.fill(byte, offset, offset + length);
        size = Math.max(size, offset + length);
      }
      assert.equal(file.size, size);
      assert.deepEqual(readFile(file, probe.offset, probe.length), model.slice(probe.offset, probe.offset + probe.length));
    })); // prettier-ignore
  });
  it('a write never changes bytes in place, so that older states may share them', () => {
    const bytes = new Uint8Array([1, 2]);
    const file = addFile(machineOf('i386'), { name: 'f', cluster: 0, size: 2, contents: { kind: 'bytes', bytes } });
    writeFile(file, 0, new Uint8Array([9]));
    const before = file.written[0];
    writeFile(file, 1, new Uint8Array([8]));
    assert.deepEqual([...bytes, before?.[1]], [1, 2, 2]);
    assert.deepEqual([...readFile(file, 0, 2)], [9, 8]);
  });
  it('prints lines', () => {
    const machine = machineOf('tsar');
    printLine(machine, 'one');
    printLine(machine, 'two\nthree\n');
    assert.deepEqual(machine.terminal.lines, ['one', 'two', 'three']);
  });
});

describe('events', () => {
  it('count by owner and cluster, and are recorded only when somebody listens', () => {
    const machine = machineOf('tsar');
    emit(machine, EventKind.pageAlloc, 1, { ppn: 5, pages: 1 });
    Object.assign(machine.cause, { core: 2, owner: 3, thread: 't', line: 7, step: 11, event: 0 });
    machine.trace.on = true;
    setCycles(machine, 2, 90);
    emit(machine, EventKind.pageAlloc, 2, { ppn: 6, pages: 1 });
    assert.deepEqual(machine.trace.events, [
      {
        id: 1, name: 'page-alloc', isOwn: false, step: 11, cycle: 90, core: 2, cluster: 2, owner: 3, thread: 't', line: 7, cause: 0,
        fields: { ppn: 6, pages: 1 },
      },
    ]); // prettier-ignore
    assert.deepEqual([countOf(machine, 'page-alloc'), countOf(machine, 'page-alloc', { owner: 3 }), countOf(machine, 'page-alloc', { cluster: 1 })], [2, 1, 1]); // prettier-ignore
    assert.deepEqual([countOf(machine, 'page-alloc', { owner: 3, cluster: 1 }), countOf(machine, 'nonsense')], [0, 0]);
  });
  it('have the names that scenarios use', () => {
    const machine = machineOf('tsar');
    const names = 'access tlb-hit tlb-miss page-walk page-fault false-fault cow-fault segv page-alloc page-free page-zero page-copy pte-set pte-clear tlb-flush rpc lock-wait region-create region-remove region-split mapper-miss remote-access page-out page-in oom'; // prettier-ignore
    for (const name of names.split(' ')) {
      const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as keyof typeof EventKind;
      assert.equal(machine.counters.ids[name], EventKind[key], name);
    }
    assert.equal(machine.counters.names.length, Object.keys(EventKind).length);
    assert.equal(countOf(machine, 'toString'), 0);
  });
  it("make room for a kernel's own, without losing counts", () => {
    const machine = machineOf('tsar');
    emit(machine, EventKind.oom, 3, { call: null, error: 'OOM' });
    const services = Array.from(
      { length: 100 },
      (_, index) => [`rpc:SERVICE_${index}`, { server: 'cluster' }] as const,
    );
    const own = ownEvents(Object.fromEntries(services));
    registerEvents(machine, own);
    emit(machine, own.kinds['rpc:SERVICE_99'] as OwnKind, 2, { server: 1 });
    assert.deepEqual(
      [countOf(machine, 'oom', { cluster: 3 }), countOf(machine, 'rpc:SERVICE_99', { cluster: 2 })],
      [1, 1],
    );
    assert.equal(countOf(machine, 'rpc:SERVICE_98'), 0);
    assert.throws(() => registerEvents(machine, own), /two events have the name rpc:SERVICE_0/);
  });
});

describe('words', () => {
  it('round to pages', () => {
    assert.deepEqual([pageDown(8191), pageUp(8191), pageUp(8192)], [4096, 8192, 8192]);
  });
});
