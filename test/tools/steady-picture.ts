// A picture of a window that stands still: panels, marks and variables follow a stop, each at its own time.
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** User settings without which no window rests: the editor's cursor blinks by a timer. */
export const restingSettings = { 'editor.cursorBlinking': 'solid' } as const;

/** Alike so many times in a row, pictures show a window that has come to rest. */
const STILL = 4;
/** Pictures after which a window counts as one that never rests. */
const MOST_TRIES = 120;
/** Milliseconds between two pictures. */
const PAUSE = 250;

export async function steadyPicture(page: Page): Promise<Buffer> {
  return steady(
    () => page.screenshot({ animations: 'disabled', caret: 'hide' }),
    () => setTimeout(PAUSE),
  );
}

/** The picture that `take` gives several times in a row. Throws where it never does. */
export async function steady(take: () => Promise<Buffer>, pause: () => Promise<void>): Promise<Buffer> {
  let last = await take();
  let alike = 1;
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    if (alike === STILL) return last;
    await pause();
    const next = await take();
    alike = next.equals(last) ? alike + 1 : 1;
    last = next;
  }
  throw new Error(`the window still moves after ${String(MOST_TRIES)} pictures`);
}
