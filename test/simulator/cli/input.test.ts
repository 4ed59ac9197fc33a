import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { reasonOf } from '../../../simulator/files/system-error.ts';
import { readScenario } from '../../../simulator/files/read-scenario.ts';
import type { RunState } from '../../../simulator/inspect/state-json.ts';
import { examples, Folder, pagewalk } from './pagewalk.ts';

describe('what the command line is given', () => {
  const folder = new Folder({
    'scenario.walk': 'kernel almos-mkh\n',
    'binary.walk': Uint8Array.of(1, 2, 0, 3),
    'program.walk': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0),
    logged: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0),
    'logged.log': '==1== Lackey',
    cow_fork: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0),
    'packed.walk': Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
    'latin.walk': Uint8Array.of(...Buffer.from('// one\n// two\n// caf'), 0xe9, 10),
    'huge.walk': '',
    'inside/x.txt': '',
  });
  after(() => {
    folder.remove();
  });
  const refused = async (name: string, reason: RegExp, line = 1) => {
    const { code, stdout, stderr } = await pagewalk(['run', name], { cwd: folder.path });
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.ok(stderr.startsWith(`${name}:${String(line)}:1: error WALK226: `), stderr);
    assert.match(stderr, reason);
    assert.doesNotMatch(stderr, /\n +at /, 'no stack');
  };

  it('may be missing', () => refused('senario.walk', /there is no such file; did you mean scenario\.walk\?/));
  it('may lie in a folder that is missing', () => refused('nowhere/scenario.walk', /there is no such file/));
  it('may be a folder', () => refused('inside', /folder.*pagewalk test/));
  it('may be binary', () => refused('binary.walk', /binary file \(byte 2 is 0\)/));
  it('may be a program', () => refused('program.walk', /process NAME load/));
  it('may be a program beside a log that is not named as one of a recording', () =>
    refused('logged', /this is a program; .*; beside it is logged\.log: a recording is called NAME\.PID\.log/));
  it('may be a program beside its recording, and is the recording then', async () => {
    for (const name of ['cow_fork.24105.log.gz', 'cow_fork.24106.log.gz', 'cow_fork.layout.txt.gz'])
      cpSync(path.join(examples, 'recordings', name), folder.at(name));
    const { code, stderr } = await pagewalk(['run', 'cow_fork'], { cwd: folder.path });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^cow_fork\.replay:/m);
    const tested = await pagewalk(['test', 'cow_fork'], { cwd: folder.path });
    assert.equal(tested.code, 0, tested.stderr);
  });
  it('may be compressed', () => refused('packed.walk', /compressed.*NAME\.PID\.log\.gz/));
  it('may be in another encoding', () => refused('latin.walk', /not UTF-8/, 3));
  it('may be huge', async () => {
    truncateSync(folder.at('huge.walk'), 9 << 20);
    await refused('huge.walk', /it has 9 MiB, and at most 8 MiB are read; raise .*--scenario-size/);
  });
  it('may be a device', async () => {
    await assert.rejects(readScenario('/dev/null'), { message: /it is a device; only regular files are read/ });
  });
  it('may be forbidden', () => {
    assert.match(reasonOf(Object.assign(new Error('EACCES'), { code: 'EACCES' })), /not have permission/);
  });

  it('may be wrong arguments: 2, the reason, and nothing on standard output', async () => {
    for (const args of [
      ['run'],
      ['rum', 'scenario.walk'],
      ['run', 'scenario.walk', '--until', 'soon'],
      ['run', 'scenario.walk', '--until', '0'],
      ['run', 'scenario.walk', '--seed', '4294967296'],
      ['run', 'scenario.walk', '--order', 'backwards'],
      ['run', 'scenario.walk', '--jsn'],
      ['run', 'scenario.walk', 'scenario.walk'],
      ['test', 'scenario.walk', '--reporter', 'dots'],
      ['memory-image', 'scenario.walk'],
      ['memory-image', 'scenario.walk', '--cluster', '1', '-o', 'image'],
      ['dap', '--port', '70000'],
      ['lsp'],
      [],
    ]) {
      const { code, stdout, stderr } = await pagewalk(args, { cwd: folder.path });
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.notEqual(stderr, '', args.join(' '));
    }
  });

  it('may be a question: help and version on standard output, 0', async () => {
    const help = await pagewalk(['--help']);
    assert.equal(help.code, 0);
    for (const command of ['run', 'check', 'test', 'memory-image', 'bench', 'dap', 'lsp']) {
      assert.match(help.stdout, new RegExp(`^  ${command} `, 'm'));
    }
    assert.match(help.stdout, /Exit codes: 0 /);
    const version = await pagewalk(['--version']);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const run = await pagewalk(['run', '--help']);
    for (const flag of ['kernel', 'machine', 'seed', 'until', 'strict', 'json', 'frames', 'dump', 'order', 'steps']) {
      assert.match(run.stdout, new RegExp(`--${flag}\\b`));
    }
  });
});

