import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { usedBytes } from '../../../simulator/hardware/linear-memory.ts';
import { memoryEquals, memorySnapshot, restoreMemory } from '../../../simulator/hardware/memory-snapshot.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import {
  clusterOfPpn, copyFrame, framesPerCluster, isFrame, loadFrame, pageOfPpn, poisonFrame, ppnAt, readBytes, readFrame32, readFrame8,
  writeBytes, writeFrame32, writeFrame8, zeroFrame,
} from '../../../simulator/hardware/physical-memory.ts'; // prettier-ignore
import { addDevice } from '../../../simulator/hardware/device-window.ts';
import { nextRandom } from '../../../simulator/hardware/random.ts';
import { machineOf } from './tables.ts';

const MIB = 2 ** 20;

describe('physical memory: places', () => {
  it('puts the cluster identifier above 20 bits of page on TSAR, 28 on x86-64', () => {
    const tsar = machineOf('tsar');
    assert.equal(ppnAt(tsar, 3, 0x42), 0x110_0042);
    assert.deepEqual([clusterOfPpn(tsar, 0x100_0042), pageOfPpn(tsar, 0x100_0042)], [2, 0x42]);
    assert.equal(ppnAt(machineOf('x86-64', { mesh: { width: 2, height: 2 } }), 3, 0x42), 0x1_1000_0042);
  });
  it('puts the banks of x86-32 one after another, since an address has no room for the cluster', () => {
    const machine = machineOf('i386', { mesh: { width: 2, height: 2 }, memoryBytes: 4 * MIB });
    assert.equal(ppnAt(machine, 3, 0x42), 3 * 1024 + 0x42);
    assert.deepEqual([clusterOfPpn(machine, 2 * 1024 + 7), pageOfPpn(machine, 2 * 1024 + 7)], [2, 7]);
    assert.deepEqual(
      [isFrame(machine, 4095), isFrame(machine, 4096), clusterOfPpn(machine, 0xe_0000)],
      [true, false, 0],
    );
    writeFrame32(machine, 3 * 1024, 0, 0x5a5a);
    assert.equal(readFrame32(machine, ppnAt(machine, 3, 0), 0), 0x5a5a);
  });
  it('knows where there is memory', () => {
    const machine = machineOf('tsar');
    assert.equal(framesPerCluster(machine), 4096);
    const cases: [number, boolean][] = [[0, true], [4095, true], [4096, false], [0x10_0000, true], [0x20_0000, false], [0x110_0fff, true], [0x200_0000, false], [-1, false], [0.5, false], [2 ** 28, false]]; // prettier-ignore
    for (const [ppn, expected] of cases) assert.equal(isFrame(machine, ppn), expected, ppn.toString(16));
    assert.equal(clusterOfPpn(machine, 0x200_0000), -1);
  });
  it('refuses what is no memory as a bug', () => {
    assert.throws(() => readFrame32(machineOf('tsar'), 4096, 0), /no memory at physical page 0x1000/);
  });
});

describe('physical memory: bytes', () => {
  it('is little-endian', () => {
    const machine = machineOf('tsar');
    writeFrame32(machine, 5, 8, 0x1234_5678);
    assert.deepEqual([...readBytes(machine, 5 * 4096 + 8, 4)], [0x78, 0x56, 0x34, 0x12]);
    writeFrame8(machine, 5, 11, 0xff);
    assert.equal(readFrame32(machine, 5, 8), 0xff34_5678);
    assert.equal(readFrame8(machine, 5, 8), 0x78);
  });
  it('goes on across frames', () => {
    const machine = machineOf('tsar');
    writeBytes(machine, 0x1_0000_5ffe, new Uint8Array([1, 2, 3, 4]));
    assert.equal(readFrame8(machine, 0x10_0005, 4095), 2);
    assert.equal(readFrame8(machine, 0x10_0006, 0), 3);
    assert.deepEqual([...readBytes(machine, 0x1_0000_5ffd, 6)], [0xfb, 1, 2, 3, 4, 0xfb]);
  });
  it('refuses bytes that do not fit a frame', () => {
    assert.throws(() => { loadFrame(machineOf('tsar'), 0, new Uint8Array(10), 4090); }, /do not fit/); // prettier-ignore
  });
  it('reads device pages as all ones and drops writes', () => {
    const machine = machineOf('tsar');
    addDevice(machine, { name: 'frame buffer', ppn: 0x8_0000, pages: 2 });
    writeBytes(machine, 0x8000_0000, new Uint8Array([1, 2]));
    assert.deepEqual([...readBytes(machine, 0x8000_0000, 2)], [0xff, 0xff]);
  });
  it('agrees with a flat array over random writes, copies, zeroing and poison', () => {
    const frames = [0, 1, 4095, 0x10_0000, 0x110_0fff];
    const step = fc.record({
      what: fc.nat(5),
      frame: fc.nat(4),
      other: fc.nat(4),
      offset: fc.nat(4095),
      value: fc.nat(255),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const machine = machineOf('tsar');
      const model = frames.map(() => new Uint8Array(4096).fill(0xfb));
      for (const { what, frame, other, offset, value } of steps) {
        const ppn = frames[frame] as number;
        const bytes = model[frame] as Uint8Array;
        if (what === 0) { writeFrame8(machine, ppn, offset, value); bytes[offset] = value; }
        else if (what === 1) { zeroFrame(machine, ppn); bytes.fill(0); }
        else if (what === 2) { poisonFrame(machine, ppn, 'free'); bytes.fill(0xfb); }
        else if (what === 3) { poisonFrame(machine, ppn, 'fresh'); bytes.fill(0xfa); }
        else if (what === 4) { copyFrame(machine, ppn, frames[other] as number); bytes.set(model[other] as Uint8Array); }
        else { writeFrame32(machine, ppn, offset & ~3, value * 0x0101_0101); bytes.fill(value, offset & ~3, (offset & ~3) + 4); }
      }
      frames.forEach((ppn, index) => { assert.deepEqual(readBytes(machine, ppn * 4096, 4096), model[index]); });
    })); // prettier-ignore
  });
});

