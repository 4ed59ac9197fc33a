import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from '../lifetime/program.ts';
import { ended, Folder, type Ended } from '../simulator/cli/pagewalk.ts';
import { root } from '../tools/paths.ts';
import { must } from '../tools/process.ts';
import { built } from './built.ts';

const scenario = `process p { code 1 page  data 1 page }
as p {
  let buffer = mmap(4KiB, rw)
  write(buffer, 7)
  print read(buffer)
}
`;

/** A Node that says it is version 20. */
const asNode20 = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`;

describe('the npm package', () => {
  const folder = new Folder();
  const modules = path.join(folder.path, 'node_modules');
  const installed = path.join(modules, 'pagewalk');
  let bin = '';

  before(async () => {
    await built();
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path];
    await must('npm', pack, { cwd: root, onOutput: () => undefined });
    const [archive] = globSync('pagewalk-*.tgz', { cwd: folder.path });
    assert(archive !== undefined);
    mkdirSync(installed, { recursive: true });
    await must('tar', ['-xzf', path.join(folder.path, archive), '-C', installed, '--strip-components=1']);
    const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
      bin: { pagewalk: string };
    };
    bin = path.join(installed, manifest.bin.pagewalk);
  });

  after(() => {
    folder.remove();
  });

  function start(args: readonly string[], nodeArgs: readonly string[] = []): Promise<Ended> {
    const child = startProgram(process.execPath, [...nodeArgs, bin, ...args], { cwd: folder.path });
    child.stdin.end();
    return ended(child);
  }

  it('has a pagewalk that starts', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await start(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('runs a scenario', async () => {
    folder.write('own.walk', scenario);
    const { code, stdout } = await start(['run', 'own.walk']);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '7\n' });
  });

  it('runs the examples that come with it', async () => {
    const { code, stderr } = await start(['run', path.join(installed, 'examples', 'cow-fork.walk')]);
    assert.equal(code, 0, stderr);
  });

  it('starts the debug adapter, another program of the package', async () => {
    const child = startProgram(process.execPath, [bin, 'dap'], { cwd: folder.path });
    const request = JSON.stringify({ seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'p' } });
    child.stdin.end(`Content-Length: ${String(request.length)}\r\n\r\n${request}`);
    const { stdout } = await ended(child);
    assert.match(stdout, /"command":"initialize","success":true|"success":true,"command":"initialize"/);
  });

  it('asks for a newer Node where the machine’s is too old and the package node was left out', async () => {
    const { code, stderr } = await start(['--version'], ['--import', asNode20]);
    assert.equal(code, 2);
    assert.match(stderr, /Node 22 or newer is needed: install it, or run "npm install node"/);
  });

  it('runs under the package node where the machine’s Node is too old', async () => {
    symlinkSync(path.join(root, 'node_modules', 'node'), path.join(modules, 'node'));
    const { code, stdout, stderr } = await start(['--version'], ['--import', asNode20]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });
});
