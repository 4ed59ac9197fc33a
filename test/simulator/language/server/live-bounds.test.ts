/** Where simulation while typing ends early: it says so at the statement that it had reached, and keeps what it has found. */
import { strict as assert } from 'node:assert';
import { ServerProcess, type Published } from './server-process.ts';

const uri = 'file:///bounded.walk';
const everything = Number.MAX_SAFE_INTEGER;
const isCut = ({ diagnostics }: Published): boolean => diagnostics.some(({ code }) => code === 'WALK220');

describe('bounds of simulation while typing', () => {
  async function findings(live: object, text: string): Promise<string[]> {
    const server = new ServerProcess();
    await server.initialize();
    server.notify('workspace/didChangeConfiguration', { settings: { pagewalk: { live } } });
    server.open(uri, text);
    const found = await server.problems(uri, isCut);
    await server.end();
    return found.map(({ code, range, message }) => `${code ?? ''} ${String(range.start.line + 1)} ${message}`);
  }

  it('end it after so many statements', async () => {
    const text = 'kernel lunaix\nexpect 1 == 2\nfor i in 0..1_000_000 {\n    expect i < 3\n}\n';
    assert.deepEqual(await findings({ seconds: everything, statements: 1000 }, text), [
      'WALK201 2 expected 1 == 2',
      'WALK201 4 expected i < 3, but i is 3 (first at i = 3, 495 more)',
      'WALK220 4 simulation while typing stopped after 1,000 statements, the bound of pagewalk.live.statements; run the file to see the rest (at i = 499)',
    ]);
  });

  it('end it after so much time', async () => {
    const text = 'kernel lunaix\nexpect 1 == 2\nrepeat 1_000_000_000 {\n    print 1\n}\n';
    const [first, cut = ''] = await findings({ seconds: 0.25, statements: everything, steps: everything }, text);
    assert.equal(first, 'WALK201 2 expected 1 == 2');
    assert.match(
      cut,
      /^WALK220 4 simulation while typing stopped after 0\.25 seconds, the bound of pagewalk\.live\.seconds; run the file to see the rest \(in round \d+\)$/,
    );
  });

  it('end it even inside a statement', async () => {
    const text = `kernel lunaix
process p { code 1 page  data 1 page }
thread t of p
expect 1 == 2
explore {
    as p { repeat 1_000_000_000_000 { } }
    as t { print 1 }
}
`;
    const [first, cut = ''] = await findings({ seconds: 0.25, statements: everything, steps: everything }, text);
    assert.equal(first, 'WALK201 4 expected 1 == 2');
    assert.match(cut, /^WALK220 5 /);
  });

  it('are those of the last settings', async () => {
    const server = new ServerProcess();
    await server.initialize({ workspace: { configuration: true } });
    const { id } = await server.next('a question for settings', ({ method }) => method === 'workspace/configuration');
    server.send({ id, result: [{ live: { statements: 10 } }] });
    server.open(uri, 'kernel lunaix\nrepeat 100 { print 1 }\n');
    await server.problems(uri, isCut);
    const before = server.published(uri).length;
    server.notify('workspace/didChangeConfiguration', { settings: { pagewalk: { live: { statements: 1000 } } } });
    assert.deepEqual(await server.problems(uri, (published) => !isCut(published), before), []);
    await server.end();
  });
});

describe('bounds of the checks of a text', () => {
  it('are those of the last settings, for files that nobody edits since as well', async () => {
    const server = new ServerProcess();
    await server.initialize();
    const isRefused = ({ diagnostics }: Published): boolean => diagnostics.some(({ code }) => code === 'WALK135');
    const uris = [uri, 'file:///second.walk'];
    for (const one of uris) {
      server.open(one, 'kernel lunaix\nprint [1, 2, 3, 4]\n');
      await server.problems(one, () => true);
    }
    const set = (listLength: number): void => {
      server.notify('workspace/didChangeConfiguration', { settings: { pagewalk: { bounds: { listLength } } } });
    };
    set(3);
    for (const one of uris) assert.match((await server.problems(one, isRefused))[0]?.message ?? '', /at most 3/);
    const before = uris.map((one) => server.published(one).length);
    set(4);
    for (const [index, one] of uris.entries())
      assert.deepEqual(await server.problems(one, (published) => !isRefused(published), before[index] ?? 0), []);
    await server.end();
  });
});
