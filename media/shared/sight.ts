/** Which rows of a long list are in sight, of however many there are. */
import { useSignalEffect, type Signal } from '@preact/signals';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Rows drawn above and below the sight, so that scrolling shows no blank. */
const SPARE = 12;
/** Browsers lose exactness, then stop, beyond some 16 million pixels. */
const HIGHEST = 8_000_000;

export interface Sight {
  readonly first: number;
  readonly count: number;
  /** Pixels from the top to a row; squeezed where the list is higher than a browser can scroll. */
  readonly scaled: (row: number) => number;
}

export interface SightOptions {
  readonly total: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** Pixels of a head that stays on top. */
  readonly headHeight: number;
  /** A row that is to come into sight; a new object each time. */
  readonly reveal: Signal<{ readonly row: number } | null>;
  readonly onRows: (first: number, count: number) => void;
}

export function useSight(body: { readonly current: HTMLElement | null }, options: SightOptions): Sight {
  const { total, rowHeight, headHeight, reveal, onRows } = options;
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const squeeze = Math.min(1, HIGHEST / Math.max(1, total * rowHeight));
  const scaled = (row: number) => row * rowHeight * squeeze;
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const look = () => {
      setSight({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    let height = element.clientHeight;
    const observer = new ResizeObserver(() => {
      // A row that was in sight stays so when something else takes its room.
      const row = reveal.peek()?.row ?? -1;
      const wasInSight = row >= 0 && scaled(row) >= element.scrollTop && scaled(row) <= element.scrollTop + height;
      height = element.clientHeight;
      look();
      if (wasInSight) reveal.value = { row };
    });
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [body]);
  useSignalEffect(() => {
    const element = body.current;
    const wanted = reveal.value;
    if (element === null || wanted === null) return;
    const top = scaled(wanted.row);
    const room = element.clientHeight - headHeight - rowHeight;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - rowHeight);
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  });
  const visible = Math.min(total, Math.max(0, Math.floor(sight.top / (rowHeight * squeeze))));
  const first = Math.max(0, visible - SPARE);
  const count = Math.min(total - first, Math.ceil(sight.height / rowHeight) + 2 * SPARE);
  useLayoutEffect(() => {
    onRows(first, count);
  });
  return { first, count, scaled };
}
