/** The whole run in three rows, faults, memory and requests, and what of it is shown below. */
import type { JSX } from 'preact';
import type { MarkKind } from '../protocol/messages.ts';
import { theme } from '../shared/theme.ts';
import { Canvas } from './canvas.tsx';
import { shownOf, type PanelState } from './state.ts';
import { state, update } from './store.ts';

const HEIGHT = 26;
const rows: readonly { readonly kinds: readonly MarkKind[]; readonly hue: 'stack' | 'anon' | 'code' }[] = [
  { kinds: ['fault', 'cow', 'false', 'segv', 'oom'], hue: 'stack' },
  { kinds: ['alloc', 'free', 'copy', 'entry'], hue: 'anon' },
  { kinds: ['rpc', 'lock', 'disk'], hue: 'code' },
];

export function Overview({ current, width }: { current: PanelState; width: number }): JSX.Element | null {
  const { overview } = current;
  if (overview === null) return null;
  const whole = Math.max(1, overview.recorded);
  const shown = shownOf(current);
  const colors = theme.value;
  return (
    <div
      class="overview"
      title="The whole run: drag to choose what is shown below"
      onPointerDown={(event) => {
        drag(event, whole, width);
      }}
    >
      <Canvas
        width={width}
        height={HEIGHT}
        draw={(context) => {
          context.clearRect(0, 0, width, HEIGHT);
          rows.forEach(({ kinds, hue }, row) => {
            context.fillStyle = colors.kinds[hue].strong;
            for (const { kind, step } of overview.marks)
              if (kinds.includes(kind)) context.fillRect((step / whole) * width, 2 + row * 8, 2, 6);
          });
          const [x1, x2] = [(shown.from / whole) * width, (Math.min(whole, shown.to) / whole) * width];
          context.strokeStyle = colors.focus;
          context.lineWidth = 2;
          context.strokeRect(x1 + 1, 1, Math.max(4, x2 - x1 - 2), HEIGHT - 2);
          context.fillStyle = colors.mark;
          context.fillRect((overview.position / whole) * width - 1, 0, 2, HEIGHT);
        }}
      />
    </div>
  );
}

/** A drawn interval is shown; a click brings its place into the middle. */
function drag(event: PointerEvent, whole: number, width: number): void {
  const element = event.currentTarget as HTMLElement;
  const { left } = element.getBoundingClientRect();
  const stepAt = (x: number) => Math.max(0, Math.min(whole, Math.round(((x - left) / width) * whole)));
  const start = stepAt(event.clientX);
  element.setPointerCapture(event.pointerId);
  const onUp = (end: PointerEvent): void => {
    element.removeEventListener('pointerup', onUp);
    const [from, to] = [start, stepAt(end.clientX)].sort((one, other) => one - other) as [number, number];
    const shown = shownOf(state.value);
    const half = Math.floor((shown.to - shown.from) / 2);
    const view = Math.abs(end.clientX - event.clientX) < 4 ? { from: Math.max(0, from - half), to: from + half } : { from, to: Math.max(to, from + 12) }; // prettier-ignore
    update({ ...state.value, view });
  };
  element.addEventListener('pointerup', onUp);
}
