/** The rows that are in sight, of however many there are. One stop for Tab, then the arrow keys. */
import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Row, rowId } from './row.tsx';
import { bitNames, movedRow, type PanelState, type TableFacts } from './state.ts';
import { moveCursor, reveal, selectRow, showRows } from './store.ts';

export const ROW = 22;
/** Rows drawn above and below the sight, so that scrolling shows no blank. */
const SPARE = 12;
/** Browsers lose exactness, then stop, beyond some 16 million pixels. */
const HIGHEST = 8_000_000;

export function Table({ state, facts }: { state: PanelState; facts: TableFacts }): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const { first, count, scaled } = useSight(body, facts.total);
  const bits = bitNames(state.rows.values());
  const hasClusters = facts.context.clusters > 1;
  const indices = Array.from({ length: count }, (_, offset) => first + offset);
  const isInSight = state.cursor >= first && state.cursor < first + count;
  return (
    <div
      ref={body}
      class={`table ${hasClusters ? 'with-clusters' : ''} ${facts.context.addressBits > 32 ? 'wide' : ''}`}
      role="grid"
      tabIndex={0}
      aria-label="Page table: arrow keys move, Enter selects"
      aria-rowcount={facts.total + 1}
      aria-colcount={hasClusters ? 7 : 6}
      {...(isInSight ? { 'aria-activedescendant': rowId(state.cursor) } : {})}
      style={{ '--bit-columns': bitsWidth(bits) }}
      onKeyDown={(event) => {
        onKey(event, state, facts, body.current);
      }}
    >
      <Head hasClusters={hasClusters} />
      <div class="rows" role="rowgroup" style={{ height: `${String(scaled(facts.total))}px` }}>
        {indices.map((index) => {
          const row = state.rows.get(index);
          const selected = row?.kind === 'entry' && row.vpn === state.selected;
          return (
            <Row
              key={index}
              row={row}
              index={index}
              top={scaled(first) + (index - first) * ROW}
              context={facts.context}
              bits={bits}
              selected={selected}
              active={index === state.cursor}
              onSelect={selectRow}
            />
          );
        })}
      </div>
    </div>
  );
}

function Head({ hasClusters }: { hasClusters: boolean }): JSX.Element {
  const names = ['index', 'page', 'words', 'bits', 'frame', ...(hasClusters ? ['cluster'] : []), 'region'];
  return (
    <div class="row head" role="row" aria-rowindex={1}>
      {names.map((name) => (
        <span key={name} role="columnheader" class={name}>
          {name}
        </span>
      ))}
    </div>
  );
}

/** Width of the bits' column, in pixels: every name has its place in every row. */
function bitsWidth(names: readonly string[]): string {
  return `${String(
    Math.max(
      60,
      names.reduce((sum, name) => sum + Math.max(14, name.length * 6.7 + 5) + 1, 0),
    ),
  )}px`;
}

function onKey(event: KeyboardEvent, state: PanelState, facts: TableFacts, body: HTMLElement | null): void {
  const page = Math.max(1, Math.floor((body?.clientHeight ?? 0) / ROW) - 2);
  const row = movedRow(state.cursor, facts.total, page, event.key);
  if (row !== null) moveCursor(row);
  else if (event.key === 'Enter' || event.key === ' ') selectRow(state.cursor);
  else return;
  event.preventDefault();
}

interface Sight {
  readonly first: number;
  readonly count: number;
  /** Pixels from the top to a row; squeezed where the table is higher than a browser can scroll. */
  readonly scaled: (row: number) => number;
}

function useSight(body: { readonly current: HTMLElement | null }, total: number): Sight {
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const squeeze = Math.min(1, HIGHEST / Math.max(1, total * ROW));
  const scaled = (row: number) => row * ROW * squeeze;
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const look = () => {
      setSight({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    let height = element.clientHeight;
    const observer = new ResizeObserver(() => {
      // A row that was in sight stays so when the address above takes its room.
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
    const room = element.clientHeight - 2 * ROW;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - ROW);
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  });
  const visible = Math.min(total, Math.max(0, Math.floor(sight.top / (ROW * squeeze))));
  const first = Math.max(0, visible - SPARE);
  const count = Math.min(total - first, Math.ceil(sight.height / ROW) + 2 * SPARE);
  useLayoutEffect(() => {
    showRows(first, count);
  });
  return { first, count, scaled };
}
