import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const example = path.join(import.meta.dirname, '..', '..', 'examples', 'cow-fork.walk');
const lines = readFileSync(example, 'utf8').split('\n');

/** Line of the first statement that contains the text, from 1. */
function lineOf(text: string): number {
  const index = lines.findIndex((line) => line.includes(text) && !line.trimStart().startsWith('//'));
  assert(index >= 0, text);
  return index + 1;
}

describe('a debug session on copy-on-write', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  const breakAt =
    (text: string, more: object = {}) =>
    async (): Promise<DebugProtocol.Breakpoint> => {
      const { breakpoints } = await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
        source: { path: example },
        breakpoints: [{ line: lineOf(text), ...more }],
      });
      const [breakpoint] = breakpoints;
      assert(breakpoint);
      return breakpoint;
    };
  const thread = (stop: StoppedBody): number => stop.threadId ?? 0;

  it('stops on entry where the processes are made', async () => {
    const stop = await client.launchToStop(example);
    assert.deepEqual([stop.reason, stop.description], ['entry', 'Paused on entry']);
    const [top] = await client.stack(thread(stop));
    assert.equal(top?.line, lineOf('as shell'));
    assert.equal(top.source?.path, example);
    assert.equal(await client.evaluate('shell.alive'), 'true');
  });

  it('stops on entry unless told otherwise, as the launch configuration says', async () => {
    const fresh = new DapClient();
    await fresh.launch(example, { stopOnEntry: undefined });
    assert.equal((await fresh.stopped()).reason, 'entry');
    fresh.dispose();
  });

  it('steps over statements one by one', async () => {
    let stop = await client.launchToStop(example);
    const visited: number[] = [];
    for (let step = 0; step < 5; step++) {
      visited.push((await client.stack(thread(stop)))[0]?.line ?? 0);
      stop = await client.move('next', thread(stop));
      assert.equal(stop.reason, 'step');
    }
    const expected = ['process shell', 'let buf', 'write(buf, 41)', 'let original', 'let child'].map(lineOf);
    assert.deepEqual(
      visited.filter((line) => expected.includes(line)),
      expected.filter((line) => visited.includes(line)),
    );
    assert(visited.includes(lineOf('let buf')));
  });

  it('steps into the numbered steps of the kernel, with the scenario below', async () => {
    let stop = await client.launchToStop(example, {}, breakAt('write(buf, 42)'));
    stop = await client.move('continue', thread(stop));
    assert.equal(stop.reason, 'breakpoint');
    const seen: string[] = [];
    for (let step = 0; step < 60; step++) {
      stop = await client.move('stepIn', thread(stop));
      const stack = await client.stack(thread(stop));
      const [top] = stack;
      if (top?.source?.sourceReference === undefined || top.source.sourceReference === 0) {
        if (seen.length > 0) break;
        continue;
      }
      const source = await client.request<DebugProtocol.SourceResponse['body']>('source', {
        sourceReference: top.source.sourceReference,
      });
      const shown = source.content.split('\n')[top.line - 1] ?? '';
      assert.match(shown, /^\s*\w+\./, `${top.name} stands on a numbered step: ${shown}`);
      seen.push(top.name);
      assert.equal(stack.at(-1)?.source?.path, example);
      assert.equal(stack.at(-1)?.line, lineOf('write(buf, 42)'));
    }
    assert(
      seen.some((name) => name.startsWith('vmm_copy_on_write')),
      seen.join(', '),
    );
    assert(
      seen.some((name) => name.startsWith('vmm_get_pte')),
      seen.join(', '),
    );
  });

  it('steps over and out inside the kernel', async () => {
    const stop = await client.launchToStop(example, {}, async () => {
      const { breakpoints } = await client.request<DebugProtocol.SetFunctionBreakpointsResponse['body']>(
        'setFunctionBreakpoints',
        {
          breakpoints: [{ name: 'vmm_get_pte' }, { name: 'no_such_function' }],
        },
      );
      assert.deepEqual(
        breakpoints.map(({ verified }) => verified),
        [true, false],
      );
      assert.match(breakpoints[1]?.message ?? '', /no function no_such_function/);
    });
    const inside = await client.move('continue', thread(stop));
    assert.equal(inside.reason, 'function breakpoint');
    const before = await client.stack(thread(inside));
    assert.match(before[0]?.name ?? '', /^vmm_get_pte/);
    const over = await client.move('next', thread(inside));
    const after = await client.stack(thread(over));
    assert.match(after[0]?.name ?? '', /^vmm_get_pte/);
    assert.equal(after.length, before.length);
    const out = await client.move('stepOut', thread(over));
    const outside = await client.stack(thread(out));
    assert(outside.length < before.length, outside.map(({ name }) => name).join(', '));
  });

  it('shows scopes, their rows, and memory', async () => {
    let stop = await client.launchToStop(example, {}, breakAt('expect read(buf) == 41'));
    stop = await client.move('continue', thread(stop));
    const [top] = await client.stack(thread(stop));
    assert(top);
    const scopes = await client.scopes(top.id);
    assert.deepEqual(
      scopes.map(({ name }) => name),
      ['Variables', 'Process', 'Page table', 'Core', 'Cluster', 'Counters'],
    );
    const rows = new Map<string, DebugProtocol.Variable[]>();
    for (const { name, variablesReference } of scopes) rows.set(name, await client.variables(variablesReference));
    const buf = rows.get('Variables')?.find(({ name }) => name === 'buf');
    assert.match(buf?.value ?? '', /0x2000000/);
    assert.equal(rows.get('Process')?.find(({ name }) => name === 'name')?.value, 'child');
    assert(
      rows.get('Page table')?.some(({ name, value }) => name === '0x02000000' && /cow/.test(value)),
      JSON.stringify(rows.get('Page table')),
    );
    assert.equal(rows.get('Counters')?.find(({ name }) => name === 'page-fault')?.evaluateName, 'count("page-fault")');
    const core = rows.get('Core')?.find(({ name }) => name === 'data TLB');
    assert(core && (await client.variables(core.variablesReference)).length >= 0);

    const memory = await client.request<DebugProtocol.ReadMemoryResponse['body']>('readMemory', {
      memoryReference: buf?.memoryReference,
      count: 8192,
    });
    assert.equal(Buffer.from(memory?.data ?? '', 'base64').length, 4096);
    assert.equal(Buffer.from(memory?.data ?? '', 'base64')[0], 41);
    assert.equal(memory?.unreadableBytes, 4096);
  });

  it('evaluates watches and hovers without changing anything; a call in the console makes a branch', async () => {
    let stop = await client.launchToStop(example, {}, breakAt('write(buf, 42)'));
    stop = await client.move('continue', thread(stop));
    const [top] = await client.stack(thread(stop));
    assert.equal(await client.evaluate('count("page-copy")', 'watch', top?.id), '0');
    assert.equal(await client.evaluate('pte(buf).cow', 'hover', top?.id), 'true');
    assert.match(await client.evaluate('buf', 'hover', top?.id), /0x2000000/);
    const branches = async (): Promise<number> =>
      (await client.request<{ branches: object[] }>('pagewalk/branches')).branches.length - 1;
    assert.equal(await branches(), 0);
    assert.equal(await client.evaluate('read(buf)', 'repl', top?.id), '41');
    assert.equal(await client.evaluate('count("page-copy")', 'watch', top?.id), '0');
    await client.evaluate('write(buf, 99)', 'repl', top?.id);
    assert.equal(await client.evaluate('count("page-copy")', 'watch', top?.id), '1');
    assert.equal(await branches(), 1);
    assert.match(
      await client.failure('evaluate', { expression: 'nonsense', context: 'watch', frameId: top?.id }),
      /nonsense/,
    );
    assert.match(
      await client.failure('evaluate', { expression: '1 +', context: 'repl', frameId: top?.id }),
      /A value is missing after `\+`/,
    );
    assert.match(
      await client.failure('evaluate', { expression: 'write(buf, 1)', context: 'watch', frameId: top?.id }),
      /debug console/,
    );
  });

  it('stops at copy-on-write faults when asked to, and tells what happened', async () => {
    const stop = await client.launchToStop(example, {}, () =>
      client.request('setExceptionBreakpoints', { filters: ['cow-fault'] }),
    );
    const fault = await client.move('continue', thread(stop));
    assert.equal(fault.reason, 'exception');
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: fault.threadId,
    });
    assert.equal(info.exceptionId, 'cow-fault');
    assert.match(info.description ?? '', /0x0?2000000/);
    const frames = await client.stack(thread(fault));
    assert.equal(frames.at(-1)?.line, lineOf('write(buf, 42)'));
  });

  it('goes back, and arrives where it was', async () => {
    let stop = await client.launchToStop(example);
    const places: string[] = [];
    const place = async (): Promise<string> =>
      `${String((await client.stack(thread(stop)))[0]?.line)} ${await client.evaluate('count("access")')} ${await client.evaluate('free()')}`;
    for (let step = 0; step < 8; step++) {
      places.push(await place());
      stop = await client.move('next', thread(stop));
    }
    for (let step = 7; step >= 0; step--) {
      stop = await client.move('stepBack', thread(stop));
      assert.equal(await place(), places[step], `step ${String(step)}`);
    }
  });

  it('runs backwards to the last breakpoint, and to the beginning', async () => {
    let stop = await client.launchToStop(example, {}, breakAt('let child = fork'));
    stop = await client.move('continue', thread(stop));
    for (let step = 0; step < 4; step++) stop = await client.move('next', thread(stop));
    stop = await client.move('reverseContinue', thread(stop));
    assert.equal(stop.reason, 'breakpoint');
    assert.equal((await client.stack(thread(stop)))[0]?.line, lineOf('let child = fork'));
    stop = await client.move('reverseContinue', thread(stop));
    assert.equal((await client.stack(thread(stop)))[0]?.line, lineOf('process shell'));
  });

  it('restarts', async () => {
    let stop = await client.launchToStop(example, {}, breakAt('write(buf, 42)'));
    assert.equal((await client.move('continue', thread(stop))).reason, 'breakpoint');
    await client.request('restart', {});
    stop = await client.stopped();
    assert.equal(stop.reason, 'entry');
    assert.equal(await client.evaluate('count("access")'), '0');
    assert.equal((await client.stack(thread(stop)))[0]?.line, lineOf('as shell'));
    stop = await client.move('continue', thread(stop));
    assert.equal((await client.stack(thread(stop)))[0]?.line, lineOf('write(buf, 42)'));
  });

  it('stands behind the text at the end, where no line is marked as next', async () => {
    const program = client.file(
      'process app { code 1 page data 0 }\nas app {\n  let a = mmap(4096, rw)\n  read(a)\n}\n',
    );
    await client.launchToStop(program);
    await client.request('pagewalk/seek', { position: { statement: 100 } });
    const stop = await client.stopped();
    const [top] = await client.stack(thread(stop));
    assert.deepEqual([top?.line, top?.name], [7, 'the run has ended']);
  });

  it('ends with a summary and an exit code', async () => {
    const stop = await client.launchToStop(example);
    await client.request('continue', { threadId: stop.threadId });
    assert.deepEqual(await client.event('exited'), { exitCode: 0 });
    await client.event('terminated');
    assert.match(client.output('information'), /Finished: \d+ statements, .* expectations: \d+ met, 0 failed\./);
    assert.match(await client.failure('stackTrace', { threadId: 1 }), /after the end/);
  });

  it('terminates on request', async () => {
    await client.launchToStop(example);
    await client.request('terminate', {});
    await client.event('terminated');
  });

  it('runs without a stop when asked not to debug', async () => {
    await client.launch(example, { noDebug: true, stopOnEntry: true }, breakAt('write(buf, 42)'));
    await client.event('terminated');
    assert.equal(
      client.events.some(({ event }) => event === 'stopped'),
      false,
    );
  });
});
