import { strict as assert } from 'node:assert';
import { countOf } from '../../../../simulator/hardware/counters.ts';
import { AlmosMachine, m1, mainOf, R, W, X } from '../../../support/almos-machine.ts';

describe('ALMOS-MKH 12.32 to 12.38, 12.57, 12.58, 12.72, 12.73: fork, exec, exit', () => {
  it('12.32 a read after the fork brings the COW entry to the copy', () => {
    const { m, P, main, T1 } = m1(11);
    m.forked(main, 0x11);
    const before = m.rpcCount;
    const free = m.free();
    m.touch(T1, 0x40_2000, R);
    assert.equal(m.pte(P, 0x10, 0x402), '0467/1000100');
    assert.deepEqual(m.rpcs(before), ['VMM_GET_PTE 10->00']);
    assert.deepEqual(m.free(), free);
    assert.equal(m.descriptor(P, 0x10).vmm.cow_nr, 0);
  });

  it('5.21 step 9: a copy that holds the COW entry is told of the new page', () => {
    const { m, P, main, T1 } = m1(11);
    m.forked(main, 0x11);
    const old = m.read(T1, 0x40_2000);
    assert.match(m.pte(P, 0x10, 0x402), /^0467/);
    m.write(main, 0x40_2000, old + 1);
    assert.match(m.pte(P, 0x00, 0x402), /^006F/);
    assert.equal(m.pte(P, 0x10, 0x402), m.pte(P, 0x00, 0x402));
    assert.equal(m.read(T1, 0x40_2000), old + 1);
  });

  it('12.34 only the target cluster matters', () => {
    const { m, main } = m1(11);
    const C = m.forked(main, 0x11);
    m.exhaust(0x11);
    const before = m.rpcCount;
    m.touch(mainOf(C), 0x40_4000, W);
    assert.deepEqual(m.rpcs(before), ['PMEM_GET_PAGES 11->00']);
    assert.equal(m.pte(C, 0x11, 0x404), '006F/0000109');
  });

  it('12.35 no page for the copy', () => {
    const { m, P, main } = m1(11);
    m.forked(main, 0x11);
    m.exhaust(0x00);
    const outcome = m.tryAccess(main, 0xc00f_f000, W);
    assert.equal(typeof outcome === 'object' && outcome.reason, 'ENOMEM');
    assert.deepEqual([P.vmm.m_err_nr, m.forks(0x105), m.pte(P, 0x00, 0xc_00ff)], [1, 1, '0467/0000105']);
  });

  it('12.36 a fork that runs out of pages changes nothing', () => {
    const { m, P, main } = m1(11);
    m.exhaust(0x11, 3);
    const descriptors = m.state.clusters[m.at(0x11)]?.kcm;
    assert.equal(m.fork(main, 0x11), 'ENOMEM');
    assert.equal(m.freeIn(0x11), 3);
    for (const vpn of [0x402, 0x404, 0x2000, 0xc_00ff]) assert.match(m.pte(P, 0x00, vpn), /^006F/);
    assert.deepEqual(
      [0x100_0100, 0x107, 0x100_0106, 0x105].map((ppn) => m.forks(ppn)),
      [0, 0, 0, 0],
    );
    assert.deepEqual(descriptors, { vseg: 0, process: 0, thread: 0 });
    assert.deepEqual(m.state.processes, [P]);
  });

  it('B2 a fork that fails at the stack is undone', () => {
    const { m, P, main } = m1(11);
    // kentry, args, envs, code, data, anon: the stack's descriptor is the seventh.
    m.state.options.vsegQuota = 6;
    assert.equal(m.fork(main, 0x11), 'ENOMEM');
    assert.equal(m.freeIn(0x11), 3840);
    assert.equal(m.pte(P, 0x00, 0x402), '006F/1000100');
    assert.equal(m.forks(0x100_0100), 0);
  });

  it('12.37, 6.5 three writers', () => {
    const { m, P, main } = m1(5);
    const C1 = m.forked(main, 0x11);
    const C2 = m.forked(main, 0x01);
    const page = 0x100_0100;
    const free = m.freeIn(0x10);
    assert.equal(m.forks(page), 2);
    m.touch(mainOf(C1), 0x40_2000, W);
    assert.equal(m.forks(page), 1);
    m.touch(main, 0x40_2000, W);
    assert.equal(m.forks(page), 0);
    m.touch(mainOf(C2), 0x40_2000, W);
    assert.equal(m.freeIn(0x10), free - 2);
    assert.equal(m.pte(C2, 0x01, 0x402), '006F/1000100');
    assert.equal(P.alive && C1.alive && C2.alive, true);
  });

  it('6.6 a grandchild', () => {
    const { m, main } = m1(5);
    const C = m.forked(main, 0x11);
    const G = m.forked(mainOf(C), 0x10);
    assert.equal(m.forks(0x100_0100), 2);
    assert.equal(m.pte(G, 0x10, 0x402), '0467/1000100');
  });

  it('12.38 file memory stays shared', () => {
    const { m, P, main } = m1(4);
    const va = m.mapped(main, 0x1000, { kind: 'shared', file: '/bin/P' });
    m.write(main, va, 7);
    const entry = m.pte(P, 0x00, va / 4096);
    const ppn = Number.parseInt(entry.slice(5), 16);
    assert.equal(m.refs(ppn), 2);
    const C = m.forked(main, 0x11);
    assert.equal(m.pte(C, 0x11, va / 4096), entry);
    assert.equal(m.pte(P, 0x00, va / 4096), entry);
    assert.equal(m.refs(ppn), 3);
    m.write(mainOf(C), va, 9);
    assert.equal(m.read(main, va), 9);
    m.exit(mainOf(C));
    assert.equal(m.refs(ppn), 2);
  });

  it('12.57, 12.58 the child exits, then the parent', () => {
    const { m, P, main, T1 } = m1(11);
    const C = m.forked(main, 0x11);
    m.touch(main, 0xc00f_f000, W);
    m.touch(mainOf(C), 0xc00f_f000, W);
    m.touch(T1, 0x40_2000, W);
    m.touch(mainOf(C), 0x40_2000, W);
    const before = m.rpcCount;
    m.exit(mainOf(C));
    assert.deepEqual(m.rpcs(before), ['PMEM_RELEASE_PAGES 11->10', 'PMEM_RELEASE_PAGES 11->00']);
    assert.deepEqual(m.free(), [3831, 3838, 3831, 3840]);
    m.touch(main, 0x40_4000, W);
    assert.equal(m.pte(P, 0x00, 0x404), '006F/0000107');
    m.exit(main);
    assert.deepEqual(m.free(), [3840, 3838, 3840, 3840]);
    assert.equal(T1.alive, false);
    assert.deepEqual(
      m.state.clusters.map(({ kcm }) => kcm),
      m.state.clusters.map(() => ({ vseg: 0, process: 0, thread: 0 })),
    );
  });

  it('A15 exit from another cluster is one RPC to the owner', () => {
    const { m, P, T1 } = m1(11);
    const before = m.rpcCount;
    m.exit(T1, 3);
    assert.equal(m.rpcs(before)[0], 'PROCESS_MAKE_EXIT 10->00');
    assert.ok(
      m
        .rpcs(before)
        .slice(1)
        .every((rpc) => rpc === '> PMEM_RELEASE_PAGES 00->10'),
    );
    assert.deepEqual([P.alive, P.exit, m.freeIn(0x10)], [false, 3, 3840]);
  });

  it('A15 thread_exit removes the stack, the copy stays', () => {
    const { m, P, T1 } = m1(11);
    const before = m.rpcCount;
    const free = m.freeIn(0x10);
    m.run(T1, (here) => m.operations.thread_exit(here));
    assert.equal(m.rpcCount, before);
    assert.equal(m.freeIn(0x10), free + 1);
    assert.equal(m.descriptor(P, 0x10).vmm.stack_mgr.bitmap, 0);
    assert.equal(m.descriptor(P, 0x10).th_nr, 0);
  });

  it('12.72 exec of a missing file', () => {
    const { m, P, main } = m1(6);
    const counters = [P.vmm.pgfault_nr, P.vmm.vsegs_nr];
    assert.equal(
      m.run(main, (here) => m.operations.exec(here, { path: '/bin/none' })),
      'ENOENT',
    );
    assert.deepEqual([P.vmm.pgfault_nr, P.vmm.vsegs_nr], counters);
    assert.equal(m.pte(P, 0x00, 0x402), '006F/1000100');
  });

  it('12.73 exec after the threads ended', () => {
    const { m, P, main, T1 } = m1(11);
    assert.equal(
      m.run(main, (here) => m.operations.exec(here, { path: '/bin/P' })),
      'EBUSY',
    );
    m.run(T1, (here) => m.operations.thread_exit(here));
    const { pid } = P;
    assert.equal(
      m.run(main, (here) => m.operations.exec(here, { code: 0x1000, data: 0x2000 })),
      undefined,
    );
    assert.equal(P.pid, pid);
    assert.deepEqual(m.free(), [3837, 3838, 3840, 3840]);
    assert.deepEqual(
      P.vmm.vsegs_root.map(({ vpn_base }) => vpn_base),
      [4, 8, 0xc, 0x400, 0x401, 0xc_0001],
    );
    assert.deepEqual([P.vmm.entry_point, P.vmm.pgfault_nr], [0x40_0000, 0]);
    assert.deepEqual(P.copies, [P]);
    m.touch(main, 0x40_0000, X);
    assert.equal(m.read(main, 0x40_1000), 0);
  });

  it('A14 exec from a copy: the thread stays where it is', () => {
    const { m, P, main, T1 } = m1(11);
    m.run(main, (here) => m.operations.thread_exit(here));
    const before = m.rpcCount;
    assert.equal(
      m.run(T1, (here) => m.operations.exec(here, { path: '/bin/P' })),
      undefined,
    );
    assert.equal(m.rpcs(before)[0], 'PROCESS_MAKE_EXEC 10->00');
    assert.equal(m.descriptor(P, 0x10).vmm.stack_mgr.bitmap, 1);
    m.touch(T1, 0x40_0000, X);
    assert.match(m.pte(P, 0x10, 0x400), /^0077\/10/);
  });

  it('1.6, A13 placement: least threads, then least pages, then lowest y, then x', () => {
    const { m, main } = m1(4);
    const child = m.fork(main, null);
    // 01 holds a mapper page, 10 and 11 nothing: 10 has the lower y.
    assert.equal(typeof child === 'object' && child.cluster, m.at(0x10));
    const second = m.fork(main, null);
    assert.equal(typeof second === 'object' && second.cluster, m.at(0x11));
    const third = m.fork(main, null);
    assert.equal(typeof third === 'object' && third.cluster, m.at(0x01));
  });

  it('I20 fork, then exit of the child, leaves the parent as it was', () => {
    const { m, main } = m1(11);
    m.write(main, 0x40_2000, 42);
    const free = m.free();
    m.exit(mainOf(m.forked(main, 0x01)));
    assert.deepEqual(m.free(), free);
    const copies = countOf(m.machine, 'page-copy');
    assert.equal(m.read(main, 0x40_2000), 42);
    m.write(main, 0x40_2000, 43);
    assert.equal(countOf(m.machine, 'page-copy'), copies);
  });

  it('A17 unnamed shared memory disappears with its last vseg', () => {
    const { m, main } = m1(2);
    const free = m.free();
    const va = m.mapped(main, 0x3000, { kind: 'shared' });
    m.write(main, va, 5);
    assert.equal(countOf(m.machine, 'page-in'), 0);
    const C = m.forked(main, 0x11);
    m.write(mainOf(C), va, 6);
    assert.equal(m.read(main, va), 6);
    assert.equal(m.munmap(main, va, 0x3000), undefined);
    assert.equal(m.read(mainOf(C), va), 6);
    m.exit(mainOf(C));
    assert.equal(m.freeIn(0x00), (free[0] as number) - 1, 'only the PT2 of the mapping is left');
  });

  it('B8 a process is created where it is, without an RPC', () => {
    const m = new AlmosMachine();
    const Q = m.createProcess('Q', 0x11);
    assert.deepEqual([Q.pid, m.rpcCount, m.freeIn(0x11)], [0x11_0001, 0, 3837]);
  });
});
