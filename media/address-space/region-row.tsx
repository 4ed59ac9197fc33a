/** One region: its name and range, its cells on a canvas, its counts. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CellModel, RegionModel } from '../protocol/messages.ts';
import { addressText, clusterText, endText, vpnOf } from '../shared/format.ts';
import { theme } from '../shared/theme.ts';
import { drawRegion } from './draw.ts';
import { boxAt, boxOf, CELL, layoutCells, type RegionLayout } from './layout.ts';
import { cellAt, cellText } from './state.ts';
import { kindStyle } from './summary.tsx';

export interface RegionRowProps {
  readonly region: RegionModel;
  readonly row: number;
  readonly addressBits: number;
  /** Pixels that the cells may take. */
  readonly width: number;
  readonly selected: number | null;
  readonly cursor: number | null;
  readonly onSelect: (vpn: number) => void;
  readonly onHover: (hover: Hover | null) => void;
}

export interface Hover {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

export function cellId(vpn: number): string {
  return `page-${vpn.toString(16)}`;
}

export function RegionRow(props: RegionRowProps): JSX.Element {
  const { region, row, addressBits, width, selected, cursor } = props;
  const layout = useMemo(() => layoutCells(region.cells, width), [region, width]);
  const active = cursor === null ? null : cellAt(region, cursor);
  const holdsSelection = selected !== null && selected >= vpnOf(region.start) && selected < vpnOf(region.end);
  const label = active === null ? summaryText(region) : cellText(active, region, addressBits);
  return (
    <div
      class={`region ${holdsSelection ? 'selected' : ''} ${region.changed > 0 ? 'changed' : ''}`}
      role="row"
      aria-rowindex={row}
      data-row={row}
    >
      <div class="about" role="rowheader">
        <span class="name" style={kindStyle(region.kind)}>
          {region.name}
        </span>{' '}
        <span class="protection">{region.protection}</span>
        <div class="range">
          <span>{addressText(region.start, addressBits)} –</span> <span>{endText(region.end, addressBits)}</span>
        </div>
      </div>
      <div
        class="cells"
        role="gridcell"
        {...(active === null ? {} : { id: cellId(active.vpn) })}
        aria-label={label}
        aria-selected={holdsSelection}
        style={{ height: `${String(layout.height)}px` }}
      >
        <Cells {...props} layout={layout} />
        {active !== null && <Cursor layout={layout} cell={active} />}
      </div>
      <div class="counts" role="gridcell">
        <span>
          {region.resident} / {region.pages}
        </span>
        {notes(region).map((note) => (
          <small key={note} title={note}>
            {note}
          </small>
        ))}
      </div>
    </div>
  );
}

function summaryText(region: RegionModel): string {
  return `${String(region.resident)} of ${String(region.pages)} pages resident`;
}

function notes(region: RegionModel): string[] {
  const marks = [
    ...(region.cow > 0 ? [`${String(region.cow)} cow`] : []),
    ...(region.shared > 0 ? [`${String(region.shared)} shared`] : []),
  ].join(' · ');
  const place = region.cluster === null ? '' : `pages in ${clusterText(region.cluster)}`;
  return [marks, region.note === '' ? place : region.note].filter((text) => text !== '');
}

function Cells({
  region,
  layout,
  addressBits,
  width,
  selected,
  onSelect,
  onHover,
}: RegionRowProps & { layout: RegionLayout }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isVisible = useIsVisible(canvas);
  const colors = theme.value;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || !isVisible) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(layout.height * ratio);
    const context = element.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, layout.height);
    const { fontFamily } = getComputedStyle(document.body);
    drawRegion(context, layout, { theme: colors, kind: region.kind, selected, fontFamily });
  }, [layout, region, selected, colors, width, isVisible]);

  const cellUnder = (event: MouseEvent): CellModel | null => boxAt(layout, event.offsetX, event.offsetY)?.cell ?? null;
  return (
    <canvas
      ref={canvas}
      aria-hidden="true"
      style={{ width: `${String(width)}px`, height: `${String(layout.height)}px` }}
      onClick={(event) => {
        const cell = cellUnder(event);
        if (cell !== null) onSelect(cell.vpn);
      }}
      onMouseMove={(event) => {
        const cell = cellUnder(event);
        onHover(
          cell === null ? null : { text: cellText(cell, region, addressBits), x: event.clientX, y: event.clientY },
        );
      }}
      onMouseLeave={() => {
        onHover(null);
      }}
    />
  );
}

/** A long list of regions draws only those on the screen. */
function useIsVisible(element: { readonly current: Element | null }): boolean {
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        setVisible(entries.at(-1)?.isIntersecting === true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return isVisible;
}

function Cursor({ layout, cell }: { layout: RegionLayout; cell: CellModel }): JSX.Element | null {
  const box = boxOf(layout, cell.vpn);
  if (box === null) return null;
  const style = {
    left: `${String(box.x - 3)}px`,
    top: `${String(box.y - 3)}px`,
    width: `${String(box.width + 6)}px`,
    height: `${String(CELL + 6)}px`,
  };
  return <i class="cursor" aria-hidden="true" style={style} />;
}
