/** Closed files of a workspace are simulated as well, but never before the one that is being edited. */
import { strict as assert } from 'node:assert';
import { pathToFileURL } from 'node:url';
import { Folder } from '../../cli/pagewalk.ts';
import { ServerProcess } from './server-process.ts';

/** Takes as long as its bound allows. */
const long = `kernel almos-mkh
process p { code 1 page  data 1 page }
thread t of p
explore up to 100000 {
    as p { for i in 0..40 { write(p.data, i) } }
    as t { for i in 0..40 { write(p.data, i) } }
} then { expect 1 == 1 }
expect 1 == 2
`;

describe('an edit beside long files', () => {
  const names = Array.from({ length: 8 }, (_, index) => `long-${String(index)}.walk`);
  let folder: Folder;
  before(() => {
    folder = new Folder(Object.fromEntries(names.map((name) => [name, long])));
  });
  after(() => {
    folder.remove();
  });

  it('is answered first', async () => {
    const server = new ServerProcess();
    await server.initialize({}, { workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: 'long' }] });
    const edited = 'file:///edited.walk';
    server.open(edited, 'kernel almos-mkh\nexpect 1 == 2\n');
    const liveOf = (uri: string): unknown[] =>
      server
        .published(uri)
        .filter(({ diagnostics }) => diagnostics.some(({ code }) => code?.startsWith('WALK2') === true));
    for (const version of [2, 3]) {
      server.change(edited, `kernel almos-mkh\nexpect 1 == ${String(version)}\n`, version);
      await server.problems(edited, (published) => published.version === version && published.diagnostics.length > 0);
    }
    const others = names.map((name) => pathToFileURL(folder.at(name)).href);
    assert.ok(
      others.some((uri) => server.published(uri).length > 0),
      'the others are checked',
    );
    assert.equal(others.filter((uri) => liveOf(uri).length > 0).length < 3, true);
    await server.end();
  });
});
