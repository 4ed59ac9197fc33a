import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { detectFormat } from '../../../simulator/recording/logs/format.ts';
import { type Layout, LayoutReader } from '../../../simulator/recording/logs/layout-parser.ts';
import { elfImage, imageSegments, otherRows } from '../../../simulator/recording/replay/program-image.ts';
import { bundle, isRecordingFile, recordingFiles, recordingName } from '../../../simulator/recording/logs/recording.ts';
import { RecordingReader } from '../../../simulator/recording/logs/recording-reader.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { loadExample, logOf, recordingOf } from './recordings.ts';

const folder = new URL('../../../examples/recordings/', import.meta.url);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const parseLayouts = (file: string, bytes: Uint8Array): Layout[] => {
  const reader = new LayoutReader(file);
  reader.push(bytes);
  return reader.finish();
};
const layoutBytes = (): Uint8Array => gunzipSync(readFileSync(new URL('cow_fork.layout.txt.gz', folder)));

describe('memory layout', () => {
  const [layout] = parseLayouts('cow_fork.layout.txt', layoutBytes());
  assert.ok(layout !== undefined);

  it('keeps the rows of the program, with rights, offset, path and line', () => {
    assert.equal(layout.pid, 24105);
    assert.equal(layout.rows.length, 8);
    const [, code] = layout.rows;
    assert.deepEqual(code, {
      kind: 'file',
      start: 0x401000,
      end: 0x47b000,
      read: true,
      write: false,
      execute: true,
      offset: 4096,
      path: '/home/user/cow_fork',
      line: 95,
    });
  });

  it('finds the room of stack and heap beside their reservations', () => {
    assert.deepEqual(layout.stack, { start: 0x1ffe801000, end: 0x1fff001000 });
    assert.deepEqual(layout.heap, { start: 0x4000000, end: 0x4800000 });
  });

  it('makes one code and one data segment of the program, and leaves Valgrind’s own page aside', () => {
    const segments = imageSegments(layout);
    assert.deepEqual(
      segments.map(({ kind, start, end, fileEnd }) => [kind, start, end, fileEnd]),
      [
        ['code', 0x400000, 0x4a3000, 0x4a3000],
        ['data', 0x4a3000, 0x4b0000, 0x4aa000],
      ],
    );
    assert.deepEqual(
      otherRows(layout).map((row) => row.start),
      [0x5807d000],
    );
    const image = elfImage(segments);
    assert.ok(image.kind === 'elf');
    assert.equal(image.bytes.length, 0xaa000);
    assert.deepEqual(image.segments[1], {
      address: 0x4a3000,
      memorySize: 0xd000,
      fileOffset: 0xa3000,
      fileSize: 0x7000,
      protection: { read: true, write: true, execute: false },
    });
  });

  it('refuses one that was cut off, has lines missing, or is none', () => {
    const whole = new TextDecoder().decode(layoutBytes());
    const cut = whole.slice(0, whole.indexOf('aspacem  20:'));
    assert.throws(() => parseLayouts('x', text(cut)), /x:\d+: the memory layout that begins on line 88 has no end/);
    const missing = whole
      .split('\n')
      .filter((line) => !line.includes('aspacem   5:'))
      .join('\n');
    assert.throws(() => parseLayouts('x', text(missing)), /announces 31 segments and holds 30/);
    assert.throws(() => parseLayouts('x', text('hello\n')), /no “Memory layout at client startup”/);
  });
});

describe('the bound on lines of a memory layout', () => {
  it('refuses one that is longer, and names itself', () => {
    const read = (recordedLayoutLines: number): void => {
      const reader = new LayoutReader('x', { recordedLayoutLines, setting: 'bounds' });
      reader.push(layoutBytes());
      reader.finish();
    };
    read(100);
    assert.throws(() => {
      read(20);
    }, /more than 20 lines; .*--recorded-layout-lines, or pagewalk\.bounds\.recordedLayoutLines/);
  });
});

