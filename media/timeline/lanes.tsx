/** The lanes: names on the left, the picture on the right. The picture takes the keys, as a slider over the steps. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { TimelineReply } from '../protocol/messages.ts';
import { clusterText, shortAgent } from '../shared/format.ts';
import { theme } from '../shared/theme.ts';
import { Canvas } from './canvas.tsx';
import { CURVE, curveNames, drawCurves } from './curves.ts';
import { drawTimeline } from './draw.ts';
import { placeLanes, stepOf, thingAt, type LanePlace } from './layout.ts';
import { onKey } from './keys.ts';
import { cursorOf, markNames, shownOf, sliceLabel, stepText, withSelection, withToggled, zoomed, panned, type PanelState } from './state.ts'; // prettier-ignore
import { seekTo, state, update } from './store.ts';

interface LanesProps {
  readonly current: PanelState;
  readonly model: TimelineReply;
  /** Pixels of the picture. */
  readonly width: number;
}

export function Lanes({ current, model, width }: LanesProps): JSX.Element {
  const [hover, setHover] = useState<{ text: string; x: number; y: number } | null>(null);
  const { places, height } = placeLanes(current);
  const shown = shownOf(current);
  const cursor = cursorOf(current);
  const colors = theme.value;
  const isMesh = new Set(model.lanes.map(({ cluster }) => cluster.index)).size > 1;
  return (
    <div class="lanes">
      <div class="names" style={{ height: `${String(height)}px` }}>
        {places.map((place) => (
          <Name key={place.lane.id} place={place} isMesh={isMesh} />
        ))}
      </div>
      <div
        class="picture"
        role="slider"
        tabIndex={0}
        aria-label="Step of the run"
        aria-valuemin={0}
        aria-valuemax={model.recorded}
        aria-valuenow={cursor}
        aria-valuetext={`step ${stepText(cursor)} of ${stepText(model.recorded)}`}
        onKeyDown={(event) => {
          onKey(event, width / 8);
        }}
        onWheel={(event) => {
          onWheel(event, width);
        }}
        onPointerDown={(event) => {
          onDrag(event, width);
        }}
        onPointerMove={(event) => {
          const { offsetX, offsetY } = event;
          const thing = thingAt(model, places, shown, width, offsetX, offsetY);
          setHover(thing === null ? null : { text: textOf(thing, model), x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => {
          setHover(null);
        }}
      >
        <Canvas
          width={width}
          height={height}
          draw={(context) => {
            const fontFamily = getComputedStyle(document.body).fontFamily;
            drawTimeline(context, { model, places, shown, selection: current.selection, cursor, width, height, theme: colors, fontFamily }); // prettier-ignore
          }}
        />
      </div>
      <div class="names curve-names">
        {curveNames.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <div class="curves" role="img" aria-label={curvesText(model)}>
        <Canvas
          width={width}
          height={CURVE * curveNames.length}
          draw={(context) => {
            drawCurves(context, model.curves, width, colors);
          }}
        />
        <span class="value">{freeText(model)}</span>
      </div>
      {hover !== null && (
        <div
          class="tooltip"
          style={{
            left: `${String(Math.min(hover.x + 12, window.innerWidth - 240))}px`,
            top: `${String(hover.y + 14)}px`,
          }}
        >
          {hover.text}
        </div>
      )}
    </div>
  );
}

function Name({ place, isMesh }: { place: LanePlace; isMesh: boolean }): JSX.Element {
  const { lane, top, height, isOpen } = place;
  return (
    <button
      type="button"
      class="lane-name"
      aria-expanded={isOpen}
      title={`${lane.agent}, core ${String(lane.core)}${isMesh ? ` in cluster ${clusterText(lane.cluster)}` : ''}`}
      style={{ top: `${String(top)}px`, height: `${String(height)}px` }}
      onClick={() => {
        update(withToggled(state.value, lane));
      }}
    >
      {isMesh && <small>{clusterText(lane.cluster)} </small>}
      {isMesh ? shortAgent(lane.agent) : lane.agent}
    </button>
  );
}

function textOf(thing: NonNullable<ReturnType<typeof thingAt>>, model: TimelineReply): string {
  if ('mark' in thing) {
    const { text, step, more, kind } = thing.mark;
    return `step ${stepText(step)}: ${text}${more === 0 ? '' : ` and ${String(more)} more ${markNames[kind]}`}`;
  }
  const { from, to } = thing.slice;
  return `${sliceLabel(thing.slice, model.sources)}: steps ${stepText(from)} to ${stepText(to)}, ${stepText(to - from)} steps`;
}

function onWheel(event: WheelEvent, width: number): void {
  const isZoom = event.ctrlKey || event.metaKey;
  if (!isZoom && !event.shiftKey && event.deltaX === 0) return;
  event.preventDefault();
  const around = stepOf(shownOf(state.value), width, event.offsetX);
  const delta = event.deltaX === 0 ? event.deltaY : event.deltaX;
  update(isZoom ? zoomed(state.value, event.deltaY > 0 ? 1.25 : 0.8, around) : panned(state.value, delta / width));
}

/** Dragging selects an interval; a click seeks. */
function onDrag(event: PointerEvent, width: number): void {
  const element = event.currentTarget as HTMLElement;
  const { left } = element.getBoundingClientRect();
  const stepAt = (x: number) => Math.max(0, Math.round(stepOf(shownOf(state.value), width, x - left)));
  const start = event.clientX;
  element.setPointerCapture(event.pointerId);
  const onUp = (end: PointerEvent): void => {
    element.removeEventListener('pointerup', onUp);
    if (Math.abs(end.clientX - start) < 4) {
      void seekTo(stepAt(end.clientX));
      return;
    }
    const [from, to] = [stepAt(start), stepAt(end.clientX)].sort((one, other) => one - other) as [number, number];
    update(withSelection(state.value, { from, to }));
  };
  element.addEventListener('pointerup', onUp);
}

function freeText({ curves }: TimelineReply): string {
  return `${(curves.free.at(-1) ?? 0).toLocaleString('en-US')} free at the end`;
}

function curvesText({ curves }: TimelineReply): string {
  const faults = curves.faults.reduce((sum, count) => sum + count, 0);
  return `${String(faults)} faults, free frames from ${String(curves.free[0] ?? 0)} to ${String(curves.free.at(-1) ?? 0)}`;
}
