import { strict as assert } from 'node:assert';
import { pageTableRoot, setPageTableRoot } from '../../../../simulator/hardware/core.ts';
import { pageTablePointer } from '../../../../simulator/hardware/layouts/tsar.ts';
import { latency, route } from '../../../../simulator/hardware/interconnect.ts';
import { inspectWalk } from '../../../../simulator/hardware/page-table-walker.ts';
import { readFrame32 } from '../../../../simulator/hardware/physical-memory.ts';
import { lookupTlb } from '../../../../simulator/hardware/tlb.ts';
import { translate } from '../../../../simulator/hardware/mmu.ts';
import { freeBlocks } from '../../../../simulator/kernels/almos-mkh/objects/buddy.ts';
import { Attr, VsegType } from '../../../../simulator/kernels/almos-mkh/base/constants.ts';
import { vmm_create_vseg } from '../../../../simulator/kernels/almos-mkh/regions/create-vseg.ts';
import { hal_gpt_get_pte, hal_gpt_set_pte } from '../../../../simulator/kernels/almos-mkh/memory/gpt-functions.ts';
import { tsarAttr, tsarWord0 } from '../../../../simulator/kernels/almos-mkh/base/hal-tsar.ts';
import { kernelDescriptor, kernelRoot } from '../../../../simulator/kernels/almos-mkh/objects/kernel-process.ts';
import { vmm_map_kernel_vseg } from '../../../../simulator/kernels/almos-mkh/regions/map-kernel-vseg.ts';
import { ppm_alloc_pages, ppm_free_pages } from '../../../../simulator/kernels/almos-mkh/memory/ppm-functions.ts';
import type { Vseg } from '../../../../simulator/kernels/almos-mkh/objects/vseg.ts';
import { AlmosMachine, m1, R, W, X } from '../../../support/almos-machine.ts';

function kernelVseg(m: AlmosMachine, type: VsegType, base: number, size: number): Vseg {
  const process = kernelDescriptor(m.state, m.machine, 0);
  const args = { process, type, base, size, file_offset: 0, file_size: 0, mapper_xp: null, cxy: 0 };
  const vseg = m.run(0, (here) => vmm_create_vseg(here, args));
  assert.ok(vseg);
  return vseg;
}