describe('physical memory: poison', () => {
  it('never-touched and freed frames read 0xFB, fresh ones 0xFA, zeroed ones 0', () => {
    const machine = machineOf('tsar');
    assert.equal(readFrame32(machine, 7, 0), 0xfbfb_fbfb);
    writeFrame32(machine, 7, 0, 1);
    poisonFrame(machine, 7, 'fresh');
    assert.equal(readFrame32(machine, 7, 0), 0xfafa_fafa);
    zeroFrame(machine, 7);
    assert.equal(readFrame32(machine, 7, 4), 0);
    poisonFrame(machine, 7, 'free');
    assert.equal(readFrame8(machine, 7, 4095), 0xfb);
  });
  it('a partial write keeps the pattern around it', () => {
    const machine = machineOf('tsar');
    poisonFrame(machine, 7, 'fresh');
    writeFrame8(machine, 7, 1, 0);
    assert.equal(readFrame32(machine, 7, 0), 0xfafa_00fa);
  });
  it('patterns take no memory, and give back what a frame took', () => {
    const machine = machineOf('tsar');
    zeroFrame(machine, 0); // the directory page of the bank's first frames
    const before = usedBytes(machine.memory);
    for (let ppn = 0; ppn < 1024; ppn++) zeroFrame(machine, ppn);
    assert.equal(usedBytes(machine.memory), before);
    for (let round = 0; round < 100; round++) {
      writeFrame32(machine, round, 0, 1);
      poisonFrame(machine, round, 'free');
    }
    assert.equal(usedBytes(machine.memory), before + 4096);
  });
});

describe('physical memory: a sparse machine', () => {
  it('16x16 clusters of 16 MiB start in a few MB', () => {
    const machine = machineOf('tsar', { mesh: { width: 16, height: 16 } });
    assert.ok(usedBytes(machine.memory) < 2 * MIB, `${usedBytes(machine.memory)} bytes`);
    for (let cluster = 0; cluster < 256; cluster++) writeFrame32(machine, ppnAt(machine, cluster, 4095), 0, cluster);
    assert.ok(machine.memory.buffer.byteLength < 8 * MIB, `${machine.memory.buffer.byteLength} bytes`);
    for (let cluster = 0; cluster < 256; cluster++)
      assert.equal(readFrame32(machine, ppnAt(machine, cluster, 4095), 0), cluster);
  });
  it('the largest machine can be built', () => {
    const machine = machineOf('tsar', { mesh: { width: 16, height: 16 }, coresPerCluster: 8, memoryBytes: 256 * MIB });
    assert.ok(usedBytes(machine.memory) < 8 * MIB, `${usedBytes(machine.memory)} bytes`);
  });
});

function scribble(machine: Machine, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    const ppn = ppnAt(machine, nextRandom(machine, 4), nextRandom(machine, 4096));
    if (nextRandom(machine, 4) === 0) poisonFrame(machine, ppn, 'free');
    else writeFrame32(machine, ppn, 4 * nextRandom(machine, 1024), nextRandom(machine, 2 ** 32));
  }
}

describe('memory snapshots', () => {
  it('restores every byte, forwards and backwards, however much was written since', () => {
    const machine = machineOf('tsar');
    scribble(machine, 50);
    const early = memorySnapshot(machine.memory);
    scribble(machine, 500);
    const late = memorySnapshot(machine.memory, early);
    assert.equal(memoryEquals(machine.memory, early), false);
    restoreMemory(machine.memory, early);
    assert.equal(memoryEquals(machine.memory, early), true);
    const twin = machineOf('tsar');
    scribble(twin, 50);
    assert.equal(memoryEquals(machine.memory, twin.memory), true);
    scribble(machine, 500);
    assert.equal(memoryEquals(machine.memory, late), true, 'running again from a checkpoint gives the same memory');
    scribble(twin, 499);
    assert.equal(memoryEquals(machine.memory, twin.memory), false);
  });
  it('shares the pages that did not change', () => {
    const machine = machineOf('tsar');
    scribble(machine, 100);
    const early = memorySnapshot(machine.memory);
    writeFrame32(machine, 0, 0, 1);
    writeFrame32(machine, 0, 0, 2);
    const late = memorySnapshot(machine.memory, early);
    const changed = late.pages.filter((page, index) => page !== early.pages[index]).length;
    assert.ok(changed >= 1 && changed <= 3, `${changed} pages`);
    const same = memorySnapshot(machine.memory, late);
    assert.ok(same.pages.every((page, index) => page === late.pages[index]));
  });
  it('a snapshot does not follow the machine', () => {
    const machine = machineOf('tsar');
    writeFrame32(machine, 3, 0, 1);
    const snapshot = memorySnapshot(machine.memory);
    writeFrame32(machine, 3, 0, 2);
    restoreMemory(machine.memory, snapshot);
    assert.equal(readFrame32(machine, 3, 0), 1);
  });
  it('a machine is plain data: a structured clone is its equal', () => {
    const machine = machineOf('tsar');
    scribble(machine, 20);
    const clone = structuredClone(machine);
    assert.deepEqual(clone, machine);
    assert.equal(clone.memory.i32.buffer, clone.memory.buffer);
    writeFrame32(clone, 0, 0, 99);
    assert.equal(memoryEquals(machine.memory, clone.memory), false);
  });
});
