/** The rows that are in sight, of however many there are. One stop for Tab, then the arrow keys. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useSight } from '../shared/sight.ts';
import { Row, rowId } from './row.tsx';
import { bitNames, movedRow, type PanelState, type TableFacts } from './state.ts';
import { moveCursor, reveal, selectRow, showRows } from './store.ts';

export const ROW = 22;

export function Table({ state, facts }: { state: PanelState; facts: TableFacts }): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const { first, count, scaled } = useSight(body, {
    total: facts.total,
    rowHeight: ROW,
    headHeight: ROW,
    reveal,
    onRows: showRows,
  });
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
