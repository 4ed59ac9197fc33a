/** A canvas as sharp as the screen, drawn anew whenever what it shows changes. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface CanvasProps {
  readonly width: number;
  readonly height: number;
  readonly draw: (context: CanvasRenderingContext2D) => void;
}

export function Canvas({ width, height, draw }: CanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.max(1, Math.round(width * ratio));
    element.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context);
  });
  return (
    <canvas ref={canvas} aria-hidden="true" style={{ width: `${String(width)}px`, height: `${String(height)}px` }} />
  );
}
