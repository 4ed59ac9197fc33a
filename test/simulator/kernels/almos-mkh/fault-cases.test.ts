import { strict as assert } from 'node:assert';
import { countOf } from '../../../../simulator/hardware/counters.ts';
import { cycles } from '../../../../simulator/hardware/core.ts';
import { vmm_copy_on_write } from '../../../../simulator/kernels/almos-mkh/faults/page-fault.ts';
import { vmm_get_pte } from '../../../../simulator/kernels/almos-mkh/faults/get-pte.ts';
import { vmm_get_vseg } from '../../../../simulator/kernels/almos-mkh/faults/get-vseg.ts';
import { vmm_v2p_translate } from '../../../../simulator/kernels/almos-mkh/faults/v2p-translate.ts';
import { rpc_pmem_get_pages_client } from '../../../../simulator/kernels/almos-mkh/rpc/rpc-clients.ts';
import type { Here } from '../../../../simulator/kernels/almos-mkh/objects/state.ts';
import type { Process } from '../../../../simulator/kernels/almos-mkh/objects/process.ts';
import { AlmosMachine, DeadlockError, m1, mainOf, R, W, X } from '../../../support/almos-machine.ts';

const fileByte = (offset: number): number => 1 + (offset % 251);

describe('ALMOS-MKH 12.19 to 12.30: page faults', () => {
  it('12.19 the first fetch', () => {
    const { m, P } = m1(3);
    assert.equal(m.pte(P, 0x00, 0x400), '0077/0000103');
    assert.deepEqual(m.rpcs(), ['MAPPER_MOVE_BUFFER 00->01']);
    assert.deepEqual([m.freeIn(0x00), m.freeIn(0x01)], [3835, 3839]);
    assert.equal(m.bytes(0x00, 0x103)[7], fileByte(7));
  });

  it('12.20 a second thread hits', () => {
    const { m, P } = m1(3);
    const second = m.createThread('T2', P, 0x00, 1);
    m.touch(second, 0x40_0000, X);
    assert.equal(P.vmm.pgfault_nr, 1);
  });

  it('12.21 data in its hash cluster', () => {
    const { m, P } = m1(5);
    assert.equal(m.pte(P, 0x00, 0x402), '006F/1000100');
    assert.deepEqual(m.rpcs(1), ['PMEM_GET_PAGES 00->10', 'MAPPER_MOVE_BUFFER 00->01']);
    assert.equal(m.freeIn(0x10), 3839);
  });

  it('12.22 half from the file, half zero', () => {
    const { m, P, main } = m1(5);
    m.touch(main, 0x40_3000, R);
    assert.equal(m.pte(P, 0x00, 0x403), '006F/1100100');
    const page = m.bytes(0x11, 0x100);
    assert.deepEqual([page[0], page[0x7ff], page[0x800], page[0xfff]], [fileByte(0x3000), fileByte(0x37ff), 0, 0]);
  });

  it('12.23 BSS', () => {
    const { m, P, main } = m1(5);
    const before = m.rpcCount;
    m.touch(main, 0x40_4000, W);
    assert.equal(m.pte(P, 0x00, 0x404), '006F/0000107');
    assert.ok(m.bytes(0x00, 0x107).every((byte) => byte === 0));
    assert.equal(m.rpcCount, before);
  });

  it('12.24 anonymous memory of another cluster', () => {
    const { m, P, T1 } = m1(9);
    const before = m.rpcCount;
    m.touch(T1, 0x200_0000, W);
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 10->00', 'VMM_GET_PTE 10->00', '> PMEM_GET_PAGES 00->10']);
    assert.equal(m.pte(P, 0x00, 0x2000), m.pte(P, 0x10, 0x2000));
  });

  it('12.25 a false page-fault', () => {
    const { m, P } = m1(11);
    assert.equal(P.vmm.false_pgfault_nr, 1);
    assert.equal(countOf(m.machine, 'false-fault'), 1);
    assert.deepEqual(m.free(), [3831, 3838, 3831, 3840]);
  });

  it('12.26 two clusters fault on one page in the same cycle', () => {
    const { m, P, T1 } = m1(11);
    const T2 = m.createThread('T2', P, 0x11);
    m.touch(T2, 0x200_0000, R);
    assert.equal(P.vmm.false_pgfault_nr, 2);
    m.inTheSameCycle(T1, T2);
    m.sideBySide();
    const waits = countOf(m.machine, 'lock-wait');
    const allocs = countOf(m.machine, 'page-alloc', { cluster: m.at(0x10) });
    m.together([T1, (here) => m.access(here, T1, 0x200_1000, W)], [T2, (here) => m.access(here, T2, 0x200_1000, W)]);
    assert.equal(m.pte(P, 0x10, 0x2001), m.pte(P, 0x11, 0x2001));
    assert.equal(m.pte(P, 0x00, 0x2001), m.pte(P, 0x11, 0x2001));
    assert.equal(P.vmm.false_pgfault_nr, 3);
    assert.equal(countOf(m.machine, 'page-alloc', { cluster: m.at(0x10) }) - allocs, 1);
    assert.ok(countOf(m.machine, 'lock-wait') > waits, 'a server waits on the PTE lock');
  });

  it('12.27 code is private to each cluster', () => {
    const { m, P, T1 } = m1(11);
    const before = m.rpcCount;
    m.touch(T1, 0x40_0000, X);
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 10->00', 'MAPPER_MOVE_BUFFER 10->01']);
    assert.match(m.pte(P, 0x10, 0x400), /^0077\/10/);
    const page = Number.parseInt(m.pte(P, 0x10, 0x400).slice(7), 16);
    assert.deepEqual(m.bytes(0x10, page), m.bytes(0x00, 0x103));
    assert.equal(m.pte(P, 0x00, 0x400), '0077/0000103');
  });

  it('12.28 an unmapped address in a copy', () => {
    const { m, P, T1 } = m1(7);
    const before = m.rpcCount;
    const outcome = m.tryAccess(T1, 0x70_0000, R);
    assert.equal(typeof outcome === 'object' && outcome.reason, 'EINVAL');
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 10->00']);
    assert.equal(m.descriptor(P, 0x10).vmm.u_err_nr, 1);
  });

  it('12.29 the target cluster is out of pages', () => {
    const { m, P, main } = m1(4);
    m.exhaust(0x10);
    const free = m.freeIn(0x01);
    const { vmm } = P;
    m.tryAccess(main, 0x40_2000, W);
    assert.deepEqual([vmm.m_err_nr, m.pte(P, 0x00, 0x402), m.freeIn(0x01)], [1, '-', free]);
    m.dieOf(main, 0x40_2000, W, 'ENOMEM', 'SIGKILL');
  });

  it('12.30 no page for the local table', () => {
    const { m, P, T1 } = m1(10);
    m.exhaust(0x10);
    const before = m.pte(P, 0x00, 0x402);
    const { vmm } = m.descriptor(P, 0x10);
    m.tryAccess(T1, 0x40_2000, R);
    assert.deepEqual([vmm.m_err_nr, m.pte(P, 0x00, 0x402), m.pte(P, 0x10, 0x402)], [1, before, '-']);
    m.dieOf(T1, 0x40_2000, R, 'ENOMEM', 'SIGKILL');
  });

  it('12.39 a write to a read-only mapping', () => {
    const { m, P, main } = m1(2);
    const va = m.mapped(main, 0x1000, { protection: { read: true, write: false, execute: false } });
    m.touch(main, va, R);
    const free = m.free();
    m.tryAccess(main, va, W);
    assert.deepEqual([P.vmm.u_err_nr, m.free()], [1, free]);
    m.dieOf(main, va, W, 'EACCES', 'SIGSEGV');
  });

  it('12.40 cow on a WRITABLE PTE gives it back unchanged', () => {
    const { m, P, main } = m1(5);
    const free = m.free();
    const pte = m.run(main, (here) => vmm_get_pte(here, { process: P, vpn: 0x402, cow: true }));
    assert.deepEqual(pte, { attr: 0x006f, ppn: 0x100_0100 });
    assert.deepEqual(m.free(), free);
    assert.equal(P.vmm.false_pgfault_nr, 1, 'B6');
  });

  it('12.41 cow on an unmapped page is a page fault', () => {
    const { m, P, main } = m1(5);
    const pte = m.run(main, (here) => vmm_get_pte(here, { process: P, vpn: 0x404, cow: true }));
    assert.deepEqual(pte, { attr: 0x006f, ppn: 0x107 });
  });

  it('5.21 step 6: neither COW nor WRITABLE is EINVAL', () => {
    const { m, P, main } = m1(3);
    assert.equal(
      m.run(main, (here) => vmm_get_pte(here, { process: P, vpn: 0x400, cow: true })),
      'EINVAL',
    );
    assert.equal(
      m.run(main, (here) => vmm_get_pte(here, { process: P, vpn: 0x700, cow: false })),
      'EINVAL',
    );
    assert.equal(
      m.run(main, (here) => vmm_copy_on_write(here, { process: P, vpn: 0x700 })),
      'EINVAL',
    );
    assert.deepEqual([P.vmm.u_err_nr, P.vmm.cow_nr], [1, 1]);
  });

  it('12.50 to 12.53 v2p_translate', () => {
    const { m, P, main, T1 } = m1(7);
    const translate = (thread: typeof main, ident: boolean, ptr: number): unknown =>
      m.run(thread, (here) => vmm_v2p_translate(here, { ident, ptr }));
    assert.deepEqual(translate(T1, true, 0x5000), { paddr: 0x10_0000_5000 });
    assert.deepEqual(translate(main, false, 0x40_2010), { paddr: 0x10_0010_0010 });
    const five = m1(5);
    const faulted = five.m.run(five.main, (here) => vmm_v2p_translate(here, { ident: false, ptr: 0x40_4004 }));
    assert.deepEqual(faulted, { paddr: 0x10_7004 });
    assert.equal(five.P.vmm.pgfault_nr, 4);
    assert.equal(translate(main, false, 0x70_0000), 'EINVAL');
    assert.equal(P.vmm.u_err_nr, 1);
  });

  it('12.69 cost of an RPC with an empty body', () => {
    const { m, main } = m1(2);
    const cost = (cxy: number): number => {
      const frames = m.exhaust(cxy);
      const begin = cycles(m.machine, main.core);
      m.run(main, (here) => getNothing(here, m.at(cxy)));
      m.giveBack(frames);
      return cycles(m.machine, main.core) - begin;
    };
    assert.deepEqual([cost(0x10), cost(0x11)], [450, 490]);
  });

  function deadlockMachine(limit: number): { m: AlmosMachine; P: Process; Q: Process; run: () => void } {
    const m = new AlmosMachine({ config: { coresPerCluster: 1 }, options: { rpcThreadLimit: limit } });
    const P = m.createProcess('P', 0x00);
    const Q = m.createProcess('Q', 0x10);
    const p = m.createThread('p', P, 0x10);
    const q = m.createThread('q', Q, 0x00);
    const a = m.mapped(p, 0x1000);
    const b = m.mapped(q, 0x1000);
    const run = (): void => {
      m.inTheSameCycle(p, q);
      m.sideBySide();
      m.together([p, (here) => m.access(here, p, a, W)], [q, (here) => m.access(here, q, b, W)]);
    };
    return { m, P, Q, run };
  }

  it('12.70 crossing nested requests deadlock with one RPC thread, and succeed with two', () => {
    const { run, m } = deadlockMachine(1);
    m.checks = false;
    assert.throws(run, (error: unknown) => {
      assert.ok(error instanceof DeadlockError);
      assert.equal(error.waiting.filter(({ agent }) => agent.startsWith('rpc')).length, 2);
      assert.match(error.message, /PMEM_GET_PAGES/);
      return true;
    });
    const two = deadlockMachine(2);
    two.run();
    assert.match(two.m.pte(two.P, 0x00, 0x2000), /^006F\/10/);
    assert.match(two.m.pte(two.Q, 0x10, 0x2000), /^006F\/00/);
  });

  it('12.74 mmap with an address, no length, or MAP_PRIVATE', () => {
    const { m, P, main } = m1(2);
    assert.equal(m.mmap(main, 0x1000, { at: 0x300_0000 }), 'EINVAL');
    assert.equal(m.mmap(main, 0x1000, { hint: 0x300_0000 }), 'EINVAL');
    assert.equal(m.mmap(main, 0), 'EINVAL');
    assert.equal(m.mmap(main, 0x1000, { kind: 'file', file: '/bin/P' }), 'EINVAL');
    assert.equal(m.mmap(main, 0x1000, { protection: { read: false, write: false, execute: false } }), 'EINVAL');
    assert.equal(P.vmm.vsegs_nr, 6);
  });

  it('12.75 remote memory', () => {
    const { m, P, T1 } = m1(11);
    const va = m.mapped(T1, 0x1000, { kind: 'remote', cluster: m.at(0x01) });
    const free = m.free();
    m.touch(T1, va, W);
    assert.match(m.pte(P, 0x00, va / 4096), /^006F\/01/);
    assert.deepEqual(m.free(), [free[0], (free[1] as number) - 1, free[2], free[3]]);
  });

  it('12.76 a stack of another cluster is not found', () => {
    const { m, P } = m1(4);
    const T1 = m.createThread('T1', P, 0x10);
    const far = m.createThread('T2', P, 0x11);
    const second = m.createThread('T3', P, 0x10);
    assert.equal(second.stack?.vpn_base, 0xc_0101);
    const before = m.rpcCount;
    const { cluster } = far;
    const local = m.descriptor(P, 0x11);
    assert.equal(cluster, local.cluster);
    const result = m.run(far, (here) => vmm_get_vseg(here, { process: local, vaddr: (second.stack?.min ?? 0) + 8 }));
    assert.equal(result, 'EINVAL');
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 11->00']);
    assert.ok(T1.alive);
  });

  it('12.77 no descriptor for the copy of a vseg', () => {
    const { m, P, T1 } = m1(10);
    m.state.options.vsegQuota = m.state.clusters[m.at(0x10)]?.kcm.vseg ?? 0;
    const outcome = m.tryAccess(T1, 0x40_2000, R);
    assert.equal(typeof outcome === 'object' && outcome.error, 'OOM');
    assert.equal(m.descriptor(P, 0x10).vmm.m_err_nr, 1);
    assert.equal(mainOf(P).alive, true);
  });
});

/** PMEM_GET_PAGES of a cluster without pages: the service finds nothing at once. */
function getNothing(here: Here, cxy: number) {
  return rpc_pmem_get_pages_client(here, { cxy, order: 0 });
}
