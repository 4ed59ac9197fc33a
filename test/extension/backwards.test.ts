import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(4 pages, rw)
    write(buf, 1)
    for i in 0..2 {
        write(buf + i * 1 page, i)
    }
    expect write(buf + 16 pages, 1) fails SEGV
    write(buf + 16 pages, 1)
}
`;

interface Place {
  readonly stop: string;
  readonly stack: readonly string[];
}

describe('the debugger backwards', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  /** What a client shows of a stop. */
  async function placeOf(stop: StoppedBody): Promise<Place> {
    const stack = await client.stack(stop.threadId ?? 0);
    return {
      stop: JSON.stringify(stop),
      stack: stack.map(({ name, line, column }) => `${name} ${String(line)}:${String(column)}`),
    };
  }

  async function move(command: string, threadId: number | undefined, args: object = {}): Promise<StoppedBody> {
    await client.request(command, { threadId, ...args });
    return client.stopped();
  }

  /** The thread that exists now: the one of the stop before may have ended. */
  const last = async (): Promise<StoppedBody> => {
    const { threads } = await client.request<{ threads: { id: number }[] }>('threads');
    return { reason: '', threadId: threads[0]?.id ?? 0 };
  };

  /** Repeats a move while it leads somewhere; the stops, in order. */
  async function walk(command: string, first: StoppedBody, isOver: (stop: StoppedBody) => boolean, args = {}) {
    const places: Place[] = [];
    for (let stop = await move(command, first.threadId, args); !isOver(stop);) {
      places.push(await placeOf(stop));
      stop = await move(command, stop.threadId, args);
    }
    return places;
  }

  const isAtEnd = ({ description }: StoppedBody): boolean => description === 'Paused at the end of the scenario';

  it('comes by instructions to every stop of the way forward, and says the same there', async () => {
    const stop = await client.launchToStop(client.file(text), {}, () =>
      client.request('setExceptionBreakpoints', { filters: ['segv', 'page-fault'] }),
    );
    const beginning = await move('reverseContinue', stop.threadId);
    const granularity = { granularity: 'instruction' };
    const forward = await walk('stepIn', beginning, isAtEnd, granularity);
    const backward = await walk('stepBack', await last(), ({ reason }) => reason === 'entry', granularity);
    assert.ok(forward.length > 100, String(forward.length));
    // The last one backwards is the beginning, where the way forward began.
    assert.deepEqual(backward.reverse().slice(1), forward);
    assert.ok(forward.some((place) => place.stop.includes('Paused on page fault')));
  });

  it('changes what is seen with every press', async () => {
    const stop = await client.launchToStop(client.file(text));
    const granularity = { granularity: 'instruction' };
    const seen: unknown[] = [];
    for (let one = await move('stepIn', stop.threadId, granularity); !isAtEnd(one);) {
      const [frame] = await client.stack(one.threadId ?? 0);
      const rows: unknown[] = [];
      for (const { name, variablesReference } of await client.scopes(frame?.id ?? 0))
        if (name !== 'Counters') rows.push(await client.variables(variablesReference));
      const values = JSON.stringify(rows).replace(/"variablesReference":\d+/g, '');
      seen.push([await placeOf(one), values]);
      one = await move('stepIn', one.threadId, granularity);
    }
    for (const [index, place] of seen.entries())
      if (index > 0) assert.notDeepEqual(place, seen[index - 1], JSON.stringify(place));
  });

  it('continues to the same stops of breakpoints of every kind, with their numbers and texts', async () => {
    const program = client.file(text);
    const stop = await client.launchToStop(program, {}, async () => {
      await client.request('setBreakpoints', {
        source: { path: program },
        breakpoints: [{ line: 7, condition: 'i != 1' }, { line: 9 }, { line: 5, logMessage: 'logged' }],
      });
      await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'vmm_get_pte' }] });
      await client.request('setExceptionBreakpoints', { filters: ['segv'] });
    });
    const stops: StoppedBody[] = [];
    const forward: Place[] = [];
    for (let one = await move('continue', stop.threadId); ; one = await move('continue', one.threadId)) {
      stops.push(one);
      forward.push(await placeOf(one));
      if (one.reason === 'exception') break;
    }
    const infos = (): Promise<DebugProtocol.ExceptionInfoResponse['body']> =>
      client.request('exceptionInfo', { threadId: stops.at(-1)?.threadId });
    const info = await infos();
    const logged = client.output();
    await move('stepIn', stops.at(-1)?.threadId);
    const backward: Place[] = [];
    for (let one = await move('reverseContinue', (await last()).threadId); one.reason !== 'entry';) {
      if (backward.length === 0) assert.deepEqual(await infos(), info);
      backward.push(await placeOf(one));
      one = await move('reverseContinue', one.threadId);
    }
    assert.deepEqual(backward.reverse(), forward);
    assert.deepEqual(
      new Set(stops.map(({ reason }) => reason)),
      new Set(['breakpoint', 'function breakpoint', 'exception']),
    );
    assert.equal(client.output().match(/logged/g)?.length, logged.match(/logged/g)?.length, 'nothing is logged twice');
  });

  it('steps into the function that ran last, out to its caller, and out to the statement', async () => {
    await client.launchToStop(client.file(text));
    await client.request('pagewalk/seek', { position: { statement: 4, step: 0 } });
    await client.stopped();
    const inside = await move('pagewalk/reverseStepIn', (await last()).threadId);
    const access = await placeOf(inside);
    assert.match(access.stop, /Paused before the write at/);
    const kernel = await placeOf(await move('pagewalk/reverseStepIn', inside.threadId));
    assert.ok(kernel.stack.length > 1, JSON.stringify(kernel));
    const out: Place[] = [];
    for (let place = kernel; place.stack.length > 1;) {
      place = await placeOf(await move('pagewalk/reverseStepOut', inside.threadId));
      out.push(place);
    }
    const depths = out.map(({ stack }) => stack.length);
    assert.deepEqual(
      depths,
      [...depths].sort((a, b) => b - a),
    );
    assert.match(out.at(-1)?.stack[0] ?? '', /^write\(buf, 1\) 5:/);
  });

  it('refuses granularities that there are not', async () => {
    const stop = await client.launchToStop(client.file(text));
    const message = await client.failure('stepBack', { threadId: stop.threadId, granularity: 'word' });
    assert.match(message, /'granularity' to be statement, line or instruction/);
  });
});
