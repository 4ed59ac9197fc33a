import { strict as assert } from 'node:assert';
import { capabilityInWords } from '../../../simulator/kernels/capability.ts';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { findingsOf, runToEnd, simulationOfFile } from '../session/simulations.ts';

/** The other capabilities are parts of operations that a kernel refuses with errors of its own. */
const calls = {
  fork: 'fork()',
  exec: 'exec("/bin/app")',
  mprotect: 'mprotect(a, 4096, r)',
  brk: 'brk(a)',
  mmapRemote: 'mmap(4096, rw, kind: remote)',
} as const;
const names = Object.keys(calls) as (keyof typeof calls)[];

describe('what kernels lack', () => {
  for (const { name, lacks, operations, notSupported, isDefinedByScenario } of kernels) {
    // A file that is its own kernel brings the mmap that the others have.
    const own = isDefinedByScenario === true ? 'def mmap(length, prot) { return 65536 }\n' : '';
    it(`${name}: an operation that it does not have is among it`, () => {
      for (const operation of ['fork', 'exec', 'mprotect', 'brk'] as const)
        assert.ok(operations[operation] !== undefined || lacks[operation] !== undefined, operation);
    });

    for (const lacked of names.filter((one) => lacks[one] !== undefined)) {
      it(`${name}: ${lacked} fails with its words and its reason`, () => {
        const text = `kernel ${name}\n${own}process app { code 1 page  data 1 page }\nas app {\n    let a = mmap(3 pages, rw)\n    ${calls[lacked]}\n}`;
        const found = findingsOf(runToEnd(simulationOfFile(text))).join('\n');
        assert.ok(found.includes(`${name} has no ${capabilityInWords(lacked)}: ${lacks[lacked] ?? ''}`), found);
        const expected = text.replace(calls[lacked], `expect ${calls[lacked]} fails ${notSupported}`);
        assert.deepEqual(findingsOf(runToEnd(simulationOfFile(expected))), []);
      });
    }
  }
});
