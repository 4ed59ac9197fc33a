// A new kernel is one folder, one line in the registry and its conformance rows: a copy of the project gets one here, and
// every part that knows kernels knows it.
import { strict as assert } from 'node:assert';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startProgram } from '../../lifetime/program.ts';
import { root } from '../../tools/paths.ts';
import { ended } from '../cli/pagewalk.ts';

const copied = ['simulator', 'package.json', 'test/tools', 'test/conformance', 'README.md'];

describe('a new kernel', () => {
  let folder = '';
  /** What it writes on both streams. */
  const run = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await ended(startProgram(process.execPath, args, { cwd: folder }));
    return stdout + stderr;
  };
  const edit = (file: string, change: (text: string) => string): void => {
    const place = path.join(folder, file);
    writeFileSync(place, change(readFileSync(place, 'utf8')));
  };

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pagewalk-kernel-'));
    for (const name of copied) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const tiny = path.join(import.meta.dirname, 'tiny');
    cpSync(path.join(tiny, 'kernel.ts'), path.join(folder, 'simulator/kernels/tiny/kernel.ts'));
    edit('simulator/kernels/tiny/kernel.ts', (text) => text.replaceAll('../../../../simulator/', '../../'));
    cpSync(path.join(tiny, '1-tiny.walk'), path.join(folder, 'test/conformance/tiny/1-tiny.walk'));
    writeFileSync(path.join(folder, 'test/conformance/tiny/rows.json'), '{ "cases": 3 }');
    edit(
      'simulator/kernels/registry.ts',
      (text) =>
        `import { tiny } from './tiny/kernel.ts';\n${text.replace(/(kernels: readonly Kernel\[\] = \[.*)\]/, '$1, tiny]')}`,
    );
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs its conformance rows', async () => {
    const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
    const told = await run(mocha, '--no-config', 'test/conformance/conformance.test.ts', '--grep', 'conformance: tiny');
    assert.match(told, /4 passing/);
  });

  it('runs from the command line, which names it', async () => {
    assert.match(await run('simulator/cli/main.ts', 'test', 'test/conformance/tiny'), /3 passed/);
    const file = 'test/conformance/tiny/1-tiny.walk';
    assert.match(await run('simulator/cli/main.ts', 'run', '--kernel', 'tini', file), /Did you mean tiny\?/);
  });

  it('is known to the language: completion and checks', async () => {
    writeFileSync(
      path.join(folder, 'ask.ts'),
      `import { completionsAt } from './simulator/language/lsp/completion.ts';
import { standardCatalogue } from './simulator/language/standard-catalogue.ts';
import { Vocabulary } from './simulator/language/catalogue.ts';
import { parseScenario } from './simulator/language/parse-scenario.ts';
const kernel = standardCatalogue.kernels.find(({ name }) => name === 'tiny') ?? null;
const items = completionsAt('', 0, { statements: [] } as never, new Vocabulary(standardCatalogue, kernel));
const { diagnostics } = parseScenario('kernel tini', 'f.walk');
console.log(JSON.stringify([items.find(({ label }) => label === 'kernel')?.insertText, items.some(({ label }) => label === 'tiny_map_page'), diagnostics[0]?.message]));
`,
    );
    const [snippet, hasFunction, message] = JSON.parse(await run('ask.ts')) as [string, boolean, string];
    assert.match(snippet, /\|.*,tiny\|/);
    assert.equal(hasFunction, true);
    assert.match(message, /bare, tiny\. Did you mean `?tiny/);
  });

  it('is offered by the manifest and the README once they are generated', async () => {
    for (const script of ['generate-manifest', 'generate-readme']) await run(`test/tools/${script}.ts`);
    assert.match(readFileSync(path.join(folder, 'package.json'), 'utf8'), /"bare",\s*"tiny"/);
    assert.match(
      readFileSync(path.join(folder, 'README.md'), 'utf8'),
      /^\| `tiny` \| x86-32 \| a directory and a list of regions \|$/m,
    );
  });
});
