import { strict as assert } from 'node:assert';
import { m1, mainOf, R, W, X } from '../../../support/almos-machine.ts';

describe('ALMOS-MKH 6.4, the worked example', () => {
  it('6.4 rows 1 to 11: pages, entries, messages, counters', () => {
    const { m, P, main } = m1(2);
    assert.equal(P.pid, 0x0000_0001);
    assert.deepEqual(
      [4, 5, 6, 7].map((vpn) => m.pte(P, 0x00, vpn)),
      ['0277/0000004', '0277/0000005', '0277/0000006', '0277/0000007'],
    );
    assert.equal(P.vmm.gpt.ppn, 0x100);
    assert.equal(m.freeIn(0x00), 3837);
    assert.deepEqual(m.rpcs(), []);

    m.touch(main, 0x40_0000, X);
    assert.equal(m.pte(P, 0x00, 0x400), '0077/0000103');
    assert.deepEqual(m.rpcs(), ['MAPPER_MOVE_BUFFER 00->01']);
    m.touch(main, 0xc00f_f000, W);
    assert.equal(m.pte(P, 0x00, 0xc_00ff), '006F/0000105');
    m.touch(main, 0x40_2000, W);
    assert.equal(m.pte(P, 0x00, 0x402), '006F/1000100');
    assert.deepEqual(m.rpcs(1), ['PMEM_GET_PAGES 00->10', 'MAPPER_MOVE_BUFFER 00->01']);
    m.touch(main, 0x40_4000, W);
    assert.equal(m.pte(P, 0x00, 0x404), '006F/0000107');
    assert.equal(m.rpcCount, 3);

    const T1 = m.createThread('T1', P, 0x10);
    assert.deepEqual(m.rpcs(3), ['THREAD_USER_CREATE 00->10']);
    assert.equal(m.descriptor(P, 0x10).vmm.gpt.ppn, 0x100_0102);
    assert.equal(m.pte(P, 0x10, 4), '0277/1000004');
    assert.equal(T1.stack?.vpn_base, 0xc_0001);
    m.touch(T1, 0xc00f_f000, W);
    assert.equal(m.pte(P, 0x10, 0xc_00ff), '006F/1000104');
    const buffer = m.mapped(T1, 0x3000);
    assert.equal(buffer, 0x200_0000);
    assert.deepEqual(m.rpcs(4), ['VMM_CREATE_VSEG 10->00']);
    const anon = P.vmm.vsegs_root.at(-1);
    assert.deepEqual([anon?.max, anon?.vpn_base, anon?.vpn_size, anon?.cxy], [0x200_3000, 0x2000, 4, 0x10]);
    assert.equal(P.vmm.mmap_mgr.first_free_vpn, 0x2004);
    m.touch(T1, buffer, W);
    assert.deepEqual(m.rpcs(5), ['VMM_GET_VSEG 10->00', 'VMM_GET_PTE 10->00', '> PMEM_GET_PAGES 00->10']);
    assert.deepEqual([m.pte(P, 0x00, 0x2000), m.pte(P, 0x10, 0x2000)], ['006F/1000106', '006F/1000106']);
    m.touch(T1, 0x40_2000, R);
    assert.deepEqual(m.rpcs(8), ['VMM_GET_VSEG 10->00', 'VMM_GET_PTE 10->00']);
    assert.equal(m.pte(P, 0x10, 0x402), '006F/1000100');

    assert.deepEqual(m.free(), [3831, 3838, 3831, 3840]);
    assert.deepEqual([P.vmm.pgfault_nr, m.descriptor(P, 0x10).vmm.pgfault_nr, P.vmm.false_pgfault_nr], [4, 3, 1]);
  });

  it('12.31 fork to 0x11: messages, pages, entries, forks', () => {
    const { m, P, main } = m1(11);
    const before = m.rpcCount;
    const C = m.forked(main, 0x11);
    assert.equal(C.pid, 0x0011_0001);
    assert.deepEqual(m.rpcs(before), ['PROCESS_MAKE_FORK 00->11', '> VMM_SET_COW 11->00']);
    assert.equal(m.freeIn(0x11), 3834);
    assert.equal(C.vmm.gpt.ppn, 0x110_0100);
    const at = (vpn: number): string[] => [m.pte(P, 0x00, vpn), m.pte(P, 0x10, vpn), m.pte(C, 0x11, vpn)];
    assert.deepEqual(at(0x400), ['0077/0000103', '-', '-']);
    assert.deepEqual(at(0x402), ['0467/1000100', '-', '0467/1000100']);
    assert.deepEqual(at(0x404), ['0467/0000107', '-', '0467/0000107']);
    assert.deepEqual(at(0x2000), ['0467/1000106', '-', '0467/1000106']);
    assert.deepEqual(at(0xc_00ff), ['0467/0000105', '006F/1000104', '0467/0000105']);
    assert.deepEqual(
      [0x103, 0x100_0100, 0x107, 0x100_0106, 0x105].map((ppn) => m.forks(ppn)),
      [0, 1, 1, 1, 1],
    );
    assert.equal(C.vmm.vsegs_nr, 7);
    assert.equal(C.vmm.stack_mgr.bitmap, 1);
  });

  it('12.33 W1, W2, W3, W4', () => {
    const { m, P, main, T1 } = m1(11);
    const C = m.forked(main, 0x11);
    const child = mainOf(C);
    const before = m.rpcCount;
    m.touch(main, 0xc00f_f000, W);
    assert.equal(m.pte(P, 0x00, 0xc_00ff), '006F/0000109');
    assert.deepEqual([m.forks(0x105), m.freeIn(0x00), m.rpcCount], [0, 3830, before]);
    m.touch(child, 0xc00f_f000, W);
    assert.equal(m.pte(C, 0x11, 0xc_00ff), '006F/0000105');
    assert.equal(m.rpcCount, before);
    m.touch(T1, 0x40_2000, W);
    assert.deepEqual(m.rpcs(before), ['VMM_GET_PTE 10->00', 'VMM_GET_PTE 10->00', '> PMEM_GET_PAGES 00->10']);
    assert.deepEqual([m.pte(P, 0x00, 0x402), m.pte(P, 0x10, 0x402)], ['006F/1000109', '006F/1000109']);
    assert.deepEqual([m.forks(0x100_0100), m.freeIn(0x10)], [0, 3830]);
    const count = m.rpcCount;
    m.touch(child, 0x40_2000, W);
    assert.equal(m.pte(C, 0x11, 0x402), '006F/1000100');
    assert.equal(m.rpcCount, count);
    assert.deepEqual(
      [0x105, 0x100_0100, 0x107, 0x100_0106].map((ppn) => m.forks(ppn)),
      [0, 0, 1, 1],
    );
  });
});
