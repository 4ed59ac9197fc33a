import { strict as assert } from 'node:assert';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const folder = fileURLToPath(new URL('../../examples/recordings/', import.meta.url));
const recording = path.join(folder, 'matrix.walkrec');
const source = path.join(folder, 'matrix.c');
const calls = fileURLToPath(new URL('../simulator/recording/programs/calls.walkrec', import.meta.url));

/** Line of the first place in a file that has the text. */
function lineOf(file: string, text: string): number {
  const found = readFileSync(file, 'utf8').split('\n').findIndex((line) => line.includes(text)); // prettier-ignore
  assert.ok(found >= 0, text);
  return found + 1;
}

describe('the C source of a recording in the debugger', () => {
  let client: DapClient;
  let stop: StoppedBody;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  const launch = async (program = recording, extra: object = {}): Promise<void> => {
    stop = await client.launchToStop(program, extra);
  };
  const move = async (command: string): Promise<void> => {
    stop = await client.move(command, stop.threadId ?? 0);
  };
  /** `fill:15`, the innermost first. */
  const stack = async (): Promise<string[]> =>
    (await client.stack(stop.threadId ?? 0)).map(({ name, line }) => `${name}:${String(line)}`);
  const top = async (): Promise<string> => (await stack())[0] ?? '';
  const setBreakpoints = async (lines: readonly (number | DebugProtocol.SourceBreakpoint)[], file = source) => {
    const breakpoints = lines.map((line) => (typeof line === 'number' ? { line } : line));
    const body = { source: { path: file }, breakpoints };
    return (await client.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', body)).breakpoints;
  };

  it('stops first in main, at its file', async () => {
    await launch();
    const [frame] = await client.stack(stop.threadId ?? 0);
    assert.deepEqual([frame?.name, frame?.line], ['main', lineOf(source, 'int main(void)')]);
    assert.equal(frame?.source?.path, source);
    assert.equal(frame?.source?.sourceReference ?? 0, 0);
  });

  it('steps by lines: over calls, into them, out of them, and back', async () => {
    await launch();
    const fillCall = lineOf(source, '    fill(matrix, row);');
    for (let count = 0; count < 3; count++) await move('next');
    assert.equal(await top(), `main:${String(fillCall)}`);
    await move('next');
    assert.match(await top(), /^main:/, 'over goes past the lines of what is called');
    await setBreakpoints([lineOf(source, '= row;')]);
    await move('continue');
    assert.deepEqual(await stack(), [`fill:${String(lineOf(source, '= row;'))}`, `main:${String(fillCall)}`]);
    await setBreakpoints([]);
    await move('stepOut');
    assert.equal(await top(), `main:${String(fillCall - 1)}`, 'the call was the last thing of its line');
    await setBreakpoints([lineOf(source, 'return sum;')]);
    await move('continue');
    await setBreakpoints([]);
    await move('stepOut');
    const sum = lineOf(source, 'sum_of(matrix, column);');
    assert.equal(await top(), `main:${String(sum)}`, 'out goes back into the line of the call');
    await move('next');
    assert.equal(await top(), `main:${String(sum - 1)}`);
  });

  it('goes back to each line that it came from', async () => {
    await launch();
    const seen: string[] = [];
    for (let count = 0; count < 6; count++) {
      seen.push((await stack()).join());
      await move('next');
    }
    for (const before of seen.reverse()) {
      await move('stepBack');
      assert.equal((await stack()).join(), before);
    }
  });

  it('shows inlined functions as frames of their own', async () => {
    await launch();
    const [cell] = await setBreakpoints([lineOf(source, 'return &matrix')]);
    assert.equal(cell?.verified, true);
    await move('continue');
    assert.deepEqual(
      (await stack()).map((frame) => frame.replace(/:\d+$/, '')),
      ['cell (inlined)', 'fill', 'main'],
    );
  });

  it('steps into the next access of a line, and from there into the kernel', async () => {
    await launch();
    await setBreakpoints([lineOf(source, '= row;')]);
    await move('continue');
    const frames = new Set<string>();
    for (let count = 0; count < 40 && frames.size < 2; count++) {
      await move('stepIn');
      const [inner] = await client.stack(stop.threadId ?? 0);
      if (inner?.source?.path?.startsWith('almos-mkh/') === true) frames.add('kernel');
      else if (/^Paused before the (load|store|fetch|read|write|execution)/.test(stop.description ?? '')) frames.add('access');
    }
    assert.deepEqual([...frames].sort(), ['access', 'kernel'], stop.description);
    const inKernel = await stack();
    assert.match(inKernel.at(-1) ?? '', /^main:/);
    assert.ok(inKernel.some((frame) => frame.startsWith('fill:')));
  }); // prettier-ignore

  it('knows on which lines it can stop, with conditions and log messages', async () => {
    await launch();
    const comment = 1;
    const stores = lineOf(source, '= row;');
    const [first, never, logging] = await setBreakpoints([
      comment,
      500,
      { line: stores, logMessage: 'two is {1 + 1}' },
    ]);
    assert.deepEqual([first?.verified, first?.line], [true, lineOf(source, 'return &matrix')]);
    assert.equal(never?.verified, false);
    assert.equal(logging?.verified, true);
    await setBreakpoints([
      { line: stores, logMessage: 'two is {1 + 1}' },
      { line: stores, hitCondition: '3' },
    ]);
    await move('continue');
    assert.equal(await top(), `fill:${String(stores)}`);
    assert.equal(stop.reason, 'breakpoint');
    assert.match(client.output('console'), /two is 2/);
    await move('reverseContinue');
    assert.notEqual(await top(), `fill:${String(stores)}`);
  });

  it('follows one process over a fork, and stops in the other at its breakpoints', async () => {
    await launch();
    const fork = lineOf(source, 'fork()');
    await setBreakpoints([fork]);
    await move('continue');
    const own = stop.threadId;
    await setBreakpoints([]);
    await move('next');
    assert.match(await top(), new RegExp(`^main:${String(fork + 1)}$`));
    assert.equal(stop.threadId, own, 'the parent, though its child has run meanwhile');
    for (let count = 0; count < 2; count++) {
      await move('next');
      assert.equal(stop.threadId, own, 'steps over stay in their process');
    }
    await launchAgain();
    const child = lineOf(source, '_exit(0)');
    await setBreakpoints([child]);
    await move('continue');
    assert.equal(await top(), `main:${String(child)}`);
  });

  const launchAgain = async (): Promise<void> => {
    client.dispose();
    client = new DapClient();
    await launch();
  };

  it('shows what the recording says at a line of C', async () => {
    await launch();
    await setBreakpoints([lineOf(source, '= row;')]);
    await move('continue');
    const frame = (await client.stack(stop.threadId ?? 0))[0];
    const [scope] = (await client.scopes(frame?.id ?? 0)).filter(({ name }) => name === 'Recording');
    const rows = await client.variables(scope?.variablesReference ?? 0);
    assert.ok(rows.length > 1, JSON.stringify(rows));
  });

  it('steps by the lines of the view where that is asked for', async () => {
    await launch(recording, { stepBy: 'access' });
    assert.equal((await client.stack(stop.threadId ?? 0))[0]?.source?.name, 'matrix.replay');
  });

  describe('of a file that is not where it was', () => {
    const copied = (): string => {
      const place = path.join(path.dirname(client.file('')), 'calls.walkrec');
      cpSync(calls, place);
      return place;
    };

    it('is looked for once, by the source map or beside the recording', async () => {
      const program = copied();
      const original = path.join(path.dirname(calls), 'calls.c');
      const elsewhere = path.join(path.dirname(program), 'moved');
      mkdirSync(elsewhere);
      cpSync(original, path.join(elsewhere, 'calls.c'));
      await launch(program);
      assert.match((await client.stack(stop.threadId ?? 0))[0]?.name ?? '', /^main$/);
      assert.match(client.output('console'), /source file calls\.c is not there\. Say where it is now with the setting pagewalk\.sourceMap/);
      const event = client.events.find(({ event }) => event === 'pagewalk/sourceMissing');
      assert.deepEqual((event?.body as { recorded: string }).recorded, 'calls.c');
      const again = new DapClient();
      try {
        const { threadId } = await again.launchToStop(program, { sourceMap: { 'calls.c': path.join(elsewhere, 'calls.c') } });
        assert.equal((await again.stack(threadId ?? 0))[0]?.source?.path, path.join(elsewhere, 'calls.c'));
        assert.doesNotMatch(again.output('console'), /is not there/);
      } finally {
        again.dispose();
      }
    }); // prettier-ignore

    it('takes no breakpoints when it has changed, and says why', async () => {
      const program = copied();
      const changed = path.join(path.dirname(program), 'calls.c');
      writeFileSync(changed, 'int main(void) {}\n');
      await launch(program);
      const [one] = await setBreakpoints([1], changed);
      assert.equal(one?.verified, false);
      assert.match(one?.message ?? '', /calls\.c has changed since it was recorded, so its lines are others; record the program again/);
    }); // prettier-ignore
  });
});
