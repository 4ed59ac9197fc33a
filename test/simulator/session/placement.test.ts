import { strict as assert } from 'node:assert';
import { runToEnd, simulationOf } from './simulations.ts';
import { printsOf } from './statement-runner.ts';

/** `remote-access` of a core's own accesses, as statements make them (walk language 13.7). */

const setup = `process shell { code 1 page data 0 pages }
as shell {
  let near = mmap(2 pages, rw)
  let far = mmap(2 pages, rw, kind: remote, cluster: (1,1))
  touch(near, 2 pages, w)
  touch(far, 2 pages, w)
  let before = count("remote-access")
  let elsewhere = count("remote-access", at: (1,1))
`;

/** Statements after the pages are there, and how many remote accesses they make. */
const examples: readonly (readonly [string, string, number])[] = [
  ['a load', 'read(far)', 1],
  ['a local load', 'read(near)', 0],
  ['a store', 'write(far, 1)', 1],
  ['the bytes of a text', 'write(far, "hello")', 5],
  ['a load across a page', 'read(far + 4094)', 2],
  ['a touch', 'touch(far, 2 pages, r)', 2],
  ['a scan', 'scan(far, 8192, w)', 128],
  ['a scan of local pages', 'scan(near, 8192, w)', 0],
  ['a fetch that is refused', 'expect fetch(far) fails SEGV', 0],
  ['observations', 'print pte(far).present', 0],
];

describe('remote accesses of statements', () => {
  for (const [name, body, expected] of examples) {
    it(name, () => {
      const prints = printsOf(
        `${setup}${body}\nprint count("remote-access") - before\nprint count("remote-access", at: (1,1)) - elsewhere\n}`,
      );
      assert.deepEqual(prints.slice(-2), [String(expected), '0']);
    });
  }

  it('in parallel blocks each core counts its own', () => {
    const simulation = simulationOf(`${setup}}
thread helper of shell at (1,1)
as helper { touch(near, 1 page, r)  touch(far, 1 page, r) }
as shell {
  let first = count("remote-access", at: (0,0))
  let second = count("remote-access", at: (1,1))
  parallel seed 3 {
    as shell { scan(far, 4096, r) }
    as helper { scan(far, 4096, r)  read(near) }
  }
  print count("remote-access", at: (0,0)) - first
  print count("remote-access", at: (1,1)) - second
}`);
    const texts = runToEnd(simulation).world.script.prints.map(({ text }) => text);
    assert.deepEqual(texts.slice(-2), ['64', '1']);
  });
});

describe('mapper misses', () => {
  it('are the pages that a mapper has to read from its file', () => {
    const prints = printsOf(`file "/f" { size 8192 }
process shell { code 1 page data 0 pages }
as shell {
  let f = mmap(8192, rw, kind: shared, file: "/f")
  read(f)
  read(f + 8)
  print count("mapper-miss")
  let unnamed = mmap(8192, rw, kind: shared)
  touch(unnamed, 8192, w)
  print count("mapper-miss")
}`);
    assert.deepEqual(prints, ['1', '1']);
  });
});
