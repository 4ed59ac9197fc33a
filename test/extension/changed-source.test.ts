import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const lines = [
  'kernel almos-mkh',
  'process app { code 1 page  data 1 page }',
  'print 1',
  'print 2',
  'print 3',
  'print 4',
];
const text = `${lines.join('\n')}\n`;
const changed = `${['// A new first line.', ...lines, 'print 5'].join('\n')}\n`;
const message = 'scenario.walk has changed since this session started; restart to use the new text.';

describe('a scenario that is edited while it is debugged', () => {
  let client: DapClient;
  let program: string;

  beforeEach(() => {
    client = new DapClient();
    program = client.file(text);
  });
  afterEach(() => {
    client.dispose();
  });

  const set = async (line: number, source: object = { path: program }): Promise<DebugProtocol.Breakpoint | undefined> =>
    (
      await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
        source,
        breakpoints: [{ line }],
      })
    ).breakpoints[0];
  const top = async ({ threadId }: StoppedBody): Promise<DebugProtocol.StackFrame | undefined> =>
    (await client.stack(threadId ?? 0))[0];
  const named = (name: string): unknown[] =>
    client.events.filter(({ event }) => event === name).map(({ body }): unknown => body);
  const lineUnder = async (frame?: DebugProtocol.StackFrame): Promise<string | undefined> => {
    const { content } = await client.request<DebugProtocol.SourceResponse['body']>('source', {
      source: frame?.source,
      sourceReference: frame?.source?.sourceReference ?? 0,
    });
    return content.split('\n')[(frame?.line ?? 0) - 1];
  };

  it('is told once, at the next stop, with the file by its name', async () => {
    const stop = await client.launchToStop(program);
    client.file(changed);
    await client.move('next', stop.threadId ?? 0);
    await client.move('next', stop.threadId ?? 0);
    assert.equal(client.output('console'), `${message}\n`);
    assert.deepEqual(named('pagewalk/sourceChanged'), [{ path: program, message }]);
    assert.deepEqual(named('loadedSource'), [{ reason: 'changed', source: { name: 'scenario.walk', path: program } }]);
  });

  it('is not told of a file that was only written once more', async () => {
    const stop = await client.launchToStop(program);
    client.file(text);
    const frame = await top(await client.move('next', stop.threadId ?? 0));
    assert.equal(client.output('console'), '');
    assert.equal(frame?.source?.sourceReference, undefined);
  });

  it('is debugged on in the text that was launched', async () => {
    const stop = await client.launchToStop(program);
    const before = await top(stop);
    assert.deepEqual([before?.source?.path, before?.source?.sourceReference], [program, undefined]);
    client.file(changed);
    const after = await top(await client.move('next', stop.threadId ?? 0));
    assert.equal(after?.source?.name, 'scenario.walk (as launched)');
    assert((after.source.sourceReference ?? 0) > 0);
    assert.equal(await lineUnder(after), 'print 2');
    const { sources } = await client.request<DebugProtocol.LoadedSourcesResponse['body']>('loadedSources');
    assert.deepEqual(sources[0], after.source);
    // The text is also there for a client that asks by the path.
    const asked = await client.request<DebugProtocol.SourceResponse['body']>('source', {
      source: { path: program },
      sourceReference: 0,
    });
    assert.equal(asked.content, text);
  });

  it('keeps the breakpoints set before, and does not verify those set on the new text', async () => {
    const stop = await client.launchToStop(program, {}, () => set(5));
    client.file(changed);
    const kept = await client.move('continue', stop.threadId ?? 0);
    assert.equal(kept.reason, 'breakpoint');
    assert.equal((await top(kept))?.line, 5);
    const late = await set(7);
    assert.deepEqual([late?.verified, late?.message], [false, message]);
    const { breakpoints: places } = await client.request<DebugProtocol.BreakpointLocationsResponse['body'] & object>(
      'breakpointLocations',
      { source: { path: program }, line: 1, endLine: 9 },
    );
    assert.deepEqual(places, []);
    await client.request('continue', { threadId: stop.threadId });
    await client.event('terminated');
  });

  it('notices the change where breakpoints come before the next stop', async () => {
    await client.launchToStop(program);
    client.file(changed);
    assert.equal((await set(6))?.verified, false);
    assert.equal(client.output('console'), `${message}\n`);
  });

  it('takes breakpoints in the launched text, beside those of the file', async () => {
    const stop = await client.launchToStop(program, {}, () => set(4));
    client.file(changed);
    const first = await client.move('continue', stop.threadId ?? 0);
    const frame = await top(first);
    assert.equal(frame?.line, 4);
    const inLaunched = await set(6, frame.source);
    assert.deepEqual([inLaunched?.verified, inLaunched?.line], [true, 6]);
    assert.equal((await top(await client.move('continue', stop.threadId ?? 0)))?.line, 6);
    assert.equal((await top(await client.move('reverseContinue', stop.threadId ?? 0)))?.line, 4);
  });

  it('is what a restart runs, and its breakpoints are placed then', async () => {
    await client.launchToStop(program);
    client.file(changed);
    await set(7);
    await client.request('restart', {});
    const stop = await client.stopped();
    assert.equal((await top(stop))?.source?.sourceReference, undefined);
    const moved = named('breakpoint').at(-1) as DebugProtocol.BreakpointEvent['body'];
    assert.deepEqual([moved.breakpoint.verified, moved.breakpoint.line], [true, 7]);
    assert.equal((await top(await client.move('continue', stop.threadId ?? 0)))?.line, 7);
    // And the next change is told again, with a text of its own.
    client.file(text);
    const frame = await top(await client.move('next', stop.threadId ?? 0));
    assert.equal(await lineUnder(frame), 'print 5');
    assert.equal(client.output('console'), `${message}\n`.repeat(2));
  });

  it('is itself again once the old text is back', async () => {
    const stop = await client.launchToStop(program);
    client.file(changed);
    await set(5);
    client.file(text);
    const frame = await top(await client.move('next', stop.threadId ?? 0));
    assert.equal(frame?.source?.sourceReference, undefined);
    assert.equal((await top(await client.move('continue', stop.threadId ?? 0)))?.line, 5);
  });

  it('that is deleted or moved away is debugged on as well', async () => {
    const { rmSync } = await import('node:fs');
    const stop = await client.launchToStop(program);
    rmSync(program);
    const frame = await top(await client.move('next', stop.threadId ?? 0));
    assert.equal(await lineUnder(frame), 'print 2');
  });

  it('is known as changed from its editor before it is saved', async () => {
    const stop = await client.launchToStop(program);
    assert.deepEqual(await client.request('pagewalk/launchedText', {}), { content: text });
    await client.request('pagewalk/editorText', { path: program, isOther: true });
    assert.equal(client.output('console'), `${message}\n`);
    assert.equal((await set(5))?.verified, false);
    assert.equal(
      (await top(await client.move('next', stop.threadId ?? 0)))?.source?.name,
      'scenario.walk (as launched)',
    );
    // Undone in the editor, then closed: what is on disk counts.
    await client.request('pagewalk/editorText', { path: program, isOther: false });
    assert.equal((await set(5))?.verified, true);
    client.file(changed);
    await client.request('pagewalk/editorText', { path: program, isOther: null });
    assert.equal((await set(5))?.verified, false);
    await client.request('pagewalk/editorText', { path: '/elsewhere/scenario.walk', isOther: false });
    assert.match(await client.failure('pagewalk/editorText', { path: 3, isOther: true }), /'path' to be a string/);
  });
});
