import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import { handlers } from '../../extension/debug/handlers.ts';
import { DapClient } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 1 page }
thread other of app at (1,0)
as app {
    let buf = mmap(8 pages, rw)
    touch(buf, 4 pages, w)
    let child = fork(at: (1,1))
    write(buf, 1)
}
as other { write(buf + 8, 2) }
expect count("page-copy") == 1
`;

describe('whatever a client sends', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  it('requests before the launch are refused with a reason', async () => {
    for (const command of Object.keys(handlers)) {
      if (['initialize', 'launch', 'configurationDone', 'disconnect', 'cancel'].includes(command)) continue;
      const args = {
        threadId: 1,
        frameId: 1,
        variablesReference: 1,
        expression: '1',
        text: '',
        column: 1,
        sourceReference: 1,
        memoryReference: '0x0',
        count: 1,
        source: {},
        line: 1,
        breakpoints: [],
      };
      const { success, message } = await client.send(command, args);
      assert(success || String(message).length > 10, `${command}: ${String(message)}`);
    }
  });

  it('unknown requests are refused by name', async () => {
    assert.match(await client.failure('fly'), /'fly' is not a request/);
    assert.match(await client.failure('constructor'), /'constructor' is not a request/);
    assert.match(await client.failure('__proto__'), /is not a request/);
  });

  it('a launch that cannot be gets a readable error, the findings as output, and the end', async () => {
    await client.request('initialize', { adapterID: 'pagewalk' });
    const program = client.file(
      'kernel almos-mkh\nprocess app { code 1 page data 0 pages }\nas app { mxmap(1 page, rw) }\n',
    );
    assert.match(await client.failure('launch', { program }), /scenario\.walk, line 3: .*mxmap/);
    await client.event('terminated');
    assert.match(client.output('stderr'), /WALK1\d\d/);
  });

  it('a program that is not there is an error, too', async () => {
    assert.match(await client.failure('launch', { program: '/no/such/file.walk' }), /file\.walk cannot be read/);
    await client.event('terminated');
  });

  it('wrong settings of a launch are named', async () => {
    const program = client.file(text);
    for (const [settings, expected] of [
      [{}, /'program' to be a string/],
      [{ program: 3 }, /'program' to be a string/],
      [{ program, seed: -1 }, /'seed' to be an integer from 0/],
      [{ program, stopOnEntry: 'yes' }, /'stopOnEntry' to be true or false/],
      [{ program, test: 'none such' }, /no test "none such"/],
    ] as const) {
      const other = new DapClient();
      try {
        assert.match(await other.failure('launch', settings), expected);
      } finally {
        other.dispose();
      }
    }
  });

  it('a second launch is refused', async () => {
    const program = client.file(text);
    await client.launchToStop(program);
    assert.match(await client.failure('launch', { program }), /already/);
  });

  it('a restart with a broken file leaves the session as it is', async () => {
    const program = client.file(text);
    const stop = await client.launchToStop(program);
    await client.move('next', stop.threadId ?? 0);
    client.file('kernel almos-mkh\nas nobody { }\n');
    assert.match(await client.failure('restart', {}), /line 2/);
    const again = await client.stopped();
    assert.equal((await client.stack(again.threadId ?? 0))[0]?.line, 5);
    client.file(text);
    await client.request('restart', {});
    assert.equal((await client.stopped()).reason, 'entry');
  });

  it('references from an earlier stop are refused', async () => {
    const stop = await client.launchToStop(client.file(text));
    const thread = stop.threadId ?? 0;
    const [frame] = await client.stack(thread);
    const [scope] = await client.scopes(frame?.id ?? 0);
    const next = await client.move('next', thread);
    assert.match(await client.failure('variables', { variablesReference: scope?.variablesReference }), /moved on/);
    assert.match(await client.failure('stackTrace', { threadId: 999 }), /no thread 999/);
    assert.match(await client.failure('scopes', { frameId: 123456 }), /moved on/);
    assert.match(await client.failure('source', { sourceReference: 4711 }), /no source 4711/);
    assert.match(await client.failure('readMemory', { memoryReference: 'here', count: 1 }), /memory reference/);
    assert.match(await client.failure('exceptionInfo', { threadId: next.threadId }), /did not stop at an exception/);
    assert.match(await client.failure('pause', { threadId: next.threadId }), /is already stopped/);
  });

  it('every random dialogue is answered, one response for each request, and ends', async () => {
    const commands = [...Object.keys(handlers).filter((command) => command !== 'launch'), 'fly'];
    const small = fc.oneof(
      fc.integer({ min: -2, max: 12 }),
      fc.constant('0x2000000'),
      fc.boolean(),
      fc.constant(null),
      fc.string(),
      fc.constant('buf'),
    );
    const args = fc.oneof(
      fc.dictionary(
        fc.constantFrom(
          'threadId',
          'frameId',
          'variablesReference',
          'expression',
          'text',
          'column',
          'line',
          'count',
          'memoryReference',
          'sourceReference',
          'granularity',
          'process',
          'start',
          'filters',
          'breakpoints',
          'source',
        ),
        fc.oneof(
          small,
          fc.array(small, { maxLength: 3 }),
          fc.dictionary(fc.constantFrom('line', 'name', 'path', 'condition'), small),
        ),
      ),
      fc.anything(),
    );
    const dialogue = fc.array(fc.tuple(fc.constantFrom(...commands), args), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(dialogue, fc.boolean(), async (requests, isLaunched) => {
        const fuzzed = new DapClient();
        try {
          const program = fuzzed.file(text);
          const answers: Promise<DebugProtocol.Response>[] = [];
          if (isLaunched) await fuzzed.launchToStop(program);
          else {
            answers.push(fuzzed.send('initialize', {}), fuzzed.send('launch', { program, stopOnEntry: true }));
            answers.push(fuzzed.send('configurationDone'));
          }
          for (const [command, body] of requests)
            answers.push(fuzzed.send(command, { threadId: 1, ...(typeof body === 'object' ? body : {}) }));
          for (const answer of await Promise.all(answers)) {
            assert.equal(typeof answer.success, 'boolean');
            if (!answer.success)
              assert.doesNotMatch(String(answer.message), /Internal error/, JSON.stringify(requests));
          }
          assert.doesNotMatch(fuzzed.output(), /Internal error/);
        } finally {
          fuzzed.dispose();
        }
      }),
      { seed: 29, numRuns: 400 },
    );
  });
});
