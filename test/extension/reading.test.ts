import { strict as assert } from 'node:assert';
import { truncateSync } from 'node:fs';
import { Folder } from '../simulator/cli/pagewalk.ts';
import { DapClient } from './support/dap-client.ts';

describe('what a debug session reads', () => {
  const folder = new Folder();
  let client: DapClient;

  beforeEach(async () => {
    client = new DapClient();
    await client.request('initialize', { adapterID: 'pagewalk' });
  });
  afterEach(() => {
    client.dispose();
  });

  after(() => {
    folder.remove();
  });

  it('is no device, no pipe and no folder', async () => {
    const pipe = await folder.pipe('pipe.walk');
    for (const [program, reason] of [
      ['/dev/zero', /\/dev\/zero cannot be read: it is a device; only regular files are read/],
      [pipe, /it is a named pipe/],
      ['/', /this is a folder/],
    ] as const) {
      const other = new DapClient();
      try {
        await other.request('initialize', { adapterID: 'pagewalk' });
        assert.match(await other.failure('launch', { program }), reason);
      } finally {
        other.dispose();
      }
    }
  });

  it('is no larger than its bounds, which the launch may set', async () => {
    const program = client.file('');
    truncateSync(program, 5000);
    const failed = client.failure('launch', { program, bounds: { scenarioSize: 4000 } });
    assert.match(await failed, /5,000 bytes, and at most 4,000 bytes are read; .*pagewalk\.bounds\.scenarioSize/);
  });

  it('lies beside the scenario, where links lead as well', async () => {
    const program = client.file(
      'kernel almos-mkh\nfile "/f" { from "../../etc/passwd" }\nprocess p load "/dev/zero"\n',
    );
    const failed = client.failure('launch', { program });
    assert.match(await failed, /line 2: "\.\.\/\.\.\/etc\/passwd" cannot be read: it is outside .*and 1 more/);
    const told = client.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => (body as { output: string }).output);
    assert.match(told.join(''), /"\/dev\/zero" cannot be read: it is outside/);
  });

  it('has bounds that are numbers', async () => {
    const program = client.file('kernel almos-mkh\n');
    const failed = client.failure('launch', { program, bounds: { steps: 'many' } });
    assert.match(await failed, /'bounds\.steps'/);
  });
});
