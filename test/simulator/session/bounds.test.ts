/** Every bound that cuts something off is a setting, and what speaks of it names it. */
import { strict as assert } from 'node:assert';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { type BoundName, boundFlag, standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { runToEnd, simulationOfFile } from './simulations.ts';

interface Case {
  readonly bound: BoundName;
  readonly value: number;
  /** Passes the bound at `value`, and not at `value + 1`. */
  readonly text: string;
  readonly code: string;
}

const process = 'kernel vm-region\nprocess p { code 1 page data 1 page }\n';
const forks = (count: number): string =>
  `as p { repeat ${String(count)} { let child = fork()  as child { write(p.data, 1)  exit() } } }`;
const page = (kernel: string): string => `kernel ${kernel}\nprocess app { code 1 page data 1 page }\nas app {\n`;
/** A page table entry is cleared, and something else of the table written before. */
const tamper = `${page('lunaix')}let buf = mmap(4096, rw)
write(buf, 1)
let slot = 0xFFC00000 + (buf >> 12) * 4
let word = read(slot, as: kernel)
write(slot, word, as: kernel)
write(slot, word - 2, as: kernel)
print read(buf)
}`;

const cases: readonly Case[] = [
  { bound: 'endedProcesses', value: 2, text: `${process}${forks(3)}`, code: 'WALK241' },
  { bound: 'stringLength', value: 5, text: `${process}print region(p.code, of: p).name + "xx"`, code: 'WALK240' },
  { bound: 'stringLength', value: 7, text: `${process}as p { print text(p.data, 8) }`, code: 'WALK240' },
  { bound: 'listLength', value: 2, text: `${process}print length([1, pte(p.code).present, 3])`, code: 'WALK240' },
  { bound: 'leakFrames', value: 4095, text: `${process}as p { exit() }`, code: 'WALK244' },
  {
    bound: 'interleavingSteps',
    value: 3,
    text: `${process}thread q of p
explore { as p { write(p.data, 1) } as q { write(p.data, 2) } }`,
    code: 'WALK220',
  },
  { bound: 'overwrites', value: 1, text: tamper, code: 'WALK243' },
];

function findings(text: string, limits: Partial<typeof standardBounds>): readonly Diagnostic[] {
  return runToEnd(simulationOfFile(text, { limits })).world.script.diagnostics;
}

describe('session: bounds', () => {
  for (const { bound, value, text, code } of cases) {
    it(`${bound}: ${code} names it, and a higher one lets the run pass`, () => {
      const naming = (limit: number): string[] =>
        findings(text, { [bound]: limit })
          .filter((found) => found.message.includes(`${boundFlag(bound)}, or pagewalk.bounds.${bound}`))
          .map((found) => found.code);
      assert.ok(
        naming(value).includes(code),
        findings(text, { [bound]: value })
          .map((one) => one.message)
          .join('\n'),
      );
      assert.deepEqual(naming(standardBounds[bound]), []);
    });
  }

  it('endedEntries: the process that ended last is kept whatever its size', () => {
    const found = findings(`${process}${forks(2)}`, { endedEntries: 1 });
    assert.match(found.map(({ message }) => message).join(), /keeps the last 1\..*pagewalk\.bounds\.endedEntries/);
  });

  it('those on the text are heeded by its checks', () => {
    const check = (text: string, limits: Partial<typeof standardBounds>): string[] =>
      parseScenario(text, 'test.walk', { bounds: { ...standardBounds, ...limits } }).diagnostics.map(
        ({ code, message }) => `${code} ${message}`,
      );
    assert.match(check('print "abc" + "de"', { stringLength: 4 }).join(), /^WALK135 .*pagewalk\.bounds\.stringLength/);
    assert.deepEqual(check('print "abc" + "de"', { stringLength: 5 }), []);
    assert.match(check('print [1, 2, 3]', { listLength: 2 }).join(), /^WALK135 .*pagewalk\.bounds\.listLength/);
    const unused = 'let a = 1\nlet b = 1\nlet c = 1';
    assert.match(check(unused, { findings: 2 }).join(), /WALK137 1 more findings.*pagewalk\.bounds\.findings/);
    assert.equal(check(unused, { findings: 3 }).length, 3);
  });
});
