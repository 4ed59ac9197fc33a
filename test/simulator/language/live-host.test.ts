/** The bound on the time of a simulation while typing. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { startLiveWorker } from '../../../simulator/language/live/host.ts';
import type { LiveReply } from '../../../simulator/language/live/worker-simulator.ts';
import { keep } from '../../lifetime/started.ts';
import { awaited } from '../../lifetime/waiting.ts';
import { scenarioOf } from './support.ts';

/** What a worker answers that may take a second. */
async function answerOf(script: string): Promise<LiveReply> {
  const worker = startLiveWorker(path.join(import.meta.dirname, 'workers', script), 1000);
  const forget = keep({
    what: `the worker ${script}`,
    end: () => {
      worker.end();
    },
  });
  const reply = new Promise<LiveReply>((resolve) => {
    worker.listen(resolve, () => undefined);
  });
  worker.post({ id: 1, scenario: scenarioOf('print 1'), assets: {} });
  const answer = await awaited(reply, 'the answer of the worker');
  worker.end();
  forget();
  return answer;
}

describe('the time of a simulation while typing', () => {
  it('is bounded, and the answer says so', async () => {
    const result = { diagnostics: [], values: [], cutShort: 'it was ended after 1 s' };
    assert.deepEqual(await answerOf('endless.ts'), { id: 1, result });
  });

  it('does not include the start of the worker, which takes long on a slow machine', async () => {
    assert.deepEqual(await answerOf('slow-start.ts'), { id: 1, result: { diagnostics: [], values: [] } });
  });
});
