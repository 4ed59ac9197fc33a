/** Second edition 13.3 and 13.4: mutexes, blocks for some kernels, and who a block runs as. */
import { strict as assert } from 'node:assert';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

const p = 'process p { code 1 page data 1 page }\nprocess q { code 1 page data 1 page }\n';

function run(text: string): { readonly prints: string; readonly found: string } {
  const simulation = runToEnd(simulationOf(text));
  return {
    prints: simulation.world.script.prints.map((print) => print.text).join(' '),
    found: findingsOf(simulation).join('\n'),
  };
}

describe('a mutex', () => {
  const racing = (body: string): string =>
    `mutex m\n${p}var n = 0\nexplore up to 1000 { as p { ${body} } as q { ${body} } } then { expect n == 2 }`;

  it('keeps others out: what races without it does not with it', () => {
    assert.match(run(racing('n += 1')).found, /WALK227 .*expected n == 2, but n is 1/);
    assert.match(run(racing('lock(m) n += 1 unlock(m)')).found, /^WALK228 \d+ of \d+ interleavings covered$/);
  });

  it('is part of what a deadlock tells', () => {
    const text = `mutex a\nmutex b\n${p}`;
    const crossed = 'as p { lock(a) lock(b) unlock(b) unlock(a) } as q { lock(b) lock(a) unlock(a) unlock(b) }';
    assert.match(
      run(`${text}explore { ${crossed} }`).found,
      /WALK227 .*deadlock: p waits for the mutex b, which q holds; q waits for the mutex a, which p holds/,
    );
    assert.match(run(`${text}expect explore { ${crossed} } fails DEADLOCK`).found, /as expected/);
    const ordered = crossed.replace('lock(b) lock(a)', 'lock(a) lock(b)');
    assert.doesNotMatch(run(`${text}explore { ${ordered} }`).found, /deadlock/);
  });

  it('locked by its holder is a deadlock, unlocked by another one an error', () => {
    assert.match(
      run(`mutex m\n${p}as p { lock(m) lock(m) }`).found,
      /WALK211 deadlock: p waits for the mutex m, which it holds itself/,
    );
    assert.match(
      run(`mutex m\n${p}as p { lock(m) }\nas q { unlock(m) }`).found,
      /WALK225 q cannot unlock the mutex m: p holds it/,
    );
    assert.match(run(`mutex m\n${p}as q { unlock(m) }`).found, /WALK225 q cannot unlock the mutex m: nobody holds it/);
  });

  it('goes on from a copy of the world as it was', () => {
    const simulation = runToEnd(simulationOf(`mutex m\n${p}as p { lock(m) }\nas p { unlock(m) lock(m) }\nprint 1`));
    simulation.seek({ statement: 4, step: 0 });
    assert.deepEqual(simulation.world.script.mutexes, [{ type: 'mutex', name: 'm', holder: 'p' }]);
    simulation.seek({ statement: 0, step: 0 });
    assert.deepEqual(simulation.world.script.mutexes, [{ type: 'mutex', name: 'm', holder: null }]);
    assert.deepEqual(findingsOf(runToEnd(simulation)), []);
  });
});

describe('on', () => {
  const text = `${p}on haiku, lunaix { let where = "x86-32" print where } else { let other = 1 print other }
on almos-mkh { print count("rpc:VMM_GET_VSEG") }
on haiku { print REGION_WIRING_LAZY }`;

  it('runs its block on its kernels only, where their constants are known', () => {
    const prints = (kernel: string): string =>
      runToEnd(simulationOfFile(`kernel ${kernel}\n${text}`))
        .world.script.prints.map((print) => print.text)
        .join(' ');
    assert.equal(prints('almos-mkh'), '1 0');
    assert.equal(prints('haiku').split(' ')[0], 'x86-32');
    assert.equal(prints('lunaix'), 'x86-32');
  });
});

describe('as and thread', () => {
  const cases: readonly (readonly [text: string, prints: string])[] = [
    ['let all = [p, q] as all[1] { write(q.data, 4) } as q { print read(q.data) }', '4'],
    [
      'let all = [p, q] for i in 0..2 { as all[i] { write(p.data, i + 5) } } as p { print read(p.data) } as q { print read(p.data) }',
      '5 6',
    ],
    ['as (p) { write(p.data, 3) print read(p.data) }', '3'],
    ['def pick(i) { return [p, q][i] } as (pick(1)) { write(q.data, 8) } as q { print read(q.data) }', '8'],
    ['let all = [p, q] thread t of all[1] thread u of (all[0]) print t.process == q, u.process == p', 'true true'],
    [
      'var children = [] as p { for i in 0..3 { let c = fork() children = children + [c] } } for c in children { as (c) { write(p.data, 1) } } print length(children)',
      '3',
    ],
    [
      'let all = [p, q] parallel { as all[0] { write(p.data, 1) } as (all[1]) { write(q.data, 2) } } as q { print read(q.data) }',
      '2',
    ],
  ];
  for (const [text, prints] of cases) {
    it(text, () => {
      assert.deepEqual(run(p + text), { prints, found: '' });
    });
  }

  it('says what is no thread', () => {
    assert.match(
      run(`${p}let l = [1, p] as l[0] { print 1 }`).found,
      /WALK224 l\[0\] is an integer, not a process or thread/,
    );
  });
});
