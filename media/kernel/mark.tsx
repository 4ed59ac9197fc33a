import type { JSX } from 'preact';
import type { ViewMark, ViewTone } from '../protocol/messages.ts';
import { toneNames } from './state.ts';

/** What the last step did to a thing, in a word and in the colour of changes. */
export function Mark({ mark }: { mark: ViewMark | null }): JSX.Element | null {
  return mark === null ? null : <span class="mark">{mark}</span>;
}

export function Tone({ tone }: { tone: ViewTone }): JSX.Element | null {
  const name = toneNames[tone];
  return name === '' ? null : <span class="visually-hidden">, {name}</span>;
}