describe('pagewalk run on a recording', () => {
  const recordings = path.join(examples, 'recordings');
  const folder = new Folder();
  before(() => {
    for (const name of ['cow_fork.24105.log.gz', 'cow_fork.24106.log.gz', 'cow_fork.layout.txt.gz']) {
      cpSync(path.join(recordings, name), folder.at(`whole/${name}`));
      cpSync(path.join(recordings, name), folder.at(`cut/${name}`));
      cpSync(path.join(recordings, name), folder.at(`childless/${name}`));
      cpSync(path.join(recordings, name), folder.at(`placeless/${name}`));
    }
    const log = readFileSync(folder.at('cut/cow_fork.24105.log.gz'));
    truncateSync(folder.at('cut/cow_fork.24105.log.gz'), log.length >> 1);
    rmSync(folder.at('childless/cow_fork.24106.log.gz'));
    rmSync(folder.at('placeless/cow_fork.layout.txt.gz'));
  });
  after(() => {
    folder.remove();
  });
  const state = async (...args: string[]): Promise<RunState> => {
    const { code, stdout, stderr } = await pagewalk(['run', ...args, '--json'], { cwd: folder.path });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as RunState;
  };

  it('replays it by any of its names', async () => {
    const states = await Promise.all(
      ['whole/cow_fork.layout.txt.gz', 'whole/cow_fork.24105.log.gz', 'whole/cow_fork'].map((name) => state(name)),
    );
    for (const { processes, emulated, counters } of states) {
      assert.deepEqual(
        processes.map(({ alive, regions }) => [alive, regions.length > 0]),
        [
          [false, true],
          [false, true],
        ],
      );
      assert.ok(emulated.some(({ call }) => call === 'brk'));
      assert.ok((counters['cow-fault'] ?? 0) > 0);
    }
  });

  it('tells emulated calls on standard error, and stops at the first with --strict', async () => {
    const lenient = await pagewalk(['run', 'whole/cow_fork', '--kernel', 'almos-mkh'], { cwd: folder.path });
    assert.equal(lenient.code, 0);
    assert.match(lenient.stderr, /:\d+:1: info WALK231: brk was emulated/);
    const strict = await pagewalk(['run', 'whole/cow_fork', '--strict'], { cwd: folder.path });
    assert.equal(strict.code, 1);
    assert.match(strict.stderr, /^whole\/cow_fork\.replay:\d+:1: error WALK\d\d\d: cow_fork\.24105\.log:35231: .*brk/m);
  });

  it('names lines of the text that list prints, and stops there', async () => {
    const listed = await pagewalk(['list', 'whole/cow_fork.layout.txt.gz'], { cwd: folder.path });
    assert.equal(listed.code, 0, listed.stderr);
    const lines = listed.stdout.split('\n');
    const { stderr } = await pagewalk(['run', 'whole/cow_fork', '--kernel', 'almos-mkh'], { cwd: folder.path });
    const told = [...stderr.matchAll(/^whole\/cow_fork\.replay:(\d+):1: .*: (\w+) was emulated.*\.log:(\d+)$/gm)];
    assert.ok(told.length >= 4, stderr);
    for (const [, line, call, at] of told) {
      const text = lines[Number(line) - 1] ?? '';
      assert.ok(
        text.includes(`${String(call)}(`) && text.includes(String(at)),
        `${String(call)} at ${String(at)}: ${text}`,
      );
    }
    const fork = lines.findIndex((text) => text.includes('clone(')) + 1;
    const before = await state('whole/cow_fork', '--until', String(fork));
    const after = await state('whole/cow_fork', '--until', String(fork + 1));
    assert.deepEqual([before.processes.length, after.processes.length], [1, 2]);
    const scenario = await pagewalk(['list', 'whole'], { cwd: folder.path });
    assert.deepEqual([scenario.code, scenario.stdout], [2, '']);
    assert.match(scenario.stderr, /this is not a recording/);
  });

  it('lets processes take turns by --order', async () => {
    const orders = [['child-first'], ['parent-first'], ['round-robin', '500'], ['round-robin 500'], ['round-robin']];
    const states = await Promise.all(orders.map((order) => state('whole/cow_fork', '--order', ...order)));
    const [child, parent, joined, quoted] = states.map((one) => JSON.stringify(one));
    assert.notEqual(child, parent);
    assert.equal(joined, quoted);
  });

  it('refuses one that is damaged or not complete, with 2 and what is wrong', async () => {
    const cases = [
      ['cut/cow_fork', /cut\/cow_fork\.24105\.log\.gz:\d+:1: error WALK226: .*(damaged|cut off)/],
      ['childless/cow_fork', /cow_fork\.24105\.log:\d+:1: error WALK226: .*the log of 24106 is missing/],
      ['placeless/cow_fork', /cow_fork\.24105\.log:1:1: error WALK226: .*needs cow_fork\.layout\.txt/],
      ['whole/nothing.layout.txt', /error WALK226: no such recording/],
    ] as const;
    for (const [name, reason] of cases) {
      const { code, stdout, stderr } = await pagewalk(['run', name], { cwd: folder.path });
      assert.deepEqual([code, stdout], [2, ''], name);
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /\n +at /);
    }
  });
});
