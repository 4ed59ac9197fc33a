/** `expect explore … fails ERROR`: a demonstration of a race is a passing test (walk language 13.7). */
import { strict as assert } from 'node:assert';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import type { SimulationSettings } from '../../../simulator/session/moves/simulation.ts';
import { noBreaks } from '../../../simulator/session/moves/stop.ts';
import { variantOf } from '../../support/kernel-variant.ts';
import { runToEnd, simulationOf } from './simulations.ts';

const two = `process shell { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw) write(a, 0) }
as helper { read(a) }
`;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly errors: readonly string[];
  readonly notes: readonly string[];
  readonly prints: readonly string[];
  readonly code: number;
}

function outcome(text: string, settings: Partial<SimulationSettings> = {}): Outcome {
  const { passed, failed, diagnostics, prints } = runToEnd(simulationOf(text, settings)).world.script;
  const inWords = (isError: boolean): string[] =>
    diagnostics
      .filter(({ severity }) => (severity === 'error') === isError)
      .map(({ code, message }) => `${code} ${message}`);
  return {
    passed,
    failed,
    errors: inWords(true),
    notes: inWords(false),
    prints: prints.map((print) => print.text),
    code: exitCodeOf(diagnostics),
  };
}

const updates = 'as shell { let x = read(a) write(a, x + 1) } as helper { let y = read(a) write(a, y + 1) }';
const atMostOne = 'then { as shell { expect read(a) == 2 } }';

describe('session: expect explore … fails', () => {
  it('a lost update, and the run goes on from the first interleaving, where nothing is lost', () => {
    const { passed, failed, errors, notes, prints, code } = outcome(
      `${two}expect explore { ${updates} } ${atMostOne} fails EXPECTATION\nas shell { print read(a) }`,
    );
    assert.deepEqual(
      { passed, failed, errors, prints, code },
      { passed: 2, failed: 0, errors: [], prints: ['2'], code: 0 },
    );
    assert.match(
      notes.join('\n'),
      /^WALK228 interleaving \d+ fails with EXPECTATION, as expected: expected read\(a\) == 2, but read\(a\) is 1; parallel seed \d+ replays it$/,
    );
  });

  it('an error of a call, by any of its names, in a block or in then', () => {
    const race = 'as shell { munmap(a, 4096) let b = mmap(4096, rw) } as helper { read(a) }';
    for (const error of ['SEGV', 'EINVAL']) {
      const { passed, errors, notes, prints } = outcome(`${two}expect explore { ${race} } fails ${error}\nprint 1`);
      assert.deepEqual([passed, errors, prints], [1, [], ['1']], error);
      assert.match(notes.join('\n'), new RegExp(`fails with ${error}, as expected: SEGV \\(EINVAL\\): read at`));
    }
    const later = outcome(
      `${two}expect explore { as shell { write(a, 1) } as helper { write(a, 2) } } then { as shell { if read(a) == 1 { read(8) } } } fails SEGV\nas shell { print read(a) }`,
    );
    assert.deepEqual([later.passed, later.errors, later.prints], [1, [], ['2']]);
  });

  it('is not met where none fails, and says how many there are', () => {
    const { passed, failed, errors, notes, prints, code } = outcome(
      `${two}expect explore { as shell { write(a, 1) } as helper { write(a, 2) } } fails SEGV\nprint 1`,
    );
    assert.deepEqual([passed, failed, prints, code], [0, 1, ['1'], 1]);
    assert.deepEqual(errors, [
      'WALK206 expected an interleaving to fail with SEGV, but none of the 2 that there are does',
    ]);
    assert.deepEqual(notes, ['WALK228 2 of 2 interleavings covered']);
  });

  it('is not met by another failure, which it tells; nor within too small a bound', () => {
    const other = outcome(`${two}expect explore { ${updates} } ${atMostOne} fails SEGV\nprint 1`);
    assert.deepEqual([other.failed, other.prints], [1, ['1']]);
    assert.match(
      other.errors.join('\n'),
      /^WALK206 .* none of the 6 that there are does; interleaving \d fails: expected read\(a\) == 2, .*; parallel seed \d+ replays it$/,
    );
    const few = outcome(`${two}expect explore up to 2 { ${updates} } ${atMostOne} fails EXPECTATION\nprint 1`);
    assert.match(few.errors.join('\n'), /none of the 2 that were tried does$/);
  });

  it('finds what comes behind other failures', () => {
    const { passed, errors } = outcome(
      `${two}expect explore { as shell { write(a, 1) } as helper { write(a, 2) } } then { as shell { expect read(a) == 1  } as shell { if read(a) == 1 { read(8) } } } fails SEGV`,
    );
    assert.deepEqual([passed, errors], [2, []]);
  });

  it('where even the first interleaving fails so, the run goes on from there', () => {
    const { passed, failed, errors, prints } = outcome(
      `${two}expect explore { as shell { expect read(a) == 1 expect read(a) == 2 } as helper { write(a, 0) } } fails EXPECTATION\nas shell { print read(a) }`,
    );
    assert.deepEqual([passed, failed, errors, prints], [1, 0, [], ['0']]);
  });

  it('a failed expectation stops a debugger', () => {
    const simulation = simulationOf(`${two}expect explore { ${updates} } fails SEGV\nprint 1`);
    const breakpoints = { ...noBreaks, exceptions: [{ filter: 'expectation' as const }] };
    const stop = simulation.advance({ kind: 'continue', breakpoints }, 1_000_000);
    assert.equal(stop.reason, 'exception');
    assert.match(stop.description, /^expected an interleaving to fail with SEGV/);
  });
});

