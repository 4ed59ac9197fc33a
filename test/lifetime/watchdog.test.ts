/** Runs of mocha that would hang: each must end, say why, and leave nothing alive. */
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { root } from '../tools/paths.ts';
import { startProgram } from './program.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one file of fixtures/ with these limits of the watchdog, in seconds. What the fixtures start inherits the output:
 * it closes when all of that has ended, and not before.
 */
function runMocha(fixture: string, limits: string, ...options: string[]): Promise<Ended> {
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, ...options, path.join('test', 'lifetime', 'fixtures', fixture)];
  const child = startProgram(process.execPath, args, { cwd: root, env: { ...process.env, PAGEWALK_WATCHDOG: limits } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data) => (texts[name] += String(data)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...texts });
    });
  });
}

describe('watchdog', () => {
  it('ends a run whose test loops for ever, names it, and kills what it has started', async () => {
    const { code, stdout, stderr } = await runMocha('endless-loop.ts', '5,60');
    assert.notEqual(code, 0);
    assert.match(stderr, /It was at: a suite has a test that loops for ever/);
    assert.match(stderr, /Still alive: the program '.*setInterval/);
    assert.match(stdout, /\n1 passed, 1 failed\n$/);
  });

  it('ends a run whose file does not end loading', async () => {
    const { code, stdout, stderr } = await runMocha('endless-load.ts', '1,60');
    assert.notEqual(code, 0);
    assert.match(stderr, /It was at: loading the files of tests/);
    assert.match(stdout, /\n0 passed, 1 failed\n$/);
  });

  it('ends a process that its tests keep alive, and names what does', async () => {
    const { code, stdout, stderr } = await runMocha('leaves-a-timer.ts', '60,2');
    assert.notEqual(code, 0);
    assert.match(stderr, /the process does not end/);
    assert.match(stderr, /Node waits for: .*Timeout/);
    assert.match(stdout, /\n1 passed, 1 failed\n$/);
  });

  it('has nothing to do where a test runs into mocha’s limit: what it started ends with it', async () => {
    const { code, stdout, stderr } = await runMocha('waits-for-ever.ts', '300,300', '--timeout', '3000');
    assert.equal(code, 1, stderr);
    assert.match(stdout, /1 passing[^]*1 failing/);
    assert.match(stderr, /it waited for this: the answer to nothing; the false is true/);
  });
});
