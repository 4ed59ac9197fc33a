/** A block that runs again makes another process of the name, with a program of its own. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

describe('session: processes of one name', () => {
  for (const kernel of wholeKernels) {
    it(`${kernel.name}: none disturbs the one before`, () => {
      const text = `kernel ${kernel.name}
let before = free()
for round in 0..3 {
    process p { code 1 page data 1 page }
    as p {
        expect read(p.data) == 0
        expect read(p.code, size: 1) == 0x90
        write(p.data, round + 1)
        expect read(p.data) == round + 1
        if round == 1 { exit(code: 3) }
    }
    if round == 1 { expect p.exit == 3 }
}
expect free() < before
`;
      const simulation = runToEnd(simulationOfFile(text));
      assert.deepEqual(findingsOf(simulation), []);
      const names = simulation.kernel.processes().map(({ name, alive }) => [name, alive]);
      assert.deepEqual(
        names.filter(([, alive]) => alive),
        [
          ['p', true],
          ['p', true],
        ],
      );
    });
  }
});
