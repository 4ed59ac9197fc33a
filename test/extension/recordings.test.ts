import { strict as assert } from 'node:assert';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const folder = fileURLToPath(new URL('../../examples/recordings/', import.meta.url));
const recording = path.join(folder, 'cow_fork.layout.txt.gz');

describe('a recording in the debugger', () => {
  let client: DapClient;
  let stop: StoppedBody;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  const bottom = async (): Promise<DebugProtocol.StackFrame> => {
    const frame = (await client.stack(stop.threadId ?? 0)).at(-1);
    assert.ok(frame !== undefined, 'the thread has a frame');
    return frame;
  };
  const viewOf = async ({ source }: DebugProtocol.StackFrame): Promise<string[]> => {
    const { sourceReference } = source ?? {};
    const body = await client.request<DebugProtocol.SourceResponse['body']>('source', { source, sourceReference });
    assert.equal(body.mimeType, 'text/x-pagewalk-replay');
    return body.content.split('\n');
  };
  const lineWith = (lines: readonly string[], text: string | RegExp): number => {
    const found = lines.findIndex((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)));
    assert.ok(found >= 0, `no line says ${String(text)}`);
    return found + 1;
  };
  const setBreakpoints = (source: DebugProtocol.Source | undefined, ...lines: number[]) =>
    client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source,
      breakpoints: lines.map((line) => ({ line })),
    });
  const move = async (command: string): Promise<void> => {
    stop = await client.move(command, stop.threadId ?? 0);
  };

  it('is what a program beside its recording stands for', async () => {
    const program = client.file('\x7fELF\x02\x01\x01\0', 'cow_fork');
    for (const name of ['cow_fork.24105.log.gz', 'cow_fork.24106.log.gz', 'cow_fork.layout.txt.gz'])
      cpSync(path.join(folder, name), path.join(path.dirname(program), name));
    stop = await client.launchToStop(program);
    assert.equal((await bottom()).source?.name, 'cow_fork.replay');
  });

  it('stands in its view, one step a line, forwards and backwards', async () => {
    stop = await client.launchToStop(recording);
    const entry = await bottom();
    assert.equal(entry.source?.name, 'cow_fork.replay');
    assert.equal(entry.line, 7);
    const lines = await viewOf(entry);
    assert.match(lines[0] ?? '', /^# cow_fork: a recording of \.\/cow_fork$/);
    const seen: number[] = [];
    for (let step = 0; step < 6; step++) {
      await move('next');
      const { line, name } = await bottom();
      seen.push(line);
      assert.ok((lines[line - 1] ?? '').endsWith(name) || name.endsWith('…'), `${name} is not line ${String(line)}`);
    }
    assert.deepEqual(seen, [8, 9, 10, 11, 12, 13]);
    for (const line of [12, 11]) {
      await move('stepBack');
      assert.equal((await bottom()).line, line);
    }
    await move('next');
    assert.equal((await bottom()).line, 12);
  });

  it('steps into what the kernel does for a line, and out of it', async () => {
    stop = await client.launchToStop(recording);
    const lines = await viewOf(await bottom());
    const touch = lineWith(lines, 'in cow_fork data, page 4 of 7');
    await setBreakpoints((await bottom()).source, touch);
    await move('continue');
    await move('stepIn');
    const frames = await client.stack(stop.threadId ?? 0);
    assert.match(frames[0]?.source?.path ?? '', /^almos-mkh\//);
    assert.equal(frames.at(-1)?.line, touch);
    while ((await client.stack(stop.threadId ?? 0)).length > 1) await move('stepOut');
    assert.equal((await bottom()).line, touch + 1);
  });

  it('stops at breakpoints on its lines, going forwards and back', async () => {
    stop = await client.launchToStop(recording);
    const { source } = await bottom();
    const lines = await viewOf(await bottom());
    const [fork, write] = [lineWith(lines, 'clone('), lineWith(lines, 'exit_group')];
    const { breakpoints } = await setBreakpoints(source, fork, write, 3, lines.length + 5);
    assert.deepEqual(
      breakpoints.map(({ verified, line }) => [verified, line]),
      [[true, fork], [true, write], [true, 5], [false, undefined]],
    ); // prettier-ignore
    for (const line of [fork, write]) {
      await move('continue');
      assert.equal(stop.reason, 'breakpoint');
      assert.equal((await bottom()).line, line);
    }
    assert.notEqual((await bottom()).name, '');
    await move('reverseContinue');
    assert.equal((await bottom()).line, fork);
    // Before the first stop as well.
    await move('reverseContinue');
    assert.equal((await bottom()).line, 5);
    const possible = await client.request<{ breakpoints: DebugProtocol.BreakpointLocation[] }>('breakpointLocations', {
      source,
      line: 2,
      endLine: 7,
    });
    assert.deepEqual(possible.breakpoints.map(({ line }) => line), [5, 6, 7]); // prettier-ignore
  });

  it('shows a process that waits at the line where it goes on', async () => {
    stop = await client.launchToStop(recording);
    const { source } = await bottom();
    const lines = await viewOf(await bottom());
    const child = lineWith(lines, /^24106 .* first /);
    await setBreakpoints(source, child);
    await move('continue');
    const { threads } = await client.request<{ threads: DebugProtocol.Thread[] }>('threads');
    assert.equal(threads.length, 2);
    const parent = threads.find(({ id }) => id !== stop.threadId);
    const [note, frame] = await client.stack(parent?.id ?? 0);
    assert.equal(note?.name, 'does nothing now: its next statement');
    assert.match(lines[(frame?.line ?? 0) - 1] ?? '', /^24105 /);
    assert.ok((frame?.line ?? 0) > child);
  });

  it('stops at faults, at the line of the event', async () => {
    stop = await client.launchToStop(recording);
    const lines = await viewOf(await bottom());
    await setBreakpoints((await bottom()).source, lineWith(lines, 'clone('));
    await move('continue');
    await client.request('setExceptionBreakpoints', { filters: ['cow-fault'] });
    await move('continue');
    assert.equal(stop.reason, 'exception');
    const frame = await bottom();
    assert.match(lines[frame.line - 1] ?? '', /first write/);
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: stop.threadId,
    });
    assert.equal(info.exceptionId, 'cow-fault');
    assert.equal(stop.description, 'Paused on copy-on-write fault');
    assert.match(stop.text ?? '', /^Copy-on-write fault, cow_fork\S*: write at 0x/);
  });

  it('stops in a kernel function, at the line whose first access leads there', async () => {
    stop = await client.launchToStop(recording);
    const lines = await viewOf(await bottom());
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'vmm_copy_on_write' }] });
    await move('continue');
    assert.equal(stop.reason, 'function breakpoint');
    const frames = await client.stack(stop.threadId ?? 0);
    assert.match(frames[0]?.name ?? '', /^vmm_copy_on_write/);
    const line = frames.at(-1)?.line ?? 0;
    assert.ok(line > lineWith(lines, 'clone('));
    assert.match(lines[line - 1] ?? '', /first write/);
  });

  /** A scenario beside a copy of the recording. */
  const scenarioWith = (text: string): string => {
    const scenario = client.file(text);
    for (const name of ['cow_fork.24105.log.gz', 'cow_fork.24106.log.gz', 'cow_fork.layout.txt.gz'])
      cpSync(path.join(folder, name), path.join(path.dirname(scenario), name));
    return scenario;
  };

  it('stops where the kernel has no memory left for it, at the line of the access', async () => {
    const scenario = scenarioWith(
      'machine tsar { mesh 1x1 }\nkernel almos-mkh\nreserve free(at: (0,0)) - 130 frames at (0,0)\nreplay "cow_fork"\n',
    );
    stop = await client.launchToStop(scenario);
    await client.request('setExceptionBreakpoints', { filters: ['oom'] });
    await move('continue');
    assert.equal(stop.reason, 'exception', stop.description);
    const frame = await bottom();
    assert.equal(frame.source?.name, 'cow_fork.replay');
    assert.match((await viewOf(frame))[frame.line - 1] ?? '', /first write 0x48/);
    await client.request('continue', { threadId: stop.threadId });
    await client.event('exited');
    assert.match(client.output('stderr'), /WALK204: cow_fork\.24105\.log:\d+: OOM .*no memory is left for/);
  });

  it('is entered from the scenario that replays it, and left again', async () => {
    const scenario = scenarioWith('kernel almos-mkh\n\n\nreplay "cow_fork" named app\nprint "behind"\n');
    stop = await client.launchToStop(scenario);
    assert.equal((await bottom()).source?.path, scenario);
    await move('next');
    assert.equal((await bottom()).source?.name, 'cow_fork.replay');
    const view = (await bottom()).source;
    const { breakpoints } = await setBreakpoints(view, 5);
    assert.equal(breakpoints[0]?.verified, true);
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    assert.deepEqual(sources.map(({ name }) => name), ['scenario.walk', 'cow_fork.replay']); // prettier-ignore
    await move('next');
    await move('next');
    assert.match(await client.evaluate('app'), /^process app/);
    await move('stepOut');
    assert.equal((await bottom()).source?.path, scenario, 'stepping out goes on behind the replay');
    assert.equal((await bottom()).line, 5);
  });

  it('tells where recorded addresses are, in a scope and to the mouse', async () => {
    stop = await client.launchToStop(recording);
    const lines = await viewOf(await bottom());
    const write = lineWith(lines, 'first write 0x4809000');
    await setBreakpoints((await bottom()).source, write);
    await move('continue');
    const frame = await bottom();
    const [scope] = (await client.scopes(frame.id)).filter(({ name }) => name === 'Recording');
    const rows = await client.variables(scope?.variablesReference ?? 0);
    assert.deepEqual(rows.slice(0, 2).map(({ name, value }) => [name, value]), [
      ['log', 'cow_fork.24105.log'],
      ['lines', '44941 to 44957'],
    ]); // prettier-ignore
    const access = rows[2];
    assert.equal(access?.name, 'first write');
    const here = /^0x4809000 → (0x[\da-f]+)$/.exec(access.value)?.[1];
    assert.ok(here !== undefined, access.value);
    assert.match(await client.evaluate(`region(${here})`), /anon|rw/);
    assert.equal(await client.evaluate('0x4809000', 'hover', frame.id), access.value);
    assert.equal(await client.evaluate('0x4809000', 'watch', frame.id), '0x4809000 = 75534336');
    const mappings = await client.variables(rows[3]?.variablesReference ?? 0);
    assert.ok(mappings.some(({ name, value }) => name === '0x4801000' && /^→ 0x[\da-f]+, anon, 64 pages$/.test(value)), JSON.stringify(mappings)); // prettier-ignore
  });

  it('names its lines in what it says', async () => {
    stop = await client.launchToStop(recording);
    const lines = await viewOf(await bottom());
    await client.request('continue', { threadId: stop.threadId });
    assert.equal((await client.event<{ exitCode: number }>('exited')).exitCode, 0);
    const told = client.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => body as DebugProtocol.OutputEvent['body'])
      .filter(({ output }) => output.includes('was emulated'));
    assert.ok(told.length > 0);
    for (const { output, line, source } of told) {
      assert.equal(source?.name, 'cow_fork.replay');
      const call = /: (\w+) was emulated/.exec(output)?.[1] ?? '?';
      assert.match(lines[(line ?? 0) - 1] ?? '', new RegExp(`${call}\\(`));
    }
  });
});
