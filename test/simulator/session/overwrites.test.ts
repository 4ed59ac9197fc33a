/** Rules of a kernel that do not hold: who is to blame, and since when. */
import { strict as assert } from 'node:assert';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { inspectWalk } from '../../../simulator/hardware/entry-view.ts';
import { ppnOf } from '../../../simulator/hardware/word.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import type { BoundKernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import { variantOf } from '../../support/kernel-variant.ts';
import { simulationOf, simulationOfFile } from './simulations.ts';

const head = (kernel: string): string => `kernel ${kernel}\nprocess app { code 1 page data 1 page }\nas app {\n`;

function toEnd(simulation: Simulation): Simulation {
  while (simulation.advance({ kind: 'continue' }, 1_000_000).reason !== 'end');
  return simulation;
}

function run(kernel: string, body: string): Simulation {
  return toEnd(simulationOfFile(`${head(kernel)}${body}\n}`));
}

function findings({ world }: Simulation): string[] {
  return world.script.diagnostics.map(({ code, message, range }) => `${String(range.line)} ${code} ${message}`);
}

const inWindow =
  'let buf = mmap(4096, rw)\nwrite(buf, 1)\nlet slot = 0xFFC00000 + (buf >> 12) * 4\nlet word = read(slot, as: kernel)\n';

/** The frame of the deepest table for an address that a text maps as `buf`. */
function tableFrame(kernel: string, body: string): number {
  const simulation = run(kernel, body);
  const [process] = simulation.kernel.processes();
  assert.ok(process);
  const root = simulation.kernel.tables(process)[0]?.root ?? 0;
  const address = simulation.bindings().get('buf');
  const walked = inspectWalk(simulation.world.machine, root, Number(address));
  return ppnOf(walked.at(-1)?.address ?? 0);
}

