import { strict as assert } from 'node:assert';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { lookupTlb } from '../../../../simulator/hardware/tlb.ts';
import { countOf } from '../../../../simulator/hardware/counters.ts';
import type { Process } from '../../../../simulator/kernels/almos-mkh/objects/process.ts';
import { readRecord } from '../../../../simulator/kernels/almos-mkh/objects/rpc-trace.ts';
import { vmm_remove_region } from '../../../../simulator/kernels/almos-mkh/regions/remove-region.ts';
import type { Thread } from '../../../../simulator/kernels/almos-mkh/objects/thread.ts';
import { vmm_unmap_vseg } from '../../../../simulator/kernels/almos-mkh/regions/unmap-vseg.ts';
import { type AlmosMachine, m1, R, W } from '../../../support/almos-machine.ts';

const BASE = 0x200_0000;

/** An ANON vseg of 8 pages at 0x2000, all mapped; page i holds i + 1. */
function eightPages(): { m: AlmosMachine; P: Process; main: Thread; free: number[] } {
  const { m, P, main } = m1(2);
  assert.equal(m.mapped(main, 0x8000), BASE);
  for (let page = 0; page < 8; page++) m.write(main, BASE + page * 4096, page + 1);
  return { m, P, main, free: m.free() };
}

const zombis = (process: Process): Record<number, number[]> =>
  Object.fromEntries(
    process.vmm.mmap_mgr.zombi_list.flatMap((list, order) =>
      list.length === 0 ? [] : [[order, list.map((z) => z.vpn_base)]],
    ),
  );

function remove(m: AlmosMachine, thread: Thread, base: number, size: number): unknown {
  return m.run(thread, (here) => vmm_remove_region(here, { process: thread.process, base, size }));
}

