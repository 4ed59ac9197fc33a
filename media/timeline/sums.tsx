/** What happened in the selection, or in the whole run; and the key of marks and slices. */
import type { JSX } from 'preact';
import type { MarkKind, SliceKind, TimelineReply } from '../protocol/messages.ts';
import { markKinds } from '../protocol/messages.ts';
import { theme } from '../shared/theme.ts';
import { Canvas } from './canvas.tsx';
import { drawMark, sliceKinds } from './draw.ts';
import { markNames, stepText, type Interval } from './state.ts';

export function Sums({ model, selection }: { model: TimelineReply; selection: Interval | null }): JSX.Element {
  const { counts, waited } = model.sums;
  return (
    <div class="sums" tabIndex={0} role="region" aria-label="Sums">
      <b>
        {selection === null
          ? 'Whole run'
          : `Selected ${stepText(selection.from)} – ${stepText(selection.to)}, ${stepText(selection.to - selection.from)} steps`}
      </b>
      {markKinds.map((kind) => (
        <span key={kind} class={counts[kind] === 0 ? 'zero' : ''}>
          <MarkKey kind={kind} />
          {markNames[kind]} <b>{stepText(counts[kind])}</b>
        </span>
      ))}
      <span class={waited === 0 ? 'zero' : ''}>
        <i class="key wait" />
        waited <b>{stepText(waited)}</b> steps
      </span>
    </div>
  );
}

function MarkKey({ kind }: { kind: MarkKind }): JSX.Element {
  const colors = theme.value;
  return (
    <Canvas
      width={12}
      height={12}
      draw={(context) => {
        drawMark(context, colors, kind, 6, 6);
      }}
    />
  );
}

const sliceNames: Readonly<Record<SliceKind, string>> = {
  statement: 'statement',
  fault: 'fault, from trap to outcome',
  service: 'serves a request',
  wait: 'waits',
  held: 'holds a lock',
};

export function Legend(): JSX.Element {
  return (
    <div class="legend" aria-hidden="true">
      {sliceKinds.map((kind) => (
        <span key={kind}>
          <i class={`key ${kind}`} />
          {sliceNames[kind]}
        </span>
      ))}
    </div>
  );
}