describe('ALMOS-MKH 12.54 to 12.71: memory and hardware', () => {
  it('12.54 map_kernel_vseg on a DATA vseg panics', () => {
    const { m, P, main } = m1(2);
    const vseg = P.vmm.vsegs_root[4];
    assert.ok(vseg);
    assert.throws(() => m.run(main, (here) => vmm_map_kernel_vseg(here, { vseg, attr: Attr.SMALL })), /kernel type/);
  });

  it('12.55 a device', () => {
    const m = new AlmosMachine();
    const vseg = kernelVseg(m, VsegType.KDEV, 0x2000_0000, 0x2000);
    assert.equal(
      m.run(0, (here) => vmm_map_kernel_vseg(here, { vseg, attr: Attr.SMALL })),
      undefined,
    );
    const { gpt } = kernelDescriptor(m.state, m.machine, 0).vmm;
    const entry = (vpn: number): unknown => m.run(0, (here) => hal_gpt_get_pte(here, { gpt, vpn }));
    const attr = Attr.MAPPED | Attr.SMALL | Attr.READABLE | Attr.WRITABLE;
    assert.deepEqual([entry(0x2_0000), entry(0x2_0001)], [{ attr, ppn: 0x2_0000 }, { attr, ppn: 0x2_0001 }]); // prettier-ignore
    assert.equal(m.freeIn(0x00), 3839);
  });

  it('12.56 no block for a big page', () => {
    const m = new AlmosMachine();
    const vseg = kernelVseg(m, VsegType.KDATA, 0x4000_0000, 0x20_0000);
    const taken = [0x200, 0x400, 0x600, 0x800, 0xa00, 0xc00, 0xe00].map(() =>
      m.state.clusters[0]?.ppm ? m.run(0, (here) => ppm_alloc_pages(here, { order: 9 })) : null,
    );
    assert.ok(taken.every((ppn) => ppn !== null));
    m.checks = false; // the test holds those blocks
    const free = m.free();
    assert.equal(
      m.run(0, (here) => vmm_map_kernel_vseg(here, { vseg, attr: 0 })),
      'ENOMEM',
    );
    assert.deepEqual(m.free(), free);
    const { gpt } = kernelDescriptor(m.state, m.machine, 0).vmm;
    assert.deepEqual(
      m.run(0, (here) => hal_gpt_get_pte(here, { gpt, vpn: 0x4_0000 })),
      { attr: 0, ppn: 0 },
    );
    m.run(0, (here) => ppm_free_pages(here, { page: taken[0] as number }));
    assert.equal(
      m.run(0, (here) => vmm_map_kernel_vseg(here, { vseg, attr: 0 })),
      undefined,
    );
    assert.deepEqual(
      m.run(0, (here) => hal_gpt_get_pte(here, { gpt, vpn: 0x4_0000 })),
      {
        attr: Attr.MAPPED | Attr.READABLE | Attr.WRITABLE | Attr.CACHABLE,
        ppn: 0x200,
      },
    );
  });

  it('12.60, 12.61 the buddy allocator', () => {
    const m = new AlmosMachine();
    m.checks = false; // the test holds the blocks
    const alloc = (order: number): number => m.run(0, (here) => ppm_alloc_pages(here, { order })) as number;
    const blocks = [alloc(0), alloc(1), alloc(0), alloc(2)];
    assert.deepEqual(blocks, [0x100, 0x102, 0x101, 0x104]);
    m.checks = true;
    for (const page of blocks) {
      m.checks = page === blocks.at(-1);
      m.run(0, (here) => ppm_free_pages(here, { page }));
    }
    const lists = m.state.clusters[0]?.ppm.free_pages_root;
    assert.ok(lists);
    assert.deepEqual(freeBlocks(lists, 8), [0x100]);
    assert.deepEqual(freeBlocks(lists, 9), [0x200, 0x400, 0x600, 0x800, 0xa00, 0xc00, 0xe00]);
    assert.equal(m.freeIn(0x00), 3840);
  });

  it('12.62 freeing a FREE or a RESERVED page panics', () => {
    for (const page of [0x100, 0x80, 0xe01]) {
      const m = new AlmosMachine();
      assert.throws(() => m.run(0, (here) => ppm_free_pages(here, { page })), /FREE|RESERVED/);
      assert.notEqual(m.machine.panic, null);
    }
  });

  it('12.63 encoding of a small page', () => {
    assert.equal(tsarWord0(0x0467), 0x8900_0001);
    assert.equal(tsarAttr(0x8900_0001, true), 0x0467);
    assert.deepEqual([0x006f, 0x0077, 0x0277].map(tsarWord0), [0x8d00_0000, 0x8b00_0000, 0x8b80_0000]);
    const { m, P } = m1(10);
    const entries = inspectWalk(m.machine, P.vmm.gpt.ppn, 0x200_0000);
    assert.deepEqual(
      entries[1]?.words.map((word) => word & ~0x3040_0000),
      [0x8d00_0000 | 0, 0x0100_0106],
    );
    assert.equal(readFrame32(m.machine, P.vmm.gpt.ppn, 2 * 4), 0xc000_0104);
  });

  it('12.64 encoding of a big page', () => {
    const m = new AlmosMachine();
    m.checks = false; // no vseg stands for it
    const { gpt } = kernelDescriptor(m.state, m.machine, 0).vmm;
    const attr = Attr.MAPPED | Attr.READABLE | Attr.WRITABLE | Attr.CACHABLE;
    m.run(0, (here) => hal_gpt_set_pte(here, { gpt, vpn: 0x200, attr, ppn: 0x200 }));
    assert.equal(readFrame32(m.machine, gpt.ppn, 4), 0x8c00_0001);
    const small = { gpt, vpn: 0x201, attr: attr | Attr.SMALL, ppn: 0x300 };
    assert.throws(
      () => m.run(0, (here) => hal_gpt_set_pte(here, small)),
      /big page/,
      '10.4: a small page under a PTE1',
    );
  });

  it('12.65 exception codes as the handler sees them', () => {
    const { m, P, main } = m1(6);
    const refused = (va: number, access: typeof R, code: number, user = true): void => {
      const pa = m.run(main, function* (here) {
        return translate(here.machine, here.core, va, access, user);
      });
      assert.equal(pa, -1);
      assert.equal(m.machine.fault.code, code);
    };
    refused(0x40_2000, X, 0x1010);
    refused(0x40_0000, W, 0x0008);
    m.checks = false;
    const { gpt } = P.vmm;
    m.run(main, (here) => hal_gpt_set_pte(here, { gpt, vpn: 0x404, attr: 0x2f, ppn: 0x107 }));
    refused(0x40_4000, R, 0x1004);
    refused(0x40_4000, W, 0x0004);
    assert.equal(typeof m.tryAccess(main, 0x40_4000, R, false), 'number');
  });

  it('12.66 to 12.68 address split, PTPR, routes', () => {
    const { m, P } = m1(7);
    const [first, second] = inspectWalk(m.machine, P.vmm.gpt.ppn, 0x40_2abc);
    assert.deepEqual([first?.address, second?.address], [0x10_0000 + 2 * 4, 0x10_4000 + 2 * 8]);
    assert.equal(pageTablePointer(P.vmm.gpt.ppn), 0x80);
    assert.equal(pageTablePointer(m.descriptor(P, 0x10).vmm.gpt.ppn), 0x80_0081);
    const { config } = m.machine;
    assert.deepEqual(route(config, m.at(0x00), m.at(0x11)), [m.at(0x00), m.at(0x10), m.at(0x11)]);
    assert.equal(latency(config, m.at(0x00), m.at(0x11)), 48);
  });

  it('12.71 a context switch keeps only global entries', () => {
    const { m, main } = m1(5);
    m.touch(main, 0x4000, X);
    m.touch(main, 0x40_2000, R);
    const { core } = main;
    assert.ok(lookupTlb(m.machine, core, 0x402, false));
    setPageTableRoot(m.machine, core, kernelRoot(m.machine, 0));
    assert.equal(lookupTlb(m.machine, core, 0x402, false), null);
    assert.equal(lookupTlb(m.machine, core, 4, true)?.ppn, 4);
    assert.equal(pageTableRoot(m.machine, core), kernelRoot(m.machine, 0));
  });
});
