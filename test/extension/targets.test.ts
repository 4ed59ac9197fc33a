import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
thread helper of app at (0,0,1)
as app {
    let buf = mmap(8 pages, rw)
    for i in 0..4 {
        write(buf + i * 1 page, i)
    }
}
parallel seed 1 {
    as app { write(buf + 5 pages, 1) }
    as helper { write(buf + 6 pages, 2) }
}
print 300
`;

describe('targets', () => {
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

  const lineOf = async (stop: StoppedBody): Promise<number | undefined> =>
    (await client.stack(stop.threadId ?? 0)).at(-1)?.line;

  async function stepTargets({ threadId }: StoppedBody): Promise<DebugProtocol.StepInTarget[]> {
    const [frame] = await client.stack(threadId ?? 0);
    const body = await client.request<DebugProtocol.StepInTargetsResponse['body']>('stepInTargets', {
      frameId: frame?.id,
    });
    return body.targets;
  }

  it('to step into are the functions that the statement enters, with the access that they are for', async () => {
    const stop = await launchTo(7);
    const targets = await stepTargets(stop);
    const fault = targets.find(({ label }) => label.includes(' for the write at 0x'));
    assert.ok(fault, targets.map(({ label }) => label).join('; '));
    // Looking ahead has moved nothing.
    assert.equal((await client.stack(stop.threadId ?? 0))[0]?.line, 7);
    await client.request('stepIn', { threadId: stop.threadId, targetId: fault.id });
    const inside = await client.stopped();
    assert.equal(inside.reason, 'step');
    const [top] = await client.stack(inside.threadId ?? 0);
    assert.ok(fault.label.startsWith(top?.name.split(',')[0] ?? '-'), `${fault.label}: ${String(top?.name)}`);
    assert.match(await client.failure('stepIn', { threadId: inside.threadId, targetId: 0 }), /There is no target 0/);
  });

  it('to step into in a block of parallel are the statements of each thread', async () => {
    const stop = await launchTo(10);
    const labels = (await stepTargets(stop)).map(({ label }) => label);
    assert.ok(labels.includes('helper: its next statement'), labels.join('; '));
    const helper = (await stepTargets(stop)).find(({ label }) => label === 'helper: its next statement');
    await client.request('stepIn', { threadId: stop.threadId, targetId: helper?.id });
    assert.equal(await lineOf(await client.stopped()), 12);
  });

  it('to go to are the next and the last time of a line; the state is that of a run stopped there', async () => {
    const stop = await launchTo(7);
    await client.move('next', stop.threadId ?? 0);
    assert.equal(await client.evaluate('i'), '1');
    const targets = async (line: number) =>
      (
        await client.request<DebugProtocol.GotoTargetsResponse['body']>('gotoTargets', {
          source: { path: program },
          line,
        })
      ).targets;
    assert.deepEqual(
      (await targets(7)).map(({ label, line }) => [label, line]),
      [
        ['line 7, the next time', 7],
        ['line 7, the last time before', 7],
      ],
    );
    const goTo = async (line: number, index: number): Promise<StoppedBody> => {
      const target = (await targets(line))[index];
      await client.request('goto', { threadId: stop.threadId, targetId: target?.id });
      return client.stopped();
    };
    assert.equal((await goTo(7, 0)).reason, 'goto');
    assert.equal(await client.evaluate('i'), '2');
    await goTo(7, 1);
    await goTo(7, 1);
    assert.equal(await client.evaluate('i'), '0');
    const nowhere = await goTo(7, 1);
    assert.equal(nowhere.description, 'Stayed here: the run was not at line 7 from here');
    assert.equal(await client.evaluate('i'), '0');
    assert.deepEqual(await targets(99), []);
    assert.match(await client.failure('goto', { threadId: stop.threadId, targetId: 9 }), /There is no target 9/);
  });

  it('of a restart are the first step of a function and the statement', async () => {
    await launchTo(7);
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'vmm_handle_page_fault' }] });
    const entered = await client.move('continue', 2);
    await client.request('setFunctionBreakpoints', { breakpoints: [] });
    const frames = await client.stack(entered.threadId ?? 0);
    for (let count = 0; count < 6; count++) await client.move('stepIn', entered.threadId ?? 0);
    const deeper = await client.stack(entered.threadId ?? 0);
    assert.ok(deeper.length >= frames.length);
    const own = deeper.at(-frames.length);
    await client.request('restartFrame', { frameId: own?.id });
    const restarted = await client.stopped();
    assert.equal(restarted.reason, 'restart');
    assert.deepEqual(
      (await client.stack(restarted.threadId ?? 0)).map(({ name }) => name),
      frames.map(({ name }) => name),
    );
    await client.request('restartFrame', { frameId: frames.at(-1)?.id });
    const statement = await client.stopped();
    assert.equal((await client.stack(statement.threadId ?? 0)).length, 1);
    assert.equal(await lineOf(statement), 7);
  });
});

describe('values and modules', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  it('integers are shown as a request asks', async () => {
    await client.launchToStop(client.file(text));
    const shown = async (expression: string, format?: object): Promise<string> =>
      (
        await client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
          expression,
          context: 'watch',
          ...(format === undefined ? {} : { format }),
        })
      ).result;
    assert.deepEqual(
      [await shown('300'), await shown('300', { hex: true }), await shown('300', { hex: false })],
      ['0x12c = 300', '0x12c', '300'],
    );
    assert.deepEqual([await shown('7', { hex: true }), await shown('-7', { hex: true })], ['0x7', '-0x7']);
    assert.equal(await shown('"300"', { hex: true }), '"300"');
  });

  it('modules are what is mapped, with where it lies', async () => {
    const stop = await client.launchToStop(client.file(text));
    await client.move('next', stop.threadId ?? 0);
    const { modules, totalModules } = await client.request<DebugProtocol.ModulesResponse['body']>('modules', {});
    assert.equal(modules.length, totalModules);
    const code = modules.find(({ symbolStatus }) => symbolStatus === 'code');
    assert.match(code?.addressRange ?? '', /^0x[0-9a-f_]+ to 0x[0-9a-f_]+$/i);
    const one = await client.request<DebugProtocol.ModulesResponse['body']>('modules', {
      startModule: 1,
      moduleCount: 1,
    });
    assert.deepEqual(one.modules, modules.slice(1, 2));
  });

  it('a thread that is terminated ends its process, on a branch', async () => {
    const stop = await client.launchToStop(client.file(text));
    await client.request('pagewalk/seek', { position: { statement: 4, step: 0 } });
    await client.stopped();
    const { threads } = await client.request<{ threads: { id: number; name: string }[] }>('threads');
    const app = threads.find(({ name }) => name === 'app');
    await client.request('terminateThreads', { threadIds: [app?.id] });
    assert.equal(await client.evaluate('app.alive'), 'false');
    const { branches } = await client.request<{ branches: { name: string }[] }>('pagewalk/branches');
    assert.deepEqual(
      branches.map(({ name }) => name),
      ['main', 'branch 1'],
    );
    assert.match(await client.failure('terminateThreads', { threadIds: [stop.threadId, 77] }), /There is no thread/);
  });
});
