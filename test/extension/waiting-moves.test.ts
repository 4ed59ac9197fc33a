import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const head = `kernel almos-mkh
process app { code 1 page  data 1 page }
`;
const prints = `${head}${Array.from({ length: 120 }, (_, index) => `print ${String(index)}\n`).join('')}`;
const recording = path.join(import.meta.dirname, '..', '..', 'examples', 'recordings', 'cow_fork.layout.txt.gz');
const endless = `${head}repeat 1000000 { print 1 }\n`;

describe('moves sent faster than they end', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  const many = (command: string, count: number, args: object): Promise<DebugProtocol.Response[]> =>
    Promise.all(Array.from({ length: count }, () => client.send(command, args)));
  const made = (answers: readonly DebugProtocol.Response[]): number => answers.filter(({ success }) => success).length;
  const stops = (): StoppedBody[] =>
    client.events.filter(({ event }) => event === 'stopped').map(({ body }) => body as StoppedBody);
  const lineNow = async (stop: StoppedBody): Promise<number | undefined> =>
    (await client.stack(stop.threadId ?? 0))[0]?.line;
  async function stopNumber(count: number): Promise<StoppedBody> {
    let last: StoppedBody | undefined;
    while (stops().length < count || last === undefined) last = await client.stopped();
    return last;
  }

  const programs = {
    scenario: () => client.file(prints),
    recording: () => recording,
  };
  for (const [kind, program] of Object.entries(programs)) {
    for (const command of ['next', 'stepIn']) {
      it(`makes each of 50 '${command}' in a ${kind}, and stops after each`, async () => {
        const { threadId } = await client.launchToStop(program());
        const answers = await many(command, 50, { threadId });
        assert.equal(made(answers), 50);
        const fast = await lineNow(await stopNumber(51));
        const slow = new DapClient();
        try {
          let stop = await slow.launchToStop(kind === 'scenario' ? slow.file(prints) : program());
          for (let step = 0; step < 50; step++) stop = await slow.move(command, stop.threadId ?? 0);
          assert.equal(fast, (await slow.stack(stop.threadId ?? 0))[0]?.line);
        } finally {
          slow.dispose();
        }
      });
    }

    it(`makes each 'stepBack' in a ${kind} up to the beginning, and refuses the rest`, async () => {
      await client.launchToStop(program());
      await client.request('pagewalk/seek', { position: { statement: 20 } });
      const { threadId } = await client.stopped();
      const answers = await many('stepBack', 50, { threadId });
      assert(made(answers) >= 20, `${String(made(answers))} were made`);
      assert.equal(stops().length, 2 + made(answers));
      assert.equal(stops().at(-1)?.reason, 'entry');
      assert.match(String(answers.at(-1)?.message), /'stepBack' was not made: the simulation has stopped before it/);
    });

    for (const command of ['continue', 'reverseContinue']) {
      it(`answers each of 20 '${command}' in a ${kind}: made, or refused with the reason`, async () => {
        await client.launchToStop(program());
        await client.request('pagewalk/seek', { position: { statement: 20 } });
        const { threadId } = await client.stopped();
        const answers = await many(command, 20, { threadId });
        assert.equal(made(answers), 1);
        for (const { message } of answers.slice(1)) assert.match(String(message), /is stopped; send 'pause' first/);
      });
    }
  }

  it('steps out of kernel functions once for each of several requests', async () => {
    const inside = async (one: DapClient): Promise<StoppedBody> => {
      const stop = await one.launchToStop(one.file(`${head}as app { fork() }\n`), {}, () =>
        one.request('setFunctionBreakpoints', { breakpoints: [{ name: 'ppm_alloc_pages' }] }),
      );
      const there = await one.move('continue', stop.threadId ?? 0);
      await one.request('setFunctionBreakpoints', { breakpoints: [] });
      return there;
    };
    const namesAt = async (one: DapClient, { threadId }: StoppedBody): Promise<string[]> =>
      (await one.stack(threadId ?? 0)).map(({ name }) => name);
    const { threadId } = await inside(client);
    assert.equal(made(await many('stepOut', 3, { threadId })), 3);
    const fast = await namesAt(client, await stopNumber(5));
    const slow = new DapClient();
    let stop = await inside(slow);
    for (let step = 0; step < 3; step++) stop = await slow.move('stepOut', stop.threadId ?? 0);
    assert.deepEqual(fast, await namesAt(slow, stop));
    slow.dispose();
  });

  it('answers a move when it begins, and before its stop', async () => {
    const { threadId } = await client.launchToStop(client.file(prints));
    const order: string[] = [];
    const answered = [1, 2, 3].map(async (step) => {
      await client.request('next', { threadId });
      order.push(`answer ${String(step)}: ${String(stops().length - 1)} stops`);
    });
    await Promise.all(answered);
    assert.deepEqual(order, ['answer 1: 0 stops', 'answer 2: 1 stops', 'answer 3: 2 stops']);
  });

  it('makes moves of several kinds in their order', async () => {
    const { threadId } = await client.launchToStop(client.file(prints), {}, () =>
      client.request('setBreakpoints', {
        source: { path: client.file(prints) },
        breakpoints: [{ line: 40 }],
      }),
    );
    const answers = await Promise.all([
      client.send('next', { threadId }),
      client.send('next', { threadId }),
      client.send('stepBack', { threadId }),
      client.send('pagewalk/seek', { position: { statement: 30 } }),
      client.send('continue', { threadId }),
    ]);
    assert.equal(made(answers), 5);
    const last = await stopNumber(6);
    assert.deepEqual(
      stops().map(({ reason }) => reason),
      ['entry', 'step', 'step', 'step', 'goto', 'breakpoint'],
    );
    assert.equal(await lineNow(last), 40);
  });

  it('refuses the steps that wait when a breakpoint comes first, and says so', async () => {
    const { threadId } = await client.launchToStop(client.file(prints), {}, () =>
      client.request('setBreakpoints', { source: { path: client.file(prints) }, breakpoints: [{ line: 10 }] }),
    );
    const answers = await many('next', 50, { threadId });
    assert.equal(stops().length, 1 + made(answers));
    assert.equal(await lineNow(stops().at(-1) as StoppedBody), 10);
    assert.match(String(answers.at(-1)?.message), /'next' was not made: .*Paused on breakpoint/);
  });

  it('does not end the session by steps that wait at its end', async () => {
    const { threadId } = await client.launchToStop(client.file(`${head}print 1\nprint 2\n`));
    const answers = await many('next', 20, { threadId });
    assert.equal(stops().length, 1 + made(answers));
    assert.equal(answers.at(-1)?.success, false);
    assert(!client.events.some(({ event }) => event === 'terminated'));
    await client.request('next', { threadId });
    await client.event('terminated');
  });

  it('refuses what waits when the session is paused, restarted or ended', async () => {
    const ends: [string, RegExp][] = [
      ['pause', /not made: the simulation has stopped before it/],
      ['restart', /not made: the simulation is restarted/],
      ['disconnect', /not made: the session has ended/],
      ['terminate', /not made: the session has ended/],
    ];
    for (const [command, reason] of ends) {
      const one = new DapClient();
      try {
        const { threadId } = await one.launchToStop(one.file(endless));
        const steps = [1, 2, 3].map(() => one.send('next', { threadId }));
        const end = one.send(command, { threadId });
        const [first, ...others] = await Promise.all(steps);
        assert.equal(first?.success, true, command);
        for (const { success, message } of others) {
          assert.equal(success, false, command);
          assert.match(String(message), reason);
        }
        assert.equal((await end).success, true, command);
      } finally {
        one.dispose();
      }
    }
  });

  it('cancels a move that waits, and only that', async () => {
    const { threadId } = await client.launchToStop(client.file(prints));
    const first = client.send('next', { threadId });
    const second = client.send('next', { threadId });
    await client.request('cancel', { requestId: client.lastRequest });
    assert.equal((await first).success, true);
    assert.equal((await second).message, 'cancelled');
    await stopNumber(2);
  });

  it('names a thread that is gone when the turn of a move comes', async () => {
    const { threadId } = await client.launchToStop(client.file(prints));
    const answers = await Promise.all([
      client.send('next', { threadId }),
      client.send('next', { threadId: 77 }),
      client.send('next', { threadId }),
    ]);
    assert.deepEqual(
      answers.map(({ success }) => success),
      [true, false, true],
    );
    assert.match(String(answers[1]?.message), /no thread 77/);
    await stopNumber(3);
  });

  it('places breakpoints that are set while it runs, and stops at them', async () => {
    const text = `${head}repeat 1000000 {\n    let a = 1\n    let b = 2\n}\n`;
    const program = client.file(text);
    const { threadId } = await client.launchToStop(program);
    await client.request('continue', { threadId });
    const [first, second] = await Promise.all(
      [4, 5].map((line) => client.send('setBreakpoints', { source: { path: program }, breakpoints: [{ line }] })),
    );
    for (const answer of [first, second])
      assert.equal((answer?.body as DebugProtocol.SetBreakpointsResponse['body']).breakpoints[0]?.verified, true);
    assert.equal(await lineNow(await client.stopped()), 5);
  });

  it('refuses questions that need a stop while it runs, each with the reason', async () => {
    const { threadId } = await client.launchToStop(client.file(endless));
    await client.request('continue', { threadId });
    for (const [command, args] of [
      ['evaluate', { expression: '1' }],
      ['stackTrace', { threadId }],
      ['scopes', { frameId: 1 }],
      ['completions', { text: '', column: 1 }],
    ] as const)
      assert.match(await client.failure(command, args), /is stopped; send 'pause' first|has moved on/, command);
    for (const command of ['sourceOfNothing', 'setThread'])
      assert.match(await client.failure(command, {}), /not a request that Pagewalk answers/);
  });

  it('begins again once of several restarts, and refuses the others', async () => {
    await client.launchToStop(client.file(prints));
    const answers = await many('restart', 5, {});
    assert.equal(made(answers), 1);
    assert.match(String(answers.at(-1)?.message), /while the program is being read/);
    assert.equal((await stopNumber(2)).reason, 'entry');
  });

  it('heeds a pause that comes before the first statement, and between two tests', async () => {
    const text = `${endless}test "one" { print 1 }\n`;
    await client.launch(client.file(text), { stopOnEntry: false });
    await client.request('pause', { threadId: 1 });
    assert.equal((await client.stopped()).reason, 'pause');
  });
});
