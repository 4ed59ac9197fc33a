import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from '../lifetime/program.ts';
import { ended, Folder } from '../simulator/cli/pagewalk.ts';
import { Heartbeat } from '../tools/heartbeat.ts';
import { root } from '../tools/paths.ts';
import { missingOn, report, type Machine } from '../tools/requirements.js';

const programs = ['cc', 'c++', 'make', 'python3', 'tar', 'chromium'];

function machine(change: Partial<Machine> & { without?: readonly string[] } = {}): Machine {
  const there = programs.filter((name) => change.without?.includes(name) !== true);
  return {
    nodeVersion: '24.0.0',
    hasPackages: true,
    hasCodeServer: false,
    freeBytes: 2 ** 40,
    platform: 'linux',
    canInstall: false,
    has: (...names) => names.some((name) => there.includes(name)),
    ...change,
  };
}

const missing = (of: Machine, purpose: 'test' | 'start' = 'test'): string =>
  missingOn(of, purpose)
    .map(({ what }) => what)
    .join('; ');

describe('what npm test and npm start need', () => {
  it('is nothing more where all is there', () => {
    assert.equal(missing(machine()), '');
    assert.equal(missing(machine(), 'start'), '');
  });

  for (const name of ['cc', 'c++', 'make']) {
    it(`${name} to build parts of VS Code`, () => {
      assert.match(missing(machine({ without: [name] })), /compiler and make/);
    });
  }

  it('Python and tar', () => {
    assert.match(missing(machine({ without: ['python3', 'tar'] })), /Python 3.*; tar/);
  });

  it('nothing to build with once VS Code is there', () => {
    const without = ['cc', 'c++', 'make', 'python3'];
    assert.equal(missing(machine({ without, hasCodeServer: true })), '');
    assert.equal(missing(machine({ without, has: (...names) => names.includes('code') }), 'start'), '');
  });

  it('a browser for the tests alone', () => {
    assert.match(missing(machine({ without: ['chromium'] })), /Chromium/);
    assert.equal(missing(machine({ without: ['chromium'] }), 'start'), '');
    assert.equal(missing(machine({ without: ['chromium'], canInstall: true })), '');
  });

  it('disk space', () => {
    assert.match(missing(machine({ freeBytes: 2 ** 30 })), /2 GiB of disk space.*1\.0 GiB are free/);
  });

  it('a Node that runs TypeScript, and the packages', () => {
    assert.match(missing(machine({ nodeVersion: '20.20.2' })), /Node 22\.18 or newer; this is 20\.20\.2/);
    assert.match(missing(machine({ nodeVersion: '22.17.9' })), /Node 22\.18/);
    assert.equal(missing(machine({ nodeVersion: '22.18.0' })), '');
    assert.match(missing(machine({ hasPackages: false, nodeVersion: '20.0.0' })), /^the npm packages: run "npm ci"/);
  });

  it('has one line that installs it, for root as it is and for others with who has to run it', () => {
    const bare = machine({ without: ['cc', 'python3'] });
    const line = /\n {2}apt-get update && apt-get install -y --no-install-recommends build-essential python3\n/;
    const forRoot = report(missingOn(bare, 'test'), { ...bare, canInstall: true }, 'test');
    assert.match(forRoot, line);
    assert.match(forRoot, /\nInstall it with:\n/);
    const forOthers = report(missingOn(bare, 'test'), bare, 'test');
    assert.match(forOthers, line);
    assert.match(forOthers, /as root:\n/);
  });

  it('is told by the script itself, before anything long begins', async () => {
    const folder = new Folder();
    try {
      // A checkout without `.cache/`, on a machine with Node alone.
      mkdirSync(folder.at('bin'));
      symlinkSync(process.execPath, folder.at('bin/node'));
      mkdirSync(folder.at('node_modules/webpack'), { recursive: true });
      mkdirSync(folder.at('test/tools'), { recursive: true });
      symlinkSync(path.join(root, 'package.json'), folder.at('package.json'));
      const script = folder.at('test/tools/requirements.js');
      const copy = startProgram('cp', [path.join(root, 'test/tools/requirements.js'), script]);
      await ended(copy);
      const child = startProgram(process.execPath, [script, 'test'], { env: { PATH: folder.at('bin') } });
      const { code, stderr } = await ended(child);
      assert.equal(code, 1);
      assert.match(stderr, /^npm test needs the following/);
      assert.match(stderr, /compiler and make/);
      assert.match(stderr, /apt-get install -y --no-install-recommends build-essential python3/);
    } finally {
      folder.remove();
    }
  });
});

describe('the heartbeat', () => {
  it('names what is running and for how long', () => {
    let now = 0;
    const heartbeat = new Heartbeat(
      () => undefined,
      () => now,
    );
    heartbeat.begin('build');
    now = 5000;
    heartbeat.begin('lint');
    now = 95_000;
    assert.equal(heartbeat.line(), '   still running: build (1 min 35 s), lint (1 min 30 s)');
    heartbeat.end('build');
    assert.equal(heartbeat.line(), '   still running: lint (1 min 30 s)');
    heartbeat.stop();
  });
});
