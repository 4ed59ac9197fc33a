import { strict as assert } from 'node:assert';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh

process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(64 pages, rw)

    for i in 0..20 {
        write(buf + i * 1 page, i)
    }
    print "done"
}
`;
const writeLine = 8;

describe('breakpoints', () => {
  let client: DapClient;
  let program: string;

  beforeEach(() => {
    client = new DapClient();
    program = client.file(text);
  });
  afterEach(() => {
    client.dispose();
  });

  const set = (...breakpoints: object[]) =>
    client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: program },
      breakpoints,
    });
  const go = (stop: StoppedBody): Promise<StoppedBody> => client.move('continue', stop.threadId ?? 0);
  const iteration = async (): Promise<string> => client.evaluate('i');

  it('move to the next statement', async () => {
    await client.launchToStop(program, {}, async () => {
      const { breakpoints } = await set({ line: 6 }, { line: 1 }, { line: 99 });
      assert.deepEqual(
        breakpoints.map(({ verified, line }) => [verified, line]),
        [
          [true, 7],
          [true, 3],
          [false, undefined],
        ],
      );
      assert.match(breakpoints[2]?.message ?? '', /no statement/);
    });
  });

  it('stop at the first statement where nothing else does', async () => {
    await client.launch(program, { stopOnEntry: false }, () => set({ line: 3 }));
    const stop = await client.stopped();
    const [frame] = await client.stack(stop.threadId ?? 0);
    assert.deepEqual([stop.reason, frame?.line], ['breakpoint', 3]);
  });

  it('belong to their file, whichever path a client uses', async () => {
    const folder = path.dirname(program);
    const link = path.join(folder, 'link.walk');
    symlinkSync(program, link);
    mkdirSync(path.join(folder, 'inner'));
    const names = [
      link,
      path.join(folder, '.', 'inner') + '/../' + path.basename(program),
      `${folder}//${path.basename(program)}`,
      `${folder}/./${path.basename(program)}`,
      path.relative(process.cwd(), program),
    ];
    await client.launchToStop(program);
    for (const name of names) {
      const { breakpoints } = await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
        source: { path: name },
        breakpoints: [{ line: writeLine }],
      });
      assert.deepEqual(
        breakpoints.map(({ verified, line }) => [verified, line]),
        [[true, writeLine]],
        name,
      );
    }
  });

  it('tell where they could be', async () => {
    await client.launchToStop(program);
    const { breakpoints } = await client.request<{ breakpoints: DebugProtocol.BreakpointLocation[] }>(
      'breakpointLocations',
      { source: { path: program }, line: 1, endLine: 9 },
    );
    assert.deepEqual(
      breakpoints.map(({ line }) => line),
      [3, 4, 5, 7, 8],
    );
  });

  it('hit with their number, every time round', async () => {
    let stop = await client.launchToStop(program, {}, () => set({ line: writeLine }));
    for (const expected of ['0', '1', '2']) {
      stop = await go(stop);
      assert.equal(stop.reason, 'breakpoint');
      assert.equal(stop.hitBreakpointIds?.length, 1);
      assert.equal(await iteration(), expected);
    }
  });

  it('with a condition hit when it is true', async () => {
    let stop = await client.launchToStop(program, {}, () => set({ line: writeLine, condition: 'i == 7' }));
    stop = await go(stop);
    assert.equal(await iteration(), '7');
    await client.request('continue', { threadId: stop.threadId });
    await client.event('terminated');
  });

  it('with a condition that makes no sense are refused when they are set, and say why', async () => {
    await client.launchToStop(program, {}, async () => {
      const { breakpoints } = await set(
        { line: writeLine, condition: 'nonsense > 1' },
        { line: writeLine, condition: 'i >' },
        { line: writeLine, condition: 'munmap(buf, 1 page) == 0' },
        { line: writeLine, logMessage: 'round {nothing}' },
      );
      assert.deepEqual(
        breakpoints.map(({ verified }) => verified),
        [false, false, false, false],
      );
      const [unknown, syntax, call, log] = breakpoints.map(({ message }) => message);
      assert.equal(unknown, "The condition 'nonsense > 1' cannot be evaluated: nothing has the name nonsense.");
      assert.match(syntax ?? '', /^The condition 'i >' cannot be read: /);
      assert.match(call ?? '', /calls munmap, which would change the run; a condition can only observe\.$/);
      assert.match(log ?? '', /^The log message’s expression 'nothing' cannot be evaluated/);
    });
  });

  it('with a condition that cannot be evaluated where they stop say so there', async () => {
    let stop = await client.launchToStop(program, {}, () =>
      set({ line: 3, condition: 'i > 1' }, { line: 4, condition: 'i > 1' }),
    );
    stop = await go(stop);
    assert.equal(stop.reason, 'breakpoint');
    assert.match(
      client.output(),
      /The breakpoint's condition 'i > 1' cannot be evaluated: nothing has the name i here/,
    );
  });

  it('with a hit count hit when it is reached', async () => {
    for (const [hitCondition, expected] of [
      ['5', '4'],
      ['>= 3', '2'],
      ['% 4', '3'],
      ['== 2', '1'],
    ] as const) {
      const other = new DapClient();
      try {
        const stop = await other.launchToStop(program, {}, () =>
          other.request('setBreakpoints', {
            source: { path: program },
            breakpoints: [{ line: writeLine, hitCondition }],
          }),
        );
        await other.move('continue', stop.threadId ?? 0);
        assert.equal(await other.evaluate('i'), expected, hitCondition);
      } finally {
        other.dispose();
      }
    }
  });

  it('with a hit count that is none say so', async () => {
    await client.launchToStop(program, {}, async () => {
      const { breakpoints } = await set(
        { line: writeLine, hitCondition: 'often' },
        { line: writeLine, hitCondition: '% 0' },
      );
      assert.deepEqual(
        breakpoints.map(({ verified }) => verified),
        [false, false],
      );
      assert.match(breakpoints[0]?.message ?? '', /'often' is no hit count/);
    });
  });

  it('with a message log and go on', async () => {
    const stop = await client.launchToStop(program, {}, () =>
      set({ line: writeLine, condition: 'i < 3', logMessage: 'round {i} of {10 * 2}, \\{plain}' }),
    );
    await client.request('continue', { threadId: stop.threadId });
    await client.event('terminated');
    assert.match(client.output(), /round 0 of 20.*\n.*round 1 of 20.*\n.*round 2 of 20/);
    assert.doesNotMatch(client.output(), /round 3/);
  });

  it('set before the launch are placed when the program is known', async () => {
    await client.request('initialize', { adapterID: 'pagewalk' });
    const early = await set({ line: 6 });
    assert.equal(early.breakpoints[0]?.verified, false);
    const launched = client.request('launch', { program, stopOnEntry: true });
    const changed = await client.event<{ breakpoint: DebugProtocol.Breakpoint }>('breakpoint');
    assert.deepEqual(
      [changed.breakpoint.verified, changed.breakpoint.line, changed.breakpoint.id],
      [true, 7, early.breakpoints[0]?.id],
    );
    await launched;
  });

  it('can be set while it runs, and pause works', async () => {
    const endless = client.file(
      text.replace('0..20', '0..1000000').replace('i * 1 page', '(i % 64) * 1 page'),
      'endless.walk',
    );
    const stop = await client.launchToStop(endless);
    await client.request('continue', { threadId: stop.threadId });
    // Each turn lets the run go on for a slice.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    await client.request('pause', { threadId: stop.threadId });
    const paused = await client.stopped();
    assert.equal(paused.reason, 'pause');
    await client.request('continue', { threadId: paused.threadId });
    await client.request('setBreakpoints', { source: { path: endless }, breakpoints: [{ line: writeLine }] });
    assert.equal((await client.stopped()).reason, 'breakpoint');
  });

  it('are reached though the client cancels other requests meanwhile, as VS Code does when a run goes on', async () => {
    const long = text.replace('0..20', '0..5000').replace('i * 1 page', '(i % 64) * 1 page');
    client.file(long);
    const stop = await client.launchToStop(program, {}, () => set({ line: writeLine, condition: 'i == 4999' }));
    await client.stack(stop.threadId ?? 0);
    const others = [client.lastRequest, client.lastRequest + 1000];
    await client.request('continue', { threadId: stop.threadId });
    for (const requestId of others) await client.request('cancel', { requestId });
    await client.request('cancel', { progressId: 'of another' });
    assert.equal((await client.stopped()).reason, 'breakpoint');
    assert.match(await iteration(), /= 4999$/);
  });

  it('need not be reached: a run is cancelled by the number of its request', async () => {
    const endless = client.file('kernel almos-mkh\nfor i in 0..1000000000 { }\n', 'endless.walk');
    const stop = await client.launchToStop(endless);
    await client.request('continue', { threadId: stop.threadId });
    await client.request('cancel', { requestId: client.lastRequest });
    assert.equal((await client.stopped()).reason, 'pause');
  });

  it('on functions stop inside, with conditions too', async () => {
    let stop = await client.launchToStop(program, {}, () =>
      client.request('setFunctionBreakpoints', {
        breakpoints: [{ name: 'vmm_handle_page_fault', condition: 'i == 4' }],
      }),
    );
    stop = await go(stop);
    assert.equal(stop.reason, 'function breakpoint');
    assert.match((await client.stack(stop.threadId ?? 0))[0]?.name ?? '', /^vmm_handle_page_fault/);
    assert.equal(await iteration(), '4');
  });

  it('on exceptions take conditions', async () => {
    let stop = await client.launchToStop(program, {}, () =>
      client.request('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId: 'page-fault', condition: 'i == 9' }],
      }),
    );
    stop = await go(stop);
    assert.equal(stop.reason, 'exception');
    assert.equal(await iteration(), '9');
  });

  it('in other files are not of this session', async () => {
    await client.launchToStop(program);
    const other = await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: '/elsewhere.walk' },
      breakpoints: [{ line: 1 }],
    });
    assert.equal(other.breakpoints[0]?.verified, false);
    assert.match(other.breakpoints[0]?.message ?? '', /not being debugged/);
  });
});
