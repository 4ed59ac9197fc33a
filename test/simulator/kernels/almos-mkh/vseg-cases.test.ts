import { strict as assert } from 'node:assert';
import { vmm_check_conflict } from '../../../../simulator/kernels/almos-mkh/regions/check-conflict.ts';
import { VsegType } from '../../../../simulator/kernels/almos-mkh/base/constants.ts';
import { vmm_create_vseg } from '../../../../simulator/kernels/almos-mkh/regions/create-vseg.ts';
import { vmm_display } from '../../../../simulator/kernels/almos-mkh/processes/display.ts';
import { mmap_alloc } from '../../../../simulator/kernels/almos-mkh/regions/mmap-allocator.ts';
import type { Process } from '../../../../simulator/kernels/almos-mkh/objects/process.ts';
import { vmm_remove_region } from '../../../../simulator/kernels/almos-mkh/regions/remove-region.ts';
import { vmm_remove_vseg } from '../../../../simulator/kernels/almos-mkh/regions/remove-vseg.ts';
import { stack_alloc } from '../../../../simulator/kernels/almos-mkh/regions/stack-allocator.ts';
import { nameOfType, type Vseg } from '../../../../simulator/kernels/almos-mkh/objects/vseg.ts';
import { type AlmosMachine, m1, mainOf, W } from '../../../support/almos-machine.ts';

function create(m: AlmosMachine, process: Process, type: VsegType, size: number, base = 0): Vseg | null {
  const args = { process, type, base, size, file_offset: 0, file_size: 0, mapper_xp: null, cxy: 0 };
  return m.run(mainOf(process), (here) => vmm_create_vseg(here, args));
}

function remove(m: AlmosMachine, process: Process, vseg: Vseg | null): void {
  assert.ok(vseg !== null);
  m.run(mainOf(process), (here) => vmm_remove_vseg(here, { process, vseg }));
}

const zombis = (process: Process, order: number): number[] =>
  (process.vmm.mmap_mgr.zombi_list[order] ?? []).map(({ vpn_base }) => vpn_base);

