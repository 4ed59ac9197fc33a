import { strict as assert } from 'node:assert';
import {
  CellFlag,
  type AddressSpaceModel,
  type FramesModel,
  type PageModel,
  type PageTableModel,
  type TranslateModel,
} from '../../../simulator/inspect/models.ts';
import type { MachineModel } from '../../../simulator/inspect/machine-models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import type { ProcessObject, ThreadObject } from '../../../simulator/kernels/kernel.ts';
import { InspectedRun } from './run.ts';

const PAGE = 4096;

describe('inspecting ALMOS-MKH', () => {
  let run: InspectedRun;
  let inspector: Inspector;
  let shell: ProcessObject;
  let main: ThreadObject;
  let buf: number;

  const ask = <T>(command: string, args: object = {}): T => inspector.answer(command, args) as T;

  beforeEach(() => {
    run = new InspectedRun(almosMkh);
    inspector = new Inspector(run);
    assert.deepEqual(ask<AddressSpaceModel>('addressSpace').regions, []);
    shell = run.process('shell', 2 * PAGE, 4 * PAGE);
    main = run.main(shell);
    buf = run.mmap(main, 8 * PAGE);
    run.write(main, buf);
  });

  it('maps regions, residence and totals of the current process', () => {
    const space = ask<AddressSpaceModel>('addressSpace');
    assert.equal(space.context.process?.name, 'shell');
    assert.deepEqual(space.context.cluster, { index: 0, x: 0, y: 0 });
    const anon = space.regions.find((region) => region.start === buf);
    assert.ok(anon !== undefined);
    assert.deepEqual([anon.kind, anon.protection, anon.pages, anon.resident, anon.changed], ['anon', 'rw-', 8, 1, 1]);
    assert.deepEqual(
      anon.cells.map((cell) => cell.resident),
      [1, 0, 0, 0, 0, 0, 0, 0],
    );
    const flags = anon.cells[0]?.flags ?? 0;
    assert.equal(flags, CellFlag.present | CellFlag.writable | CellFlag.accessed | CellFlag.dirty | CellFlag.changed);
    const total = space.totals.find((one) => one.kind === 'anon');
    assert.deepEqual(total, { kind: 'anon', reserved: 8 * PAGE, resident: PAGE, shared: 0 });
    const stack = space.regions.at(-1);
    assert.equal(stack?.cells.length, 1);
    assert.equal(stack?.cells[0]?.pages, 255);
    assert.deepEqual(stack?.guard, { start: 0xc0000000, end: 0xc0001000 });
  });

  it('keeps a picture of an address space with a million pages small', () => {
    const space = ask<AddressSpaceModel>('addressSpace', { buckets: 4 });
    for (const region of space.regions) assert.ok(region.cells.length <= 4, region.name);
    const anon = space.regions.find((region) => region.start === buf);
    assert.equal(
      anon?.cells.reduce((pages, cell) => pages + cell.pages, 0),
      8,
    );
    assert.equal(
      anon?.cells.reduce((pages, cell) => pages + cell.resident, 0),
      1,
    );
  });

  it('marks copy-on-write and sharing after a fork, and the copy as a change with its past', () => {
    run.fork(main, 2, 'child');
    const forked = ask<AddressSpaceModel>('addressSpace', { process: 'shell' });
    const cell = forked.regions.find((region) => region.start === buf)?.cells[0];
    assert.ok(cell !== undefined);
    const wanted = CellFlag.cow | CellFlag.shared | CellFlag.changed;
    assert.equal(cell.flags & wanted, wanted);
    assert.equal(cell.flags & CellFlag.writable, 0);

    const before = ask<PageModel>('page', { process: 'shell', vpn: buf / PAGE });
    assert.deepEqual(before.frame?.mappedBy.map(({ process }) => process).sort(), ['child', 'shell']);
    assert.equal(before.frame?.forks, 1);
    run.write(main, buf);
    const after = ask<PageModel>('page', { process: 'shell', vpn: buf / PAGE });
    assert.notEqual(after.frame?.ppn, before.frame?.ppn);
    assert.equal(after.previous?.ppn, before.frame?.ppn);
    assert.deepEqual(
      after.frame?.mappedBy.map(({ process }) => process),
      ['shell'],
    );
    const events = after.why.map((cause) => cause.event);
    assert.deepEqual(events.at(-1), 'cow-fault');
    for (const event of ['page-alloc', 'page-copy', 'pte-set']) assert.ok(events.includes(event), event);
    assert.ok(after.why.some((cause) => cause.text.startsWith('before: ') && cause.line < run.line));
    assert.ok(
      after.why.filter((cause) => !cause.text.startsWith('before: ')).every((cause) => cause.line === run.line),
    );
  });

  it('tells of a page what its own process did, not what others of the cluster did at the same address', () => {
    const other = run.process('other', 2 * PAGE, 4 * PAGE);
    assert.equal(run.mmap(run.main(other), 8 * PAGE), buf);
    const own = ask<PageModel>('page', { process: 'shell', vpn: buf / PAGE }).why;
    assert.ok(own.length > 0);
    run.write(run.main(other), buf);
    assert.deepEqual(ask<PageModel>('page', { process: 'shell', vpn: buf / PAGE }).why, own);
  });

  it('tells no change twice, before and in the last episode', () => {
    const whyAfter = (action: () => void): string[] => {
      action();
      const { why } = ask<PageModel>('page', { process: 'shell', vpn: buf / PAGE });
      assert.equal(why.at(-1)?.line, run.line);
      const changes = why.filter(({ event }) => event.startsWith('pte-'));
      return changes.map(({ event, line, step }) => `${event} line ${String(line)} step ${String(step)}`);
    };
    for (const action of [
      () => run.fork(main, 2, 'child'),
      () => {
        run.write(main, buf);
      },
      () => {
        run.munmap(main, buf, 8 * PAGE);
      },
    ]) {
      const told = whyAfter(action);
      assert.deepEqual([...new Set(told)], told);
    }
  });

  it('sees the child from its own cluster, with frames elsewhere', () => {
    run.fork(main, 2, 'child');
    const space = ask<AddressSpaceModel>('addressSpace', { process: 'child', cluster: '1,0' });
    assert.equal(space.context.cluster.index, 2);
    const cell = space.regions.find((region) => region.start === buf)?.cells[0];
    assert.ok(((cell?.flags ?? 0) & CellFlag.elsewhere) !== 0);
  });

  it('lists tables and entries with words, bits and filters', () => {
    const table = ask<PageTableModel>('pageTable', { filter: 'present', start: 0, count: 100 });
    assert.match(table.root, /^PTPR 0x0000008\d$/);
    assert.equal(table.format, 'TSAR, two levels');
    const row = table.rows.find((one) => one.kind === 'entry' && one.vpn === buf / PAGE);
    assert.ok(row?.kind === 'entry');
    // 8.3 examples: V L C W U D on a data page that was written.
    assert.equal(row.entry.words[0], 'AD400000');
    assert.deepEqual(
      row.entry.bits.map((bit) => bit.name),
      ['V', 'L', 'R', 'C', 'W', 'X', 'U', 'G', 'D', 'COW'],
    );
    assert.deepEqual(
      row.entry.bits.filter((bit) => bit.set).map((bit) => bit.name),
      ['V', 'L', 'C', 'W', 'U', 'D'],
    );
    assert.equal(row.region?.kind, 'anon');
    const heads = table.rows.filter((one) => one.kind === 'table').map((one) => one.title);
    assert.deepEqual(heads, ['PT1[0x000] → PT2', 'PT1[0x010] → PT2']);
    assert.equal(table.counts.present, 5);
    const all = ask<PageTableModel>('pageTable', { filter: 'all', start: 0, count: 0, find: buf / PAGE });
    assert.equal(all.total, 2 * 513);
    assert.equal(all.found, 513 + 1);
    assert.equal(ask<PageTableModel>('pageTable', { filter: 'cow' }).total, 0);
  });

  it('puts what an entry was above what it became, if it was told of the stop before', () => {
    inspector.noteStop();
    run.fork(main, 2, 'child');
    const table = ask<PageTableModel>('pageTable', { process: 'shell', filter: 'changed' });
    const [, was, is] = table.rows;
    assert.ok(was?.kind === 'was' && is?.kind === 'entry');
    assert.deepEqual([was.vpn, is.vpn], [buf / PAGE, buf / PAGE]);
    assert.equal(was.entry.words[0]?.slice(0, 4), 'AD40');
    const changes = is.entry.bits.filter((bit) => bit.changed).map((bit) => `${bit.set ? '+' : '-'}${bit.name}`);
    assert.ok(changes.includes('-W') && changes.includes('+COW'), changes.join(' '));
  });

  it('tells an entry that the last step took away', () => {
    ask('addressSpace');
    run.munmap(main, buf, 8 * PAGE);
    const table = ask<PageTableModel>('pageTable', { process: 'shell', filter: 'present' });
    const gone = table.rows.find((row) => row.kind === 'entry' && row.vpn === buf / PAGE);
    assert.ok(gone?.kind === 'entry');
    assert.equal(gone.entry.present, false);
    assert.equal(gone.previous?.present, true);
    assert.equal(table.counts.present, 4);
  });

  it('changes nothing by looking, and compares only with the stop before', () => {
    const first = ask<AddressSpaceModel>('addressSpace');
    const second = ask<AddressSpaceModel>('addressSpace');
    assert.deepEqual(second, first);
    run.write(main, buf + PAGE);
    const third = ask<AddressSpaceModel>('addressSpace');
    assert.equal(third.context.stop, first.context.stop + 1);
    assert.equal(third.changed, 1);
  });

  it('cuts an address into its fields and follows the walk', () => {
    const model = ask<TranslateModel>('translate', { address: buf + 0xabc });
    assert.deepEqual(
      model.fields.map(({ name, value, highBit, lowBit }) => [name, value, highBit, lowBit]),
      [
        ['IX1', 0x10, 31, 21],
        ['IX2', (buf / PAGE) % 512, 20, 12],
        ['offset', 0xabc, 11, 0],
      ],
    );
    assert.deepEqual(
      model.walk.map((step) => step.outcome),
      ['table', 'page'],
    );
    assert.equal((model.physical ?? 0) % PAGE, 0xabc);
    assert.equal(ask<TranslateModel>('translate', { address: buf + 5 * PAGE }).physical, null);
  });

  it('lists frames with who maps them, and the machine', () => {
    const page = ask<PageModel>('page', { vpn: buf / PAGE });
    const frames = ask<FramesModel>('frames', { cluster: '0,0', start: page.frame?.page ?? 0, count: 1 });
    assert.equal(frames.frames, 4096);
    assert.deepEqual(
      frames.rows.map((row) => row.mappedBy.map((mapping) => mapping.vpn)),
      [[buf / PAGE]],
    );
    const machine = ask<MachineModel>('machine');
    assert.equal(machine.clusters.length, 4);
    assert.equal(machine.clusters[0]?.free, frames.free);
    assert.ok((machine.counters['page-fault'] ?? 0) >= 1);
  });

  it('refuses what cannot be asked, saying what can', () => {
    const refusal = (command: string, args: unknown, message: RegExp) => {
      assert.throws(() => inspector.answer(command, args), { name: 'InspectError', message });
    };
    refusal('pages', {}, /no request 'pages'; known are addressSpace/);
    refusal('state', {}, /runs no scenario/);
    refusal('addressSpace', [], /have to be an object/);
    refusal('addressSpace', { process: 'shel' }, /no process 'shel'; the processes are: shell/);
    refusal('addressSpace', { process: {} }, /name or a pid/);
    refusal('addressSpace', { cluster: '9,9' }, /no cluster 9,9; the mesh is 2x2/);
    refusal('addressSpace', { cluster: '1,1' }, /has no page table in cluster 1,1; it lives in: 0,0/);
    refusal('page', {}, /vpn is missing/);
    refusal('page', { vpn: -1 }, /whole number from 0/);
    refusal('pageTable', { count: 1e9 }, /count has to be a whole number/);
    refusal('pageTable', { filter: 'best' }, /one of present, all, cow/);
    refusal('translate', { address: 'buf' }, /address has to be a whole number/);
  });
});
