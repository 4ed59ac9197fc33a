/** The frames of a cluster. One stop for Tab, then the arrow keys. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { FrameMapRow } from '../protocol/messages.ts';
import { hex } from '../shared/format.ts';
import { useSight } from '../shared/sight.ts';
import { cellAt, cellsOf, cellText, movedCursor, runLabel, type Cell, type MapFacts } from './cells.ts';
import { lookOf } from './look.ts';
import { rowOfCursor, type PanelState } from './state.ts';
import { moveCursor, reveal, select, showRows } from './store.ts';

const ROW = 24;

interface MapProps {
  readonly state: PanelState;
  readonly facts: MapFacts;
}

export function FrameMap({ state, facts }: MapProps): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const { first, count, scaled } = useSight(body, {
    total: facts.total,
    rowHeight: ROW,
    headHeight: 0,
    reveal,
    onRows: showRows,
  });
  const active = rowOfCursor(state);
  const cursorRow = active === null ? undefined : state.rows.get(active);
  const cursorCell = cursorRow === undefined ? null : cellAt(cursorRow, facts, state.cursor);
  const isInSight = active !== null && active >= first && active < first + count;
  return (
    <div
      ref={body}
      class="map"
      role="grid"
      tabIndex={0}
      aria-label="Frames: arrow keys move, Enter selects"
      aria-rowcount={facts.total}
      {...(isInSight && cursorCell !== null ? { 'aria-activedescendant': cellId(cursorCell.page) } : {})}
      onKeyDown={(event) => {
        onKey(event, state, facts, body.current, cursorCell);
      }}
    >
      <div class="rows" role="rowgroup" style={{ height: `${String(scaled(facts.total))}px` }}>
        {Array.from({ length: count }, (_, offset) => first + offset).map((index) => (
          <MapRow
            key={index}
            row={state.rows.get(index)}
            index={index}
            top={scaled(first) + (index - first) * ROW}
            state={state}
            facts={facts}
            active={cursorCell?.page ?? -1}
          />
        ))}
      </div>
    </div>
  );
}

function cellId(page: number): string {
  return `frame-${page.toString(16)}`;
}

function onKey(
  event: KeyboardEvent,
  state: PanelState,
  facts: MapFacts,
  body: HTMLElement | null,
  cell: Cell | null,
): void {
  const screen = Math.max(1, Math.floor((body?.clientHeight ?? 0) / ROW) - 1);
  const moved = movedCursor(state.rows, facts, state.cursor, event.key, screen);
  if (moved !== null) moveCursor(moved);
  else if ((event.key === 'Enter' || event.key === ' ') && cell !== null) select(cell.page);
  else if (event.key === 'Escape' && state.selected !== null) select(null);
  else return;
  event.preventDefault();
}

interface RowProps extends MapProps {
  readonly row: FrameMapRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly active: number;
}

function MapRow({ row, index, top, state, facts, active }: RowProps): JSX.Element {
  return (
    <div class="row" role="row" aria-rowindex={index + 1} style={{ transform: `translateY(${String(top)}px)` }}>
      {row === undefined ? (
        <span role="gridcell">…</span>
      ) : (
        <>
          <span class="number" role="rowheader">
            {hex(facts.firstPpn + row.page, 3)}
          </span>
          <span class="frames" role="presentation" style={{ '--frames': row.folded ? 1 : facts.perRow }}>
            {cellsOf(row, facts).map((cell) => (
              <FrameCell key={cell.page} cell={cell} row={row} state={state} facts={facts} active={active} />
            ))}
          </span>
        </>
      )}
    </div>
  );
}

interface CellProps extends MapProps {
  readonly cell: Cell;
  readonly row: FrameMapRow;
  readonly active: number;
}

function FrameCell({ cell, row, state, facts, active }: CellProps): JSX.Element {
  const { page, pages, run, kind } = cell;
  const isSelected = state.selected !== null && state.selected >= page && state.selected < page + pages;
  const look = lookOf(cell, facts, state.coloring);
  const isFree = kind.content === 'free';
  const classes = [
    'frame',
    look.shape,
    ...(row.folded ? ['folded'] : []),
    ...(run.changed ? ['changed'] : []),
    ...(isSelected ? ['selected'] : []),
    ...(page === active ? ['active'] : []),
    ...(isFree && page > run.first ? ['open-left'] : []),
    ...(isFree && page + pages < run.first + run.length ? ['open-right'] : []),
  ];
  const label = cellText(cell, facts);
  return (
    <span
      id={cellId(page)}
      class={classes.join(' ')}
      role="gridcell"
      aria-selected={isSelected}
      title={label}
      style={{ gridColumn: `span ${String(row.folded ? 1 : pages)}`, ...look.style }}
      onClick={() => {
        select(page);
      }}
    >
      <span class="visually-hidden">{label}</span>
      <span class={pages > 1 || row.folded ? 'label' : ''} aria-hidden="true">
        {pages > 1 || row.folded ? wideLabel(cell, facts, row) : look.letters}
      </span>
    </span>
  );
}

/** A block that goes over several rows says its length once. */
function wideLabel(cell: Cell, facts: MapFacts, row: FrameMapRow): string {
  const { page, run } = cell;
  return page === run.first || row.folded ? runLabel(cell, facts.hasBlocks, row.folded) : '';
}
