import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from './support/dap-client.ts';

const head = 'kernel almos-mkh\nprocess app { code 1 page  data 1 page }\n';
const long = `${head}${Array.from({ length: 3000 }, (_, index) => `print ${String(index)}\n`).join('')}`;
const endless = `${head}repeat 1000000 { print 1 }\n`;
const broken = `${head}as nobody { }\n`;

/** What a client has sent when its user presses Stop, from the launch on. Gives the answers that are still to come. */
const moments: Readonly<Record<string, (client: DapClient) => Promise<Pending> | Pending>> = {
  'before the launch': (client) => [client.send('initialize', {})],
  'while the program is read': (client) => [client.send('launch', { program: client.file(long) })],
  'while a program that cannot run is read': (client) => [client.send('launch', { program: client.file(broken) })],
  'while a program that is not there is looked for': (client) => [client.send('launch', { program: '/no/such.walk' })],
  'before configurationDone': (client) =>
    until(client.send('launch', { program: client.file(long) }), client.event('initialized')),
  'with configurationDone on its way': (client) => [
    client.send('launch', { program: client.file(long) }),
    client.send('configurationDone'),
  ],
  'during a long run': (client) => until(client.launch(client.file(endless))),
  'during a long run without debugging': (client) => until(client.launch(client.file(endless), { noDebug: true })),
  'at a stop': (client) => until(client.launchToStop(client.file(long))),
};

type Pending = Promise<DebugProtocol.Response>[];

async function until(...conditions: Promise<unknown>[]): Promise<Pending> {
  await Promise.all(conditions);
  return [];
}

describe('Stop', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  /** Nothing that an editor would show: no answer for the user, no output of an error. */
  async function isQuiet(answers: Pending): Promise<void> {
    for (const { success, message, body } of await Promise.all(answers)) {
      if (success) continue;
      assert.equal(message, 'cancelled');
      assert.equal((body as { error: { showUser: boolean } }).error.showUser, false);
    }
    assert.equal(client.output('stderr'), '');
  }

  const endings = (name: string): unknown[] =>
    client.events.filter(({ event }) => event === name).map(({ body }): unknown => body);

  for (const [moment, begin] of Object.entries(moments)) {
    it(`${moment} ends quietly with code 0`, async () => {
      const begun = begin(client);
      const pending = begun instanceof Promise ? await begun : begun;
      assert.equal((await client.send('terminate', {})).success, true);
      const again = [client.send('configurationDone'), client.send('terminate', {})];
      await client.event('terminated');
      await isQuiet([...pending, ...again, client.send('disconnect', {})]);
      assert.deepEqual(endings('exited'), [{ exitCode: 0 }]);
      assert.equal(endings('terminated').length, 1);
    });

    it(`${moment} by a client that only disconnects is quiet as well`, async () => {
      const begun = begin(client);
      const pending = begun instanceof Promise ? await begun : begun;
      assert.equal((await client.send('disconnect', {})).success, true);
      await isQuiet([...pending, client.send('configurationDone')]);
    });
  }
});
