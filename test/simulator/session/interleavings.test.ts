import { strict as assert } from 'node:assert';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

/** Two threads of one process on two cores, with a page that both have. */
const two = `process shell { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw) write(a, 0) }
as helper { read(a) }
`;

describe('session: parallel and explore', () => {
  it('explore reaches every outcome: either write can be the last', () => {
    const outcome = (value: number): string[] =>
      findingsOf(
        runToEnd(
          simulationOf(
            `${two}explore { as shell { write(a, 1) } as helper { write(a, 2) } } then { as shell { expect read(a) == ${String(value)} } }`,
          ),
        ),
      );
    assert.match(outcome(1).join('\n'), /WALK227.*but read\(a\) is 2/);
    assert.match(outcome(2).join('\n'), /WALK227.*but read\(a\) is 1/);
    const both = runToEnd(
      simulationOf(
        `${two}explore { as shell { write(a, 1) } as helper { write(a, 2) } } then { as shell { expect read(a) == 1 or read(a) == 2 } }`,
      ),
    );
    assert.match(findingsOf(both).join('\n'), /^WALK228 2 of 2 interleavings covered$/);
  });

  /** What each block does, and how many interleavings there are: rule and reasons in docs/adr/0011. */
  const countings: readonly (readonly [what: string, shell: string, helper: string, covered: number])[] = [
    ['two plain writes each', 'write(a, 1) write(a, 2)', 'write(a, 3) write(a, 4)', 6],
    ['a read and a write each', 'let x = read(a) write(a, x + 1)', 'let y = read(a) write(a, y + 1)', 6],
    ['a read inside a write', 'write(a, read(a) + 1)', 'write(a, read(a) + 1)', 6],
    ['an expectation without observations', 'expect read(a) < 3', 'write(a, 2)', 2],
    ['an expectation that observes afterwards', 'expect read(a) < 3 and count("segv") == 0', 'write(a, 2)', 3],
    ['three accesses of one statement', 'touch(a, 4096, w) scan(a, 128, r)', 'write(a, 2)', 4],
    ['rounds, after the statement that begins them', 'for i in 0..2 { write(a, i) }', 'write(a, 2)', 4],
    ['nothing at all', '', 'write(a, 2)', 1],
  ];
  for (const [what, shell, helper, covered] of countings) {
    it(`counts micro-steps that others can see: ${what}`, () => {
      const simulation = runToEnd(simulationOf(`${two}explore { as shell { ${shell} } as helper { ${helper} } }`));
      const number = String(covered);
      assert.deepEqual(findingsOf(simulation), [`WALK228 ${number} of ${number} interleavings covered`]);
    });
  }

  it('in every order of plain writes exactly one is the last', () => {
    const simulation = simulationOf(
      `${two}explore { as shell { write(a, 1) write(a, 2) } as helper { write(a, 3) write(a, 4) } } then { as shell { print read(a) expect read(a) == 2 or read(a) == 4 } }`,
    );
    assert.deepEqual(findingsOf(runToEnd(simulation)), ['WALK228 6 of 6 interleavings covered']);
  });

  it('what the run has reserved and injected before is still there behind `then`', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}let before = free()\nreserve 5 frames at (0,0)\ninject page-alloc fails at (0,0)\nexplore { as shell { write(a, 1) } as helper { write(a, 2) } } then { expect free() == before - 5 }\nexpect free() == before - 5\nas shell { let b = mmap(4096, rw) expect write(b, 1) fails OOM }`,
      ),
    );
    assert.deepEqual(findingsOf(simulation), ['WALK228 2 of 2 interleavings covered']);
  });

  it('says when a bound left some out', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}explore up to 2 { as shell { write(a, 1) write(a, 1) } as helper { write(a, 2) write(a, 2) } }`,
      ),
    );
    assert.match(findingsOf(simulation)[0] ?? '', /^WALK228 2 interleavings covered: all without preemptions$/);
  });

  it('then sees what the blocks have bound, in each interleaving', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}explore { as shell { let p = read(a) write(a, 1) } as helper { let q = read(a) write(a, 2) } } then { expect p == 0 or p == 2 expect q == 0 or q == 1 expect p == 0 or q == 0 }`,
      ),
    );
    assert.deepEqual(findingsOf(simulation), ['WALK228 6 of 6 interleavings covered']);
  });

  it('then sees what stands around it: bindings of loops, and whose block it is in', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}for i in 3..5 { as shell { explore { as shell { write(a, i) } as helper { write(a, 9) } } then { expect read(a) == i or read(a) == 9 } } }\nas shell { print read(a) }`,
      ),
    );
    assert.deepEqual(findingsOf(simulation), ['WALK228 2 of 2 interleavings covered (first at i = 3, 1 more)']);
    assert.deepEqual(
      simulation.world.script.prints.map(({ text }) => text),
      ['9'],
    );
  });

  it('a failing interleaving leaves other blocks half done: that is no broken rule of the kernel', () => {
    const simulation = runToEnd(
      simulationOfFile(`machine i386 { cores 2 }
kernel haiku
file "/data/f" { size 12KiB fill 0x10 }
process one { code 0 data 0 }
thread t of one at (0,0,1)
as one { let a = mmap(4KiB, rw, kind: file, file: "/data/f") }
explore up to 150 {
    as one { expect read(a + 8, size: 1) == 0 }
    as t { write(a, 2, size: 1) }
}`),
    );
    const codes = simulation.world.script.diagnostics.map(({ code }) => code);
    assert.deepEqual(codes, ['WALK227']);
    assert.equal(simulation.world.script.broken, true);
  });

  it('finds a lost update, and the seed that it names replays it', () => {
    const blocks = 'as shell { let x = read(a) write(a, x + 1) } as helper { let y = read(a) write(a, y + 1) }';
    const explored = runToEnd(simulationOf(`${two}explore { ${blocks} } then { as shell { expect read(a) == 2 } }`));
    const [found = ''] = findingsOf(explored).filter((text) => text.startsWith('WALK227'));
    assert.match(found, /expected read\(a\) == 2, but read\(a\) is 1/);
    const seed = /parallel seed (\d+) replays it/.exec(found)?.[1];
    assert.ok(seed, found);
    const replayed = runToEnd(simulationOf(`${two}parallel seed ${seed} { ${blocks} }\nas shell { print read(a) }`));
    assert.deepEqual(
      replayed.world.script.prints.map(({ text }) => text),
      ['1'],
    );
  });

  it('the run goes on from the first interleaving', () => {
    const simulation = runToEnd(
      simulationOf(`${two}explore { as shell { write(a, 1) } as helper { write(a, 2) } }\nas shell { print read(a) }`),
    );
    assert.deepEqual(
      simulation.world.script.prints.map(({ text }) => text),
      ['2'],
    );
  });

  it('parallel repeats itself for a seed', () => {
    const text = `${two}parallel seed 9 { as shell { for i in 0..5 { write(a, i) } } as helper { for j in 5..9 { write(a, j) } } }`;
    const events = (): string => {
      const simulation = simulationOf(text);
      const seen: string[] = [];
      simulation.onEvents((batch) =>
        seen.push(...batch.map(({ name, thread, step }) => `${name} ${thread} ${String(step)}`)),
      );
      runToEnd(simulation);
      return seen.join('\n');
    };
    assert.equal(events(), events());
  });

  it('with some seed a short block begins anywhere along a long one', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}for s in 0..160 { parallel seed s { as shell { scan(a, 4096, r) } as helper { write(a, 7) print s print count("access") } } }`,
      ),
    );
    const prints = simulation.world.script.prints.map(({ text }) => Number(text));
    const LONG = 64;
    const QUARTERS = 4;
    const begun = new Array<number>(QUARTERS).fill(0);
    const before = 3;
    for (let index = 0; index < prints.length; index += 2) {
      const [seed = 0, accesses = 0] = prints.slice(index);
      const along = accesses - before - seed * (LONG + 1) - 1;
      const quarter = Math.min(QUARTERS - 1, Math.floor((along * QUARTERS) / LONG));
      begun[quarter] = (begun[quarter] as number) + 1;
    }
    // Uniform would be 40 in each.
    assert.equal(prints.length, 320);
    for (const count of begun) assert.ok(count >= 20, begun.join(' '));
  });

  it('a failing block stops alone; the run fails after the others have ended', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}process other { code 0 data 0 }\nparallel { as shell { read(8) print "never" } as other { mmap(4096, rw) print "done" } }\nprint "behind"`,
      ),
    );
    const { prints, diagnostics } = simulation.world.script;
    assert.deepEqual(
      prints.map(({ text }) => text),
      ['done'],
    );
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ['WALK202'],
    );
  });

  /** ALMOS-MKH 8.5, case 70: crossing nested requests, one RPC thread in each cluster. */
  const crossing = `process left at (0,0) { code 1 page data 0 }
process right at (1,0) { code 1 page data 0 }
thread left_guest of left at (1,0)
thread right_guest of right at (0,0)
as left_guest { let a = mmap(1 page, rw) }
as right_guest { let b = mmap(1 page, rw) }
`;
  const blocks = 'parallel seed 5 { as left_guest { write(a, 1) } as right_guest { write(b, 2) } }';
  const mesh = {
    kernel: {
      ...almosMkh,
      defaultConfig: () => ({ ...presets.tsar, mesh: { width: 2, height: 1 }, coresPerCluster: 1 }),
    },
  };

  it('a deadlock stops the run and says who waits for what', () => {
    const simulation = runToEnd(simulationOf(crossing + blocks, { ...mesh, options: { rpcThreadLimit: 1 } }));
    const [found = '', ...others] = findingsOf(simulation);
    assert.match(found, /^WALK211 deadlock: .*left_guest waits for .*; .*right_guest waits for /);
    assert.deepEqual(others, []);
  });

  it('an expected deadlock is met, and with enough RPC threads there is none', () => {
    const expected = `${crossing}expect ${blocks} fails DEADLOCK`;
    const met = runToEnd(simulationOf(expected, { ...mesh, options: { rpcThreadLimit: 1 } })).world.script;
    assert.deepEqual([met.passed, met.failed], [1, 0]);
    const unmet = runToEnd(simulationOf(expected, { ...mesh, options: { rpcThreadLimit: 4 } })).world.script;
    assert.deepEqual([unmet.passed, unmet.failed], [0, 1]);
  });
});
