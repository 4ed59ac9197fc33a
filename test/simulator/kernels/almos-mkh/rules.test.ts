import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import type { KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { coreIndex, presets } from '../../../../simulator/hardware/machine-config.ts';
import { createMachine } from '../../../../simulator/hardware/machine.ts';
import { readBytes, writeBytes } from '../../../../simulator/hardware/physical-memory.ts';
import { countOf } from '../../../../simulator/hardware/counters.ts';
import { MmapFlag, Prot } from '../../../../simulator/kernels/almos-mkh/base/constants.ts';
import { hal_gpt_lock_pte, hal_gpt_unlock_pte } from '../../../../simulator/kernels/almos-mkh/memory/pte-lock.ts';
import { machineProblems } from '../../../../simulator/kernels/machine-fit.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import { readRecord } from '../../../../simulator/kernels/almos-mkh/objects/rpc-trace.ts';
import { ppm_alloc_pages } from '../../../../simulator/kernels/almos-mkh/memory/ppm-functions.ts';
import { vmm_set_cow } from '../../../../simulator/kernels/almos-mkh/regions/set-cow.ts';
import { sys_mmap, sys_open } from '../../../../simulator/kernels/almos-mkh/processes/syscalls.ts';
import type { Here } from '../../../../simulator/kernels/almos-mkh/objects/state.ts';
import type { Thread } from '../../../../simulator/kernels/almos-mkh/objects/thread.ts';
import { AlmosMachine, DeadlockError, m1, mainOf, R, W, X } from '../../../support/almos-machine.ts';

const codeFault = (m: AlmosMachine, thread: Thread): unknown => m.tryAccess(thread, 0x40_0000, X);

describe('ALMOS-MKH: rules beside the conformance cases', () => {
  it('A4 every refused access counts once', () => {
    const { m, P, main } = m1(2);
    m.tryAccess(main, 0x70_0000, W);
    m.tryAccess(main, 0x40_0000, W); // EINVAL of no vseg, then a fault, then EACCES
    assert.deepEqual([P.vmm.u_err_nr, P.vmm.m_err_nr, P.vmm.pgfault_nr], [2, 0, 2]);
  });

  it('7.1 a supervisor access to a kernel address panics, to a user address it faults in', () => {
    const { m, main } = m1(2);
    assert.equal(typeof m.tryAccess(main, 0x40_2000, R, false), 'number');
    assert.throws(() => m.tryAccess(main, 0x1000, R, false), /kernel access/);
    assert.match(m.machine.panic ?? '', /exception_handler/);
  });

  it('7.1 a refusal is said on TXY0, and a kill ends the process at once (B7)', () => {
    const { m, P, main } = m1(7);
    m.dieOf(main, 0x70_0000, R, 'EINVAL', 'SIGSEGV 11');
    assert.match(m.machine.terminal.lines.at(-1) ?? '', /P reads 0x00700000: EINVAL/);
    assert.deepEqual([P.exit, m.freeIn(0x10)], ['SIGSEGV 11', 3840]);
  });

  it('5.5, A12 vmm_set_cow without a thread leaves the stacks', () => {
    const { m, P, main } = m1(6);
    m.checks = false; // nobody shares these pages
    m.run(main, (here) => vmm_set_cow(here, { process: P }));
    assert.deepEqual([m.pte(P, 0x00, 0x402), m.pte(P, 0x00, 0xc_00ff)], ['0467/1000100', '006F/0000105']);
  });

  it('7.5 directRemotePte saves the RPC of a false page-fault', () => {
    const { m, P, T1 } = m1(10, { options: { directRemotePte: 'on' } });
    const before = m.rpcCount;
    m.touch(T1, 0x40_2000, R);
    assert.deepEqual(m.rpcs(before), ['VMM_GET_VSEG 10->00']);
    assert.equal(m.pte(P, 0x10, 0x402), '006F/1000100');
    assert.equal(P.vmm.false_pgfault_nr, 0);
  });

  it('9.6 ppmFallback: another cluster, or none', () => {
    const { m, P, main } = m1(4, { options: { ppmFallback: 'dqdt' } });
    m.exhaust(0x10);
    m.touch(main, 0x40_2000, W);
    assert.match(m.pte(P, 0x00, 0x402), /^006F\/11/);
  });

  it('8.2 rpcFifoPerCore: core 1 is served by core 1', () => {
    const { m, P } = m1(2, { options: { rpcFifoPerCore: 'on' } });
    const T = m.createThread('T', P, 0x10, 1);
    const served = new Set<number>();
    const spawn = m.engine.spawn.bind(m.engine);
    m.engine.spawn = (options, body) => {
      if (options.agent.startsWith('rpc')) served.add(options.core);
      return spawn(options, body);
    };
    m.touch(T, 0x40_2000, W);
    const second = (cxy: number): number => coreIndex(m.machine.config, m.at(cxy), 1);
    assert.deepEqual([...served], [second(0x00), second(0x10), second(0x01)]);
  });

  it('8.2 a full queue makes clients try again', () => {
    const mesh = { width: 5, height: 5 };
    const m = new AlmosMachine({ config: { mesh }, options: { rpcThreadLimit: 1 } });
    const P = m.createProcess('P', 0x00);
    const threads = m.state.clusters.slice(1).map(({ cxy }) => m.createThread(`T${String(cxy)}`, P, cxy));
    const va = m.mapped(mainOf(P), 0x1000);
    m.inTheSameCycle(...threads);
    m.sideBySide();
    const longest = longestQueue(m);
    m.together(...threads.map((thread) => [thread, (here: Here) => m.access(here, thread, va, W)] as const));
    assert.ok(m.state.rpc.stalls > 0);
    assert.equal(longest(), 16, 'CONFIG_RPC_FIFO_DEPTH');
    assert.equal(P.vmm.false_pgfault_nr, threads.length - 1);
  });

  it('10.8 nocContention: the second message over a busy link is late; off by default', () => {
    const posts = (nocContention: string): (number | undefined)[] => {
      const { m, main } = m1(2, { options: { nocContention } });
      const T = m.createThread('T', main.process, 0x00, 1);
      const va = m.mapped(main, 0x2000, { kind: 'remote', cluster: m.at(0x11) });
      m.inTheSameCycle(main, T);
      m.sideBySide();
      m.together([main, (here) => m.access(here, main, va, W)], [T, (here) => m.access(here, T, va + 0x1000, W)]);
      return [0, 1].map((seq) => readRecord(m.state.rpc, seq)?.time_post);
    };
    const [first, second] = posts('off');
    assert.equal(first, second);
    // Two links there and two back are busy, for each of the three remote accesses that post a message.
    assert.deepEqual(posts('on'), [first, (second ?? 0) + 3 * 4 * presets.tsar.cost.HOP]);
  });

  it('A16 two threads load one page once; a failed load gives both EIO', () => {
    for (const fails of [false, true]) {
      const { m, P, main } = m1(2);
      const T = m.createThread('T', P, 0x10);
      if (fails)
        almosMkh
          .on({ machine: m.machine, kernelState: m.state })
          .inject({ kind: 'file-read', cluster: null, after: 0 });
      m.inTheSameCycle(main, T);
      m.sideBySide();
      const free = m.freeIn(0x01);
      const results = m.together<unknown>(
        [main, (here) => m.access(here, main, 0x40_0000, X)],
        [T, (here) => m.access(here, T, 0x40_0000, X)],
      );
      assert.equal(countOf(m.machine, 'page-in'), fails ? 0 : 1);
      assert.equal(m.freeIn(0x01), fails ? free : free - 1);
      const outcomes = results.map((result) =>
        typeof result === 'number' ? 'ok' : (result as { error: string }).error,
      );
      assert.deepEqual(outcomes, fails ? ['BUS', 'BUS'] : ['ok', 'ok']);
    }
  });

  it('injected failures: the N-th allocation of a cluster, once', () => {
    const { m, main } = m1(2);
    almosMkh.on({ machine: m.machine, kernelState: m.state }).inject({ kind: 'page-alloc', cluster: 0, after: 1 });
    assert.deepEqual(almosMkh.on({ machine: m.machine, kernelState: m.state }).pendingInjections().length, 1);
    const outcome = codeFault(m, main); // the code page, then its PT2: the second fails
    assert.equal((outcome as { reason?: string }).reason, 'ENOMEM');
    assert.equal(m.freeIn(0x00), 3837, 'the data page was given back');
    assert.equal(typeof codeFault(m, main), 'number');
    almosMkh.on({ machine: m.machine, kernelState: m.state }).inject({ kind: 'object-alloc', cluster: null, after: 0 });
    assert.equal(m.mmap(main, 0x1000), 'ENOMEM');
    assert.deepEqual(almosMkh.on({ machine: m.machine, kernelState: m.state }).pendingInjections(), []);
  });

  it('A11 a fork beside a writer gives the child one moment of the parent', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { minLength: 1, maxLength: 60 }), (choices) => {
        const { m, P, main } = m1(2);
        const T = m.createThread('T', P, 0x00, 1);
        const va = m.mapped(main, 0x2000);
        m.write(T, va, 0);
        m.write(T, va + 0x1000, 0);
        let turn = 0;
        m.engine.yieldAt = 0;
        m.engine.policy = {
          choose: (runnable) => runnable[(choices[turn++ % choices.length] as number) % runnable.length] as Activity,
        };
        const fork = m.start(main, 0, (here) => m.operations.fork(here, { cluster: 3, core: null }));
        m.start(T, 0, (here) => writeBoth(m, here, T, va));
        m.finish();
        m.engine.yieldAt = Number.POSITIVE_INFINITY;
        const child = mainOf(fork.result as never);
        const [first, second] = [m.read(child, va), m.read(child, va + 0x1000)];
        assert.ok(first === second || first === second + 1, `${String(first)} and ${String(second)}`);
        assert.equal(m.read(T, va + 0x1000), 12);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('5.23 sys_mmap: what it accepts', () => {
    const { m, P, main } = m1(2);
    addFile(m.machine, { name: 'F', cluster: m.at(0x11), size: 0x1000, contents: { kind: 'fill', byte: 1 } });
    const attr = {
      addr: 0,
      length: 0x1000,
      prot: Prot.PROT_READ as number,
      flags: MmapFlag.MAP_ANON as number,
      fdid: 0,
      offset: 0,
    };
    const call = (change: Partial<typeof attr>): unknown =>
      m.run(main, (here) => sys_mmap(here, { attr: { ...attr, ...change } }));
    assert.equal(call({ addr: 4096 }), 'EINVAL');
    assert.equal(call({ prot: 0 }), 'EINVAL');
    assert.equal(call({ flags: MmapFlag.MAP_ANON | MmapFlag.MAP_REMOTE }), 'EINVAL');
    assert.equal(call({ flags: MmapFlag.MAP_ANON | MmapFlag.MAP_PRIVATE }), 'EINVAL');
    assert.equal(call({ flags: MmapFlag.MAP_REMOTE, fdid: 0x22 }), 'EINVAL');
    assert.equal(call({ flags: MmapFlag.MAP_FILE, fdid: 5 }), 'EBADF');
    assert.deepEqual(
      m.run(main, (here) => sys_open(here, { name: 'F' })),
      { fdid: 0 },
    );
    assert.equal(call({ flags: MmapFlag.MAP_FILE, fdid: 0, offset: -4096 }), 'EINVAL');
    assert.equal(call({ flags: MmapFlag.MAP_FILE | MmapFlag.MAP_SHARED, fdid: 0 }), 0x200_0000);
    assert.equal(P.vmm.vsegs_root.at(-1)?.flags, 0x0009, '3.4: neither WRITE nor EXEC');
    assert.equal(call({ flags: MmapFlag.MAP_REMOTE, fdid: 0x11 }), 0x200_1000);
  });

  it('A26 a mapping at an offset inside a page', () => {
    const { m, main } = m1(2);
    addFile(m.machine, {
      name: 'F',
      cluster: 0,
      size: 0x3000,
      contents: { kind: 'bytes', bytes: Uint8Array.from({ length: 0x3000 }, (_, i) => i >> 8) },
    });
    const va = m.mapped(main, 0x1000, { kind: 'shared', file: 'F', offset: 0x1800 });
    assert.equal(va % 4096, 0x800);
    assert.deepEqual([m.read(main, va), m.read(main, va + 0xfff)], [0x18, 0x27]);
  });

  it('what a scenario takes by primitives is its own, and is named', () => {
    const { m, P, main } = m1(2);
    m.checks = false;
    const note = (name: string, args: object, result: unknown): void => {
      const info = almosMkh.functions.find((fn) => fn.info.name === name)?.info;
      assert.ok(info);
      almosMkh
        .on({ machine: m.machine, kernelState: m.state })
        .noteDirectCall(info, args as never, result, { machine: m.machine, core: 0 });
    };
    const page = m.run(main, (here) => ppm_alloc_pages(here, { order: 1 }));
    note('ppm_alloc_pages', { order: 1 }, page);
    m.run(main, (here) => hal_gpt_lock_pte(here, { gpt: P.vmm.gpt, vpn: 4 }));
    assert.equal(
      almosMkh.on({ machine: m.machine, kernelState: m.state }).invariants().length,
      1,
      'a lock that nobody accounts for',
    );
    note('hal_gpt_lock_pte', { gpt: P.vmm.gpt, vpn: 4 }, undefined);
    assert.deepEqual(almosMkh.on({ machine: m.machine, kernelState: m.state }).invariants(), []);
    assert.deepEqual(
      almosMkh.on({ machine: m.machine, kernelState: m.state }).heldByScenario(),
      ['page 0x0000103', 'the PTE lock of vpn 0x00004'].map((text) => text.replace('103', '104')),
    );
    m.run(main, (here) => hal_gpt_unlock_pte(here, { gpt: P.vmm.gpt, vpn: 4 }));
  });

  it('a machine that does not fit is refused at its setting', () => {
    const problems = (change: object): string[] =>
      machineProblems(almosMkh, { ...presets.tsar, ...change }).map(({ setting }) => setting);
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ memoryBytes: 0x10_0000 }), ['memory']);
    assert.deepEqual(problems({ paging: 'x86-64' }), []);
    assert.deepEqual(problems({ paging: 'x86-32' }), ['paging']);
  });

  it('16x16 clusters boot with an empty table each', () => {
    const machine = createMachine({ ...presets.tsar, mesh: { width: 16, height: 16 } });
    const state = almosMkh.boot(machine, {});
    assert.equal(state.clusters.length, 256);
    assert.deepEqual(almosMkh.on({ machine, kernelState: state }).invariants(), []);
  });

  it('counts balance: page-alloc, page-free, rpc and its names', () => {
    const { m, main } = m1(11);
    m.exit(main);
    const count = (name: string): number => countOf(m.machine, name);
    assert.equal(count('page-alloc') - count('page-free'), 2, 'two pages stay in the mapper');
    assert.equal(count('rpc'), m.rpcCount);
    assert.equal(count('rpc:VMM_GET_PTE'), 2);
    assert.equal(count('region-create'), 5, 'code, data, two stacks, anon');
  });

  it('a waiting deadlock names who waits for what', () => {
    const { m, P, main } = m1(5);
    const T = m.createThread('T', P, 0x00, 1);
    m.checks = false;
    m.run(main, (here) => hal_gpt_lock_pte(here, { gpt: P.vmm.gpt, vpn: 0x404 }));
    assert.throws(
      () => m.tryAccess(T, 0x40_4000, W),
      (error: unknown) => {
        assert.ok(error instanceof DeadlockError);
        assert.match(error.message, /T waits for the PTE lock of vpn 0x00404, held by P/);
        return true;
      },
    );
  });
});

/** From now on watches the RPC queues after every micro-step; the function gives the greatest length that one had. */
function longestQueue(m: AlmosMachine): () => number {
  const advance = m.engine.advance.bind(m.engine);
  let longest = 0;
  m.engine.advance = () => {
    const result = advance();
    for (const { rpc_fifos } of m.state.clusters)
      for (const { queue } of rpc_fifos) longest = Math.max(longest, queue.length);
    return result;
  };
  return () => longest;
}

function* writeBoth(m: AlmosMachine, here: Here, thread: Thread, va: number): KernelGenerator<void> {
  for (let value = 1; value <= 12; value++) {
    for (const at of [va, va + 0x1000]) {
      const pa = yield* m.access(here, thread, at, W);
      assert.equal(typeof pa, 'number');
      writeBytes(m.machine, pa as number, Uint8Array.of(value));
      assert.equal(readBytes(m.machine, pa as number, 1)[0], value);
      if (here.stage('write')) yield;
    }
  }
}
