/** The map: regions and the gaps between them, as a grid that the arrow keys walk through. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AddressSpaceModel, RegionModel } from '../protocol/messages.ts';
import { sizeText } from '../shared/format.ts';
import { useWidth } from '../shared/width.ts';
import { boxBeside, boxOf, boxOfEdge, layoutCells, middle } from './layout.ts';
import { Minimap } from './minimap.tsx';
import { cellId, RegionRow, type Hover } from './region-row.tsx';
import { movedCursor, regionAt, type Move } from './state.ts';

export interface MapProps {
  readonly model: AddressSpaceModel;
  readonly selected: number | null;
  readonly cursor: number | null;
  /** The card of the selected page has come, and taken its room. */
  readonly hasCard: boolean;
  readonly onCursor: (vpn: number | null) => void;
  readonly onSelect: (vpn: number | null) => void;
  readonly onHover: (hover: Hover | null) => void;
}

const NARROW = 520;
/** Columns of name and counts, and the spaces around them: see style.css. */
const SIDE_COLUMNS = 164 + 104 + 2 * 12 + 2 * 6;

export function AddressMap(props: MapProps): JSX.Element {
  const { model, cursor, selected } = props;
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const isNarrow = width < NARROW;
  const cellsWidth = Math.max(80, Math.floor(isNarrow ? width - 12 : width - SIDE_COLUMNS));
  useRevealed(grid, cursor, selected, props.hasCard);
  useChangesRevealed(grid, model.context.stop);
  const active = cursor === null ? null : activeCell(model, cursor);
  return (
    <div class="map">
      <div
        ref={grid}
        class={`grid ${isNarrow ? 'narrow' : ''}`}
        role="grid"
        tabIndex={0}
        aria-label="Address space: arrow keys move between pages, Page Up and Page Down between regions, Enter selects"
        aria-rowcount={model.regions.length}
        {...(active === null ? {} : { 'aria-activedescendant': cellId(active) })}
        onKeyDown={(event) => {
          onKey(event, props, cellsWidth);
        }}
        onFocus={() => {
          if (cursor === null) props.onCursor(selected ?? movedCursor(model, null, 'first'));
        }}
      >
        {model.regions.map((region, index) => (
          <RowWithGap key={region.start} {...props} region={region} index={index} width={cellsWidth} />
        ))}
      </div>
      <Minimap model={model} grid={grid} />
    </div>
  );
}

function RowWithGap(props: MapProps & { region: RegionModel; index: number; width: number }): JSX.Element {
  const { model, region, index, width, selected, cursor, onSelect, onHover } = props;
  const before = index === 0 ? 0 : (model.regions[index - 1] as RegionModel).end;
  const guard = region.guard !== null && region.guard.end === region.start ? region.guard : null;
  const free = (guard?.start ?? region.start) - before;
  return (
    <>
      {free > 0 && <Gap text={`${sizeText(free)} not mapped`} />}
      {guard !== null && <Gap text={`guard: ${sizeText(guard.end - guard.start)} never mapped`} guard />}
      <RegionRow
        region={region}
        row={index + 1}
        addressBits={model.context.addressBits}
        width={width}
        selected={selected}
        cursor={cursor}
        onSelect={onSelect}
        onHover={onHover}
      />
    </>
  );
}

function Gap({ text, guard = false }: { text: string; guard?: boolean }): JSX.Element {
  return (
    <div class={`gap ${guard ? 'guard' : ''}`} role="presentation">
      <span>{text}</span>
    </div>
  );
}

function activeCell(model: AddressSpaceModel, cursor: number): number | null {
  const region = regionAt(model, cursor);
  return region?.cells.find((cell) => cursor >= cell.vpn && cursor < cell.vpn + cell.pages)?.vpn ?? null;
}

const keys: Readonly<Record<string, Move>> = {
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  PageDown: 'nextRegion',
  PageUp: 'previousRegion',
  Home: 'regionStart',
  End: 'regionEnd',
};

function onKey(event: KeyboardEvent, props: MapProps, width: number): void {
  const { model, cursor, selected, onCursor, onSelect } = props;
  const move =
    event.ctrlKey && event.key === 'Home' ? 'first' : event.ctrlKey && event.key === 'End' ? 'last' : keys[event.key];
  if (move !== undefined) onCursor(movedCursor(model, cursor, move));
  else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    onCursor(verticalMove(model, cursor, event.key === 'ArrowUp' ? 'up' : 'down', width));
  } else if ((event.key === 'Enter' || event.key === ' ') && cursor !== null) onSelect(cursor);
  else if (event.key === 'Escape' && selected !== null) onSelect(null);
  else return;
  event.preventDefault();
}

/** Line by line, through the regions. */
function verticalMove(
  model: AddressSpaceModel,
  cursor: number | null,
  direction: 'up' | 'down',
  width: number,
): number | null {
  const region = cursor === null ? null : regionAt(model, cursor);
  if (region === null || cursor === null) return movedCursor(model, null, direction === 'down' ? 'first' : 'last');
  const layout = layoutCells(region.cells, width);
  const box = boxOf(layout, cursor);
  if (box === null) return cursor;
  const inRegion = boxBeside(layout, box, direction);
  if (inRegion !== null) return inRegion.cell.vpn;
  const other = model.regions[model.regions.indexOf(region) + (direction === 'down' ? 1 : -1)];
  if (other === undefined) return cursor;
  const edge = boxOfEdge(layoutCells(other.cells, width), middle(box), direction === 'down' ? 'first' : 'last');
  return edge?.cell.vpn ?? cursor;
}

/** Keeps the page under the cursor on the screen, and a page that was selected elsewhere. */
function useRevealed(
  grid: { readonly current: HTMLElement | null },
  cursor: number | null,
  selected: number | null,
  hasCard: boolean,
): void {
  useEffect(() => {
    if (cursor !== null) grid.current?.querySelector('.cursor')?.scrollIntoView({ block: 'nearest' });
  }, [cursor, grid]);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      grid.current?.querySelector('.region.selected')?.scrollIntoView({ block: 'nearest' });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [selected, hasCard, grid]);
}

/** What a step changes comes into sight, unless some of it is there already. */
function useChangesRevealed(grid: { readonly current: HTMLElement | null }, stop: number | null): void {
  const shown = useRef(stop);
  useEffect(() => {
    if (shown.current === stop) return;
    shown.current = stop;
    const sight = grid.current?.closest('.content')?.getBoundingClientRect();
    const changed = [...(grid.current?.querySelectorAll('.region.changed') ?? [])];
    if (sight === undefined) return;
    const isSeen = changed.some((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= sight.top && bottom <= sight.bottom;
    });
    if (!isSeen) changed[0]?.scrollIntoView({ block: 'nearest' });
  }, [stop, grid]);
}
