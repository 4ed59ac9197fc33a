import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installLine } from '../../../simulator/files/install-hint.ts';
import { loadRecording, openedWalkrec } from '../../../simulator/files/recording-files.ts';
import { recordProgram } from '../../../simulator/files/record-program.ts';

const recordings = fileURLToPath(new URL('../../../examples/recordings/', import.meta.url));

/** Writes what Valgrind wrote of cow_fork, where it is told to. */
const fakeValgrind = `#!/bin/sh
for word in "$@"; do case "$word" in --log-file=*) logs="\${word#--log-file=}";; esac; done
for pid in 24105 24106; do gzip -dc "${recordings}cow_fork.$pid.log.gz" > "$(echo "$logs" | sed "s/%p/$pid/")"; done
gzip -dc "${recordings}cow_fork.layout.txt.gz" >&2
exit 3
`;

describe('recording a program', () => {
  let scratch = '';
  const before = process.env['PATH'];

  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'recording-'));
  });
  afterEach(() => {
    process.env['PATH'] = before;
    rmSync(scratch, { recursive: true });
  });

  /** A command of that name comes first from now on. */
  function install(name: string, script: string): void {
    writeFileSync(path.join(scratch, name), script, { mode: 0o755 });
    process.env['PATH'] = `${scratch}:${before ?? ''}`;
  }

  function scratchFolders(): string[] {
    return readdirSync(tmpdir()).filter((name) => name.startsWith('pagewalk-record-'));
  }

  it('makes one file of what Valgrind writes, and tells how the program ended', async () => {
    install('valgrind', fakeValgrind);
    const output = path.join(scratch, 'cow.walkrec');
    const folders = scratchFolders();
    const { recording, exit } = await recordProgram({ command: ['/bin/true', 'a'], output });
    assert.deepEqual([exit, recording.name, recording.processes.map(({ pid }) => pid)], [3, 'cow', [24105, 24106]]);
    const opened = await openedWalkrec(output);
    assert.deepEqual([opened?.command, opened?.tool], ['/bin/true a', 'valgrind lackey']);
    assert.ok((await loadRecording(output)).processes[0]?.accesses.length);
    assert.deepEqual(scratchFolders(), folders);
  });

  it('compiles a source file first, and keeps its hash', async () => {
    install('valgrind', fakeValgrind);
    install('mycc', '#!/bin/sh\nfor word in "$@"; do last="$word"; done; echo "$@" > "$last"\n');
    const source = path.join(scratch, 'x.c');
    writeFileSync(source, 'int main(void) { return 0; }\n');
    const output = path.join(scratch, 'x.walkrec');
    await recordProgram({ command: [source], output, compiler: ['mycc', '-g'] });
    const [file] = (await openedWalkrec(output))?.sources ?? [];
    assert.equal(file?.path, source);
    assert.match(file?.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  it('says what the compiler said', async () => {
    install('mycc', '#!/bin/sh\necho "x.c:1: error: no" >&2; exit 1\n');
    const source = path.join(scratch, 'x.c');
    writeFileSync(source, 'int');
    const request = { command: [source], output: path.join(scratch, 'x.walkrec'), compiler: ['mycc', '-g'] };
    await assert.rejects(recordProgram(request), /it does not compile with mycc -g:\nx\.c:1: error: no/);
    assert.ok(!existsSync(request.output));
  });

  it('says how to install what is missing', async () => {
    process.env['PATH'] = scratch;
    const output = path.join(scratch, 'x.walkrec');
    await assert.rejects(recordProgram({ command: ['/bin/true'], output }), /valgrind is not installed; .*valgrind/);
    await assert.rejects(recordProgram({ command: ['none'], output }), /there is no such program/);
    const lines = [
      ['ID=debian', 'sudo apt install valgrind'],
      ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'sudo apt install valgrind'],
      ['ID=fedora', 'sudo dnf install valgrind'],
      ['ID="opensuse-leap"\nID_LIKE="suse opensuse"', 'sudo zypper install valgrind'],
      ['ID=arch', 'sudo pacman -S valgrind'],
    ] as const;
    for (const [release, line] of lines) assert.equal(installLine(release, 'valgrind'), `install it with: ${line}`);
    assert.equal(installLine('ID=plan9', 'valgrind'), 'install the package valgrind of your system');
  });

  it('ends the program and leaves nothing behind when it is cancelled', async () => {
    install('valgrind', '#!/bin/sh\nsleep 600 & wait\n');
    const stop = new AbortController();
    const folders = scratchFolders();
    const output = path.join(scratch, 'x.walkrec');
    const running = recordProgram({
      command: ['/bin/true'],
      output,
      signal: stop.signal,
      onProgress: () => {
        stop.abort(new Error('enough'));
      },
    });
    await assert.rejects(running, /enough/);
    assert.deepEqual(scratchFolders(), folders);
    assert.deepEqual(
      readdirSync(scratch).filter((name) => name !== 'valgrind'),
      [],
    );
  });
});
