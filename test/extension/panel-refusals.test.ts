/** A panel learns by a code, not from the words, that what it has chosen is gone. */
import { strict as assert } from 'node:assert';
import { ErrorId } from '../../extension/debug/protocol/errors.ts';
import { Refusals } from '../../extension/panels/refusals.ts';
import type { ErrorCode } from '../../media/protocol/panel-error.ts';
import { DapClient } from './support/dap-client.ts';

const text = 'process p { code 1 page  data 1 page }\nas p { read(p.data) }';

const cases: readonly (readonly [what: string, args: Record<string, unknown>, id: number, code: ErrorCode])[] = [
  ['a process that is none', { process: 'nobody' }, ErrorId.unknownProcess, 'unknown-process'],
  [
    'a cluster without a table of the process',
    { process: 'p', cluster: '1,1' },
    ErrorId.unknownCluster,
    'unknown-cluster',
  ],
  ['a cluster outside the mesh', { cluster: '9,9' }, ErrorId.unknownCluster, 'unknown-cluster'],
  ['a process of a wrong type', { process: {} }, ErrorId.cannotInspect, 'failed'],
];

describe('refused questions of the panels', () => {
  let client: DapClient;

  beforeEach(async () => {
    client = new DapClient();
    const file = client.file(text);
    const stop = await client.launchToStop(file);
    await client.move('next', stop.threadId ?? 0);
  });
  afterEach(() => {
    client.dispose();
  });

  for (const [what, args, id, code] of cases) {
    it(`${what}: ${code}`, async () => {
      const refusals = new Refusals();
      const other = refusals.mark();
      const ask = refusals.mark();
      const response = await client.send('pagewalk/addressSpace', { ...args, ask });
      assert.equal((response.body as { error?: { id: number } }).error?.id, id);
      refusals.sent({ seq: response.request_seq, arguments: { ask } });
      refusals.answered(response);
      assert.equal(refusals.codeOf(other), 'failed');
      assert.equal(refusals.codeOf(ask), code);
      assert.equal(refusals.codeOf(ask), 'failed');
    });
  }
});
