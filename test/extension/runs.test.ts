import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from './support/dap-client.ts';

const head = `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(2 pages, rw)
    print "common"
}
`;

describe('a run', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  async function exitCodeOf(text: string, attributes: object = {}): Promise<number> {
    await client.launch(client.file(text), { noDebug: true, ...attributes });
    return (await client.event<{ exitCode: number }>('exited')).exitCode;
  }

  it('prints with the line of the statement', async () => {
    assert.equal(await exitCodeOf(`${head}print 6 * 7\n`), 0);
    const prints = client.events
      .filter(({ event, body }) => event === 'output' && (body as { category: string }).category === 'stdout')
      .map(({ body }) => body as DebugProtocol.OutputEvent['body']);
    assert.deepEqual(
      prints.map(({ output, line }) => [output, line]),
      [
        ['common\n', 5],
        ['42\n', 7],
      ],
    );
    assert.match(prints[0]?.source?.path ?? '', /scenario\.walk$/);
  });

  it('says once what fails in every round, and at the end how often', async () => {
    assert.equal(await exitCodeOf('kernel almos-mkh\nfor i in 0..20000 { expect i < 3 }\n'), 1);
    const lines = client
      .output('stderr')
      .split('\n')
      .filter((line) => line.includes('WALK201'));
    assert.equal(lines.at(-1), 'error WALK201: expected i < 3, but i is 3 (first at i = 3, 19,996 more)');
    // Once as soon as it is seen, which the end may be.
    assert.ok(lines.length <= 2, lines.join('\n'));
  });

  it('of a file runs its tests as well, and says nothing twice', async () => {
    const tests = 'test "one" { expect 1 == 1 print "first" }\ntest "two" { expect 2 == 3 }\n';
    assert.equal(await exitCodeOf(head + tests), 1);
    assert.equal(client.output('stdout'), 'common\nfirst\n');
    assert.match(client.output(), /test "one": Finished: .*1 met, 0 failed/);
    assert.match(client.output('stderr'), /WALK201/);
    assert.match(client.output('stderr'), /test "two": Finished with 1 error/);
  });

  it('of one test leaves the others out', async () => {
    const tests = 'test "one" { print "first" }\ntest "two" { print "second" }\n';
    assert.equal(await exitCodeOf(head + tests, { test: 'two' }), 0);
    assert.equal(client.output('stdout'), 'common\nsecond\n');
  });

  it('that fails before its tests does not run them', async () => {
    assert.equal(await exitCodeOf(`${head}expect 1 == 2\ntest "one" { print "first" }\n`), 1);
    assert.doesNotMatch(client.output(), /first/);
  });

  it('stops at refusals that nobody expected, and at failed expectations, with the editor’s default filters', async () => {
    const text = `${head}as app {
    expect write(buf + 16 pages, 1) fails SEGV
    expect read(buf) == 1
    write(buf + 16 pages, 1)
}
`;
    const stop = await client.launchToStop(client.file(text), {}, () =>
      client.request('setExceptionBreakpoints', { filters: ['segv', 'oom', 'expectation'] }),
    );
    const failed = await client.move('continue', stop.threadId ?? 0);
    assert.equal(failed.reason, 'exception');
    assert.equal((await client.stack(failed.threadId ?? 0)).at(-1)?.line, 9);
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: failed.threadId,
    });
    assert.equal(info.exceptionId, 'expectation');
    const refused = await client.move('continue', failed.threadId ?? 0);
    assert.equal(refused.reason, 'exception');
    assert.equal((await client.stack(refused.threadId ?? 0)).at(-1)?.line, 10);
    const refusal = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: refused.threadId,
    });
    assert.equal(refusal.exceptionId, 'segv');
    await client.request('continue', { threadId: refused.threadId });
    assert.equal((await client.event<{ exitCode: number }>('exited')).exitCode, 1);
  });

  it('goes to any position, and tells its whole state', async () => {
    const stop = await client.launchToStop(client.file(head));
    await client.request('pagewalk/seek', { position: { statement: 3 } });
    const there = await client.stopped();
    assert.equal(there.reason, 'goto');
    assert.equal((await client.stack(there.threadId ?? 0))[0]?.line, 5);
    const state = await client.request<{ version: number; processes: { name: string; regions: object[] }[] }>(
      'pagewalk/state',
    );
    assert.equal(state.version, 1);
    assert.equal(state.processes[0]?.name, 'app');
    await client.request('pagewalk/seek', { position: { statement: 0 } });
    await client.stopped();
    assert.equal((await client.stack(stop.threadId ?? 0))[0]?.line, 2);
    assert.match(await client.failure('pagewalk/seek', { position: 7 }), /'position' to be an object/);
  });

  it('tells panels what they ask for, and what was wrong with it', async () => {
    const stop = await client.launchToStop(client.file(head));
    await client.move('next', stop.threadId ?? 0);
    const space = await client.request<{ regions: { name: string }[] }>('pagewalk/addressSpace', { process: 'app' });
    assert(
      space.regions.some(({ name }) => name === 'kentry'),
      JSON.stringify(space.regions),
    );
    assert.match(await client.failure('pagewalk/addressSpace', { process: 'nobody' }), /nobody/);
  });

  it('offers names to complete, also members', async () => {
    const stop = await client.launchToStop(client.file(head));
    await client.request('pagewalk/seek', { position: { statement: 4 } });
    await client.stopped();
    const labels = async (text: string): Promise<string[]> => {
      const body = await client.request<DebugProtocol.CompletionsResponse['body']>('completions', {
        text,
        column: text.length + 1,
      });
      return body.targets.map(({ label }) => label);
    };
    assert.deepEqual(await labels('1 + bu'), ['buf']);
    assert((await labels('vmm_get')).includes('vmm_get_pte'));
    assert((await labels('pte(buf).w')).includes('writable'));
    assert((await labels('app.')).includes('vmm'));
    assert.deepEqual(await labels('nobody.'), []);
    assert.equal(stop.reason, 'entry');
  });
});