describe('ALMOS-MKH 12.42 to 12.49, 12.59: regions', () => {
  it('12.42 (b) the whole vseg', () => {
    const { m, P, main, free } = eightPages();
    assert.equal(remove(m, main, BASE, 0x8000), undefined);
    assert.equal(P.vmm.vsegs_nr, 6);
    assert.equal(m.freeIn(0x00), (free[0] as number) + 8);
    assert.deepEqual(zombis(P), { 3: [0x2000] });
  });

  it('12.43 (c) the low end', () => {
    const { m, P, main, free } = eightPages();
    assert.equal(remove(m, main, BASE, 0x3000), undefined);
    const vseg = P.vmm.vsegs_root.at(-1);
    assert.deepEqual([vseg?.min, vseg?.vpn_base, vseg?.vpn_size], [0x200_3000, 0x2003, 5]);
    assert.equal(m.freeIn(0x00), (free[0] as number) + 3);
    assert.deepEqual(zombis(P), { 0: [0x2002], 1: [0x2000] });
    assert.equal(m.read(main, 0x200_3000), 4);
  });

  it('12.44 (c) the high end', () => {
    const { m, P, main } = eightPages();
    assert.equal(remove(m, main, 0x200_5000, 0x3000), undefined);
    const vseg = P.vmm.vsegs_root.at(-1);
    assert.deepEqual([vseg?.max, vseg?.vpn_base, vseg?.vpn_size], [0x200_5000, 0x2000, 5]);
    assert.deepEqual(zombis(P), { 0: [0x2007], 1: [0x2005] });
  });

  it('12.45 (d) a hole', () => {
    const { m, P, main } = eightPages();
    assert.equal(remove(m, main, 0x200_3000, 0x2000), undefined);
    assert.equal(P.vmm.vsegs_nr, 8);
    const [lower, upper] = P.vmm.vsegs_root.slice(-2);
    assert.deepEqual([lower?.vpn_base, lower?.vpn_size, upper?.vpn_base, upper?.vpn_size], [0x2000, 3, 0x2005, 3]);
    assert.deepEqual([upper?.flags, upper?.cxy, upper?.max], [lower?.flags, lower?.cxy, 0x200_8000]);
    assert.deepEqual(zombis(P), { 1: [0x2003] });
    assert.deepEqual(
      [0, 2, 5, 7].map((page) => m.read(main, BASE + page * 4096)),
      [1, 3, 6, 8],
    );
    assert.equal(countOf(m.machine, 'region-split'), 1);
  });

  it('12.45 without a descriptor for the upper part nothing changes', () => {
    const { m, P, main, free } = eightPages();
    m.state.options.vsegQuota = 7;
    assert.equal(remove(m, main, 0x200_3000, 0x2000), 'ENOMEM');
    assert.deepEqual([P.vmm.vsegs_nr, m.free()], [7, free]);
  });

  it('12.46 refusals', () => {
    const { m, P, main, free } = eightPages();
    assert.equal(remove(m, main, 0x200_6000, 0x4000), 'EINVAL');
    assert.equal(remove(m, main, 0x200_0800, 0x1000), 'EINVAL');
    assert.equal(remove(m, main, BASE, 0), 'EINVAL');
    assert.equal(remove(m, main, 0x300_0000, 0x1000), 'EINVAL');
    assert.deepEqual([P.vmm.vsegs_nr, m.free(), zombis(P)], [7, free, {}]);
  });

  it('12.48 (d) of a file', () => {
    const { m, P, main } = m1(2);
    addFile(m.machine, { name: 'F', cluster: m.at(0x11), size: 0x10000, contents: { kind: 'fill', byte: 7 } });
    const va = m.mapped(main, 0x4000, { kind: 'shared', file: 'F', offset: 0x4000 });
    assert.equal(remove(m, main, va + 0x1000, 0x1000), undefined);
    const [lower, upper] = P.vmm.vsegs_root.slice(-2);
    assert.deepEqual(
      [lower?.file_offset, lower?.vpn_size, upper?.file_offset, upper?.vpn_size],
      [0x4000, 1, 0x6000, 2],
    );
    const before = m.rpcCount;
    assert.equal(m.read(main, va + 0x2000), 7);
    assert.deepEqual(m.rpcs(before), ['MAPPER_GET_PAGE 00->11']);
    assert.equal(readRecord(m.state.rpc, before)?.args.index, 6);
  });

  it('12.49 a region that a copy has mapped', () => {
    const { m, P, main, T1 } = m1(8);
    assert.equal(m.mapped(main, 0x8000), BASE);
    m.touch(T1, BASE, W);
    m.touch(T1, BASE + 0x1000, W);
    m.touch(T1, BASE + 0x3000, W);
    assert.ok(lookupTlb(m.machine, T1.core, 0x2000, false));
    const before = m.rpcCount;
    assert.equal(remove(m, main, BASE, 0x3000), undefined);
    assert.equal(m.rpcCount, before, 'B1: no RPC');
    assert.deepEqual([m.pte(P, 0x10, 0x2000), m.pte(P, 0x10, 0x2001)], ['-', '-']);
    assert.match(m.pte(P, 0x10, 0x2003), /^006F/);
    assert.equal(m.descriptor(P, 0x10).vmm.vsegs_root.at(-1)?.min, 0x200_3000);
    assert.equal(lookupTlb(m.machine, T1.core, 0x2000, false), null);
    const outcome = m.tryAccess(T1, BASE, R);
    assert.equal(typeof outcome === 'object' && outcome.reason, 'EINVAL');
  });

  it('5.13 from a copy: RPC VMM_REMOVE_REGION, and (d) leaves the upper part to be faulted in again', () => {
    const { m, P, T1 } = m1(8);
    const va = m.mapped(T1, 0x4000);
    for (let page = 0; page < 4; page++) m.write(T1, va + page * 4096, page + 1);
    const before = m.rpcCount;
    assert.equal(m.munmap(T1, va + 0x1000, 0x1000), undefined);
    assert.equal(m.rpcs(before)[0], 'VMM_REMOVE_REGION 10->00');
    assert.equal(m.pte(P, 0x10, va / 4096 + 2), '-');
    assert.equal(m.read(T1, va + 0x3000), 4);
  });

  it('5.24 munmap rounds the length up', () => {
    const { m, P, main } = eightPages();
    assert.equal(m.munmap(main, BASE, 0x7001), undefined);
    assert.equal(P.vmm.vsegs_nr, 6);
    assert.equal(m.munmap(main, BASE, 0), 'EINVAL');
  });

  it('12.59 unmapping public pages of a copy alone', () => {
    const { m, P, T1 } = m1(11);
    const local = m.descriptor(P, 0x10);
    const vseg = local.vmm.vsegs_root.find(({ vpn_base }) => vpn_base === 0x402);
    assert.ok(vseg);
    const free = m.free();
    m.run(T1, (here) => vmm_unmap_vseg(here, { process: local, vseg }));
    assert.deepEqual([m.pte(P, 0x10, 0x402), m.pte(P, 0x00, 0x402)], ['-', '006F/1000100']);
    assert.deepEqual(m.free(), free);
  });

  it('7.9 two processes on one file', () => {
    const { m, P } = m1(2);
    addFile(m.machine, { name: 'F', cluster: m.at(0x11), size: 0x2000, contents: { kind: 'fill', byte: 3 } });
    const far = m.createThread('far', P, 0x01);
    const va = m.mapped(far, 0x1000, { kind: 'shared', file: 'F' });
    const before = m.rpcCount;
    m.touch(far, va, R);
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 01->00', 'VMM_GET_PTE 01->00', '> MAPPER_GET_PAGE 00->11']);
    const ppn = Number.parseInt(m.pte(P, 0x01, va / 4096).slice(5), 16);
    assert.deepEqual([ppn >>> 20, m.refs(ppn)], [0x11, 2]);
    const Q = m.createProcess('Q', 0x10);
    assert.ok(Q.main);
    const other = m.mapped(Q.main, 0x1000, { kind: 'shared', file: 'F' });
    m.touch(Q.main, other, R);
    assert.deepEqual([m.pte(Q, 0x10, other / 4096).slice(5), m.refs(ppn)], [m.pte(P, 0x01, va / 4096).slice(5), 3]);
  });

  it('A26 a page wholly beyond the file is a bus error', () => {
    const { m, P, main } = m1(2);
    addFile(m.machine, { name: 'F', cluster: 0, size: 0x1800, contents: { kind: 'fill', byte: 3 } });
    const va = m.mapped(main, 0x3000, { kind: 'shared', file: 'F' });
    assert.deepEqual([m.read(main, va + 0x17ff), m.read(main, va + 0x1800)], [3, 0]);
    const outcome = m.tryAccess(main, va + 0x2000, R);
    assert.deepEqual(typeof outcome === 'object' && [outcome.error, outcome.reason], ['BUS', 'EIO']);
    assert.equal(P.vmm.u_err_nr, 1);
  });
});
