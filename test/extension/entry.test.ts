import { strict as assert } from 'node:assert';
import { DapClient } from './support/dap-client.ts';

/** Texts whose first stop is at the line that says so. */
const entries: Readonly<Record<string, string>> = {
  'after processes and threads, and what is bound between them': `kernel almos-mkh
process app { code 1 page  data 0 pages }
let size = 4 * 1 page
thread second of app at (1,0)
let other = 3 // here
as app { print size + other }
`,
  'before a binding that calls something': `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app { let buf = mmap(4096, rw) } // here
process late { code 1 page  data 0 pages }
print 1
`,
  'at the first statement where there is no process': `kernel almos-mkh
print 1 // here
process late { code 1 page  data 0 pages }
`,
  'at the first statement where nothing follows the processes': `kernel almos-mkh
process app { code 1 page  data 0 pages } // here
process late { code 1 page  data 0 pages }
`,
};

describe('the first stop of a session', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  for (const [place, text] of Object.entries(entries)) {
    it(place, async () => {
      const stop = await client.launchToStop(client.file(text));
      const [frame] = await client.stack(stop.threadId ?? 0);
      const line = text.split('\n').findIndex((one) => one.includes('// here')) + 1;
      assert.deepEqual([stop.reason, frame?.line], ['entry', line]);
    });
  }

  it('is in the test that is debugged, where the file only declares', async () => {
    const text =
      'kernel almos-mkh\nprocess app { code 1 page  data 0 pages }\ntest "one" {\n    as app { print 1 }\n}\n';
    const stop = await client.launchToStop(client.file(text), { test: 'one' });
    const [frame] = await client.stack(stop.threadId ?? 0);
    assert.deepEqual([stop.reason, frame?.line], ['entry', 4]);
  });

  it('lets a file of tests say at its end that they were not run', async () => {
    const file = 'kernel almos-mkh\nprocess app { code 1 page  data 0 pages }\n';
    const texts: [string, RegExp][] = [
      [`${file}test "one" {}\n`, /\n1 test was not run: debug one by its name, or run the file to run it\.\n$/],
      [`${file}test "one" {}\ntest "two" {}\n`, /\n2 tests were not run: .* run them\.\n$/],
      [file, /^Finished: 1 statement, .*\.\n$/],
    ];
    for (const [text, expected] of texts) {
      const session = new DapClient();
      await session.launch(session.file(text), { stopOnEntry: false });
      await session.event('terminated');
      assert.match(session.output(), expected);
      session.dispose();
    }
  });

  it('is a breakpoint before it, which the session goes on from to the next', async () => {
    const program = client.file(
      'kernel almos-mkh\nprocess app { code 1 page  data 0 pages }\nas app { print 1 }\nprint 2\n',
    );
    const stop = await client.launchToStop(program, {}, () =>
      client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 2 }, { line: 4 }] }),
    );
    assert.equal(stop.reason, 'breakpoint');
    assert.equal((await client.stack(stop.threadId ?? 0))[0]?.line, 2);
    const next = await client.move('continue', stop.threadId ?? 0);
    assert.equal((await client.stack(next.threadId ?? 0))[0]?.line, 4);
  });

  it('is not the end of the way back, which goes to before the processes', async () => {
    const program = client.file('kernel almos-mkh\nprocess app { code 1 page  data 0 pages }\nas app { print 1 }\n');
    const stop = await client.launchToStop(program);
    const back = await client.move('reverseContinue', stop.threadId ?? 0);
    assert.equal((await client.stack(back.threadId ?? 0))[0]?.line, 2);
  });

  it('is never reached where a process cannot be made, which the session says and ends', async () => {
    const program = client.file(
      'let far = count("access") + 7\nprocess app at (far, 0) { code 1 page  data 0 pages }\nprint 1\n',
    );
    await client.launch(program, { stopOnEntry: true });
    await client.event('terminated');
    assert.match(client.output(), /no cluster \(7,0\)/);
  });
});
