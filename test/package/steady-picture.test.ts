/** Pictures are taken of a window that stands still. */
import assert from 'node:assert/strict';
import { steady } from '../tools/steady-picture.ts';

/** What a window shows at each picture; its last look stays. */
function window(...looks: string[]): { take: () => Promise<Buffer>; taken: () => number } {
  let taken = 0;
  const look = (): string => looks[Math.min(taken++, looks.length - 1)] ?? '';
  return { take: () => Promise.resolve(Buffer.from(look())), taken: () => taken };
}

const atOnce = (): Promise<void> => Promise.resolve();

describe('a picture of a window', () => {
  it('is the one that comes several times in a row', async () => {
    const { take, taken } = window('stopped', 'stopped', 'marked', 'marked', 'marked', 'drawn');
    assert.equal(String(await steady(take, atOnce)), 'drawn');
    assert.equal(taken(), 9);
  });

  it('is taken at once where nothing moves', async () => {
    const { take, taken } = window('drawn');
    assert.equal(String(await steady(take, atOnce)), 'drawn');
    assert.equal(taken(), 4);
  });

  it('is not taken of a window that never rests', async () => {
    let count = 0;
    await assert.rejects(
      steady(() => Promise.resolve(Buffer.from(String(count++))), atOnce),
      /^Error: the window still moves after 120 pictures$/,
    );
  });
});
