/** A refused access names the line that is to blame, however the region went. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

const shell = 'process shell { code 1 page data 0 }\n';
const two = `${shell}process other { code 1 page data 0 }\n`;

/** Kernel, text with one line marked by `<` at its end, and what that line is said to have done. The last line is refused. */
const cases: readonly (readonly [
  what: string,
  kernel: string,
  text: string,
  action: 'mapped' | 'unmapped' | 'protected',
])[] = [
  [
    'vmm_remove_region of a whole region',
    'almos-mkh',
    `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { vmm_remove_region(process: shell, base: a, size: 2 pages) } <
as shell { read(a + 4096) }`,
    'unmapped',
  ],
  [
    'vmm_remove_region of its end',
    'almos-mkh',
    `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { vmm_remove_region(process: shell, base: a + 4096, size: 1 page) } <
as shell { read(a + 4096) }`,
    'unmapped',
  ],
  [
    'a function that runs for another process',
    'almos-mkh',
    `${two}as shell { let a = mmap(2 pages, rw) }
as other { vmm_remove_region(process: shell, base: a, size: 2 pages) } <
as shell { read(a) }`,
    'unmapped',
  ],
  [
    'a munmap by a thread in another cluster',
    'almos-mkh',
    `${shell}thread guest of shell at (1,0)
as shell { let a = mmap(2 pages, rw) }
as guest { read(a) }
as guest { munmap(a, 2 pages) } <
as shell { read(a) }`,
    'unmapped',
  ],
  [
    'an exec',
    'almos-mkh',
    `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { exec({ code: 4096, data: 0 }) } <
as shell { read(a) }`,
    'unmapped',
  ],
  [
    'vm_region_unmap of a whole mapping',
    'vm-region',
    `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { vm_region_unmap(root(shell), a - 0x1000, 2 pages) } <
as shell { read(a) }`,
    'unmapped',
  ],
  [
    'vm_region_unmap of the middle of one',
    'vm-region',
    `${shell}as shell { let a = mmap(3 pages, rw) }
as shell { vm_region_unmap(root(shell), a, 1 page) } <
as shell { read(a + 4096) }`,
    'unmapped',
  ],
  [
    'region_kill',
    'vm-region',
    `${shell}as shell { let R = vm_region_create(root(shell), "mine", 4, 0xFF000, 0x10000, rwu) }
as shell { let O = vm_object_create("o", 1, 0x4000, rw) vm_region_map_object(R, 0, O, 0, 0x4000, rwu) write(0x100000, 1) }
as shell { region_kill(R) } <
as shell { read(0x100000) }`,
    'unmapped',
  ],
  [
    'a heap that shrinks',
    'vm-region',
    `${shell}as shell { let end = brk(0) brk(end + 4 pages) write(end, 1) }
as shell { brk(end) } <
as shell { read(end) }`,
    'unmapped',
  ],
  [
    'mem_unmap of a part',
    'lunaix',
    `${shell}as shell { let a = mmap(3 pages, rw) }
as shell { mem_unmap(mnt: VMS_SELF, list: shell.mm.regions, addr: a + 4096, length: 4096) } <
as shell { read(a + 4096) }`,
    'unmapped',
  ],
  [
    'mem_unmap_region',
    'lunaix',
    `${shell}as shell { let a = mmap(3 pages, rw) }
as shell { mem_unmap_region(mnt: VMS_SELF, r: shell.mm.regions[shell.mm.regions.length - 2]) } <
as shell { read(a) }`,
    'unmapped',
  ],
  [
    'a heap that shrinks',
    'lunaix',
    `${shell}as shell { let end = brk(0) brk(end + 4 pages) write(end, 1) }
as shell { brk(end) } <
as shell { read(end + 4096) }`,
    'unmapped',
  ],
  [
    'vm_delete_region, by another process',
    'haiku',
    `${two}let a = vm_create_anonymous_region(1, "mine", 0, any_address, 0x2000, lazy, LOCK_RW)
as shell { write(a.address, 1) }
as other { vm_delete_region(1, a.result) } <
as shell { read(a.address) }`,
    'unmapped',
  ],
  [
    'an mprotect: not who mapped it',
    'vm-region',
    `${shell}as shell { let a = mmap(2 pages, rw) write(a, 1) }
as shell { mprotect(a, 1, r) } <
as shell { mprotect(a + 4096, 1 page, none) }
as shell { write(a + 4095, 1, size: 1) }`,
    'protected',
  ],
  [
    'an mprotect of a parent before its fork: its child',
    'vm-region',
    `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { mprotect(a, 2 pages, r) } <
as shell { let child = fork() mprotect(a, 2 pages, rw) }
as child { write(a, 1) }`,
    'protected',
  ],
  ...(['almos-mkh', 'vm-region', 'lunaix', 'haiku'] as const).flatMap(
    (kernel) =>
      [
        [
          'a mapping of a parent before its fork',
          kernel,
          `${shell}as shell { let a = mmap(2 pages, r) } <
as shell { let child = fork() munmap(a, 2 pages) }
as child { write(a, 1) }`,
          'mapped',
        ],
        [
          'a munmap of a parent before its fork',
          kernel,
          `${shell}as shell { let a = mmap(2 pages, rw) }
as shell { munmap(a, 2 pages) } <
as shell { let child = fork() }
as child { write(a, 1) }`,
          'unmapped',
        ],
        [
          'a munmap of one byte, which takes the page',
          kernel,
          `${shell}as shell { let a = mmap(1 page, rw) }
as shell { munmap(a, 1) } <
as shell { read(a + 4000) }`,
          'unmapped',
        ],
        [
          'the process that was made with its code',
          kernel,
          `process other { code 1 page data 0 }
process shell { code 1 page data 0 } <
as shell { write(shell.code, 1) }`,
          'mapped',
        ],
      ] as const,
  ),
  [
    'an exec, whose code may not be written',
    'vm-region',
    `${shell}as shell { exec({ code: 1 page, data: 0 }) } <
as shell { write(shell.code, 1) }`,
    'mapped',
  ],
  [
    'a brk after a fork: the child has its own',
    'lunaix',
    `${shell}as shell { let end = brk(0) let child = fork() }
as shell { brk(end + 1 page) brk(end) }
as child { brk(end + 1 page) }
as child { brk(end) } <
as child { read(end) }`,
    'unmapped',
  ],
  [
    'a missing right: who mapped it',
    'almos-mkh',
    `${shell}as shell { let old = mmap(1 page, rw) munmap(old, 1 page) }
as shell { let a = mmap(1 page, r) } <
as shell { write(a, 1) }`,
    'mapped',
  ],
];

