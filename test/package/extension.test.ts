import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from '../lifetime/program.ts';
import { ended, Folder } from '../simulator/cli/pagewalk.ts';
import { installCodeServer } from '../tools/install-code-server.ts';
import { root } from '../tools/paths.ts';
import { bundledPackages } from '../tools/package/bundled-packages.ts';
import { extensionPage } from '../tools/package/extension-page.ts';
import { pageFigures } from '../tools/package/page-figures.ts';
import { packageExtension } from '../tools/package/package-extension.ts';
import { built } from './built.ts';

describe('the packaged extension', () => {
  const folder = new Folder();
  let installed = '';

  before(async () => {
    await built();
    // Into a folder that does not exist yet.
    const file = path.join(folder.path, 'new', 'pagewalk.vsix');
    await packageExtension(file);
    const entry = await installCodeServer();
    const extensions = path.join(folder.path, 'extensions');
    const args = ['--install-extension', file, '--extensions-dir', extensions, '--user-data-dir', folder.path];
    const child = startProgram(process.execPath, [entry, ...args], { cwd: folder.path });
    child.stdin.end();
    const { code, stderr } = await ended(child);
    assert.equal(code, 0, stderr);
    const [name] = globSync('pagewalk.pagewalk-*', { cwd: extensions });
    assert(name !== undefined);
    installed = path.join(extensions, name);
  });

  after(() => {
    folder.remove();
  });

  const text = (name: string): string => readFileSync(path.join(installed, name), 'utf8');

  it('has a page whose drawings and links need no repository', () => {
    const page = text('readme.md');
    const targets = [...page.matchAll(/\]\(([^)]{0,40})/g)].map((match) => match[1] ?? '');
    assert.deepEqual(
      targets.filter((target) => !/^(https:|#)/.test(target)),
      [],
    );
    assert.match(page, /\n│ {2}before .*■.*│\n│ {2}after .*■.*│\n/);
  });

  it('contains every file that its manifest and its programs name', () => {
    const manifest = text('package.json');
    const named = [...manifest.matchAll(/"\.\/([^"*]+\.\w+)"/g)].map((match) => match[1] ?? '');
    assert(named.includes('dist/extension.cjs'));
    const programs = ['worker.cjs', 'compare.cjs', 'recording.cjs', 'server.cjs', 'live.cjs', 'cli.mjs', 'dap.mjs'];
    const panels = globSync('media/*/main.tsx', { cwd: root }).map((main) => path.basename(path.dirname(main)));
    const wanted = [
      ...named,
      ...programs.map((name) => `dist/${name}`),
      ...panels.flatMap((name) => [`dist/media/${name}.js`, `dist/media/${name}.css`]),
      'simulator/cli/pagewalk.js',
    ];
    assert.deepEqual(
      wanted.filter((file) => !existsSync(path.join(installed, file))),
      [],
    );
  });

  it('contains the examples and the manual, whole', () => {
    for (const name of ['examples', 'docs']) {
      const files = (parent: string): string[] => globSync(`${name}/**/*.*`, { cwd: parent }).sort();
      assert.deepEqual(files(installed), files(root));
    }
  });

  it('contains the licence of every package that its bundles contain', () => {
    const notices = text('dist/THIRD-PARTY-NOTICES.txt');
    const packages = bundledPackages(root);
    assert(packages.some((bundled) => bundled.endsWith('/langium')));
    for (const bundled of packages) {
      const manifest = JSON.parse(readFileSync(path.join(bundled, 'package.json'), 'utf8')) as Record<string, string>;
      assert(notices.includes(`\n${manifest['name'] ?? ''} ${manifest['version'] ?? ''}\n`), bundled);
    }
  });

  it('contains neither sources nor tests nor packages', () => {
    assert.deepEqual(globSync('**/{*.ts,*.tsx,*.map,node_modules,test}', { cwd: installed }), []);
  });

  it('contains the command line', async () => {
    const args = [path.join(installed, 'simulator/cli/pagewalk.js'), 'run', 'examples/cow-fork.walk'];
    const child = startProgram(process.execPath, args, { cwd: installed });
    child.stdin.end();
    const { code, stderr } = await ended(child);
    assert.equal(code, 0, stderr);
  });
});

describe('the extension’s page', () => {
  it('is made of a README whose links and pictures are there', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const files = targets.filter((target) => !/^(https:|#)/.test(target));
    assert(files.length >= 10);
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(root, file))),
      [],
    );
  });

  it('keeps addresses and anchors, and gives links to files as their text', () => {
    const readme = 'See [the web](https://example.org), [keys](#keys) and [decisions](docs/adr/).';
    assert.equal(extensionPage(readme, new Map()), 'See [the web](https://example.org), [keys](#keys) and decisions.');
  });

  it('leaves out what marks generated parts', () => {
    assert.equal(extensionPage('a\n\n<!-- kernels -->\n\nb\n', new Map()), 'a\n\nb\n');
  });

  it('shows a drawing for each picture, with a caption of its own', () => {
    const page = extensionPage('![a logo](logo.svg)', new Map([['logo.svg', { text: '┌─┐\n└─┘', caption: 'A box' }]]));
    assert.equal(page, '```text\n┌─┐\n└─┘\n```\n\n*A box*');
    assert.throws(() => extensionPage('![a logo](logo.svg)', new Map()), /logo\.svg has no drawing/);
  });

  it('has drawings of what the simulator does, narrow enough for a page', async () => {
    const figures = await pageFigures();
    const figure = (name: string): string => figures.get(`docs/images/${name}`)?.text ?? '';
    assert.match(figure('demo.webp'), /4,096 bytes copied from frame 0x103 to frame 0x105/);
    assert.match(figure('recording-dark.png'), /clone\(.* = 24106\n24106 +10 {2}first fetch/);
    assert.match(figure('compare-dark.png'), /^pages copied +1 +258$/m);
    assert.match(figure('kernel-haiku-dark.png'), /└─ cache #19 over file “\/data\/f”/);
    assert.match(figure('physical-memory-dark.png'), /^0x00100000 {2}aaaAaB·+$/m);
    for (const [picture, { text }] of figures) {
      const widest = Math.max(...text.split('\n').map((line) => line.length));
      assert(widest <= 90, `${picture}: ${String(widest)} columns`);
    }
  });
});