describe('session: who is to blame for a rule that does not hold', () => {
  it('the self mapping’s own value may be written back: the MMU sets A and D', () => {
    const simulation = run('lunaix', 'let v = read(0xFFFFFFFC, as: kernel)\nwrite(0xFFFFFFFC, v, as: kernel)');
    assert.deepEqual(findings(simulation), []);
    assert.deepEqual(
      simulation.world.script.overwrites.map(({ what, range }) => [what.split(' in ')[0], range.line]),
      [['the page table', 5]],
    );
  });

  it('W cleared through the window without a flush is the scenario’s, at that line', () => {
    const simulation = run('lunaix', `${inWindow}print 1\nwrite(slot, word - 2, as: kernel)\nprint read(buf)`);
    const [first] = findings(simulation);
    assert.match(
      first ?? '',
      /^9 WALK243 I16: the TLB of core 0 grants more at 0x00403000 than its entry(?: \(and \d+ more of I16\))?, first after line 9 \(micro-step \d+\): line 9 overwrote the page table in frame 0x305$/,
    );
    assert.equal(exitCodeOf(simulation.world.script.diagnostics), 1);
  });

  it('in an interleaving as well', () => {
    const simulation = toEnd(
      simulationOfFile(`${head('lunaix')}${inWindow}}
thread other of app
expect explore { as app { write(buf, 2)  write(slot, word - 2, as: kernel) } as other { print 1 } } fails INVARIANT`),
    );
    assert.deepEqual(simulation.world.script.failed, 0, findings(simulation).join('\n'));
    assert.equal(exitCodeOf(simulation.world.script.diagnostics), 0);
  });

  it('vm-region: a process that writes to a page table through an object of physical memory', () => {
    const before = 'let buf = mmap(4096, rw)\nwrite(buf, 1)\n';
    const frame = tableFrame('vm-region', before);
    const object = `let dev = vm_object_create_physical("dev", 3, 4096, rw, ${String(frame)})\n`;
    const direct = run('vm-region', `${before}${object}vm_object_write(dev, 0, "zzzzzzzz")`);
    assert.match(
      findings(direct).at(-1) ?? '',
      /^7 WALK243 .*line 7 overwrote memory of the kernel, through a PHYS object by vm_object_write(?: \(\d+ more\))?$/,
    );
    assert.equal(exitCodeOf(direct.world.script.diagnostics), 1);
  });

  it('haiku: the kernel’s memory by user_memset', () => {
    const { script } = run('haiku', 'user_memset(s: 0x80100000, c: 255, count: 4)').world;
    assert.deepEqual(
      script.overwrites.map(({ what, range }) => [what, range.line]),
      [['the kernel’s own memory by user_memset', 4]],
    );
  });

  const tampered: readonly (readonly [kernel: string, body: string, rule: string])[] = [
    ['almos-mkh', 'hal_gpt_reset_pte(gpt: app.vmm.gpt, vpn: buf / 4096)', 'I7'],
    ['almos-mkh', 'hal_gpt_set_pte(gpt: app.vmm.gpt, vpn: buf / 4096 + 1, attr: 0x3f, ppn: 0x700)', 'I7'],
    ['almos-mkh', 'vmm_destroy(process: app)', 'I12'],
    ['almos-mkh', 'ppm_free_pages(page: pte(buf).ppn)', 'I7'],
    ['haiku', 'unmap_tmap(app.aspace.translation_map, buf, buf + 1)', 'I7'],
    ['haiku', 'map_tmap(app.aspace.translation_map, buf, 0x100000, LOCK_RW)', 'I13'],
    ['haiku', 'vm_cache_remove_region(SHOWN.cache_ref, SHOWN)', 'I3'],
    ['lunaix', 'vmm_set_mapping(mnt: VMS_SELF, va: buf, pa: 0x100000, attr: 7)', 'I7'],
    ['lunaix', 'vmm_del_mapping(mnt: VMS_SELF, va: buf)', 'I7'],
    ['lunaix', 'vmm_set_mapping(mnt: VMS_SELF, va: PG_MOUNT_3, pa: 0x100000, attr: 3)', 'I11'],
    ['lunaix', 'pmm_free_page(pa: pte(buf).ppn * 4096)', 'I7'],
    ['haiku', 'write(vm_map_physical_memory(1, "t", 0, any_address, 4096, LOCK_RW, TABLE).address + 0x400, 7)', 'I13'],
  ];
  for (const [kernel, body, rule] of tampered)
    it(`${kernel}: ${body} is the scenario’s, once for each rule`, () => {
      const before = 'let buf = mmap(8192, rw)\nwrite(buf, 1)\n';
      const text = body
        .replace('TABLE', () => String(tableFrame(kernel, before) * 4096))
        .replaceAll('SHOWN', 'app.aspace.virtual_map.region_list[3]');
      const simulation = run(kernel, before + text);
      const found = findings(simulation);
      const rules = found.map((one) => /^6 WALK243 (I\d+): .*: line 6 overwrote /.exec(one)?.[1]);
      assert.ok(rules.includes(rule), found.join('\n'));
      assert.equal(new Set(rules).size, rules.length);
      assert.equal(exitCodeOf(simulation.world.script.diagnostics), 1);
    });

  it('lunaix: a reference that a scenario takes is no bug of ours', () => {
    const taken = run('lunaix', 'let buf = mmap(4096, rw)\nwrite(buf, 1)\npmm_ref_page(pa: pte(buf).ppn * 4096)');
    assert.deepEqual(
      findings(taken).map((one) => one.split(' ')[1]),
      ['WALK213'],
    );
  });

  const parts: readonly (readonly [kernel: string, body: string, rule: string])[] = [
    ['lunaix', 'procvm_init_clean(proc: app)', 'I7'],
    ['lunaix', 'region_copy_mm(src: app.mm, dest: app.mm)', 'I1'],
    [
      'lunaix',
      'mem_map(addr: 1, param: { pvms: app.mm, mlen: 0x1000, proct: rw, flags: ANON | RSHARED | MAP_FIXED, range_start: 0 })',
      'I1',
    ],
  ];
  for (const [kernel, body, rule] of parts)
    it(`${kernel}: what ${body} leaves to its callers is a warning`, () => {
      const simulation = run(kernel, body);
      const { diagnostics } = simulation.world.script;
      const told = diagnostics.filter(({ code }) => code === 'WALK243');
      assert.ok(
        told.some(({ message }) => message.startsWith(`${rule}: `) && message.includes(': line 4 overwrote ')),
        findings(simulation).join('\n'),
      );
      assert.ok(told.every(({ severity }) => severity === 'warning'));
      assert.equal(exitCodeOf(diagnostics), 0);
    });

  const ownEntries: readonly (readonly [kernel: string, set: string, clear: string])[] = [
    [
      'lunaix',
      'let mine = pmm_alloc_page()\nvmm_set_mapping(mnt: VMS_SELF, va: 0x30000000, pa: mine, attr: 7)\nwrite(0x30000000, 1, as: kernel)',
      'vmm_del_mapping(mnt: VMS_SELF, va: 0x30000000)\npmm_free_page(pa: mine)',
    ],
    [
      'haiku',
      'let mine = vm_page_allocate_page(PAGE_STATE_CLEAR)\nmap_tmap(app.aspace.translation_map, 0x30000000, mine.ppn * 4096, LOCK_RW)',
      'unmap_tmap(app.aspace.translation_map, 0x30000000, 0x30001000)\nvm_page_set_state(mine, PAGE_STATE_FREE)',
    ],
  ];
  for (const [kernel, set, clear] of ownEntries)
    it(`${kernel}: an entry where no region is belongs to the scenario`, () => {
      const held = findings(run(kernel, set));
      assert.equal(held.length, 1, held.join('\n'));
      assert.match(held[0] ?? '', /^\d+ WALK213 scenario holds .*the entry at 0x30000000/);
      assert.deepEqual(findings(run(kernel, `${set}\n${clear}`)), []);
    });

  it('lunaix: a frame that the scenario maps in a region is the region’s from then on', () => {
    const mapped = `let buf = mmap(8192, rw)
let mine = pmm_alloc_page()
vmm_set_mapping(mnt: VMS_SELF, va: buf, pa: mine, attr: 7)
write(buf, 1)`;
    assert.deepEqual(findings(run('lunaix', mapped)), []);
    assert.deepEqual(findings(run('lunaix', `${mapped}\nmunmap(buf, 8192)`)), []);
  });

  it('lunaix: a page that the scenario unmaps is its own to give back', () => {
    const unmapped =
      'let buf = mmap(8192, rw)\nwrite(buf, 1)\npmm_free_page(pa: vmm_del_mapping(mnt: VMS_SELF, va: buf))';
    const found = findings(run('lunaix', unmapped));
    assert.deepEqual(exitCodeOf(run('lunaix', unmapped).world.script.diagnostics), 0, found.join('\n'));
  });

  it('haiku: what the scenario added to max_commit is accounted for', () => {
    assert.deepEqual(findings(run('haiku', 'vm_increase_max_commit(0x1000)')), []);
  });

  it('primitives that only empty TLBs overwrite nothing', () => {
    const flush = run(
      'haiku',
      'lock_tmap(app.aspace.translation_map)\nflush_tmap(app.aspace.translation_map)\nunlock_tmap(app.aspace.translation_map)',
    );
    assert.deepEqual([findings(flush), flush.world.script.overwrites], [[], []]);
  });

  it('almos-mkh: an entry where no vseg is belongs to the scenario', () => {
    const set = 'hal_gpt_set_pte(gpt: app.vmm.gpt, vpn: 0x30000, attr: 0x3f, ppn: 0x105)';
    const [held, ...others] = findings(run('almos-mkh', set));
    assert.match(held ?? '', /^\d+ WALK213 scenario holds the entry of vpn 0x30000$/);
    assert.deepEqual(others, []);
    const reset = run('almos-mkh', `${set}\nhal_gpt_reset_pte(gpt: app.vmm.gpt, vpn: 0x30000)`);
    assert.deepEqual(findings(reset), []);
  });

  it('a rule that was broken for a while is told as a warning, however the run is moved', () => {
    const text = `${inWindow}write(slot, word - 2, as: kernel)\nprint 1\nwrite(slot, word, as: kernel)\nprint read(buf)`;
    const simulation = run('lunaix', text);
    const [first, ...others] = findings(simulation);
    assert.match(
      first ?? '',
      /^8 WALK243 I16: .*, first after line 8 \(micro-step \d+\), and no longer at the end: line 8 overwrote the page table/,
    );
    assert.deepEqual(others, []);
    assert.equal(exitCodeOf(simulation.world.script.diagnostics), 0);
    const { position } = simulation;
    simulation.seek({ statement: 3, step: 0 });
    simulation.seek(position);
    assert.deepEqual(findings(toEnd(simulation)), [first]);
  });

  it('what writes only to a process’s own memory is no overwrite', () => {
    for (const kernel of ['almos-mkh', 'vm-region', 'haiku', 'lunaix']) {
      const simulation = run(
        kernel,
        'let buf = mmap(8192, rw)\nwrite(buf, "text")\nwrite(buf + 4096, 1, as: kernel)\nlet child = fork()\nwrite(buf, 2)',
      );
      assert.deepEqual(simulation.world.script.overwrites, [], kernel);
    }
  });

  it('places are kept once each, and so many of them', () => {
    const loop = run('lunaix', `${inWindow}repeat 1000 { write(slot, word, as: kernel) }`);
    assert.equal(loop.world.script.overwrites.length, 1);
    const lines = run('lunaix', inWindow + 'write(slot, word, as: kernel)\n'.repeat(150));
    assert.equal(lines.world.script.overwrites.length, 100);
  });
});

