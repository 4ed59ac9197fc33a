import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { deflate } from '../../../simulator/files/deflate.ts';
import { loadRecording, readLogs } from '../../../simulator/files/recording-files.ts';
import { writeWalkrec } from '../../../simulator/files/walkrec-file.ts';
import type { Recording } from '../../../simulator/recording/logs/recording.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { encodeText } from '../../../simulator/recording/logs/text.ts';
import { crc32, TRAILER_LENGTH } from '../../../simulator/recording/logs/walkrec-layout.ts';
import { openWalkrec } from '../../../simulator/recording/logs/walkrec-reader.ts';
import { excerptsOf } from '../../../simulator/recording/order/find-excerpts.ts';
import { defaultSettings } from '../../../simulator/recording/order/replay-state.ts';
import { makeTimeline } from '../../../simulator/recording/order/timeline.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { contentOf } from '../recording/recordings.ts';

const folder = fileURLToPath(new URL('../../../examples/recordings/', import.meta.url));
const nowhere = { command: './cow_fork', tool: 'valgrind', sources: [], lines: null, contents: [] };

/** With a line table: from the examples. */
const withSources = readFileSync(path.join(folder, 'matrix.walkrec'));

function open(bytes: Uint8Array): Recording {
  const source = {
    name: 'x.walkrec',
    length: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  return openWalkrec(source, deflate, standardBounds).recording;
}

/** Looks at every part, as a replay does. */
function readAll(recording: Recording): void {
  makeTimeline(recording, defaultSettings);
  for (const { accesses } of recording.processes)
    for (let index = 0; index < accesses.blockCount; index++) accesses.block(index);
}

describe('a recording in one file', () => {
  let scratch = '';
  let whole = new Uint8Array(0);
  before(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'walkrec-'));
    const place = path.join(scratch, 'cow_fork.walkrec');
    await writeWalkrec(place, async (writer) => {
      const recording = await readLogs(
        path.join(folder, 'cow_fork.layout.txt.gz'),
        standardBounds,
        (file) => Promise.resolve(file),
        () => writer.store(),
      );
      writer.finish(recording, excerptsOf(recording), nowhere);
    });
    whole = readFileSync(place);
  });
  after(() => {
    rmSync(scratch, { recursive: true });
  });

  it('is read as the logs that it was made from, and takes the same steps', async () => {
    const [one, other] = [
      await loadRecording(path.join(scratch, 'cow_fork.walkrec')),
      await loadRecording(path.join(folder, 'cow_fork.layout.txt.gz')),
    ];
    const { excerpts, ...content } = one;
    assert.equal(excerpts?.length, 2);
    assert.deepEqual(contentOf(content), contentOf(other));
    for (const order of ['child-first', 'parent-first'] as const) {
      const settings = { ...defaultSettings, order };
      assert.deepEqual(makeTimeline(one, settings), makeTimeline(other, settings));
    }
  });

  it('needs no access to be opened: their blocks may be damaged until somebody looks', () => {
    const broken = Uint8Array.from(whole).fill(0, 16, 2000);
    const recording = open(broken);
    makeTimeline(recording, defaultSettings);
    assert.throws(() => readAll(recording), /x\.walkrec: .*damaged.*, with accesses 0 to 47/);
  });

  it('leaves nothing behind where making it fails', async () => {
    const place = path.join(scratch, 'failed.walkrec');
    writeFileSync(place, 'before');
    await assert.rejects(
      writeWalkrec(place, () => Promise.reject(new Error('enough'))),
      /enough/,
    );
    assert.equal(readFileSync(place, 'utf8'), 'before');
    assert.ok(!existsSync(`${place}.part`));
    assert.deepEqual(readdirSync(scratch).sort(), ['cow_fork.walkrec', 'failed.walkrec']);
  });

  it('says what is wrong where it is cut off, of another version, packed again or something else', async () => {
    const refused = (bytes: Uint8Array, reason: RegExp): void => {
      assert.throws(() => open(bytes), reason);
    };
    refused(whole.subarray(0, 30), /ends within its first bytes; .*record again/);
    refused(whole.subarray(0, -1), /its end is missing; the file was cut off/);
    refused(Uint8Array.of(...whole.subarray(0, 8), 9, ...whole.subarray(9)), /version 9 .* reads version 2/);
    refused(Uint8Array.of(0, ...whole.subarray(1)), /it is no recording/);
    const place = path.join(scratch, 'packed.walkrec.gz');
    writeFileSync(place, gzipSync(whole));
    await assert.rejects(loadRecording(place), /compressed or bundled twice/);
    rmSync(place);
  });

  describe('of an index that lies', () => {
    /** The file with an index that was changed, and everything about it right. */
    function lying(change: (index: Record<string, never>) => unknown, whole: Uint8Array): Uint8Array {
      const view = new DataView(whole.buffer, whole.byteOffset);
      const end = whole.length - TRAILER_LENGTH;
      const offset = Number(view.getBigUint64(end, true));
      const text = new TextDecoder().decode(deflate.expand(whole.subarray(offset, end), 1 << 24));
      const index = JSON.parse(text) as Record<string, never>;
      const bytes = encodeText(JSON.stringify(change(index) ?? index));
      const packed = deflate.compress(bytes);
      const trailer = Uint8Array.from(whole.subarray(end));
      const fields = new DataView(trailer.buffer);
      fields.setUint32(8, packed.length, true);
      fields.setUint32(12, bytes.length, true);
      fields.setUint32(16, crc32(packed), true);
      return Uint8Array.of(...whole.subarray(0, offset), ...packed, ...trailer);
    }

    /** Every path to a value inside, with what it leads to. */
    function leaves(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
      if (typeof value !== 'object' || value === null) return [at];
      return [at, ...Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))];
    }

    function replace(value: unknown, at: readonly (string | number)[], by: unknown): unknown {
      const [key, ...rest] = at;
      if (key === undefined) return by;
      const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
        string,
        unknown
      >;
      copy[key] = replace(copy[key], rest, by);
      return copy;
    }

    for (const [what, file] of [
      ['', () => whole],
      [', those of a line table too', () => withSources],
    ] as const)
      it(`is refused, or read to its end, whatever the values are${what}`, () => {
        hold(file());
      });

    function hold(original: Uint8Array): void {
      let paths: (readonly (string | number)[])[] = [];
      lying((index) => void (paths = leaves(index)), original);
      const hostile = fc.constantFrom<unknown>(
        2 ** 63, -1, 0.5, 1e308, 0, 1, 2 ** 32, 2 ** 53 - 1, null, '', 'x', [], {}, true, [0, 0, 0], [16, 1, 2 ** 40], [2 ** 60, 1, 1],
      ); // prettier-ignore
      fc.assert(
        fc.property(fc.nat({ max: paths.length - 1 }), hostile, (which, by) => {
          try {
            readAll(open(lying((index) => replace(index, paths[which] ?? [], by), original)));
          } catch (error) {
            assert.ok(error instanceof RecordingError, error instanceof Error ? error.stack : String(error));
          }
        }),
        { seed: 8, numRuns: 400 },
      );
    }

    it('is refused where there are fewer visits of lines than their section holds', () => {
      const bytes = lying((index) => {
        const [process] = index['processes'] as unknown as { visits: { count: number } }[];
        (process as { visits: { count: number } }).visits.count = 3;
      }, withSources);
      assert.throws(() => open(bytes), /visits of lines is no number from 0 to 15; the file was cut off or changed/);
    });

    it('is refused where a section grows to more than it may', () => {
      const bomb = deflate.compress(new Uint8Array(1 << 20));
      const original = Uint8Array.from(whole);
      const bytes = lying((index) => {
        whole.set(bomb, 16);
        const [process] = index['processes'] as unknown as { blocks: number[][] }[];
        (process as { blocks: number[][] }).blocks[0] = [16, bomb.length, 9 * 65_536];
      }, whole);
      assert.throws(
        () => readAll(open(bytes)),
        /x\.walkrec: compressed data is damaged \(Cannot create a Buffer larger than/,
      );
      whole.set(original);
    });
  });

  it('is refused, or read to its end, whatever bytes are changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.option(fc.nat({ max: whole.length })),
        (changes, length) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          try {
            readAll(open(bytes.subarray(0, length ?? bytes.length)));
          } catch (error) {
            assert.ok(error instanceof RecordingError, error instanceof Error ? error.stack : String(error));
          }
        },
      ),
      { seed: 9, numRuns: 200 },
    );
  });
});
