import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
thread helper of app at (0,0,1)
as app { let buf = mmap(8 pages, rw) }
parallel seed 1 {
    as app { write(buf, 1) }
    as helper { write(buf + 1 page, 2) }
}
as helper { print 1 }
print 2
`;

type Thread = DebugProtocol.Thread;

describe('threads', () => {
  let client: DapClient;
  let program: string;

  beforeEach(() => {
    client = new DapClient();
    program = client.file(text);
  });
  afterEach(() => {
    client.dispose();
  });

  const threads = async (): Promise<Thread[]> => (await client.request<{ threads: Thread[] }>('threads')).threads;

  /** Names of the frames of every thread, by its name; `*` before those without a place. */
  async function stacks(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const { id, name } of await threads())
      found[name] = (await client.stack(id)).map((frame) =>
        frame.source === undefined ? `* ${frame.name}` : `${frame.name} @${String(frame.line)}`,
      );
    return found;
  }

  it('that do not execute say so above where they stand, and frames are named by their statement alone', async () => {
    await client.launchToLine(program, 4);
    assert.deepEqual(await stacks(), {
      app: ['* does nothing now: its next statement', 'let buf = mmap(8 pages, rw) @4'],
      helper: ['* does nothing now: its next statement', 'write(buf + 1 page, 2) @7'],
      kernel: ['as app @4'],
    });
    await client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 9 }] });
    await client.move('continue', (await threads())[0]?.id ?? 0);
    const all = await stacks();
    assert.deepEqual(all['helper'], ['* does nothing now: its next statement', 'print 1 @9']);
    assert.deepEqual(all['app'], ['* does nothing now: its last statement', 'write(buf, 1) @6']);
  });

  it('that wait say for what', async () => {
    const stop = await client.launchToLine(program, 6);
    const app = (await threads()).find(({ name }) => name === 'app');
    assert.equal(stop.threadId, app?.id);
    const { helper } = await stacks();
    assert.deepEqual(helper, ['* can run, and waits for its turn', 'write(buf + 1 page, 2) @7']);
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'vmm_handle_page_fault' }] });
    await client.move('continue', app?.id ?? 0);
    for (let steps = 0; steps < 400; steps++) {
      await client.request('stepIn', { threadId: app?.id, granularity: 'instruction' });
      await client.stopped();
      const waiting = Object.values(await stacks()).find(([first]) => first?.startsWith('* waits for ') === true);
      if (waiting !== undefined) return;
    }
    assert.fail('no thread ever waited');
  });

  it('have no arrow at the end: the frame stands behind the last line, and its names can be read', async () => {
    const stop = await client.launchToLine(program, 10);
    const ended = await client.move('next', stop.threadId ?? 0);
    assert.equal(ended.description, 'Paused at the end of the scenario');
    const [frame, ...others] = await client.stack(ended.threadId ?? 0);
    assert.deepEqual([frame?.name, frame?.line, others], ['the run has ended', 12, []]);
    assert.equal(await client.evaluate('buf == buf', 'watch', frame?.id), 'true');
    for (const [name, frames] of Object.entries(await stacks()))
      if (name !== 'kernel') assert.match(frames[0] ?? '', /^\* does nothing now/, name);
  });

  it('have the same numbers whichever way the run came to a position', async () => {
    await client.launchToLine(program, 6);
    const first = await threads();
    const seekToEnd = async (): Promise<void> => {
      await client.request('pagewalk/seek', { position: { statement: 10_000, step: 0 } });
      await client.stopped();
    };
    await seekToEnd();
    const atEnd = await threads();
    client.dispose();
    client = new DapClient();
    await client.launchToStop(client.file(text));
    await seekToEnd();
    assert.deepEqual(await threads(), atEnd);
    const numbers = new Map(atEnd.map(({ name, id }) => [name, id]));
    for (const { name, id } of first) if (numbers.has(name)) assert.equal(numbers.get(name), id, name);
    assert.equal(numbers.get('kernel'), 1);
  });
});
