/** Literals come back in the base in which they were written, and so do the values that are compared with them. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

const cases: readonly (readonly [statement: string, message: string])[] = [
  ['expect a == 0x40000000', 'expected a == 0x40000000, but a is 0x2000000'],
  ['expect a == 0x4000_0000', 'expected a == 0x4000_0000, but a is 0x2000000'],
  ['expect 0x40000000 < a + 16', 'expected 0x40000000 < a + 16, but a + 16 is 0x2000010'],
  ['expect a & 0xFFF == 0b101', 'expected a & 0xFFF == 0b101, but a & 0xFFF is 0x0'],
  ['expect n == 40', 'expected n == 40, but n is 20'],
  ['expect n == 4096', 'expected n == 4096, but n is 20'],
  ['expect a == 4096', 'expected a == 4096, but a is 33554432 (0x2000000)'],
  ['expect read(0x401000) == 1', 'expected read(0x401000) == 1, but read(0x401000) is 0'],
  ['expect read(0x401000) fails SEGV', 'expected read(0x401000) to fail with SEGV, but it succeeded'],
];

describe('session: the base of integers in messages', () => {
  for (const [statement, message] of cases) {
    it(statement, () => {
      const text = `kernel almos-mkh
process p { code 1 page data 1 page }
as p {
let a = mmap(1 page, rw)
let n = 20
print a
print n
${statement}
}`;
      const { script } = runToEnd(simulationOfFile(text)).world;
      const found = script.diagnostics.find(({ severity }) => severity === 'error');
      assert.equal(found?.message, message);
    });
  }
});
