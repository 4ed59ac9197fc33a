/** Second edition 13.1: `walk`, `table`, `physical` and `entry`, on every kernel and page-table format. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

function run(text: string): { readonly prints: string[]; readonly found: string[] } {
  const simulation = runToEnd(simulationOfFile(text));
  return { prints: simulation.world.script.prints.map((print) => print.text), found: findingsOf(simulation) };
}

const machines: readonly (readonly [kernel: string, machine: string])[] = [
  ...wholeKernels.map(({ name }) => [name, ''] as const),
  ['almos-mkh', 'machine tsar { paging x86-64 }\n'],
];

/** What holds of every walk of a page that was written. */
const laws = `process p { code 1 page data 1 page }
as p {
    let a = mmap(16KiB, rw)
    write(a + 5, 0x1234567, size: 4)
    let w = walk(a + 5, w)
    expect w.fault == none
    expect w.size == 4096
    expect w.physical == translate(a + 5)
    expect physical(w.physical, size: 4) == 0x1234567
    expect physical(w.physical, size: 1) == 0x67
    expect w.levels[0].table == table()
    expect w.levels[length(w.levels) - 1].level == 1
    expect w.levels[0].level == length(w.levels)
    for i in 0..length(w.levels) {
        let l = w.levels[i]
        expect l.present
        expect l.address >= l.table and l.address < l.table + 8192
        if i > 0 { expect l.table == w.levels[i - 1].next }
    }
    let leaf = w.levels[length(w.levels) - 1]
    expect leaf.next == pte(a).ppn * 4096
    expect leaf.raw == pte(a).raw
    expect entry(leaf.raw) == pte(a)
    expect entry(0) == pte(0)
    // A page that nobody has touched.
    let absent = walk(a + 8192)
    expect absent.fault == "not-present" and absent.physical == none and absent.size == none
    expect not absent.levels[length(absent.levels) - 1].present
    expect absent.levels[length(absent.levels) - 1].next == none
    // The code may not be written, and user mode reaches nothing of the kernel.
    fetch(p.code)
    expect walk(p.code, x).fault == none
    expect walk(p.code, w).fault == "protection"
    expect walk(p.code, access: w).physical == translate(p.code)
    expect count("tlb-miss") == count("tlb-miss")
}
`;

describe('translation, observed', () => {
  for (const [kernel, machine] of machines) {
    it(`follows the tables of ${kernel}${machine === '' ? '' : ' on other page tables'}`, () => {
      assert.deepEqual(run(`${machine}kernel ${kernel}\n${laws}`).found, []);
    });
  }

  const names: readonly (readonly [kernel: string, machine: string, names: string])[] = [
    ['almos-mkh', '', 'PT1 PT2'],
    ['haiku', '', 'PD PT'],
    ['almos-mkh', 'machine tsar { paging x86-64 }\n', 'PML4 PDPT PD PT'],
  ];
  for (const [kernel, machine, expected] of names) {
    it(`names the tables ${expected}`, () => {
      const text = `${machine}kernel ${kernel}\nprocess p { code 1 page data 1 page }\nas p { write(p.data, 1) for l in walk(p.data).levels { print l.name } }`;
      assert.equal(run(text).prints.join(' '), expected);
    });
  }

  it('changes nothing, not even accessed bits or counters', () => {
    const head = 'kernel haiku\nprocess p { code 1 page data 1 page }\nas p { write(p.data, 1) }\n';
    const plain = simulationOfFile(`${head}as p { print 1 }`);
    const observed = simulationOfFile(
      `${head}as p { print length([walk(p.data, w), table(), physical(0), entry(7)]) - 3 }`,
    );
    const { machine, kernelState } = runToEnd(plain).world;
    const other = runToEnd(observed).world;
    assert.equal(worldDifference({ ...other, machine, kernelState }, other), null);
  });

  it('tells addresses that the machine cannot form, and memory that is not there', () => {
    const text = `machine tsar { paging x86-64 }\nkernel almos-mkh\nprocess p { code 1 page data 1 page }\nas p {
let w = walk(0x8000_0000_0000) print w.fault, w.levels, w.physical
print physical(0xFFFF_FFFF_FFFF), physical(0xFFFFFFFFFFFFFFFF) }`;
    assert.deepEqual(run(text), { prints: ['address [] none', 'none none'], found: [] });
  });

  it('decodes an entry at its level, and refuses a level that there is not', () => {
    const big = 'machine tsar { paging x86-64 }\nkernel almos-mkh\n';
    assert.deepEqual(run(`${big}let e = entry(0x200087, level: 2) print e.big, e.ppn, e.writable, e.user`).prints, [
      'true 512 true true',
    ]);
    assert.match(
      run(`${big}print entry(1, level: 5)`).found[0] ?? '',
      /WALK225 entry: there is no level 5; .* levels 1 to 4/,
    );
  });
});
