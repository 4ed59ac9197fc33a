/** What a core does, as a small shape: told apart without colour. */
import type { JSX } from 'preact';
import type { Activity } from './state.ts';

const shapes: Readonly<Record<Activity, string>> = {
  runs: 'M2 1 L10 6 L2 11 Z',
  ready: 'M2.5 1.8 L9 6 L2.5 10.2 Z',
  waits: 'M2 1 H10 M2 11 H10 M3 1 L9 11 M9 1 L3 11',
  idle: 'M6 3 A3 3 0 1 0 6.01 3 Z',
};

export const activityNames: Readonly<Record<Activity, string>> = {
  runs: 'runs now',
  ready: 'ready',
  waits: 'waits',
  idle: 'idle',
};

export function Glyph({ kind }: { kind: Activity }): JSX.Element {
  return (
    <svg class={`glyph ${kind}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={shapes[kind]} />
    </svg>
  );
}
