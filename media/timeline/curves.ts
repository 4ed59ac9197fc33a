/** Counters as curves on the same axis. */
import type { CurvesModel } from '../protocol/messages.ts';
import type { Theme } from '../shared/theme.ts';

export const CURVE = 30;
export const curveNames = ['faults', 'free frames', 'TLB hits'] as const;

type Context = CanvasRenderingContext2D;

export function drawCurves(context: Context, curves: CurvesModel, width: number, theme: Theme): void {
  context.clearRect(0, 0, width, CURVE * curveNames.length);
  drawBars(context, curves.faults, width, 0, theme.kinds.stack.strong);
  drawLine(context, curves.free, width, CURVE, theme.kinds.anon.strong, rangeOf(curves.free));
  drawLine(context, curves.hits, width, 2 * CURVE, theme.kinds.code.strong, [0, 1]);
}

/** The scale of a curve: what it reaches, with a little room where it is flat. */
export function rangeOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? [least - 1, most + 1] : [least, most];
}

function drawBars(context: Context, values: readonly number[], width: number, top: number, color: string): void {
  const most = Math.max(1, ...values);
  const column = width / values.length;
  context.fillStyle = color;
  values.forEach((value, index) => {
    const height = value === 0 ? 0 : Math.max(2, (value / most) * (CURVE - 6));
    context.fillRect(index * column, top + CURVE - 3 - height, Math.max(1, column), height);
  });
}

function drawLine(
  context: Context,
  values: readonly (number | null)[],
  width: number,
  top: number,
  color: string,
  [least, most]: readonly [number, number],
): void {
  const column = width / values.length;
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  let isDown = false;
  values.forEach((value, index) => {
    if (value === null) return;
    const y = top + CURVE - 4 - ((value - least) / (most - least)) * (CURVE - 8);
    if (isDown) context.lineTo(index * column, y);
    else context.moveTo(index * column, y);
    context.lineTo((index + 1) * column, y);
    isDown = true;
  });
  context.stroke();
}
