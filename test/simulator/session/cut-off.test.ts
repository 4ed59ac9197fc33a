/** Blocks whose thread or process another block ends: walk language 13.7, *Cut off*. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import { runToEnd, simulationOfFile } from './simulations.ts';

const FIRST = 7;
const threadsOn = (kernel: string): string => `machine ${presetOf(kernel)} { cores 2  memory 16MiB }
kernel ${kernel}
process shell { code 4KiB data 4KiB }
thread helper of shell at (0,0,1)
as shell { let a = mmap(16KiB, rw)  write(a, 1) }
as helper { read(a) }
`;

function presetOf(kernel: string): string {
  return wholeKernels.find(({ name }) => name === kernel)?.defaultConfig().preset ?? '';
}

interface Outcome {
  /** Line and message. */
  readonly notes: readonly string[];
  readonly others: readonly string[];
  readonly prints: readonly string[];
  readonly code: number;
}

function outcomeOf(kernel: string, text: string): Outcome {
  const { diagnostics, prints } = runToEnd(simulationOfFile(threadsOn(kernel) + text)).world.script;
  const isNote = ({ code }: (typeof diagnostics)[number]): boolean => code === 'WALK232';
  return {
    notes: diagnostics.filter(isNote).map(({ range, message }) => `${String(range.line - FIRST)} ${message}`),
    others: diagnostics
      .filter((one) => !isNote(one) && one.code !== 'WALK228')
      .map(({ code, message }) => `${code} ${message}`),
    prints: prints.map((print) => print.text),
    code: exitCodeOf(diagnostics),
  };
}

/** The helper does nothing before the shell has ended: departures of a schedule, from its seed on. */
const shellFirst = 'parallel seed []';

describe('session: blocks that are cut off', () => {
  for (const { name } of wholeKernels) {
    it(`${name}: by the exit of their process, and the run goes on`, () => {
      const { notes, others, prints, code } = outcomeOf(
        name,
        `${shellFirst} {
    as shell { exit() }
    as helper {
        write(a, 2)
        print "never"
    }
}
expect not shell.alive
expect not helper.alive
print "behind"`,
      );
      assert.deepEqual(notes, ['3 process shell was ended by another block, so this statement was not run']);
      assert.deepEqual({ others, prints, code }, { others: [], prints: ['behind'], code: 0 });
    });

    it(`${name}: by a kill, which alone is the failure`, () => {
      const { notes, others, code } = outcomeOf(
        name,
        `${shellFirst} {
    as shell { read(8) }
    as helper { print "never" }
}`,
      );
      assert.deepEqual(notes, ['2 process shell was ended by another block, so this statement was not run']);
      assert.equal(others.length, 1, others.join('\n'));
      assert.match(others[0] ?? '', /^WALK202 /);
      assert.equal(code, 1);
    });

    it(`${name}: by an expected kill, which is none; the block that expected it must end there`, () => {
      const cut = outcomeOf(name, `${shellFirst} { as shell { expect read(8) kills SEGV } as helper { read(a) } }`);
      assert.deepEqual([cut.notes.length, cut.others, cut.code], [1, [], 0]);
      const own = outcomeOf(
        name,
        `${shellFirst} { as shell { expect read(8) kills SEGV  print 1 } as helper { read(a) } }`,
      );
      assert.deepEqual(own.others, ['WALK210 process shell has ended: no statement can run as it']);
    });

    it(`${name}: in the middle of a statement, wherever that is`, () => {
      const found = outcomeOf(
        name,
        `explore up to 100 {
    as helper { let b = mmap(8KiB, rw)  scan(a, 16KiB, w, stride: 4096)  write(b, 1)  munmap(b, 8KiB) }
    as shell { exit() }
} then { expect not shell.alive }`,
      );
      assert.deepEqual([found.others, found.code], [[], 0]);
      assert.match(found.notes.join('\n'), /so this statement was not finished, in \d+ of \d+ interleavings/);
      assert.ok(found.notes.length > 1, found.notes.join('\n'));
    });

    it(`${name}: its own end is none`, () => {
      const { notes, others } = outcomeOf(
        name,
        `process other { code 4KiB data 0 }
${shellFirst} { as shell { read(a)  let x = [exit(), 1]  read(a) } as other { mmap(4KiB, rw) } }`,
      );
      assert.deepEqual([notes, others], [[], ['WALK210 process shell has ended: no statement can run as it']]);
    });
  }

  it('the end of one thread cuts nobody else off', () => {
    const { notes, others, prints } = outcomeOf(
      'almos-mkh',
      `${shellFirst} { as helper { thread_exit() } as shell { write(a, 3)  print read(a) } }`,
    );
    assert.deepEqual([notes, others, prints], [[], [], ['3']]);
  });
});
