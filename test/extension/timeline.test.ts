import { strict as assert } from 'node:assert';
import { countOf } from '../../simulator/hardware/counters.ts';
import type { TimelineModel } from '../../simulator/inspect/timeline/models.ts';
import { findKernel } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';
import { DapClient } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 1 page }
as app {
    let buf = mmap(1 page, rw)
    write(buf, 1)
}
`;

/** What the machine counts over a whole run that nobody watches. */
function flushes(): number {
  const { scenario } = parseScenario(text, 'scenario.walk');
  const kernel = findKernel('almos-mkh');
  assert.ok(scenario !== null && kernel !== null);
  const created = Simulation.create({ scenario, kernel, assets: {} });
  assert.ok('simulation' in created);
  created.simulation.advance({ kind: 'continue' }, 10_000_000);
  return countOf(created.simulation.world.machine, 'tlb-flush');
}

describe('the timeline in a debug session', () => {
  it('sums what the kernel does while it boots as well', async () => {
    const client = new DapClient();
    await client.launchToStop(client.file(text));
    let model: TimelineModel;
    do model = await client.request<TimelineModel>('pagewalk/timeline');
    while (!model.isComplete);
    assert.equal(model.sums.counts.flush, flushes());
    client.dispose();
  });
});
