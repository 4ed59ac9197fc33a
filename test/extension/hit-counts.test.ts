import { strict as assert } from 'node:assert';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(64 pages, rw)
    for i in 0..30 {
        write(buf + (i % 20) * 1 page, i)
        let _even = i % 2
    }
    print "done"
}
`;
const line = 6;
const ROUNDS = 30;

/** Which rounds of 0 to 29 a hit count selects, by its definition. */
const selected: Readonly<Record<string, (hit: number) => boolean>> = {
  '5': (hit) => hit === 5,
  '== 7': (hit) => hit === 7,
  '>= 28': (hit) => hit >= 28,
  '> 27': (hit) => hit > 27,
  '< 3': (hit) => hit < 3,
  '<= 2': (hit) => hit <= 2,
  '% 10': (hit) => hit % 10 === 0,
};

describe('hit counts', () => {
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
    client.request('setBreakpoints', { source: { path: program }, breakpoints });

  async function seek(statement: number): Promise<StoppedBody> {
    await client.request('pagewalk/seek', { position: { statement, step: 0 } });
    return client.stopped();
  }

  const round = async (): Promise<number> => Number((await client.evaluate('i')).split(' ').at(-1));

  async function thread(): Promise<number> {
    const { threads } = await client.request<{ threads: { id: number }[] }>('threads');
    return threads[0]?.id ?? 0;
  }

  /** The rounds at which a run in one direction stops, until it comes to where nothing is. */
  async function rounds(command: 'continue' | 'reverseContinue', most: number): Promise<number[]> {
    const seen: number[] = [];
    for (let count = 0; count < most; count++) {
      const stop = await client.move(command, await thread());
      if (stop.reason === 'entry') break;
      assert.equal(stop.reason, 'breakpoint');
      if ((await client.stack(stop.threadId ?? 0))[0]?.line !== line) break;
      seen.push(await round());
    }
    return seen;
  }

  for (const [hitCondition, isSelected] of Object.entries(selected)) {
    it(`${hitCondition} is a function of the position: forwards, after going anywhere, and backwards`, async () => {
      const all = Array.from({ length: ROUNDS }, (_, index) => index).filter((index) => isSelected(index + 1));
      const conditions = [{ line, hitCondition }, { line: 9 }];
      await client.launchToStop(program, {}, () => set(...conditions));
      assert.deepEqual(await rounds('continue', ROUNDS + 1), all, 'forwards');
      // At the line behind the loop, which the second breakpoint is on.
      assert.deepEqual((await rounds('reverseContinue', ROUNDS + 1)).reverse(), all, 'backwards');
      assert.deepEqual(await rounds('continue', ROUNDS + 1), all, 'forwards once more');
      // A statement in the middle: three a round, behind three before the loop.
      await seek(4 + 2 * 12);
      const middle = await round();
      const behind = all.filter((index) => index > middle);
      assert.deepEqual(await rounds('continue', ROUNDS + 1), behind, 'from the middle');
    });
  }

  it('of a breakpoint that is set late count what was passed before', async () => {
    await client.launchToStop(program);
    await seek(4 + 2 * 12);
    const middle = await round();
    await set({ line, hitCondition: String(middle + 3) });
    assert.deepEqual(await rounds('continue', 1), [middle + 2]);
    await seek(60);
    await set({ line, hitCondition: '4' });
    assert.deepEqual(await rounds('reverseContinue', 1), [3]);
    const first = await client.move('reverseContinue', await thread());
    assert.equal(first.reason, 'entry');
  });

  it('count only passes at which the condition holds', async () => {
    await client.launchToStop(program, {}, () => set({ line, condition: 'i % 3 == 0', hitCondition: '% 4' }));
    assert.deepEqual(await rounds('continue', 2), [9, 21]);
    assert.deepEqual(await rounds('reverseContinue', 2), [9]);
  });

  it('of a function count its entries, and those of a log point what it logs', async () => {
    await client.launchToStop(program, {}, async () => {
      await set({ line, hitCondition: '% 10', logMessage: 'tenth: {i}' });
      await client.request('setFunctionBreakpoints', {
        breakpoints: [{ name: 'vmm_handle_page_fault', hitCondition: '12' }],
      });
    });
    const stop = await client.move('continue', await thread());
    assert.equal(stop.reason, 'function breakpoint');
    assert.equal(await round(), 11);
    await seek(0);
    const again = await client.move('continue', await thread());
    assert.deepEqual([again.reason, await round()], ['function breakpoint', 11]);
    assert.equal(client.output('console'), 'tenth: 9\ntenth: 9\n');
  });
});