describe('session: the line that is to blame for a refused access', () => {
  for (const [what, kernel, marked, action] of cases) {
    it(`${what} (${kernel})`, () => {
      const lines = `kernel ${kernel}\n${marked}`.split('\n');
      const blamed = lines.findIndex((line) => line.endsWith(' <')) + 1;
      const simulation = runToEnd(simulationOfFile(lines.join('\n').replace(/ <$/m, '')));
      const [found, ...others] = simulation.world.script.diagnostics.filter(({ severity }) => severity === 'error');
      assert.deepEqual(others, []);
      assert.equal(found?.code, 'WALK202', found?.message);
      assert.equal(found.range.line, lines.length);
      const said = (found.related ?? []).map(
        ({ message, range }) => `${String(range.line)} ${message.replace(/^\S+ /, '')}`,
      );
      assert.deepEqual(said, [`${String(blamed)} was ${action} here`]);
    });
  }

  it('says how far the nearest region is, in a unit that can be read', () => {
    const far = (address: string): string => {
      const simulation = runToEnd(simulationOfFile(`kernel almos-mkh\n${shell}as shell { read(${address}) }`));
      return simulation.world.script.diagnostics[0]?.message ?? '';
    };
    assert.match(far('0x401001'), /; it is 2 bytes beyond the last byte of vseg code \[0x400000, 0x401000\)$/);
    assert.match(far('0x2000000'), /; it is 27 MiB beyond the last byte of vseg code /);
    assert.match(far('0xbffff000'), /; it is 8 KiB below vseg stack 0 /);
  });
});
