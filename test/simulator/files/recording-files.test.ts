import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isRecording, loadRecording } from '../../../simulator/files/recording-files.ts';
import { bundle, recordingFiles } from '../../../simulator/recording/logs/recording.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { contentOf, loadExample, logOf } from '../recording/recordings.ts';

const folder = fileURLToPath(new URL('../../../examples/recordings/', import.meta.url));

describe('recordings from disk', () => {
  let scratch = '';
  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'recording-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });

  async function refusal(file: string, content: Uint8Array | null, reason: RegExp): Promise<void> {
    const place = path.join(scratch, file);
    if (content !== null) writeFileSync(place, content);
    await assert.rejects(loadRecording(place), (error) => {
      assert.ok(error instanceof RecordingError, String(error));
      assert.match(error.message, reason);
      return true;
    });
  }

  it('reads in a stream what the parser reads at once, packed, plain or bundled', async () => {
    const expected = contentOf(loadExample('cow_fork'));
    assert.deepEqual(contentOf(await loadRecording(path.join(folder, 'cow_fork.24106.log.gz'))), expected);
    const files = recordingFiles('cow_fork', readdirSync(folder)).map((name) => ({
      name: name.replace('.gz', ''),
      bytes: gunzipSync(readFileSync(path.join(folder, name))),
    }));
    for (const { name, bytes } of files) writeFileSync(path.join(scratch, name), bytes);
    assert.deepEqual(contentOf(await loadRecording(path.join(scratch, 'cow_fork'))), expected);
    writeFileSync(path.join(scratch, 'cow_fork.walkrec'), gzipSync(bundle(files)));
    assert.deepEqual(contentOf(await loadRecording(path.join(scratch, 'cow_fork.walkrec'))), expected);
  });

  it('refuses with file and place what is missing, cut off, damaged or something else', async () => {
    await refusal('none', null, /none: no such recording/);
    await refusal(
      'a.1.log.gz',
      readFileSync(path.join(folder, 'cow_fork.24105.log.gz')).subarray(0, 20_000),
      /a\.1\.log\.gz \(byte 20000\): the compressed data is damaged or was cut off/,
    );
    rmSync(path.join(scratch, 'a.1.log.gz'));
    await refusal(
      'b.1.log',
      new TextEncoder().encode('execve("/bin/true", [], 0x7ff) = 0\n'),
      /b\.1\.log: this is a log of strace/,
    );
    await refusal(
      'c.1.log',
      logOf(['I  00401000,4']).subarray(0, 100),
      /c\.1\.log:\d+ \(byte 100\): the log ends in the middle of a line/,
    );
    await refusal('d.1.log', logOf(['I  00401000,4'], { pid: 1 }), /the recording needs d\.layout\.txt/);
    await assert.rejects(loadRecording('/nowhere/at/all'), /no such recording/);
  });

  it('finds any recording by what the names of its files have in common, unless that is a scenario', async () => {
    const place = path.join(scratch, 'remap');
    assert.equal(await isRecording(place), false);
    writeFileSync(`${place}.1.log`, logOf([]));
    assert.equal(await isRecording(place), true);
    // The program that was recorded, a script, a folder.
    writeFileSync(place, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0));
    assert.equal(await isRecording(place), true);
    writeFileSync(place, '#!/bin/sh\n');
    assert.equal(await isRecording(place), true);
    writeFileSync(place, 'kernel haiku\n');
    assert.equal(await isRecording(place), false);
    rmSync(place);
    mkdirSync(place);
    assert.equal(await isRecording(place), true);
    writeFileSync(path.join(scratch, 'packed.walkrec.gz'), '');
    assert.equal(await isRecording(path.join(scratch, 'packed')), true);
  });

  it('stops decompressing at the bound, which it names', async () => {
    const bounds = { ...standardBounds, recordingSize: 1 << 20 };
    const lines = Buffer.from('I  00401827,5\n'.repeat(200_000));
    for (const [name, bytes] of [
      ['zeros.1.log.gz', Buffer.concat([logOf([]), Buffer.alloc(64 << 20)])],
      ['lines.1.log.gz', Buffer.concat([logOf([], { exit: false }), lines])],
      ['text.layout.txt.gz', Buffer.from(`--1:1: aspacem\n${'the program says something\n'.repeat(200_000)}`)],
      ['bundle.walkrec.gz', Buffer.concat([Buffer.from('walkrec 1\nfile a.1.log 99999999\n'), logOf([]), lines])],
    ] as const) {
      const place = path.join(scratch, name);
      writeFileSync(place, gzipSync(bytes));
      await assert.rejects(loadRecording(place, bounds), (error: Error) => {
        assert.ok(error instanceof RecordingError, String(error.stack));
        assert.match(error.message, /it has more than 1 MiB decompressed; .*--recording-size/);
        return true;
      });
    }
  });
});