/** ALMOS-MKH 8.5, case 70: crossing nested requests, one RPC thread in each cluster. */
const crossing = `process left at (0,0) { code 1 page data 0 }
process right at (1,0) { code 1 page data 0 }
thread left_guest of left at (1,0)
thread right_guest of right at (0,0)
as left_guest { let a = mmap(1 page, rw) }
as right_guest { let b = mmap(1 page, rw) }
`;
const twoClusters = {
  kernel: {
    ...almosMkh,
    defaultConfig: () => ({ ...presets.tsar, mesh: { width: 2, height: 1 }, coresPerCluster: 1 }),
  },
};

describe('session: expect explore … fails with what is no error of a call', () => {
  it('DEADLOCK', () => {
    const text = `${crossing}expect explore { as left_guest { write(a, 1) } as right_guest { write(b, 2) } } fails DEADLOCK`;
    const found = outcome(text, { ...twoClusters, options: { rpcThreadLimit: 1 } });
    assert.deepEqual([found.passed, found.errors], [1, []]);
    assert.match(found.notes.join('\n'), /fails with DEADLOCK, as expected: deadlock: .*left_guest waits for/);
  });

  it('INVARIANT, which alone would be a bug of Pagewalk', () => {
    // A kernel whose rules hold unless the shell was the last to run: in every interleaving but the first.
    const kernel = variantOf(almosMkh, {}, (bound, { machine }) => ({
      invariants: () =>
        machine.cause.thread === 'shell' ? [{ invariant: 'I0', message: 'a rule' }] : bound.invariants(),
    }));
    const explore = 'explore { as shell { write(a, 1) } as helper { write(a, 2) } }';
    const found = outcome(`${two}${explore}\nprint 1`, { kernel });
    assert.match(found.errors.join('\n'), /^WALK215 interleaving 2 fails: I0: a rule/);
    assert.deepEqual([found.prints, found.code], [[], 3]);
    const expected = outcome(`${two}expect ${explore} fails INVARIANT\nprint 1`, { kernel });
    assert.deepEqual([expected.errors, expected.prints, expected.code], [[], ['1'], 0]);
    assert.match(expected.notes.join('\n'), /^WALK228 interleaving 2 fails with INVARIANT, as expected: I0: a rule/);
    // Another failure never hides it.
    const other = outcome(`${two}expect ${explore} fails SEGV\nprint 1`, { kernel });
    assert.match(other.errors.join('\n'), /^WALK215 /);
  });

  it('PANIC, of a kernel function that is called too early', () => {
    const vpn = 'gpt: shell.vmm.gpt, vpn: shell.code / 4096';
    const text = `process shell { code 1 page data 0 }
process other { code 1 page data 0 }
expect explore { as shell { hal_gpt_lock_pte(${vpn}) hal_gpt_unlock_pte(${vpn}) } as other { hal_gpt_unlock_pte(${vpn}) } } fails PANIC`;
    const found = outcome(text);
    assert.deepEqual([found.passed, found.errors], [1, []]);
    assert.match(found.notes.join('\n'), /fails with PANIC, as expected: kernel panic: /);
  });
});
