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

const P = 1;
const RW = 2;
const US = 4;
const A = 0x20;
const D = 0x40;
const PS = 0x80;
const AVL9 = 0x200;

function put(machine: Machine, table: number, index: number, frame: number, bits: number): void {
  writeFrame32(machine, table, index * 8, frame * 4096 + bits);
}

/** Pages at 0x400000, a big page at 0x40000000, one in the upper half. */
function machineWithTables(): Machine {
  const machine = createMachine(presets['x86-64']);
  for (let table = 1; table <= 8; table++) zeroFrame(machine, table);
  put(machine, 1, 0, 2, P | RW | US);
  put(machine, 2, 0, 3, P | RW | US);
  put(machine, 3, 2, 4, P | US);
  put(machine, 4, 0, 100, P | RW | US | A | D);
  put(machine, 4, 1, 101, P | US | A | AVL9);
  put(machine, 2, 1, 5, P | RW | US);
  put(machine, 5, 0, 512, P | RW | US | PS);
  put(machine, 1, 511, 6, P | RW);
  put(machine, 6, 511, 7, P | RW);
  put(machine, 7, 511, 8, P | RW);
  put(machine, 8, 511, 102, P | RW);
  return machine;
}

describe('inspecting a kernel with one table, four levels and big pages', () => {
  const source = inspectable(
    machineWithTables(),
    [region(0x400000, 0x404000, 'data', true), region(0x40000000, 0x40000000 + 2 ** 30, 'anon', true)],
    AVL9,
  );
  const inspector = new Inspector(source);
  const ask = <T>(command: string, args: object = {}): T => inspector.answer(command, args) as T;

  it('counts a big page as its 512 pages, and a gigabyte in a few cells', () => {
    const space = ask<AddressSpaceModel>('addressSpace');
    assert.equal(space.context.addressBits, 48);
    const [data, anon] = space.regions;
    assert.deepEqual([data?.resident, data?.cow, anon?.resident, anon?.pages], [2, 1, 512, 262_144]);
    assert.ok((anon?.cells.length ?? 999) <= 256);
    assert.equal(
      anon?.cells.reduce((sum, cell) => sum + cell.pages, 0),
      262_144,
    );
    assert.equal(
      anon?.cells.reduce((sum, cell) => sum + cell.resident, 0),
      512,
    );
  });

  it('titles tables by the whole way from the root, big pages under their own level', () => {
    const table = ask<PageTableModel>('pageTable');
    assert.deepEqual([table.format, table.root], ['x86-64, four levels', 'CR3 0x00001000']);
    assert.deepEqual(
      table.rows.map((row) => (row.kind === 'table' ? row.title : row.vpn)),
      [
        'PML4[0x000] PDPT[0x000] PD[0x002] → PT',
        0x400,
        0x401,
        'PML4[0x000] PDPT[0x001] → PD',
        0x40000,
        'PML4[0x1ff] PDPT[0x1ff] PD[0x1ff] → PT',
        0xfffffffff,
      ],
    );
    const cow = table.rows[2];
    assert.ok(cow?.kind === 'entry');
    const set = cow.entry.bits.filter((bit) => bit.set).map((bit) => bit.name);
    assert.ok(set.includes('P') && set.includes('COW') && !set.includes('AVL9'), set.join(' '));
    const big = table.rows[4];
    assert.ok(big?.kind === 'entry' && big.entry.pages === 512);
  });

  it('writes an entry of 64 bits as one number, present or not', () => {
    const find = (vpn: number, filter: string): PageTableModel['rows'][number] | undefined => {
      const table = ask<PageTableModel>('pageTable', { filter, count: 4096 });
      return table.rows.find((row) => row.kind === 'entry' && row.vpn === vpn);
    };
    const [there, missing] = [find(0x400, 'present'), find(0x402, 'all')];
    assert.ok(there?.kind === 'entry' && missing?.kind === 'entry');
    assert.deepEqual(there.entry.words, ['0000000000064067']);
    assert.deepEqual(missing.entry.words, ['0000000000000000']);
  });

  it('takes the rights of the whole walk: the directory forbids writing', () => {
    const page = ask<PageModel>('page', { vpn: 0x400 });
    assert.deepEqual(
      page.frame?.mappedBy.map((mapping) => mapping.writable),
      [false],
    );
    assert.deepEqual(page.why, []);
  });

  it('takes an address as people write it, and no twin of one', () => {
    const top = ask<TranslateModel>('translate', { address: '0xfffffffffffff008' });
    assert.deepEqual([top.address, top.physical], [2 ** 48 - 4088, 102 * 4096 + 8]);
    assert.throws(
      () => ask('translate', { address: '0x0000fffffffff008' }),
      /address has to be an address of this machine/,
    );
    assert.throws(() => ask('pageTable', { find: '0x800000000000' }), /find has to be an address of this machine/);
  });

  it('gives the offset of a big page its 21 bits', () => {
    const model = ask<TranslateModel>('translate', { address: 0x40012345 });
    assert.deepEqual(
      model.fields.map(({ name, highBit, lowBit, value }) => [name, highBit, lowBit, value]),
      [
        ['PML4 index', 47, 39, 0],
        ['PDPT index', 38, 30, 1],
        ['PD index', 29, 21, 0],
        ['offset', 20, 0, 0x12345],
      ],
    );
    assert.equal(model.physical, 512 * 4096 + 0x12345);
    assert.equal(ask<PageModel>('page', { vpn: 0x40012 }).frame?.ppn, 512 + 0x12);
  });

  it('ends a translation at an entry that the hardware refuses', () => {
    const machine = machineWithTables();
    put(machine, 2, 1, 5, P | RW | US | PS | 0x2000);
    const broken = new Inspector(inspectable(machine, [], AVL9));
    const model = broken.answer('translate', { address: 0x40012345 }) as TranslateModel;
    assert.equal(model.physical, null);
    assert.deepEqual(
      model.walk.map((step) => step.outcome),
      ['table', 'reserved'],
    );
  });
});
