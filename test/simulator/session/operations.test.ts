import { strict as assert } from 'node:assert';
import { failureOf, printsOf, runText } from './statement-runner.ts';

const shell = 'process shell { code 2 pages data 2 pages }\n';
const asShell = (body: string): string => `${shell}as shell {\n${body}\n}`;

/** Body of `as shell`, and what it prints. */
const examples: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a word is little-endian',
    'let a = mmap(4096, rw)\nwrite(a, 0x11223344)\nprint read(a, size: 1)\nprint read(a + 2, 2)',
    ['68', '4386'],
  ],
  [
    'eight bytes',
    'let a = mmap(4096, rw)\nwrite(a, 0x1122334455667788, size: 8)\nprint read(a, 8) == 0x1122334455667788\nprint read(a + 4) == 0x11223344',
    ['true', 'true'],
  ],
  [
    'a negative value is stored in two’s complement',
    'let a = mmap(4096, rw)\nwrite(a, -1)\nprint read(a)\nprint read(a, 1)',
    ['4294967295', '255'],
  ],
  [
    'crossing a page is two accesses and two faults',
    'let a = mmap(8192, rw)\nlet before = count("access")\nwrite(a + 4094, 0xaabbccdd)\nprint count("access") - before\nprint count("page-fault")\nprint read(a + 4094) == 0xaabbccdd',
    ['2', '2', 'true'],
  ],
  [
    'text is written and read byte by byte',
    'let a = mmap(4096, rw)\nwrite(a, "hi\\n")\nprint text(a, 2)\nprint length(text(a, 4))',
    ['hi', '7'],
  ],
  [
    'characters are UTF-8, escapes bytes',
    'let a = mmap(4096, rw)\nwrite(a, "é€\\xe9")\nprint read(a, 2) == 0xa9c3\nprint text(a, 5) == "é€"\nprint read(a + 5) == 0xe9\nprint "é\\xe9"\nprint ["\\xff"]\nprint length("é\\xff")',
    ['true', 'true', 'true', 'é\\xe9', '["\\xff"]', '3'],
  ],
  [
    'touch makes one access a page',
    'let a = mmap(4 pages, rw)\nlet before = count("access")\ntouch(a + 100, 2 pages, w)\nprint count("access") - before\nprint count("page-fault")',
    ['3', '3'],
  ],
  [
    'scan makes one access every stride bytes',
    'let a = mmap(4096, rw)\nlet before = count("access")\nscan(a, 4096, r)\nscan(a, 4096, r, stride: 1024)\nprint count("access") - before',
    ['68'],
  ],
  ['touch of nothing makes no access', 'let a = mmap(4096, rw)\ntouch(a, 0, r)\nprint count("page-fault")', ['0']],
  [
    'a write by touch keeps the bytes',
    'let a = mmap(4096, rw)\nwrite(a, 41)\ntouch(a, 4096, w)\nscan(a, 64, w, stride: 4)\nprint read(a)',
    ['41'],
  ],
  ['fetch runs the program’s code', 'fetch(shell.code)\nprint read(shell.code, 1)', ['144']],
  ['wait(TIME) lets time pass', 'let before = cycles()\nwait(50us)\nprint cycles() - before >= 5000', ['true']],
  ['memory is zero at first', 'let a = mmap(4096, rw)\nprint read(a)', ['0']],
  ['munmap takes the mapping away', 'let a = mmap(2 pages, rw)\nmunmap(a, 2 pages)\nprint region(a)', ['none']],
];

/** Body, code, message. */
const failures: readonly (readonly [string, string, RegExp])[] = [
  ['read(0x5000_0000)', 'WALK202', /SEGV.*read at 0x50000000/],
  ['let a = mmap(4096, r)\nwrite(a, 1)', 'WALK202', /write at 0x2000000/],
  ['mprotect(0x2000000, 4096, r)', 'WALK221', /almos-mkh has no mprotect/],
  ['exec({ code: 1GiB, data: 0 })', 'WALK225', /^code of 1 GiB is more than the 256 MiB that it may have/],
  ['exec({ code: 4096, data: 5 })', 'WALK225', /^data must be whole pages of 4096 bytes/],
  ['exec({ code: "a", data: 5 })', 'WALK225', /^code is a size, not a string/],
  ['exec([shell][0])', 'WALK225', /^exec takes a path or/],
  ['read(0x1_0000_0000)', 'WALK225', /^0x100000000 is not an address of this machine; they reach from 0 to 0xffffffff/],
  ['let n = 8\ntouch(4 - n, 4, r)', 'WALK225', /^-4 is not an address of this machine/],
  ['let a = mmap(4096, rw)\nlet n = [3][0]\nread(a, size: n)', 'WALK225', /1, 2, 4 or 8 bytes, not 3/],
  ['let a = mmap(4096, rw)\nlet v = 0x1_0000_0000\nwrite(a, v)', 'WALK225', /does not fit in 4 bytes/],
];

describe('session: common operations', () => {
  for (const [name, body, expected] of examples) {
    it(name, () => {
      assert.deepEqual(printsOf(asShell(body)), expected);
    });
  }

  for (const [body, code, message] of failures) {
    it(`fails with ${code}: ${body.replaceAll('\n', '; ')}`, () => {
      const failure = failureOf(asShell(body));
      assert.equal(failure.code, code, failure.message);
      assert.match(failure.message, message);
    });
  }

  it('a refused access names the line that unmapped the address', () => {
    const failure = failureOf(asShell('let a = mmap(4096, rw)\n  munmap(a, 4096) // gone\nread(a)'));
    assert.equal(failure.code, 'WALK202');
    assert.deepEqual(
      failure.related.map(({ message, range }) => [message, range.line, range.column, range.endColumn]),
      [['0x2000000 was unmapped here', 5, 3, 18]],
    );
  });

  it('a refused access counts once as a segv, and kills', () => {
    const run = runText(
      asShell('expect read(0x5000_0000) fails SEGV\nprint count("segv")\nprint count("page-fault")\nprint shell.alive'),
    );
    assert.deepEqual(
      run.script.prints.map(({ text }) => text),
      ['1', '0', 'true'],
    );
    const killed = runText(asShell('expect read(0x5000_0000) kills SEGV\nprint shell.alive'));
    assert.deepEqual(
      killed.script.prints.map(({ text }) => text),
      ['false'],
    );
    assert.equal(killed.script.endedProcesses.length, 1);
  });
});
