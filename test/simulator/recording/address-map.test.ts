import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createBatch, batchAccess, batchAddress, batchSize } from '../../../simulator/hardware/access-batch.ts';
import { accessAt } from '../../../simulator/recording/logs/access-columns.ts';
import {
  type AddressMap,
  emptyMap,
  findPiece,
  insertPieces,
  joined,
  type Piece,
  piecesIn,
  removeRange,
  rightsWord,
} from '../../../simulator/recording/order/address-map.ts';
import { LackeyParser } from '../../../simulator/recording/logs/lackey-parser.ts';
import type { ProcessLog } from '../../../simulator/recording/logs/process-log.ts';
import { Relocator } from '../../../simulator/recording/replay/relocation.ts';
import { logOf } from './recordings.ts';

const PAGE = 4096;
const MOST = 24;

function piece(start: number, end: number, base: number | null, change: Partial<Piece> = {}): Piece {
  return {
    start: start * PAGE,
    end: end * PAGE,
    base: base === null ? null : base * PAGE,
    rights: 3,
    simulatedRights: 3,
    kind: 'anon',
    origin: 'a',
    file: null,
    ...change,
  };
}

function mapOf(pieces: readonly Piece[]): AddressMap {
  const map = emptyMap();
  insertPieces(map, pieces);
  return map;
}

function parse(lines: readonly string[]): ProcessLog {
  const parser = new LackeyParser('tiny.log');
  parser.push(logOf(lines));
  return parser.finish();
}

describe('address map', () => {
  it('agrees with a plain array of pages under random insertions and removals', () => {
    const operation = fc.record({
      insert: fc.boolean(),
      start: fc.integer({ min: 0, max: MOST - 1 }),
      length: fc.integer({ min: 1, max: 8 }),
      base: fc.integer({ min: 100, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const map = emptyMap();
        const pages = new Array<number | null>(MOST + 8).fill(null);
        for (const { insert, start, length, base } of operations) {
          if (insert) insertPieces(map, [piece(start, start + length, base)]);
          else removeRange(map, start * PAGE, (start + length) * PAGE);
          for (let page = start; page < start + length; page++) pages[page] = insert ? base + page - start : null;
        }
        const found = pages.map((_, page) => {
          const at = findPiece(map, page * PAGE + 123);
          return at === null ? null : ((at.base as number) + page * PAGE - at.start) / PAGE;
        });
        assert.deepEqual(found, pages);
        const sorted = map.pieces.every(
          (one, index) => index === 0 || (map.pieces[index - 1] as Piece).end <= one.start,
        );
        assert.ok(sorted);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('cuts what it shows of a range, and joins neighbours that are one simulated range', () => {
    const map = mapOf([piece(0, 4, 10), piece(4, 8, 14), piece(8, 10, 40)]);
    const inside = piecesIn(map, 2 * PAGE, 9 * PAGE);
    assert.deepEqual(
      inside.map(({ start, end, base }) => [start / PAGE, end / PAGE, (base as number) / PAGE]),
      [
        [2, 4, 12],
        [4, 8, 14],
        [8, 9, 40],
      ],
    );
    assert.deepEqual(
      joined(inside).map(({ start, end }) => [start / PAGE, end / PAGE]),
      [
        [2, 8],
        [8, 9],
      ],
    );
    assert.equal(map.pieces.length, 3);
    assert.equal(rightsWord(5), 'r-x');
  });
});

describe('relocation of accesses', () => {
  it('keeps the offset in the page, splits at the page’s end, and makes a modify one write', () => {
    const map = mapOf([
      piece(0x401, 0x402, 0x900, { rights: 5 }),
      piece(0x1fff000, 0x1fff001, 0x50),
      piece(0x1fff001, 0x1fff002, 0x7_0000),
    ]);
    const log = parse(['I  00401ffe,1', ' L 1fff000ffc,8', ' M 1fff001010,4', ' S 1fff000000,512']);
    const relocator = new Relocator();
    const batch = createBatch(16);
    relocator.use(map);
    assert.equal(relocator.fill(batch, log.accesses, 0, 4), null);
    const records = Array.from({ length: batch.length }, (_, index) => [
      batchAddress(batch, index),
      batchAccess(batch, index),
      batchSize(batch, index),
    ]);
    assert.deepEqual(records, [
      [0x900ffe, 2, 1],
      [0x50ffc, 0, 4],
      [0x7000_0000, 0, 4],
      [0x7000_0010, 1, 4],
      [0x50000, 1, 255],
    ]);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((index) => relocator.accessesBefore(index)),
      [0, 1, 1, 2, 3],
    );
  });

  it('stops at an access that the recorded machine did not allow', () => {
    const map = mapOf([piece(0x401, 0x402, 0x900, { rights: 1 }), piece(0x402, 0x403, null)]);
    const log = parse([
      ' L 00401000,8',
      ' S 00401008,8',
      ' L 00402000,1',
      ' L 00500000,1',
      'I  00401000,4',
      ' L 00401ffc,8',
    ]);
    const relocator = new Relocator();
    const batch = createBatch(16);
    relocator.use(map);
    const stops = [0, 2, 3, 4, 5].map((from) => relocator.fill(batch, log.accesses, from, 6)?.access);
    assert.deepEqual(stops, [1, 2, 3, 4, 5]);
    assert.deepEqual(relocator.fill(batch, log.accesses, 0, 6), { access: 1, address: 0x401008, kind: 2 });
    assert.equal(batch.length, 1);
  });

  it('agrees with a look-up of each access on random logs, over more pages than its cache has', () => {
    const access = fc.record({
      page: fc.integer({ min: 0, max: 3000 }),
      offset: fc.integer({ min: 0, max: 4088 }),
      kind: fc.constantFrom(' L ', ' S ', ' M '),
    });
    const map = mapOf(
      Array.from({ length: 30 }, (_, index) => piece(index * 100 + 1000, index * 100 + 1100, 50_000 - index * 100)),
    );
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 200 }), (accesses) => {
        const log = parse(
          accesses.map(
            ({ page, offset, kind }) =>
              `${kind}${((1000 + (page % 3000)) * PAGE + offset).toString(16).padStart(8, '0')},8`,
          ),
        );
        const batch = createBatch(400);
        const relocator = new Relocator();
        relocator.use(map);
        relocator.fill(batch, log.accesses, 0, log.accesses.length);
        for (let index = 0; index < log.accesses.length; index++) {
          const { address } = accessAt(log.accesses, index);
          const at = findPiece(map, address) as Piece;
          assert.equal(batchAddress(batch, index), (at.base as number) + address - at.start);
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });
});
