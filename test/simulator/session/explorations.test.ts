/** `explore`: which interleavings are tried, in which order, what is said about them, and how a host keeps its bounds. */
import { strict as assert } from 'node:assert';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { startRun } from '../../../simulator/session/moves/start-run.ts';
import { Execution } from '../../../simulator/session/moves/execution.ts';
import type { Diagnostic, Statement } from '../../../simulator/session/scenario/scenario.ts';
import { createRun, settle, type Run } from '../../../simulator/session/state/run.ts';
import { scriptedPolicy, type Decision } from '../../../simulator/session/state/schedule.ts';
import { restoreWorld, saveWorld, worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { spawnBlocks } from '../../../simulator/session/statements/interleaved.ts';
import { variantOf } from '../../support/kernel-variant.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

/** Between the munmap and the mmap the other thread has nothing there: one preemption shows it. */
const window = `machine tsar { mesh 2x1  cores 2  memory 16MiB }
kernel almos-mkh
process p at (0,0) { code 1 page  data 0 pages }
thread t of p at (0,0,1)
as p { let a = mmap(2 pages, rw)  write(a, 1) }
as t { read(a) }
`;
const windowBlocks = `as p { munmap(a, 2 pages)  expect mmap(2 pages, rw) == a }
    as t { expect read(a + 4) == 0 }`;

const two = `process shell { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw) write(a, 0) }
as helper { read(a) }
`;

function onlyFinding(text: string): Diagnostic {
  const [found, ...others] = runToEnd(simulationOfFile(text)).world.script.diagnostics;
  assert.ok(found);
  assert.deepEqual(others, []);
  return found;
}

function coverage(blocks: string, upTo: string): string {
  return findingsOf(runToEnd(simulationOf(`${two}explore ${upTo} { ${blocks} }`))).join('\n');
}

describe('session: explorations', () => {
  it('a window that one preemption opens is found at once', () => {
    for (const most of [100, 1500, 5000]) {
      const { code, message } = onlyFinding(`${window}explore up to ${String(most)} {\n    ${windowBlocks}\n}`);
      assert.equal(code, 'WALK227');
      const number = Number(/^interleaving (\d+) fails: SEGV/.exec(message)?.[1]);
      assert.ok(number < 60, message);
    }
  });

  it('what was covered is told by preemptions, whatever the bound', () => {
    const blocks = 'as shell { write(a, 1) write(a, 2) } as helper { write(a, 3) write(a, 4) }';
    const words = (most: number): string => coverage(blocks, `up to ${String(most)}`);
    assert.equal(words(1), 'WALK228 1 interleaving covered: 1 of those without preemptions');
    assert.equal(words(2), 'WALK228 2 interleavings covered: all without preemptions');
    assert.equal(words(3), 'WALK228 3 interleavings covered: all without preemptions, and 1 of those with 1');
    assert.equal(words(4), 'WALK228 4 interleavings covered: all with at most 1 preemption');
    assert.equal(words(5), 'WALK228 5 interleavings covered: all with at most 1 preemption, and 1 of those with 2');
    for (const most of [6, 7, 1000]) assert.equal(words(most), 'WALK228 6 of 6 interleavings covered');
  });

  it('and large numbers are readable', () => {
    assert.match(
      coverage('as shell { scan(a, 1024, r) } as helper { scan(a, 1024, w) }', 'up to 1200'),
      /^WALK228 1,200 interleavings covered: all with at most \d preemptions, and [\d,]+ of those with \d$/,
    );
  });

  it('a failing one is replayed by its seed, or by a list of its choices', () => {
    const found = onlyFinding(`${window}explore {\n    ${windowBlocks}\n}`);
    const seed = /; parallel seed (\d+) replays it$/.exec(found.message)?.[1];
    assert.ok(seed);
    const replayed = onlyFinding(`${window}parallel seed ${seed} {\n    ${windowBlocks}\n}`);
    assert.equal(replayed.code, 'WALK202');
    assert.ok(found.message.includes(replayed.message), replayed.message);
  });

  it('a failing one with more departures than a seed holds has a list, which replays it', () => {
    const blocks = `as shell { write(a, 1) write(a, 3) write(a, 5) write(a, 7) }
    as helper { let t1 = read(a) let t3 = read(a) let t5 = read(a) expect not (t1 == 1 and t3 == 3 and t5 == 5) }`;
    const [found = ''] = findingsOf(runToEnd(simulationOf(`${two}explore { ${blocks} }`)));
    const list = /; parallel seed (\[\[.*\]\]) replays it$/.exec(found)?.[1];
    assert.ok(list, found);
    const [replayed = ''] = findingsOf(runToEnd(simulationOf(`${two}parallel seed ${list} { ${blocks} }`)));
    assert.match(replayed, /^WALK201 expected not \(t1 == 1 /);
  });

  it('a list of choices must be one', () => {
    for (const seed of ['[1]', '[[1]]', '[[1, "a"]]', '[[0 - 1, 1]]', '[[1, 2, 3]]', '"a"', 'none']) {
      const found = findingsOf(
        runToEnd(
          simulationOf(`${two}let s = [${seed}]\nparallel seed s[0] { as shell { read(a) } as helper { read(a) } }`),
        ),
      );
      assert.match(found.join('\n'), /^WALK(225|217) /, seed);
    }
  });

  it('events are told once, wherever slices end', () => {
    const simulation = simulationOf(
      `${two}as shell { write(a, 1) write(a, 2) }
explore { as shell { write(a, 1) write(a, 2) } as helper { read(a) } }
as shell { read(a) }`,
    );
    const ids: number[] = [];
    simulation.onEvents((events) => ids.push(...events.map(({ id }) => id)));
    runToEnd(simulation, 10);
    assert.deepEqual(
      ids,
      [...new Set(ids)].toSorted((left, right) => left - right),
    );
    assert.ok(ids.length > 10);
  });

  it('the run goes back into an exploration, to between two interleavings', () => {
    const text = `${two}explore up to 12 { as shell { touch(a, 4096, w) write(a, 2) write(a, 1) } as helper { read(a) read(a) write(a, 3) } }
as shell { print read(a) }`;
    const whole = runToEnd(simulationOf(text));
    const paused = simulationOf(text);
    while (paused.position.step < 6) assert.equal(paused.advance({ kind: 'continue' }, 1).reason, 'budget');
    const { position } = paused;
    runToEnd(paused);
    assert.equal(worldDifference(paused.world, whole.world), null);
    paused.seek(position);
    assert.deepEqual(paused.position, position);
    runToEnd(paused);
    assert.equal(worldDifference(paused.world, whole.world), null);
  });
});

/** Told after each interleaving, which is when its invariants are asked for. */
function watched(kernel: Kernel, look: (machine: Machine) => void): Kernel {
  return variantOf(kernel, {}, (bound, { machine }) => ({
    invariants: () => {
      look(machine);
      return bound.invariants();
    },
  }));
}

describe('session: a host that looks between slices of an exploration', () => {
  it('sees at most one interleaving end in a slice', () => {
    let ended = 0;
    const kernel = watched(almosMkh, () => ended++);
    const simulation = simulationOf(
      `${two}explore up to 17179869184 { as shell { touch(a, 4096, w) scan(a, 512, w) } as helper { scan(a, 1024, w) } }`,
      { kernel },
    );
    for (let slice = 0; slice < 100; slice++) {
      const before = ended;
      assert.equal(simulation.advance({ kind: 'continue' }, 1000).reason, 'budget');
      assert.ok(ended - before <= 1);
    }
    assert.ok(ended > 40, String(ended));
  });

  for (const [what, text] of [
    ['a block', 'explore { as shell { scan(a, 4096, w, stride: 1) } as helper { } }'],
    ['rounds of a block', 'explore { as shell { repeat 4096 { write(a, 1) } } as helper { } }'],
    ['then', 'explore { as shell { read(a) } as helper { } } then { as shell { scan(a, 4096, w, stride: 1) } }'],
    ['rounds of then', 'explore { as shell { read(a) } as helper { } } then { repeat 4096 { } as shell { read(a) } }'],
    [
      'an exploration in then',
      'explore { as shell { read(a) } as helper { } } then { explore { as shell { scan(a, 4096, w, stride: 1) } as helper { } } }',
    ],
  ] as const) {
    it(`comes in the middle of an interleaving: ${what}`, () => {
      const simulation = simulationOf(`${two}${text}`);
      let slices = 0;
      while (simulation.advance({ kind: 'continue' }, 50).reason === 'budget') slices++;
      assert.ok(slices > 60, String(slices));
      assert.deepEqual(
        findingsOf(simulation).filter((found) => !found.startsWith('WALK228')),
        [],
      );
    });
  }

  it('and the bound on micro-steps ends it, saying what was covered', () => {
    const simulation = runToEnd(
      simulationOf(
        `${two}explore up to 17179869184 { as shell { touch(a, 4096, w) scan(a, 512, w) } as helper { scan(a, 1024, w) } }`,
        {
          limits: { steps: 5000 },
        },
      ),
    );
    const found = findingsOf(simulation).join('\n');
    assert.match(found, /WALK228 \d+ interleavings covered: all with at most 1 preemption, and \d+ of those with 2/);
    assert.match(found, /WALK220 simulation stopped after 5,000 micro-steps; use fewer rounds/);
  });
});

/** Interleavings by plain depth-first search over the choices: an oracle that knows nothing of preemptions. */
function everyOrder(run: Run, statement: Extract<Statement, { kind: 'explore' }>): string[] {
  run.machine.trace.on = true;
  settle(run);
  const start = saveWorld(run.world);
  const orders: string[] = [];
  for (let choices: number[] | null = []; choices !== null;) {
    const own = createRun(run.program, restoreWorld(start), null);
    const decisions: Decision[] = [];
    const departures = choices.map((choice, at) => ({ at, choice })).filter(({ choice }) => choice > 0);
    own.engine.policy = scriptedPolicy(departures, decisions);
    own.engine.yieldAt = 0;
    spawnBlocks(own, statement.blocks);
    for (let advance = own.engine.advance(); advance.kind !== 'idle'; advance = own.engine.advance())
      assert.ok(advance.kind === 'ran' || (advance.kind === 'finished' && advance.activity.state === 'done'));
    orders.push(orderOf(own.machine));
    choices = nextChoices(decisions);
  }
  return orders;
}

/** What happened, and to whom, in the order of time. */
function orderOf({ trace }: Machine): string {
  return trace.events.map(({ thread, name, cycle }) => `${thread} ${name} ${String(cycle)}`).join('\n');
}

function nextChoices(decisions: readonly Decision[]): number[] | null {
  const last = decisions.findLastIndex(({ choice, among }) => choice + 1 < among);
  if (last < 0) return null;
  return decisions.slice(0, last + 1).map(({ choice }, at) => (at === last ? choice + 1 : choice));
}

const programs: readonly (readonly [what: string, one: string, two: string])[] = [
  ['accesses', 'write(a, 1) let x = read(a)', 'write(a, 2) write(a, 3)'],
  ['rounds and branches', 'for i in 1..3 { if read(a) < 3 { write(a, i) } }', 'repeat 2 { write(a, 5) }'],
  ['one call of the kernel', 'let b = mmap(4096, rw)', 'write(a, 2)'],
  ['a fault', 'write(a + 8192, 1)', 'write(a, 2)'],
];

describe('session: explorations to the end', () => {
  for (const kernel of wholeKernels) {
    const { name } = kernel;
    for (const [what, one, other] of programs) {
      it(`${name}: ${what}: each interleaving that there is, once`, () => {
        const text = `machine ${kernel.defaultConfig().preset} { cores 2  memory 16MiB }
kernel ${name}
process one { code 4KiB data 4KiB }
thread other of one at (0,0,1)
as one { let a = mmap(16KiB, rw) write(a, 0) }
as other { read(a) }
explore up to 100000 { as one { ${one} } as other { ${other} } }`;
        const orders: string[] = [];
        const simulation = simulationOfFile(text, {
          kernel: watched(kernel, (machine) => orders.push(orderOf(machine))),
        });
        let told = 0;
        // Events are recorded where somebody hears them.
        simulation.onEvents((events) => (told += events.length));
        const covered = findingsOf(runToEnd(simulation));
        assert.ok(told > 0);
        // The last one is asked for at the end of the run.
        orders.pop();
        const expected = everyOrder(...standingAtExplore(text, kernel));
        assert.ok(expected.length > 1);
        assert.deepEqual(covered, [
          `WALK228 ${expected.length.toLocaleString('en')} of ${expected.length.toLocaleString('en')} interleavings covered`,
        ]);
        assert.deepEqual(orders.sort(), expected.sort());
      });
    }
  }
});

function standingAtExplore(text: string, kernel: Kernel): Parameters<typeof everyOrder> {
  const { scenario } = parseScenario(text, 'test.walk');
  assert.ok(scenario);
  const started = startRun({ scenario, kernel, assets: {}, limits: { steps: 1_000_000 } });
  assert.ok('run' in started);
  const execution = new Execution(started.run, started.statements, {});
  for (;;) {
    const next = execution.isBetween ? execution.arrive(Number.POSITIVE_INFINITY) : null;
    if (next !== null && next !== 'budget' && next.kind === 'explore') return [execution.run, next];
    assert.ok(execution.moveOn(Number.POSITIVE_INFINITY));
  }
}
