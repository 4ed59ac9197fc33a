import { strict as assert } from 'node:assert';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { variantOf } from '../../support/kernel-variant.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

function findings(text: string): string[] {
  const simulation = runToEnd(simulationOfFile(text));
  return simulation.world.script.diagnostics.map(
    ({ code, message, range }) => `${String(range.line)} ${code} ${message}`,
  );
}

const shell = 'process shell { code 1 page data 0 }\n';
const almos = `kernel almos-mkh\n${shell}as shell { let a = mmap(8 pages, rw) write(a, 0) }\n`;
const pending = 'the injected failure of';

/** All expectations hold, and nothing else is found. */
const forms: readonly (readonly [string, string])[] = [
  ['the next one', 'inject page-alloc fails\nas shell { expect write(a + 4096, 1) fails OOM write(a + 4096, 1) }'],
  [
    'the one after two',
    'inject page-alloc fails after 2\nas shell { write(a + 4096, 1) write(a + 8192, 1) expect write(a + 12288, 1) fails OOM }',
  ],
  [
    'a computed number',
    'let n = 1\ninject page-alloc fails after n * 2 - 1\nas shell { write(a + 4096, 1) expect write(a + 8192, 1) fails OOM }',
  ],
  ['in one cluster', 'inject page-alloc fails at (0,0)\nas shell { expect write(a + 4096, 1) fails OOM }'],
  [
    'in one cluster, not in another',
    'process far at (1,1) { code 1 page data 0 }\nas far { let b = mmap(4 pages, rw) write(b, 1) }\ninject page-alloc fails at (0,0) after 0\nas far { write(b + 4096, 1) }\nas shell { expect write(a + 4096, 1) fails OOM }',
  ],
  [
    'two at a time, each its own',
    'inject page-alloc fails\ninject page-alloc fails after 2\nas shell { expect write(a + 4096, 1) fails OOM write(a + 4096, 1) expect write(a + 8192, 1) fails OOM write(a + 8192, 1) }',
  ],
  [
    'of two kinds',
    'inject object-alloc fails\ninject page-alloc fails\nas shell { expect mmap(4096, rw) fails ENOMEM expect write(a + 4096, 1) fails OOM }',
  ],
  [
    'taken back',
    'inject page-alloc fails\ninject object-alloc fails\ninject clear\nas shell { write(a + 4096, 1) mmap(4096, rw) }',
  ],
  ['inside the block of the thread', 'as shell { inject page-alloc fails expect write(a + 4096, 1) fails OOM }'],
];

describe('session: injected failures', () => {
  for (const [what, text] of forms) {
    it(what, () => {
      assert.deepEqual(findings(almos + text), []);
    });
  }

  it('reads of files', () => {
    const text = (kernel: string, error: string) => `kernel ${kernel}
file "/f" { size 8KiB fill 7 }
${shell}as shell {
    let f = mmap(2 pages, rw, kind: shared, file: "/f")
    inject file-read fails
    expect read(f) fails ${error}
    expect read(f, size: 1) == 7
}`;
    for (const [kernel, error] of [
      ['almos-mkh', 'BUS'],
      ['vm-region', 'BUS'],
      ['haiku', 'BUS'],
      ['lunaix', 'SEGV'],
    ] as const)
      assert.deepEqual(findings(text(kernel, error)), [], kernel);
  });

  it('writes of files, where a page is written back', () => {
    for (const kernel of ['vm-region', 'haiku', 'lunaix']) {
      const text = `kernel ${kernel}
file "/f" { size 8KiB fill 7 }
${shell}as shell {
    let f = mmap(1 page, rw, kind: shared, file: "/f")
    write(f, 1)
    inject file-write fails
    munmap(f, 1 page)
}`;
      assert.deepEqual(findings(text), [], kernel);
    }
  });

  it('those still pending at the end are warnings, each at its own statement', () => {
    assert.deepEqual(
      findings(
        `${almos}inject page-alloc fails\ninject page-alloc fails after 9\nas shell { expect write(a + 4096, 1) fails OOM }`,
      ),
      [`5 WALK214 ${pending} page-alloc never happened`],
    );
    assert.deepEqual(
      findings(`${almos}inject page-alloc fails after 5\ninject object-alloc fails\ninject page-alloc fails after 9`),
      [
        `4 WALK214 ${pending} page-alloc never happened`,
        `6 WALK214 ${pending} page-alloc never happened`,
        `5 WALK214 ${pending} object-alloc never happened`,
      ],
    );
    assert.deepEqual(findings(`${almos}inject page-alloc fails\ninject clear\ninject object-alloc fails`), [
      `6 WALK214 ${pending} object-alloc never happened`,
    ]);
  });

  it('are pending where time goes back to, and used up again', () => {
    const simulation = simulationOfFile(
      `${almos}inject page-alloc fails\nas shell { expect write(a + 4096, 1) fails OOM }`,
    );
    runToEnd(simulation);
    const { statements } = simulation.world.script;
    simulation.seek({ statement: statements - 1, step: 0 });
    assert.deepEqual(simulation.kernel.pendingInjections(), ['page-alloc']);
    assert.deepEqual(findingsOf(runToEnd(simulation)), []);
  });

  it('a number of operations cannot be negative', () => {
    assert.match(findings(`${almos}let n = 0\ninject page-alloc fails after n - 1`)[0] ?? '', /^5 WALK225 after is -1/);
  });
});

