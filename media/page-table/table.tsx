/** The rows that are in sight, of however many there are. One stop for Tab, then the arrow keys. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useSight } from '../shared/sight.ts';
import { useWidth } from '../shared/width.ts';
import { columnsFor, type Column, type Columns } from './columns.ts';
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
  const hasBigPages = [...state.rows.values()].some((row) => row.kind === 'entry' && row.entry.pages > 1);
  const columns = columnsFor(facts.context, { room: useWidth(body), bits, hasBigPages });
  const indices = Array.from({ length: count }, (_, offset) => first + offset);
  const isInSight = state.cursor >= first && state.cursor < first + count;
  return (
    <div
      ref={body}
      class="table"
      role="grid"
      tabIndex={0}
      aria-label="Page table: arrow keys move, Enter selects"
      aria-rowcount={facts.total + 1}
      aria-colcount={columns.names.length}
      {...(isInSight ? { 'aria-activedescendant': rowId(state.cursor) } : {})}
      style={{ '--columns': columns.template }}
      onKeyDown={(event) => {
        onKey(event, state, facts, body.current);
      }}
    >
      <Head columns={columns} hasClusters={hasClusters} />
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
              columns={columns}
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

const columnNames: Readonly<Record<Column, string>> = {
  page: 'page',
  frame: 'frame',
  bits: 'bits',
  also: 'also mapped by',
  words: 'words',
  index: 'index',
  region: 'region',
};

function Head({ columns, hasClusters }: { columns: Columns; hasClusters: boolean }): JSX.Element {
  return (
    <div class="row head" role="row" aria-rowindex={1}>
      {columns.names.map((name) => (
        <span key={name} role="columnheader" class={name}>
          {columnNames[name]}
          {name === 'frame' && hasClusters && ', cluster'}
        </span>
      ))}
    </div>
  );
}

function onKey(event: KeyboardEvent, state: PanelState, facts: TableFacts, body: HTMLElement | null): void {
  const page = Math.max(1, Math.floor((body?.clientHeight ?? 0) / ROW) - 2);
  const row = movedRow(state.cursor, facts.total, page, event.key);
  if (row !== null) moveCursor(row);
  else if (event.key === 'Enter' || event.key === ' ') selectRow(state.cursor);
  else return;
  event.preventDefault();
}
