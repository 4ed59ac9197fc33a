import { strict as assert } from 'node:assert';
import type { FunctionInfo } from '../../simulator/execution/function-info.ts';
import { listingOf, signatureOf } from '../../extension/debug/program/listing.ts';

const info: FunctionInfo = {
  name: 'vmm_get_pte',
  section: '5.21',
  doc: 'Finds the entry of a page.',
  parameters: [
    { name: 'process', type: { kind: 'process' } },
    { name: 'vpn', type: { kind: 'vpn' } },
    { name: 'cow', type: { kind: 'boolean' }, default: false },
    { name: 'iterator', type: { kind: 'integer' }, inOut: true },
  ],
  outputs: [
    { name: 'attr', type: { kind: 'integer' } },
    { name: 'ppn', type: { kind: 'ppn' } },
  ],
  errors: ['ENOMEM', 'EINVAL'],
  steps: { '1': 'Find the vseg.', '2': 'Lock.', '10': 'Unlock.', '3a': 'Read.', '3b': 'Compare.' },
};

describe('listing of a kernel function', () => {
  it('writes the signature with optional and in/out parameters', () => {
    assert.equal(signatureOf(info), 'vmm_get_pte(process, vpn, [cow], &iterator) → attr, ppn');
    assert.equal(
      signatureOf({ ...info, parameters: [], outputs: [], result: { kind: 'address' } }),
      'vmm_get_pte() → address',
    );
    assert.equal(signatureOf({ ...info, parameters: [], outputs: [] }), 'vmm_get_pte()');
  });

  it('numbers the steps in the order of the specification, whatever the order of the object', () => {
    const { text, lineOfStep, firstLine } = listingOf(info, 'ALMOS-MKH');
    const lines = text.split('\n');
    const steps = ['1', '2', '3a', '3b', '10'];
    assert.deepEqual([...lineOfStep.keys()], steps);
    for (const label of steps) assert(lines[(lineOfStep.get(label) ?? 0) - 1]?.startsWith(`${label}.`), label);
    assert.equal(firstLine, lineOfStep.get('1'));
    assert.match(text, /^# vmm_get_pte/);
    assert.match(text, /Fails with ENOMEM, EINVAL\.\nSource: ALMOS-MKH 5\.21\./);
  });

  it('has a line to stand on where a function has no steps', () => {
    const { text, lineOfStep, firstLine } = listingOf({ ...info, steps: {} }, 'ALMOS-MKH');
    assert.equal(lineOfStep.size, 0);
    assert(firstLine >= 1 && firstLine <= text.split('\n').length);
  });
});