describe('recordings as files', () => {
  it('finds a recording by the name of any of its files', () => {
    const names = readdirSync(folder);
    const expected = ['cow_fork.24105.log.gz', 'cow_fork.24106.log.gz', 'cow_fork.layout.txt.gz'];
    for (const path of ['examples/cow_fork', 'examples/cow_fork.24106.log.gz', 'C:\\runs\\cow_fork.layout.txt.gz']) {
      assert.equal(recordingName(path), 'cow_fork');
      assert.deepEqual(recordingFiles(path, names), expected);
    }
    assert.deepEqual(recordingFiles('nothing', names), []);
    assert.deepEqual(recordingFiles('a.walkrec', ['a.walkrec', 'b.walkrec']), ['a.walkrec']);
    assert.ok(
      isRecordingFile('x/a.walkrec') &&
        isRecordingFile('a.1.log') &&
        !isRecordingFile('a.walk') &&
        !isRecordingFile('notes.log'),
    );
  });

  it('reads a bundle as it reads the files', () => {
    const files = recordingFiles('cow_fork', readdirSync(folder)).map((name) => ({
      name: name.replace('.gz', ''),
      bytes: gunzipSync(readFileSync(new URL(name, folder))),
    }));
    const packed = gzipSync(bundle(files));
    const recording = recordingOf('cow_fork', [{ name: 'cow_fork.walkrec', bytes: packed }]);
    assert.deepEqual(recording, loadExample('cow_fork'));
    assert.throws(
      () => recordingOf('x', [{ name: 'x.walkrec', bytes: bundle(files).slice(0, -5) }]),
      /x\.walkrec.*the bundle was cut off/,
    );
  });

  it('says which file of which process is missing', () => {
    const names = recordingFiles('cow_fork', readdirSync(folder));
    const read = (kept: readonly string[]): unknown =>
      recordingOf(
        'cow_fork',
        kept.map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) })),
      );
    assert.throws(
      () => read(names.filter((name) => !name.includes('24106'))),
      /cow_fork\.24105\.log:45974: process 24105 creates process 24106 here, and the log of 24106 is missing/,
    );
    assert.throws(
      () => read(names.filter((name) => !name.includes('layout'))),
      /the recording needs cow_fork\.layout\.txt/,
    );
    assert.throws(() => read([...names, 'guard_page.24184.log.gz']), /these are two recordings/);
    assert.throws(() => read([]), /no log of a process/);
  });

  it('reads the bytes in pieces of any size', () => {
    const whole = bundle(
      recordingFiles('guard_page', readdirSync(folder)).map((name) => ({
        name: name.replace('.gz', ''),
        bytes: gunzipSync(readFileSync(new URL(name, folder))),
      })),
    );
    for (const size of [1009, 65_537]) {
      const reader = new RecordingReader('guard_page.walkrec');
      for (let at = 0; at < whole.length; at += size) reader.push(whole.subarray(at, at + size));
      const { logs, layouts } = reader.finish();
      assert.deepEqual({ name: 'guard_page', processes: logs, layouts }, loadExample('guard_page'));
    }
  });

  it('tells other formats apart and says what to do instead', () => {
    const samples = {
      strace: [
        '13002 execve("/bin/true", ["true"], 0x7ff /* 35 vars */) = 0\n',
        'mmap(NULL, 262144, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f00\n',
      ],
      maps: ['7f58c21d4000-7f58c21d5000 rw-p 00000000 fe:00 123   /bin/true\n'],
      smaps: ['7f58c21d4000-7f58c21d5000 rw-p 00000000 fe:00 123   /bin/true\nSize:   4 kB\n'],
      perf: ['123/123 1.0: page-faults: 7f00 [sym]\n'],
      elf: ['\x7fELF\x02'],
      empty: [''],
      unknown: ['// a scenario\nmachine tsar\n', '==12== Memcheck, a memory error detector\n'],
    } as const;
    for (const [format, contents] of Object.entries(samples)) {
      for (const content of contents) {
        assert.equal(detectFormat(text(content)), format, content);
        assert.throws(() => recordingOf('a', [{ name: 'a.1.log', bytes: text(content) }]), RecordingError);
      }
    }
    assert.equal(detectFormat(logOf([])), 'lackey');
    assert.equal(detectFormat(layoutBytes().subarray(0, 8192)), 'layout');
    assert.throws(
      () => recordingOf('a', [{ name: 'a.log', bytes: text(samples.strace[0]) }]),
      /log of strace: make a recording of it with pagewalk import strace FILE/,
    );
  });
});
