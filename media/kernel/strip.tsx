/** Ranges to scale, as a picture and, for reading, as a list. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { KernelViewModel } from '../protocol/messages.ts';
import { Mark, Tone } from './mark.tsx';
import { markOf, segmentText } from './state.ts';

type StripModel = KernelViewModel & { shape: 'strip' };
type Segment = StripModel['segments'][number];

/** Units of the picture's width. */
const WIDTH = 1000;
const HEIGHT = 30;
/** The narrowest segment that can still be seen. */
const NARROWEST = 5;

export function Strip({ view, addressBits }: { view: StripModel; addressBits: number }): JSX.Element {
  const [pointed, setPointed] = useState<number | null>(null);
  const range = segmentText(view, view.start, view.end, addressBits);
  return (
    <div class="strip">
      <svg
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${view.title}: ${String(view.segments.length)} of ${range}, listed below`}
      >
        <rect class="whole" x="0" y="0" width={WIDTH} height={HEIGHT} />
        {view.segments.map((segment) => (
          <rect
            key={segment.start}
            class={`segment tone-${segment.tone} ${markOf(view, String(segment.start)) === null ? '' : 'marked'} ${pointed === segment.start ? 'pointed' : ''}`}
            {...placeOf(view, segment)}
            y="1"
            height={HEIGHT - 2}
            onMouseEnter={() => {
              setPointed(segment.start);
            }}
            onMouseLeave={() => {
              setPointed(null);
            }}
          />
        ))}
      </svg>
      <div class="scale" aria-hidden="true">
        <span>{segmentText(view, view.start, view.start + 1, addressBits).split(' – ')[0]}</span>
        <span>{range.split(' – ')[1] ?? `${view.unit} ${String(view.end - 1)}`}</span>
      </div>
      <ul aria-label={view.title}>
        {view.segments.map((segment) => (
          <li
            key={segment.start}
            class={`tone-${segment.tone} ${pointed === segment.start ? 'pointed' : ''}`}
            onMouseEnter={() => {
              setPointed(segment.start);
            }}
            onMouseLeave={() => {
              setPointed(null);
            }}
          >
            <code>{segmentText(view, segment.start, segment.end, addressBits)}</code>
            <span class="label">{segment.label}</span>
            <Tone tone={segment.tone} />
            <span class="detail">{segment.detail}</span>
            <Mark mark={markOf(view, String(segment.start))} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function placeOf({ start, end }: StripModel, segment: Segment): { x: number; width: number } {
  const scale = WIDTH / Math.max(1, end - start);
  const width = Math.max(NARROWEST, (segment.end - segment.start) * scale);
  return { x: Math.min(WIDTH - width, (segment.start - start) * scale), width };
}