/** Does not hold once so many pages were taken. */
const brokenFrom = (pages: number) =>
  variantOf(almosMkh, {}, (_bound: BoundKernel, { machine }) => ({
    invariants: () => (countOf(machine, 'page-alloc') >= pages ? [{ invariant: 'I7', message: 'too many pages' }] : []),
  }));

const touching = `process app { code 1 page data 1 page }
as app {
    let buf = mmap(600 pages, rw)
    for i in 0..300 {
        write(buf + i * 4096, 1)
        print i
    }
}`;

describe('session: since when a rule does not hold', () => {
  /** Looks after every statement. */
  function bySteps(kernel: ReturnType<typeof brokenFrom>): { statement: number; step: number } {
    const simulation = simulationOf(touching, { kernel });
    for (let statement = 0; ; statement++) {
      simulation.seek({ statement, step: 0 });
      const { script } = simulation.world;
      if (simulation.kernel.invariants().length > 0) return { statement: script.statements, step: script.steps };
    }
  }

  for (const pages of [1, 20, 100, 250])
    it(`names the statement and the micro-step: ${String(pages)} pages`, () => {
      const kernel = brokenFrom(pages);
      const simulation = toEnd(simulationOf(touching, { kernel }));
      const { diagnostics } = simulation.world.script;
      const { step } = bySteps(kernel);
      const [found] = diagnostics;
      const line = String(found?.range.line);
      assert.equal(found?.code, 'WALK215');
      assert.equal(
        found.message,
        `I7: too many pages, first after line ${line} (micro-step ${String(step)}). This is a bug of Pagewalk.`,
      );
      assert.equal(exitCodeOf(diagnostics), 3);
      const messages = diagnostics.map(({ message }) => message);
      const { position } = simulation;
      simulation.seek({ statement: 3, step: 0 });
      simulation.seek(position);
      assert.deepEqual(
        toEnd(simulation).world.script.diagnostics.map(({ message }) => message),
        messages,
      );
    });

  it('is found from the beginning, too, where no checkpoints were taken', () => {
    const kernel = brokenFrom(100);
    const messagesOf = (goesBack: boolean): string[] =>
      toEnd(simulationOf(touching, { kernel, goesBack })).world.script.diagnostics.map(({ message }) => message);
    assert.deepEqual(messagesOf(false), messagesOf(true));
  });

  it('what the scenario overwrote only afterwards is not to blame', () => {
    const kernel = variantOf(almosMkh, {}, (bound, world) => ({
      invariants: () =>
        countOf(world.machine, 'page-alloc') >= 5 ? [{ invariant: 'I7', message: 'too many pages' }] : [],
      overwrites: (info) => (info.name === 'vmm_display' ? { what: 'all', isPart: false } : bound.overwrites(info, {})),
    }));
    const display = 'vmm_display(process: app, mapping: false)';
    const late = touching.replace(/\}$/, `    ${display}\n}`);
    const early = touching.replace('    for', `    ${display}\n    for`);
    const codeOf = (text: string): string | undefined =>
      toEnd(simulationOf(text, { kernel })).world.script.diagnostics[0]?.code;
    assert.deepEqual([codeOf(late), codeOf(early)], ['WALK215', 'WALK243']);
  });
});