describe('ALMOS-MKH 12.1 to 12.18: address space', () => {
  it('12.1 vmm_init', () => {
    const { m, P } = m1(2);
    const utils = P.vmm.vsegs_root.slice(0, 3);
    assert.deepEqual(utils.map(({ vpn_base, vpn_size }) => [vpn_base, vpn_size]), [[4, 4], [8, 4], [0xc, 8]]); // prettier-ignore
    assert.equal(m.freeIn(0x00), 3837);
    for (let vpn = 4; vpn < 8; vpn++) assert.equal(m.pte(P, 0x00, vpn), `0277/000000${String(vpn)}`);
    assert.equal(P.vmm.mmap_mgr.first_free_vpn, 0x2000);
    // Slot 0 belongs to the main thread, which 6.4 row 2 creates.
    assert.equal(P.vmm.stack_mgr.bitmap, 1);
  });

  it('12.2 vmm_init without a free page panics', () => {
    const { m } = m1(0, {});
    m.exhaust(0x11);
    assert.throws(() => m.createProcess('Q', 0x11), /no memory/);
    assert.match(m.machine.panic ?? '', /vmm_init/);
  });

  it('12.3 32 stacks that exceed the zone panic "config"', () => {
    assert.throws(() => m1(0, { options: { stackSize: 0x4000 } }), /config/);
  });

  it('12.4 vmm_display without mapping', () => {
    const { m, P, main } = m1(2);
    const free = m.free();
    m.run(main, (here) => vmm_display(here, { process: P, mapping: false }));
    const { lines } = m.machine.terminal;
    assert.equal(lines[0], 'VMM pid=00000001 cxy=00 ref=00 vsegs=6');
    assert.equal(lines[5], '  DATA   min=00402000 max=00406000 vpn=00402+00004 flags=002b cxy=dist file=2000+1800');
    assert.deepEqual(
      lines.slice(1).map((line) => line.trim().split(' ')[0]),
      ['CODE', 'DATA', 'DATA', 'CODE', 'DATA', 'STACK'],
    );
    assert.deepEqual(m.free(), free);
  });

  it('12.5 vmm_display with mapping', () => {
    const { m, P, main } = m1(6);
    m.run(main, (here) => vmm_display(here, { process: P, mapping: true }));
    const vpns = m.machine.terminal.lines.flatMap((line) => / {4}vpn=(\w+) attr/.exec(line)?.[1] ?? []);
    assert.deepEqual(vpns, ['00004', '00005', '00006', '00007', '00400', '00402', '00404', 'c00ff']);
    assert.ok(m.machine.terminal.lines.includes('    vpn=00402 attr=006f ppn=1000100'));
  });

  it('12.6 check_conflict', () => {
    const { m, P, main } = m1(2);
    const check = (vpn_base: number, vpn_size: number): string | null => {
      const found = m.run(main, (here) => vmm_check_conflict(here, { process: P, vpn_base, vpn_size }));
      return found && nameOfType(found.vsegType);
    };
    assert.deepEqual(
      [check(0x401, 1), check(0x406, 10), check(0x3ff, 1), check(0x3ff, 2)],
      ['CODE', null, null, 'CODE'],
    );
    assert.equal(check(0x400, 0), null);
  });

  it('12.7 create_vseg on an occupied range', () => {
    const { m, P } = m1(2);
    const free = m.free();
    assert.equal(create(m, P, VsegType.DATA, 0x1000, 0x40_5000), null);
    assert.equal(P.vmm.vsegs_nr, 6);
    assert.deepEqual(m.free(), free);
  });

  it('12.8 create_vseg ANON', () => {
    const { m, P } = m1(2);
    const free = m.free();
    const vseg = create(m, P, VsegType.ANON, 0x5000);
    assert.deepEqual([vseg?.vpn_base, vseg?.vpn_size, vseg?.min, vseg?.max], [0x2000, 8, 0x200_0000, 0x200_5000]);
    assert.equal(P.vmm.mmap_mgr.first_free_vpn, 0x2008);
    assert.deepEqual(m.free(), free);
  });

  it('12.9 an access past max, in the reserved range, kills', () => {
    const { m, P, main } = m1(2);
    create(m, P, VsegType.ANON, 0x5000);
    const vmm = P.vmm;
    m.tryAccess(main, 0x200_5000, W);
    assert.equal(vmm.u_err_nr, 1);
    m.dieOf(main, 0x200_5000, W, 'EINVAL', 'SIGSEGV');
  });

  it('5.19 the byte decides: past max in the last page', () => {
    const { m, P, main } = m1(2);
    create(m, P, VsegType.ANON, 0x4800);
    assert.equal(typeof m.tryAccess(main, 0x200_4900, W), 'object');
    assert.equal(typeof m.tryAccess(main, 0x200_4700, W), 'number');
  });

  it('12.10 the same size comes from the zombi list', () => {
    const { m, P } = m1(2);
    remove(m, P, create(m, P, VsegType.ANON, 0x5000));
    const again = create(m, P, VsegType.ANON, 0x6000);
    assert.deepEqual([again?.vpn_base, P.vmm.mmap_mgr.first_free_vpn], [0x2000, 0x2008]);
    assert.deepEqual(zombis(P, 3), []);
  });

  it('12.11 a bigger zombi is not split', () => {
    const { m, P } = m1(2);
    remove(m, P, create(m, P, VsegType.ANON, 0x5000));
    const other = create(m, P, VsegType.ANON, 0x4000);
    assert.deepEqual([other?.vpn_base, P.vmm.mmap_mgr.first_free_vpn], [0x2008, 0x200c]);
  });

  it('12.12 the last released comes first', () => {
    const { m, P } = m1(2);
    const a = create(m, P, VsegType.ANON, 0x8000);
    const b = create(m, P, VsegType.ANON, 0x8000);
    remove(m, P, a);
    remove(m, P, b);
    assert.equal(create(m, P, VsegType.ANON, 0x8000)?.vpn_base, 0x2008);
  });

  it('12.13 mmap_alloc beyond the zone', () => {
    const { m, P, main } = m1(2);
    m.checks = false; // the range is nobody's: no vseg stands for it
    const alloc = (npages: number): unknown => m.run(main, (here) => mmap_alloc(here, { process: P, npages }));
    assert.equal(alloc(0), 'EINVAL');
    assert.equal(alloc(0x0b_e001), 'ENOMEM');
    assert.equal(alloc(0x8_0001), 'ENOMEM');
    assert.deepEqual(alloc(0x8_0000), { vpn_base: 0x2000, vpn_size: 0x8_0000 });
  });

  it('12.14 a full zone refuses and stays as it is', () => {
    const { m, P } = m1(2);
    for (const pages of [0x8_0000, 0x2_0000, 0x1_0000, 0x8000, 0x4000, 0x2000]) {
      assert.notEqual(create(m, P, VsegType.ANON, pages * 4096), null);
    }
    const { first_free_vpn } = P.vmm.mmap_mgr;
    assert.equal(first_free_vpn, 0xc_0000);
    assert.equal(create(m, P, VsegType.ANON, 0x1000), null);
    assert.equal(P.vmm.mmap_mgr.first_free_vpn, first_free_vpn);
  });

  it('12.15 a 33rd stack', () => {
    const { m, P } = m1(2);
    for (let slot = 1; slot < 32; slot++) assert.notEqual(create(m, P, VsegType.STACK, 0), null);
    assert.equal(create(m, P, VsegType.STACK, 0), null);
    assert.equal(P.vmm.stack_mgr.bitmap, 0xffff_ffff);
    assert.equal(
      m.run(mainOf(P), (here) => stack_alloc(here, { process: P })),
      'ENOMEM',
    );
  });

  it('12.16 the lowest free slot is reused', () => {
    const { m, P } = m1(2);
    const slot1 = create(m, P, VsegType.STACK, 0);
    create(m, P, VsegType.STACK, 0);
    remove(m, P, slot1);
    const again = create(m, P, VsegType.STACK, 0);
    assert.deepEqual([again?.vpn_base, again?.vpn_size], [0xc_0101, 0xff]);
  });

  it('12.17 the guard page', () => {
    const { m, P, main } = m1(2);
    const free = m.free();
    m.tryAccess(main, 0xc000_0ffc, W);
    assert.deepEqual(m.free(), free);
    assert.equal(m.pte(P, 0x00, 0xc_0000), '-');
    m.dieOf(main, 0xc000_0ffc, W, 'EINVAL', 'SIGSEGV');
  });

  it('12.18 an exhausted quota gives the range back', () => {
    const { m, P } = m1(2);
    const quota = m.state.options.vsegQuota;
    m.state.options.vsegQuota = 6;
    assert.equal(create(m, P, VsegType.ANON, 0x5000), null);
    assert.deepEqual(zombis(P, 3), [0x2000]);
    m.state.options.vsegQuota = quota;
    assert.equal(create(m, P, VsegType.ANON, 0x5000)?.vpn_base, 0x2000);
  });

  it('12.47 a part of a STACK, or kentry, cannot be removed', () => {
    const { m, P, main } = m1(4);
    const region = (base: number, size: number): unknown =>
      m.run(main, (here) => vmm_remove_region(here, { process: P, base, size }));
    assert.equal(region(0xc00f_f000, 0x1000), 'EINVAL');
    assert.equal(region(0x4000, 0x4000), 'EINVAL');
    assert.equal(region(0x8000, 0x4000), 'EINVAL', 'A8: args');
    assert.equal(region(0xc000_1000, 0xff000), undefined, 'A6: the whole stack');
    assert.equal(P.vmm.stack_mgr.bitmap, 0);
    assert.equal(m.pte(P, 0x00, 0xc_00ff), '-');
  });
});
