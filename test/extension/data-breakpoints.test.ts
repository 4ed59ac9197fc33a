import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(4 pages, rw)
    let code = mmap(1 page, rwx)
    write(buf, 7)
    for i in 0..4 {
        write(buf + 8, i)
        read(buf + 4096)
    }
    write(buf, 99)
    fetch(code)
    munmap(buf, 4 pages)
}
`;

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type Set = DebugProtocol.SetDataBreakpointsResponse['body'];

interface Seen {
  readonly line: number | undefined;
  readonly description: string;
  readonly top: string;
}

describe('data breakpoints', () => {
  let client: DapClient;
  let program: string;

  beforeEach(() => {
    client = new DapClient();
    program = client.file(text);
  });
  afterEach(() => {
    client.dispose();
  });

  const launchTo = (line: number): Promise<StoppedBody> => client.launchToLine(program, line);

  const infoOf = (name: string, args: object = {}): Promise<Info> =>
    client.request<Info>('dataBreakpointInfo', { name, ...args });

  const watch = (info: Info, accessType: string, more: object = {}): Promise<Set> =>
    client.request<Set>('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId, accessType, ...more }] });

  async function thread(): Promise<number> {
    const { threads } = await client.request<{ threads: { id: number }[] }>('threads');
    return threads[0]?.id ?? 0;
  }

  /** Runs in one direction from stop to stop; at the end nothing is left to stop at. */
  async function run(command: 'continue' | 'reverseContinue'): Promise<Seen[]> {
    const seen: Seen[] = [];
    for (let count = 0; count < 20; count++) {
      const stop = await client.move(command, await thread());
      if (stop.reason !== 'data breakpoint') break;
      assert.equal(stop.hitBreakpointIds?.length, 1);
      const stack = await client.stack(stop.threadId ?? 0);
      seen.push({ line: stack.at(-1)?.line, description: stop.description ?? '', top: stack[0]?.name ?? '' });
    }
    return seen;
  }

  /** The last line of the program, which runs can be stopped at. */
  const atEnd = (): Promise<unknown> =>
    client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 13 }] });

  async function bothWays(): Promise<Seen[]> {
    await atEnd();
    const forward = await run('continue');
    const backward = await run('reverseContinue');
    assert.deepEqual(backward.reverse().slice(-forward.length), forward);
    return forward;
  }

  it('on a variable that holds an address stop before the write, and name both values', async () => {
    const stop = await launchTo(6);
    const [frame] = await client.stack(stop.threadId ?? 0);
    const scope = (await client.scopes(frame?.id ?? 0)).find(({ name }) => name === 'Variables');
    const info = await infoOf('buf', { variablesReference: scope?.variablesReference });
    assert.deepEqual(info.accessTypes, ['read', 'write', 'readWrite']);
    assert.equal(info.canPersist, true);
    assert.match(info.description, /^8 bytes at 0x[0-9a-f]+ of app$/);
    const { breakpoints } = await watch(info, 'write');
    assert.equal(breakpoints[0]?.verified, true);
    // The write at line 6 is the one that the simulation stands at: it is shown when the run comes there again.
    const seen = await bothWays();
    assert.deepEqual(
      seen.map(({ line }) => line),
      [11],
    );
    assert.match(seen[0]?.description ?? '', /^Paused before the write at 0x[0-9a-f]+: 7 becomes 99$/);
  });

  it('at an address watch as many bytes as are asked for, reads too', async () => {
    await launchTo(6);
    const address = (await client.evaluate('buf + 4096', 'watch')).split(' ')[0] ?? '';
    const info = await infoOf(address, { asAddress: true, bytes: 4 });
    assert.match(info.description, /^4 bytes at/);
    await watch(info, 'read');
    const seen = await bothWays();
    assert.deepEqual(
      seen.map(({ line }) => line),
      [9, 9, 9, 9],
    );
    assert.ok(seen.every(({ description }) => description.startsWith('Paused before the read at')));
  });

  it('count their hits and take conditions', async () => {
    await launchTo(6);
    const info = await infoOf('buf + 8', { asAddress: true });
    await watch(info, 'write', { condition: 'i > 0', hitCondition: '>= 2' });
    const [first, second] = await bothWays();
    assert.deepEqual([first?.line, second?.line], [8, 8]);
    assert.match(first?.description ?? '', /1 becomes 2$/);
    assert.match(second?.description ?? '', /2 becomes 3$/);
  });

  it('on a page-table entry, or one bit of it, stop at the step of the kernel that writes it', async () => {
    await launchTo(6);
    for (const name of ['pte(buf)', 'pte(buf).present', 'pte(buf).raw & 1']) {
      const info = await infoOf(name);
      assert.deepEqual([info.description, info.accessTypes], [name, ['write']]);
      await watch(info, 'write');
      const stop = await client.move('continue', await thread());
      assert.equal(stop.reason, 'data breakpoint', name);
      assert.match(stop.description ?? '', /^Paused before .+ changes: .+ becomes .+$/);
      const stack = await client.stack(stop.threadId ?? 0);
      assert.ok(stack.length > 1, 'inside the kernel');
      assert.equal(stack.at(-1)?.line, 6);
      await client.request('pagewalk/seek', { position: { statement: 4, step: 0 } });
      await client.stopped();
    }
  });

  it('who wrote this entry is one run backwards', async () => {
    await launchTo(12);
    await watch(await infoOf('pte(buf)'), 'write');
    const back = await client.move('reverseContinue', await thread());
    assert.equal(back.reason, 'data breakpoint');
    const stack = await client.stack(back.threadId ?? 0);
    const written = back.description;
    await client.move('reverseContinue', await thread());
    const again = await client.move('continue', await thread());
    assert.equal(again.description, written);
    assert.deepEqual(
      (await client.stack(again.threadId ?? 0)).map(({ name }) => name),
      stack.map(({ name }) => name),
    );
  });

  it('on faults of a page stop in the handler, on executions at the fetch, on frames through any address', async () => {
    await launchTo(6);
    await watch(await infoOf('buf + 4096', { mode: 'fault' }), 'readWrite');
    const faults = await bothWays();
    assert.deepEqual(
      faults.map(({ line }) => line),
      [9],
    );
    assert.match(faults[0]?.description ?? '', /^Paused in the fault of the read at/);
    assert.notEqual(faults[0]?.top, 'read(buf + 4096)');
    await client.request('pagewalk/seek', { position: { statement: 4, step: 0 } });
    await client.stopped();
    await watch(await infoOf('code', { mode: 'execute' }), 'readWrite');
    const fetches = await run('continue');
    assert.deepEqual(
      fetches.map(({ line }) => line),
      [12],
    );
    const frame = await client.evaluate('pte(buf).ppn', 'watch');
    await watch(await infoOf(`frame(${frame.split(' ')[0] ?? ''})`), 'write');
    const back = await client.move('reverseContinue', await thread());
    assert.equal((await client.stack(back.threadId ?? 0)).at(-1)?.line, 11);
  });

  it('say at a stop that stepping makes what a run says there', async () => {
    await launchTo(6);
    await watch(await infoOf('buf', { asAddress: true, bytes: 8 }), 'write');
    await atEnd();
    const ran = await client.move('continue', await thread());
    const position = async (line: number): Promise<StoppedBody> => {
      for (;;) {
        const stop = await client.move('next', await thread());
        if ((await client.stack(stop.threadId ?? 0))[0]?.line === line) return stop;
      }
    };
    await client.request('pagewalk/seek', { position: { statement: 8, step: 0 } });
    await client.stopped();
    assert.deepEqual(await position(11), ran);
  });

  it('that name nothing are refused', async () => {
    await launchTo(6);
    for (const [name, message] of [
      ['nothing', /nothing has the name nothing/],
      ['write(buf, 1)', /calls a function/],
    ] as const) {
      const { dataId, description } = await infoOf(name);
      assert.equal(dataId, null);
      assert.match(description, message);
    }
    const { breakpoints } = await client.request<Set>('setDataBreakpoints', {
      breakpoints: [{ dataId: 'buf', accessType: 'write' }],
    });
    assert.equal(breakpoints[0]?.verified, false);
    assert.match(await client.failure('dataBreakpointInfo', { name: 'buf', mode: 'smell' }), /'mode' to be access/);
  });

  it('on the eviction of a page stop before the step of the daemon that takes its frame', async () => {
    program = client.file(`kernel haiku { lowWater 8192  highWater 8192 }
process app { code 0 pages  data 0 pages }
as app {
    let buf = mmap(300 pages, rw)
    touch(buf, 300 pages, r)
    daemon page-daemon on
    wait(500ms)
    wait(500ms)
    print "done"
    munmap(buf, 300 pages)
}
`);
    await launchTo(7);
    await watch(await infoOf('buf', { mode: 'evict' }), 'readWrite');
    await client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 9 }] });
    const [evicted] = await run('continue');
    assert.deepEqual(evicted, { ...evicted, line: 8 });
    assert.match(evicted?.description ?? '', /changes: resident becomes not resident$/);
    const back = await client.move('reverseContinue', await thread());
    assert.equal(back.description, evicted?.description);
    // That a region ends is no eviction.
    await client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 10 }] });
    await client.move('continue', await thread());
    await client.request('continue', { threadId: await thread() });
    await client.event('terminated');
  });
});
