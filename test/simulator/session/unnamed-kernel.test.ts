/** What is told in the words of a kernel that nobody has named says which kernel it is. */
import { strict as assert } from 'node:assert';
import { noBreaks } from '../../../simulator/session/moves/stop.ts';
import { runToEnd, simulationOf } from './simulations.ts';

const note = ' (on almos-mkh, the default kernel)';
const shell = 'process shell { code 1 page data 1 page }\n';

function messagesOf(text: string, isDefaultKernel = true): string[] {
  const { diagnostics } = runToEnd(simulationOf(text, { isDefaultKernel })).world.script;
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

const told: readonly (readonly [what: string, text: string, code: string])[] = [
  ['a refused access', 'as shell { read(0) }', 'WALK202'],
  ['a refused call', 'as shell { munmap(0x30000000, 1 page) }', 'WALK205'],
  ['a call that fails otherwise', 'as shell { expect munmap(0x30000000, 1 page) fails ENOMEM }', 'WALK207'],
  ['a call that the kernel lacks', 'as shell { mprotect(shell.data, 1 page, r) }', 'WALK221'],
  [
    'an access that is refused in one interleaving',
    'thread other of shell\nexplore up to 9 { as shell { read(0) } as other { read(shell.data) } }',
    'WALK227',
  ],
];

describe('session: a kernel that nobody has named', () => {
  for (const [what, text, code] of told) {
    it(`${what} is told with its name, once`, () => {
      const message = messagesOf(`${shell}${text}`).find((one) => one.startsWith(code)) ?? '';
      assert.equal(message.split(note).length, 2, message);
    });

    it(`${what} is told without it where the kernel was named`, () => {
      const messages = messagesOf(`${shell}${text}`, false);
      assert.ok(messages.length > 0);
      assert.ok(!messages.join('\n').includes('default'), messages.join('\n'));
    });
  }

  it('a false expectation has no kernel in it', () => {
    assert.deepEqual(messagesOf('expect 1 == 2'), ['WALK201 expected 1 == 2']);
  });

  it('a loop tells it once, before the rounds', () => {
    const [message = '', ...others] = messagesOf(`${shell}as shell { for i in 0..3 { expect read(i) fails ENOMEM } }`);
    assert.ok(message.endsWith(`${note} (first at i = 0, 2 more)`), message);
    assert.deepEqual(others, []);
  });

  it('a debugger that stops there is told, too', () => {
    const simulation = simulationOf(`${shell}as shell { read(0) }`, { isDefaultKernel: true });
    const breakpoints = { ...noBreaks, exceptions: [{ filter: 'segv' as const }] };
    const stop = simulation.advance({ kind: 'continue', breakpoints }, 100_000);
    assert.equal(stop.reason, 'exception');
    assert.ok(JSON.stringify(stop).includes(note), JSON.stringify(stop));
  });
});
