import { strict as assert } from 'node:assert';
import {
  badAddress,
  cycles,
  exceptionCode,
  setMmuMode,
  setPageTableRoot,
  setWriteProtect,
} from '../../../simulator/hardware/core.ts';
import { addDevice } from '../../../simulator/hardware/device-window.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { MmuRegister, readMmuRegister, writeMmuRegister } from '../../../simulator/hardware/mmu-register.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { inspectEntry, inspectWalk } from '../../../simulator/hardware/page-table-walker.ts';
import { readFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { fetch, machineOf, mapTsar, read, refusal, setPt1, tsarRoot, write } from './tables.ts';

const DATA = 0x8d00_0000; // V C W U
const CODE = 0x8b00_0000; // V C X U
const KENTRY = 0x8a80_0000; // V C X G, no U

function machineWith(word0: number, ppn = 0x106): Machine {
  const machine = machineOf('tsar');
  mapTsar(machine, tsarRoot(machine), 0x102, 0x402, word0, ppn);
  return machine;
}

describe('TSAR: address split and walk', () => {
  it('case 66: 0x00402ABC is IX1 2, IX2 2, offset 0xABC', () => {
    const machine = machineOf('tsar');
    tsarRoot(machine);
    zeroFrame(machine, 0x102);
    setPt1(machine, 0x100, 2, 0xc000_0102);
    mapTsar(machine, 0x100, 0x102, 0x402, DATA, 0x106);
    assert.equal(readFrame32(machine, 0x102, 2 * 8), DATA);
    assert.equal(translate(machine, 0, 0x0040_2abc, read, true), 0x10_6abc);
  });
  it('reads the second half of PT1 from its second frame', () => {
    const machine = machineOf('tsar');
    mapTsar(machine, tsarRoot(machine), 0x102, 0xfffff, DATA, 0x106);
    assert.equal(readFrame32(machine, 0x101, 4092), 0xc000_0102);
    assert.equal(translate(machine, 0, 0xffff_ffff, read, true), 0x10_6fff);
  });
  it('maps 2 MiB by a PTE1', () => {
    const machine = machineOf('tsar');
    tsarRoot(machine);
    setPt1(machine, 0x100, 3, 0x8d00_0001); // frames 0x200 and up
    assert.equal(translate(machine, 0, 0x0060_0000 + 0x12_3456, write, true), 0x20_0000 + 0x12_3456);
    assert.equal(readFrame32(machine, 0x100, 12), 0x8d00_0001 + 0x2000_0000 + 0x0040_0000);
    const view = inspectEntry(machine, 0x100, 0x0072_3456);
    assert.deepEqual([view?.big, view?.ppn, view?.level, view?.pages], [true, 0x323, 1, 512]);
  });
  it('translates to another cluster: cxy in bits 39..32', () => {
    const machine = machineWith(DATA, 0x110_0042);
    assert.equal(translate(machine, 0, 0x0040_2010, read, true), 0x11_0004_2010);
  });
  it('case 67: PTPR holds bits 39..13 of the table', () => {
    const machine = machineOf('tsar');
    setPageTableRoot(machine, 0, 0x100);
    assert.equal(readMmuRegister(machine, 0, MmuRegister.PTPR, false), 0x80);
    setPageTableRoot(machine, 0, 0x100_0102);
    assert.equal(readMmuRegister(machine, 0, MmuRegister.PTPR, false), 0x80_0081);
  });
});

describe('TSAR: exception codes (ALMOS-MKH 10.5)', () => {
  it('the write right binds supervisors whatever a bit of x86 says', () => {
    const machine = machineWith(0x8900_0000);
    setWriteProtect(machine, 0, false);
    assert.equal(refusal(machine, 0x40_2000, write, false), 0x8);
  });
  it('PT1_UNMAPPED', () => {
    const machine = machineWith(DATA);
    assert.deepEqual(
      [write, read, fetch].map((access) => refusal(machine, 0x1000_0000, access)),
      [0x0001, 0x1001, 0x1001],
    );
    assert.deepEqual([machine.fault.kind, machine.fault.level], ['absent', 1]);
  });
  it('PT2_UNMAPPED', () => {
    const machine = machineWith(DATA);
    assert.deepEqual(
      [write, read, fetch].map((access) => refusal(machine, 0x0040_3000, access)),
      [0x0002, 0x1002, 0x1002],
    );
    assert.equal(machine.fault.level, 2);
  });
  it('case 65: violations, from the walk and from the TLB', () => {
    for (const warm of [false, true]) {
      const data = machineWith(DATA);
      const code = machineWith(CODE);
      const kernel = machineWith(KENTRY);
      if (warm) {
        translate(data, 0, 0x40_2000, read, true);
        translate(code, 0, 0x40_2000, fetch, true);
        translate(code, 0, 0x40_2000, read, true);
        translate(kernel, 0, 0x40_2000, read, false);
        translate(kernel, 0, 0x40_2000, fetch, false);
      }
      assert.equal(refusal(data, 0x40_2000, fetch), 0x1010);
      assert.equal(refusal(code, 0x40_2000, write), 0x0008);
      assert.equal(refusal(kernel, 0x40_2000, read), 0x1004);
      assert.equal(refusal(kernel, 0x40_2000, fetch), 0x1004);
      assert.equal(refusal(kernel, 0x40_2000, write), 0x0004, 'privilege comes before the write right');
      assert.equal(refusal(kernel, 0x40_2000, write, false), 0x0008, 'the write right binds the kernel');
      assert.equal(kernel.fault.kind, 'rights');
    }
  });
  it('privilege is checked before execution', () => {
    assert.equal(refusal(machineWith(0x8800_0000), 0x40_2000, fetch), 0x1004);
    assert.equal(refusal(machineWith(0x8800_0000), 0x40_2000, fetch, false), 0x1010);
  });
  it('PT1_ILLEGAL_ACCESS and PT2_ILLEGAL_ACCESS: a table outside memory', () => {
    const machine = machineOf('tsar');
    setPageTableRoot(machine, 0, 0x200_0000); // x = 2 in a 2x2 mesh
    assert.equal(refusal(machine, 0, write), 0x0040);
    assert.equal(refusal(machine, 0, read), 0x1040);
    tsarRoot(machine);
    setPt1(machine, 0x100, 0, 0xc000_1000); // page 4096 of a bank of 4096
    assert.equal(refusal(machine, 0, write), 0x0080);
    assert.equal(refusal(machine, 0, fetch), 0x1080);
    assert.equal(machine.fault.kind, 'bus');
  });
  it('a core without a table has no first level', () => {
    assert.equal(refusal(machineOf('tsar'), 0, read), 0x1040);
  });
  it('CACHE_ILLEGAL_ACCESS: nothing answers at the physical address', () => {
    const machine = machineWith(DATA, 0x200_0000);
    assert.equal(refusal(machine, 0x40_2000, write), 0x0100);
    assert.equal(refusal(machine, 0x40_2000, read), 0x1100);
    addDevice(machine, { name: 'tty', ppn: 0x200_0000, pages: 1 });
    assert.equal(translate(machine, 0, 0x40_2004, write, true), 0x20_0000_0004);
  });
  it('a big page that reaches beyond the bank answers only inside', () => {
    const machine = machineOf('tsar', { memoryBytes: 0x21_0000 });
    tsarRoot(machine);
    setPt1(machine, 0x100, 0, 0x8d00_0001);
    assert.equal(translate(machine, 0, 0x0_f000, read, true), 0x20_f000);
    assert.equal(refusal(machine, 0x1_0000, read), 0x1100);
  });
  it('UNDEFINED_XTN: a register that is none; privilege: a register in user mode', () => {
    const machine = machineOf('tsar');
    assert.equal(readMmuRegister(machine, 0, 40, false), -1);
    assert.equal(machine.fault.code, 0x1020);
    assert.equal(writeMmuRegister(machine, 0, 40, 0, false), -1);
    assert.equal(machine.fault.code, 0x0020);
    assert.equal(writeMmuRegister(machine, 0, 0, 0, true), -1);
    assert.equal(machine.fault.code, 0x0004);
    assert.equal(readMmuRegister(machine, 0, 0, true), -1);
    assert.equal(machine.fault.code, 0x1004);
  });
  it('keeps code and address in the registers of the kind of access', () => {
    const machine = machineWith(DATA);
    refusal(machine, 0x40_3004, write);
    refusal(machine, 0x40_2008, fetch);
    assert.deepEqual([exceptionCode(machine, 0, false), badAddress(machine, 0, false)], [0x0002, 0x40_3004]);
    assert.deepEqual([exceptionCode(machine, 0, true), badAddress(machine, 0, true)], [0x1010, 0x40_2008]);
    assert.equal(readMmuRegister(machine, 0, 12, false), 0x0002);
    assert.equal(readMmuRegister(machine, 0, 13, false), 0x40_2008);
  });
  it('an address of more than 32 bits is refused without a walk', () => {
    const machine = machineWith(DATA);
    translate(machine, 0, 2 ** 32, read, true);
    assert.deepEqual([machine.fault.kind, machine.fault.level], ['address', 0]);
    assert.equal(countOf(machine, 'page-walk'), 0);
  });
});

describe('TSAR: L, R and D', () => {
  const word0 = (machine: Machine): number => readFrame32(machine, 0x102, 16);
  it('a local reader sets L, a writer D too', () => {
    const machine = machineWith(DATA);
    translate(machine, 0, 0x40_2000, read, true);
    assert.equal(word0(machine), DATA + 0x2000_0000);
    translate(machine, 0, 0x40_2000, write, true);
    assert.equal(word0(machine), DATA + 0x2000_0000 + 0x0040_0000);
  });
  it('a core of another cluster sets R', () => {
    const machine = machineWith(DATA);
    setPageTableRoot(machine, 4, 0x100); // cluster index 2 = (1,0)
    translate(machine, 4, 0x40_2000, write, true);
    assert.equal(word0(machine), DATA + 0x1000_0000 + 0x0040_0000);
  });
  it('a refused access sets nothing', () => {
    const machine = machineWith(CODE);
    refusal(machine, 0x40_2000, write);
    assert.equal(word0(machine), CODE);
  });
});

describe('TSAR: cycles and events', () => {
  it('a small page costs two table reads, a big one one, a hit only T_L1', () => {
    const machine = machineWith(DATA);
    setPt1(machine, 0x100, 3, 0x8d00_0001);
    translate(machine, 0, 0x40_2000, read, true);
    assert.equal(cycles(machine, 0), 41);
    translate(machine, 0, 0x40_2000, read, true);
    assert.equal(cycles(machine, 0), 42);
    translate(machine, 0, 0x60_0000, read, true);
    assert.equal(cycles(machine, 0), 63);
  });
  it('remote tables cost the network', () => {
    const machine = machineWith(DATA);
    setPageTableRoot(machine, 6, 0x100); // cluster (1,1), two hops: 2 * 48 + 1
    translate(machine, 6, 0x40_2000, read, true);
    assert.equal(cycles(machine, 6), 97);
  });
  it('counts an access once, however often it faults', () => {
    const machine = machineWith(0);
    refusal(machine, 0x40_2000, read);
    mapTsar(machine, 0x100, 0x102, 0x402, DATA, 0x106);
    translate(machine, 0, 0x40_2000, read, true);
    translate(machine, 0, 0x40_2000, read, true);
    const counts = ['access', 'tlb-miss', 'page-walk', 'tlb-hit'].map((name) => countOf(machine, name));
    assert.deepEqual(counts, [2, 2, 2, 1]);
  });
  it('MMU off: the address is physical, in the cluster of the extension register', () => {
    const machine = machineOf('tsar');
    setMmuMode(machine, 0, 0b1011);
    writeMmuRegister(machine, 0, MmuRegister.DATA_PADDR_EXT, 0x10, false);
    assert.equal(translate(machine, 0, 0x1234, write, false), 0x10_0000_1234);
    assert.equal(refusal(machine, 0x100_0000, write, false), 0x0100);
    assert.equal(refusal(machine, 0x1234, fetch, false), 0x1040, 'the fetch side is still on');
  });
});

describe('TSAR: views', () => {
  it('inspection changes nothing and shows every level', () => {
    const machine = machineWith(DATA);
    const views = inspectWalk(machine, 0x100, 0x0040_2abc);
    assert.deepEqual(views.map((view) => [view.table, view.address, view.ppn]), [['PT1', 0x10_0008, 0x102], ['PT2', 0x10_2010, 0x106]]); // prettier-ignore
    assert.equal(readFrame32(machine, 0x102, 16), DATA);
    assert.equal(countOf(machine, 'access') + countOf(machine, 'page-walk'), 0);
  });
  it('an absent first level is the entry seen; a table outside memory is none', () => {
    const machine = machineWith(DATA);
    assert.deepEqual(
      [inspectEntry(machine, 0x100, 0x8000_0000)?.level, inspectEntry(machine, 0x100, 0x8000_0000)?.present],
      [1, false],
    );
    assert.equal(inspectEntry(machine, 0x900_0000, 0), null);
  });
});
