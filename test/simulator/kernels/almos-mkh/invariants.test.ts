import { strict as assert } from 'node:assert';
import { hal_gpt_set_pte } from '../../../../simulator/kernels/almos-mkh/memory/gpt-functions.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Process } from '../../../../simulator/kernels/almos-mkh/objects/process.ts';
import { type AlmosMachine, m1, mainOf, W } from '../../../support/almos-machine.ts';

type Damage = (m: AlmosMachine, P: Process) => void;

function setPte(m: AlmosMachine, P: Process, cxy: number, vpn: number, attr: number, ppn: number): void {
  const { gpt } = m.descriptor(P, cxy).vmm;
  m.run(m.at(cxy), (here) => hal_gpt_set_pte(here, { gpt, vpn, attr, ppn }));
}

/** What breaks each invariant, done to the worked example after row 11. */
const damages: readonly (readonly [string, Damage])[] = [
  ['I1', (_m, P) => (P.vmm.vsegs_nr += 1)],
  ['I2', (m, P) => setPte(m, P, 0x00, 0x700, 0x6f, 0x105)],
  ['I3', (m, P) => ((m.descriptor(P, 0x10).vmm.vsegs_root.find((v) => v.vpn_base === 0x2000) ?? { cxy: 0 }).cxy = 0)],
  ['I4', (m, P) => setPte(m, P, 0x10, 0x402, 0x6f, 0x107)],
  ['I5', (m, P) => setPte(m, P, 0x00, 0x402, 0x46f, 0x100_0100)],
  ['I6', (m, P) => setPte(m, P, 0x00, 0x402, 0x6f, 0x107)],
  ['I7', (m) => m.state.clusters[0]?.ppm.pages_tbl.forks.fill(3, 0x107, 0x108)],
  ['I9', (m) => m.state.clusters[m.at(0x01)]?.ppm.pages_tbl.refcount.fill(5, 0x100, 0x101)],
  ['I10', (m) => ((m.state.clusters[0] as { ppm: { free_pages_nr: number } }).ppm.free_pages_nr -= 1)],
  ['I11', (_m, P) => (P.vmm.stack_mgr.bitmap = 3)],
  ['I12', (_m, P) => (P.vmm.mmap_mgr.first_free_vpn += 4)],
  ['I13', (_m, P) => ((P.vmm.vsegs_root.at(-1) ?? { vpn_size: 0 }).vpn_size = 0xc_0000)],
  ['I14', (m, P) => setPte(m, P, 0x10, 4, 0x277, 4)],
  ['I15', (m, P) => P.copies.splice(P.copies.indexOf(m.descriptor(P, 0x10)), 1)],
  ['I17', (_m, P) => (P.vmm.vsegs_lock.holder = 'somebody')],
];

describe('ALMOS-MKH 11: the checker sees what is broken', () => {
  for (const [name, damage] of damages) {
    it(`${name} is reported`, () => {
      const { m, P } = m1(11);
      m.checks = false;
      damage(m, P);
      const found = almosMkh
        .on({ machine: m.machine, kernelState: m.state })
        .invariants()
        .map(({ invariant }) => invariant);
      assert.ok(found.includes(name), `reported: ${found.join(', ')}`);
    });
  }

  it('I8 is reported: a shared page that somebody may write', () => {
    const { m, P, main } = m1(11);
    m.forked(main, 0x11);
    m.checks = false;
    setPte(m, P, 0x00, 0x404, 0x6f, 0x107);
    assert.ok(
      almosMkh
        .on({ machine: m.machine, kernelState: m.state })
        .invariants()
        .some(({ invariant }) => invariant === 'I8'),
    );
  });

  it('I16 is reported: a TLB that kept an old entry', () => {
    const { m, P, main } = m1(11);
    m.checks = false;
    const { core } = mainOf(P);
    m.touch(main, 0x40_4000, W);
    const { pages_tbl } = (m.state.clusters[0] as (typeof m.state.clusters)[number]).ppm;
    assert.ok(pages_tbl.length > 0 && core === 0);
    // Another table under the core's feet, as a kernel that forgot to flush would leave it.
    const entry = m.machine.memory.map.tlbsWord;
    const words = m.machine.memory.u32.subarray(entry);
    const at = words.findIndex((word) => word === 0x107);
    assert.ok(at >= 0, 'the entry holds its frame');
    words[at] = 0x105;
    assert.ok(
      almosMkh
        .on({ machine: m.machine, kernelState: m.state })
        .invariants()
        .some(({ invariant }) => invariant === 'I16'),
    );
  });
});
