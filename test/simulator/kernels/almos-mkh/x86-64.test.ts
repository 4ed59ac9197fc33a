import { strict as assert } from 'node:assert';
import { cycles } from '../../../../simulator/hardware/core.ts';
import { inspectWalk } from '../../../../simulator/hardware/page-table-walker.ts';
import { lookupTlb } from '../../../../simulator/hardware/tlb.ts';
import { countOf } from '../../../../simulator/hardware/counters.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import { hal_gpt_create, hal_gpt_set_pte } from '../../../../simulator/kernels/almos-mkh/memory/gpt-functions.ts';
import { vmm_v2p_translate } from '../../../../simulator/kernels/almos-mkh/faults/v2p-translate.ts';
import { AlmosMachine, mainOf, R, W, X } from '../../../support/almos-machine.ts';

const machine = (): AlmosMachine => new AlmosMachine({ config: { paging: 'x86-64' } });

/** Names and set bits of the walk for an address, root table first. */
function walk(m: AlmosMachine, root: number, va: number): string[] {
  return inspectWalk(m.machine, root, va).map(
    ({ table, bits }) => `${table} ${bits.filter(({ set }) => set).map(({ name }) => name).join(' ')}`,
  ); // prettier-ignore
}

describe('ALMOS-MKH on x86-64 (10.10)', () => {
  it('a new process: kentry, args and envs are registered, and nothing is mapped: one PML4', () => {
    const m = machine();
    const before = m.freeIn(0x00);
    const P = m.createProcess('P', 0x00);
    assert.equal(before - m.freeIn(0x00), 1);
    assert.equal(m.pte(P, 0x00, 0x4), '-');
    assert.deepEqual(
      almosMkh.on({ machine: m.machine, kernelState: m.state }).regions(P, 0).slice(0, 3).map(({ name }) => name),
      ['kentry', 'args', 'envs'],
    ); // prettier-ignore
  });

  it('four levels: a first fault takes PDPT, PD and PT beside the page', () => {
    const m = machine();
    const P = m.createProcess('P', 0x00);
    const main = mainOf(P);
    const before = m.freeIn(0x00);
    m.touch(main, 0x40_0000, X);
    assert.equal(before - m.freeIn(0x00), 4);
    const { ppn } = m.descriptor(P, 0x00).vmm.gpt;
    assert.deepEqual(walk(m, ppn, 0x40_0000), ['PML4 A US RW P', 'PDPT A US RW P', 'PD A US RW P', 'PT A US P']);
    assert.equal(inspectWalk(m.machine, ppn, 0x40_0000)[3]?.executable, true);
    m.touch(main, 0xc00f_f000, W);
    assert.equal(before - m.freeIn(0x00), 7, 'the stack: one page, PD and PT of the fourth GiB');
    assert.equal(inspectWalk(m.machine, ppn, 0xc00f_f000)[3]?.executable, false);
  });

  it('frames of other clusters: cxy in bits 47..40 of the physical address', () => {
    const m = machine();
    const P = m.createProcess('P', 0x00);
    m.touch(mainOf(P), 0x40_3000, R);
    assert.equal(m.pte(P, 0x00, 0x403).split('/')[1], (0x11 * 2 ** 28 + 0x100).toString(16).toUpperCase());
  });

  it('v2p_translate(ident) gives the local address with cxy in the MSBs', () => {
    const m = machine();
    assert.deepEqual(
      m.run(m.at(0x10), (here) => vmm_v2p_translate(here, { ident: true, ptr: 0x5000 })),
      { paddr: 0x10 * 2 ** 40 + 0x5000 },
    );
  });

  it('kentry is reached on demand, by identity and without a frame', () => {
    const m = machine();
    const P = m.createProcess('P', 0x10);
    m.touch(mainOf(P), 0x40_0000, X);
    const before = m.freeIn(0x10);
    m.touch(mainOf(P), 0x5000, X);
    assert.equal(before - m.freeIn(0x10), 1, 'the PT of the first 2 MiB');
    assert.equal(m.pte(P, 0x10, 0x5).split('/')[1], (0x10 * 2 ** 28 + 0x5).toString(16).toUpperCase());
  });

  it('copy-on-write: COW is AVL9; the fork shoots down every core that runs the parent, and waits', () => {
    const m = machine();
    const P = m.createProcess('P', 0x00);
    const T = m.createThread('T', P, 0x00, 1);
    const va = m.mapped(mainOf(P), 0x1000);
    m.write(mainOf(P), va, 7);
    m.write(T, va, 8);
    assert.equal(lookupTlb(m.machine, T.core, va / 4096, false)?.writable, true);
    const clock = cycles(m.machine, mainOf(P).core);
    const flushes = countOf(m.machine, 'tlb-flush');
    const child = m.forked(mainOf(P), 0x10);
    assert.ok(countOf(m.machine, 'tlb-flush') >= flushes + 2, 'both cores dropped the page');
    assert.ok(cycles(m.machine, mainOf(P).core) - clock > m.machine.config.cost.T_IPI);
    assert.equal(lookupTlb(m.machine, T.core, va / 4096, false), null);
    const { ppn } = m.descriptor(P, 0x00).vmm.gpt;
    assert.equal(walk(m, ppn, va)[3], 'PT NX AVL9 D A US P');
    m.write(mainOf(child), va, 9);
    assert.deepEqual([m.read(mainOf(P), va), m.read(T, va), m.read(mainOf(child), va)], [8, 8, 9]);
  });

  it('an upgrade sends nothing: the other core faults once on its old entry and goes on', () => {
    const m = machine();
    const P = m.createProcess('P', 0x00);
    const T = m.createThread('T', P, 0x00, 1);
    const va = m.mapped(mainOf(P), 0x1000);
    m.write(mainOf(P), va, 7);
    const child = m.forked(mainOf(P), 0x10);
    m.read(T, va);
    m.exit(mainOf(child));
    m.write(mainOf(P), va, 8);
    assert.equal(lookupTlb(m.machine, T.core, va / 4096, false)?.writable, false);
    const before = countOf(m.machine, 'false-fault');
    m.write(T, va, 9);
    assert.equal(countOf(m.machine, 'false-fault') - before, 1);
    assert.equal(m.read(mainOf(P), va), 9);
  });

  it('unmapping shoots down; the access after it is refused', () => {
    const m = machine();
    const P = m.createProcess('P', 0x00);
    const T = m.createThread('T', P, 0x01);
    const va = m.mapped(mainOf(P), 0x2000);
    m.write(T, va, 1);
    assert.equal(m.munmap(mainOf(P), va, 0x2000), undefined);
    assert.equal(lookupTlb(m.machine, T.core, va / 4096, false), null);
    m.dieOf(T, va, R, 'EINVAL', 'SIGSEGV');
  });

  it('rights: a fetch from data is EACCES, a write to code is EACCES, an address that is not canonical EFAULT', () => {
    const m = machine();
    const main = mainOf(m.createProcess('P', 0x00));
    m.touch(main, 0x40_2000, R);
    m.touch(main, 0x40_0000, R);
    const reasonOf = (va: number, access: typeof R): string => {
      const outcome = m.tryAccess(main, va, access);
      return typeof outcome === 'object' ? outcome.reason : 'none';
    };
    assert.deepEqual([reasonOf(0x40_2000, X), reasonOf(0x40_0000, W)], ['EACCES', 'EACCES']);
    assert.equal(reasonOf(2 ** 40, R), 'EINVAL');
  });

  it('a big page stands in the PD and takes the tables above it', () => {
    const m = machine();
    const free = m.freeIn(0x00);
    const attr = 0x2d; // MAPPED | READABLE | WRITABLE | CACHABLE
    const gpt = { type: 'gpt' as const, cluster: 0, ptr: 0, ppn: 0, page: 0, locks: new Map() };
    m.checks = false;
    m.run(0, function* (here) {
      yield* hal_gpt_create(here, { gpt });
      yield* hal_gpt_set_pte(here, { gpt, vpn: 0x8_0000, attr, ppn: 0x200 });
    });
    assert.equal(free - m.freeIn(0x00), 3, 'PML4, PDPT, PD');
    assert.deepEqual(walk(m, gpt.ppn, 0x8000_0000), ['PML4 US RW P', 'PDPT US RW P', 'PD NX PS RW P']);
  });
});
