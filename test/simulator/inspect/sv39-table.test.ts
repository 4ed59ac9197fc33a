import { strict as assert } from 'node:assert';
import { createMachine, type Machine } from '../../../simulator/hardware/machine.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { writeFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import type {
  AddressSpaceModel,
  PageModel,
  PageTableModel,
  TranslateModel,
} from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { inspectable, region } from './one-table.ts';

const V = 1;
const R = 2;
const W = 4;
const X = 8;
const U = 0x10;
const G = 0x20;
const A = 0x40;
const D = 0x80;
const RSW0 = 0x100;
/** The upper half, as the machine counts and as people write it. */
const UPPER = 2 ** 39 - 4096;

function put(machine: Machine, table: number, index: number, frame: number, bits: number): void {
  writeFrame32(machine, table, index * 8, frame * 1024 + bits);
}

/** Pages at 0x400000, a big page at 0x40000000, one in the upper half below a global pointer, and what is refused. */
function machineWithTables(): Machine {
  const machine = createMachine(presets.rv64);
  for (let table = 1; table <= 7; table++) zeroFrame(machine, table);
  put(machine, 1, 0, 2, V);
  put(machine, 2, 2, 3, V);
  put(machine, 3, 0, 100, V | R | W | U | A | D);
  put(machine, 3, 1, 101, V | R | U | A | RSW0);
  put(machine, 3, 2, 102, V | X | U);
  put(machine, 3, 3, 103, V | W | U);
  put(machine, 1, 1, 4, V);
  put(machine, 4, 0, 512, V | R | W | U);
  put(machine, 4, 1, 513, V | R | W | U);
  put(machine, 1, 511, 5, V | G);
  put(machine, 5, 511, 6, V);
  put(machine, 6, 511, 104, V | R);
  return machine;
}

describe('inspecting Sv39 tables', () => {
  const inspector = new Inspector(inspectable(machineWithTables(), [region(0x400000, 0x404000, 'data', true)], RSW0));
  const ask = <T>(command: string, args: object = {}): T => inspector.answer(command, args) as T;

  it('an address space has 39 bits', () => {
    const space = ask<AddressSpaceModel>('addressSpace');
    assert.equal(space.context.addressBits, 39);
    assert.deepEqual(
      space.regions.map(({ resident, cow }) => [resident, cow]),
      [[4, 1]],
    );
  });

  it('titles and words are those of the manual', () => {
    const table = ask<PageTableModel>('pageTable');
    assert.deepEqual([table.format, table.root], ['Sv39, three levels', 'satp 0x8000000000000001']);
    assert.deepEqual(
      table.rows.map((row) => (row.kind === 'table' ? row.title : row.vpn)),
      [
        'L2[0x000] L1[0x002] → L0',
        0x400,
        0x401,
        0x402,
        0x403,
        'L2[0x001] → L1',
        0x40000,
        0x40200,
        'L2[0x1ff] L1[0x1ff] → L0',
        UPPER / 4096,
      ],
    );
    const bitsOf = (index: number): string => {
      const row = table.rows[index];
      assert.ok(row?.kind === 'entry');
      return row.entry.bits.flatMap(({ name, set }) => (set ? [name] : [])).join('');
    };
    assert.deepEqual([1, 2, 3, 4].map(bitsOf), ['DAUWRV', 'AURVCOW', 'UXV', 'UWV']);
    const [, first] = table.rows;
    assert.ok(first?.kind === 'entry');
    assert.deepEqual(first.entry.words, ['00000000000190D7']);
  });

  it('an address is cut into VPN[2], VPN[1], VPN[0] and the offset', () => {
    const model = ask<TranslateModel>('translate', { address: 0x401234 });
    assert.deepEqual(
      model.fields.map(({ name, doc, highBit, lowBit, value }) => [name, doc, highBit, lowBit, value]),
      [
        ['VPN[2]', 'entry of L2', 38, 30, 0],
        ['VPN[1]', 'entry of L1', 29, 21, 2],
        ['VPN[0]', 'entry of L0', 20, 12, 1],
        ['offset', 'in the page', 11, 0, 0x234],
      ],
    );
    assert.equal(model.physical, 101 * 4096 + 0x234);
    const big = ask<TranslateModel>('translate', { address: 0x4001_2345 });
    assert.deepEqual(big.fields.map(({ name, highBit }) => `${name} ${highBit}`), ['VPN[2] 38', 'VPN[1] 29', 'offset 20']); // prettier-ignore
    assert.equal(big.physical, 512 * 4096 + 0x1_2345);
  });

  it('a walk ends where the hardware refuses the entry', () => {
    for (const [address, outcomes] of [
      [0x403000, ['table', 'table', 'reserved']],
      [0x4020_0000, ['table', 'reserved']],
    ] as const) {
      const model = ask<TranslateModel>('translate', { address });
      assert.deepEqual([model.walk.map(({ outcome }) => outcome), model.physical], [outcomes, null]);
    }
  });

  it('takes the upper half as people write it, and refuses what is not sign-extended from bit 38', () => {
    const top = ask<TranslateModel>('translate', { address: '0xfffffffffffff008' });
    assert.deepEqual([top.address, top.physical], [UPPER + 8, 104 * 4096 + 8]);
    for (const address of ['0x4000000000', '0xffffffbfffffffff'])
      for (const [command, argument] of [['translate', 'address'], ['pageTable', 'find'], ['addressSpace', 'start']] as const)
        assert.throws(() => ask(command, { [argument]: address }), /has to be an address of this machine/, command); // prettier-ignore
    assert.throws(() => ask('page', { vpn: 2 ** 27 }), /vpn/);
    assert.equal(ask<PageModel>('page', { vpn: 2 ** 27 - 1 }).frame?.ppn, 104);
  });
});
