/** One finding for a statement: in a loop it says in which round it was first, and how often it came again. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

const process = 'process p { code 1 page  data 1 page }\n';
const threads = `${process}thread t of p\nas p { let a = mmap(4096, rw) write(a, 0) }\n`;

describe('a finding in a loop', () => {
  const cases: readonly (readonly [what: string, text: string, findings: readonly string[]])[] = [
    [
      'that fails every time',
      'for i in 0..1000 { expect i == 1000 }',
      ['WALK201 expected i == 1000, but i is 0 (first at i = 0, 999 more)'],
    ],
    ['that fails once', 'for i in 0..10 { expect i != 7 }', ['WALK201 expected i != 7, but i is 7 (at i = 7)']],
    [
      'that begins to fail',
      'for i in 4..10 step 2 { expect i < 6 }',
      ['WALK201 expected i < 6, but i is 6 (first at i = 6, 1 more)'],
    ],
    ['in rounds', 'repeat 5 { expect 1 == 2 }', ['WALK201 expected 1 == 2 (first in round 1, 4 more)']],
    [
      'in loops in loops',
      'for i in 0..3 { repeat 2 { for j in 0..4 { if i == 1 { expect j < 2 } } } }',
      ['WALK201 expected j < 2, but j is 2 (first at i = 1, round 1, j = 2, 3 more)'],
    ],
    [
      'of two statements is two',
      'for i in 0..3 { expect i > 0  expect i > 1 }',
      ['WALK201 expected i > 0, but i is 0 (at i = 0)', 'WALK201 expected i > 1, but i is 0 (first at i = 0, 1 more)'],
    ],
    [
      'and the same outside it',
      'expect 1 == 2\nrepeat 2 { expect 1 == 3 }',
      ['WALK201 expected 1 == 2', 'WALK201 expected 1 == 3 (first in round 1, 1 more)'],
    ],
    [
      'that expects a failure',
      `${process}as p { for i in 0..3 { expect read(p.data) fails SEGV } }`,
      ['WALK206 expected read(p.data) to fail with SEGV, but it succeeded (first at i = 0, 2 more)'],
    ],
    [
      'of an injection that never happens',
      'repeat 3 { inject page-alloc fails }',
      ['WALK214 the injected failure of page-alloc never happened (2 more)'],
    ],
    [
      'of an exploration',
      `${threads}for i in 0..2 { explore { as p { write(a, 1) } as t { write(a, 2) } } }`,
      ['WALK228 2 of 2 interleavings covered (first at i = 0, 1 more)'],
    ],
    [
      'of what follows an exploration',
      `${threads}for i in 0..2 { explore { as p { write(a, 1) } as t { write(a, 2) } } then { for j in 0..3 { expect j < i } } }`,
      [
        'WALK227 interleaving 1 fails: expected j < i, but j is 0 and i is 0 (first at i = 0, j = 0, 2 more); parallel seed 9223372036854775808 replays it',
      ],
    ],
    [
      'inside an interleaved block',
      `${threads}for i in 0..2 { parallel seed 1 { as p { for j in 0..3 { expect j + i < 3 } } as t { read(p.data) } } }`,
      ['WALK201 expected j + i < 3, but j + i is 3 (at i = 1, j = 2)'],
    ],
    [
      'inside an explored block',
      `${threads}explore { as p { repeat 3 { expect 1 == 2 } } as t { write(a, 2) } }`,
      ['WALK227 interleaving 1 fails: expected 1 == 2 (in round 1); parallel seed 9223372036854775808 replays it'],
    ],
  ];
  for (const [what, text, findings] of cases) {
    it(what, () => {
      assert.deepEqual(findingsOf(runToEnd(simulationOf(text))), findings);
    });
  }

  it('counts every failed expectation', () => {
    const { passed, failed } = runToEnd(simulationOf('for i in 0..1000 { expect i < 10 }')).world.script;
    assert.deepEqual([passed, failed], [10, 990]);
  });

  for (const { name, injections } of wholeKernels) {
    it(`names the round of a write or a fork that is refused on ${name}`, () => {
      const one = `kernel ${name}\nprocess p { code 1 page  data 1 page }\n`;
      const write = `${one}as p {\n    let a = mmap(2 pages, rw)\n    for i in 0..5 { write(a + i * 4KiB, 1) }\n}`;
      assert.match(findingsOf(runToEnd(simulationOfFile(write)))[0] ?? '', /^WALK202 .* \(at i = 2\)$/);
      const fork = `${one}as p {\n    for i in 0..6 {\n        if i == 3 { inject ${Object.keys(injections)[0] ?? 'page-alloc'} fails }\n        let _child = fork()\n    }\n}`;
      assert.match(findingsOf(runToEnd(simulationOfFile(fork)))[0] ?? '', / \(at i = 3\)$/);
    });
  }
});
