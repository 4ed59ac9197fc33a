// An access to a guard page is told so, and not that its region allows it.
import { strict as assert } from 'node:assert';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

/** Where a stack's guard is: the lowest page of the region, or below it. */
const guards: Readonly<Record<string, string>> = {
  lunaix: 'p.stack + 8',
  'vm-region': 'p.stack + 8',
  'almos-mkh': 'p.stack - 8',
};

function messageOf(kernel: string, body: string): string {
  const text = `kernel ${kernel}\nprocess p { code 1 page data 1 page }\nas p { ${body} }`;
  return findingsOf(runToEnd(simulationOfFile(text))).join('\n');
}

describe('a guard page', () => {
  for (const [kernel, address] of Object.entries(guards)) {
    for (const access of [`read(${address})`, `write(${address}, 1)`]) {
      it(`is named where ${access} is refused on ${kernel}`, () => {
        const message = messageOf(kernel, access);
        assert.match(message, /is in the guard pages? \[0x[\da-f]+, 0x[\da-f]+\) of (mm_region|region|vseg) stack/i);
        assert.doesNotMatch(message, /allows/);
      });
    }
  }

  it('is none any more where it was unmapped', () => {
    const message = messageOf('lunaix', 'munmap(p.stack, 1 page) read(p.stack + 8)');
    assert.doesNotMatch(message, /guard/);
    assert.match(message, /below mm_region stack/);
  });

  it('belongs to the part of a stack that still has it', () => {
    const message = messageOf('lunaix', 'munmap(p.stack + 4 pages, 1 page) read(p.stack + 5 pages) read(p.stack)');
    assert.match(message, /guard page \[0xbffc0000, 0xbffc1000\) of mm_region stack \[0xbffc0000, 0xbffc4000\)/);
  });
});