describe('session: reserved frames', () => {
  for (const { name: kernel } of wholeKernels) {
    it(`are taken and given back at the end of a test, without counters (${kernel})`, () => {
      const text = `kernel ${kernel}\n${shell}as shell {
    let before = free()
    let allocations = count("page-alloc")
    reserve 10 frames at (0,0)
    expect free() == before - 10
    expect count("page-alloc") == allocations
    let left = 3
    reserve free() - left frames at (0,0)
    expect free() == left
}`;
      const simulation = simulationOfFile(text);
      const initial = (): number => simulation.kernel.freeFrames(0);
      const atBoot = initial();
      runToEnd(simulation);
      assert.deepEqual(findingsOf(simulation), []);
      assert.ok(atBoot - initial() < 200, `${String(initial())} of ${String(atBoot)} frames are free again`);
    });

    it(`memory runs out where all are reserved (${kernel})`, () => {
      const text = `kernel ${kernel}\n${shell}as shell {
    let a = mmap(4 pages, rw)
    write(a, 1)
    reserve free() frames at (0,0)
    expect write(a + 4096, 1) fails ${kernel === 'haiku' ? 'PANIC "out of memory"' : 'OOM'}
    expect free() == 0
}`;
      assert.deepEqual(findings(text), []);
    });
  }

  it('more than are free is an error that says how many there are', () => {
    const simulation = runToEnd(simulationOfFile(`${almos}reserve 1_000_000 frames at (1,0)`));
    assert.match(findingsOf(simulation)[0] ?? '', /^WALK204 1000000 frames cannot be reserved: \d+ are free there/);
  });

  it('each test begins with all of them', () => {
    const text = `${almos}let before = free()\nreserve 5 frames at (0,0)\ntest "one" { reserve 7 frames at (0,0) expect free() == before - 12 }\ntest "two" { expect free() == before - 5 }`;
    for (const test of ['one', 'two'])
      assert.deepEqual(findingsOf(runToEnd(simulationOfFile(text, { test }))), [], test);
  });
});

describe('session: daemons', () => {
  it('are switched by their names, on the engine of the run', () => {
    const range = { file: 'test.walk', line: 1, column: 1, endLine: 1, endColumn: 2 };
    const switched: string[] = [];
    const kernel = variantOf(almosMkh, {
      daemons: { sweeper: 'Sweeps.' },
      setDaemon: (engine, name, on) => {
        switched.push(`${name} ${on ? 'on' : 'off'} at step ${String(engine.steps > 0)}`);
      },
    });
    const body = [
      { kind: 'daemon', name: 'sweeper', on: true, range } as const,
      { kind: 'daemon', name: 'sweeper', on: false, range } as const,
      { kind: 'daemon', name: 'other', on: true, range } as const,
    ];
    const { scenario } = simulationOfFile('kernel almos-mkh');
    const simulation = runToEnd(simulationOfFile('kernel almos-mkh', { kernel, scenario: { ...scenario, body } }));
    assert.deepEqual(switched, ['sweeper on at step true', 'sweeper off at step true']);
    assert.deepEqual(findingsOf(simulation), ['WALK224 almos-mkh has no daemon other; it has sweeper']);
  });

  it('of a kernel that has none cannot be switched', () => {
    const { scenario } = simulationOfFile(`kernel almos-mkh\nprint 1`);
    const range = scenario.body[0]?.range;
    assert.ok(range);
    const withDaemon = { ...scenario, body: [{ kind: 'daemon', name: 'page_daemon', on: true, range } as const] };
    const simulation = runToEnd(simulationOfFile('kernel almos-mkh', { scenario: withDaemon }));
    assert.deepEqual(findingsOf(simulation), ['WALK224 almos-mkh has no daemon page_daemon; it has none']);
  });
});
