/** The timeline from top to bottom. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { markKinds, type MarkKind, type TimelineReply } from '../protocol/messages.ts';
import { Empty } from '../shared/empty.tsx';
import { KeySheet } from '../shared/key-sheet.tsx';
import { PanelHead } from '../shared/panel-head.tsx';
import { isBusy } from '../shared/panel-state.ts';
import { useWidth } from '../shared/width.ts';
import { keys, onKey } from './keys.ts';
import { Lanes } from './lanes.tsx';
import { Overview } from './overview.tsx';
import { fitted, markNames, messageOf, stepText, zoomed } from './state.ts';
import { goToEvent, setWidth, state, update } from './store.ts';
import { Legend, Sums } from './sums.tsx';
import { Table } from './table.tsx';

/** Pixels of the lanes' names, and the spaces around the picture. */
const NAMES = 104;
const NARROW_NAMES = 72;
const PADDING = 16;

export function TimelinePanel(): JSX.Element {
  const current = state.value;
  const { session, model, announcement } = current;
  const message = messageOf(current);
  const body = useRef<HTMLElement>(null);
  const whole = useWidth(body);
  const width = Math.max(120, whole - (whole < 400 ? NARROW_NAMES : NAMES) - PADDING);
  useLayoutEffect(() => {
    setWidth(width);
  }, [width]);
  return (
    <main ref={body} class={isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}>
      <PanelHead title="Timeline" session={session}>
        {model !== null && <Controls kind={current.kind} isTable={current.isTable} />}
        <KeySheet keys={keys} />
        {model !== null && <Progress model={model} />}
      </PanelHead>
      {model === null || message !== null ? (
        <Empty message={message ?? ''} session={session} />
      ) : (
        <>
          <Overview current={current} width={whole - PADDING} />
          {current.isTable ? (
            <div
              class="table-body"
              onKeyDown={(event) => {
                if (event.key.toLowerCase() === 't') onKey(event, 1);
              }}
            >
              <Table current={current} />
            </div>
          ) : (
            <div class="body">
              <Lanes current={current} model={model} width={width} />
            </div>
          )}
          <Legend />
          <Sums model={model} selection={current.selection} />
        </>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

function Progress({ model }: { model: TimelineReply }): JSX.Element {
  const { position, recorded, isComplete, isCut } = model;
  const note = isCut ? ', cut there: the run is longer' : isComplete ? '' : ', reading the run';
  return (
    <span class="since">
      step {stepText(position)} / {stepText(recorded)}
      {note}
    </span>
  );
}

function Controls({ kind, isTable }: { kind: MarkKind | null; isTable: boolean }): JSX.Element {
  const button = (label: string, text: string, onClick: () => void, extra: object = {}) => (
    <button type="button" class="chip" aria-label={label} title={label} onClick={onClick} {...extra}>
      {text}
    </button>
  );
  return (
    <div class="controls" role="group" aria-label="Time">
      {button('Previous event (,)', '‹', () => void goToEvent('previous'))}
      <select
        aria-label="Events to go to"
        value={kind ?? ''}
        onChange={({ currentTarget }) => {
          const chosen = markKinds.find((one) => one === currentTarget.value) ?? null;
          update({ ...state.value, kind: chosen });
        }}
      >
        <option value="">any event</option>
        {markKinds.map((one) => (
          <option key={one} value={one}>
            {markNames[one]}
          </option>
        ))}
      </select>
      {button('Next event (.)', '›', () => void goToEvent('next'))}
      {button('Zoom in (W)', '+', () => {
        update(zoomed(state.value, 0.5));
      })}
      {button('Zoom out (S)', '−', () => {
        update(zoomed(state.value, 2));
      })}
      {button('Fit the selection, then the whole run (F)', 'fit', () => {
        update(fitted(state.value));
      })}
      {button(
        'Show everything as a table (T)',
        'table',
        () => {
          update({ ...state.value, isTable: !isTable });
        },
        { 'aria-pressed': isTable },
      )}
    </div>
  );
}
