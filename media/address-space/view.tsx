/** The address-space panel from top to bottom. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ContextBar } from '../shared/context-bar.tsx';
import { Empty } from '../shared/empty.tsx';
import type { KeyList } from '../shared/key-sheet.tsx';
import { emptyMessage, isBusy } from '../shared/panel-state.ts';
import { Card } from './card.tsx';
import { AddressMap } from './map.tsx';
import type { Hover } from './region-row.tsx';
import { goTo, moveCursor, rememberScroll, restoredScroll, select, setView, state } from './store.ts';
import { Legend, Summary } from './summary.tsx';

const keys: KeyList = [
  ['Arrow keys', 'go from page to page'],
  ['Page Up, Page Down', 'go from region to region'],
  ['Home, End', 'go to the ends of the region'],
  ['Ctrl+Home, Ctrl+End', 'go to the ends of the address space'],
  ['Enter', 'select the page: its frame, entry and why'],
  ['Escape', 'close the selected page'],
];

const hover = signal<Hover | null>(null);

export function AddressSpacePanel(): JSX.Element {
  const { session, view, model, selected, page, error, goToError, announcement } = state.value;
  const empty = error ?? emptyMessage(session, model?.context ?? null);
  return (
    <main class={isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}>
      <ContextBar
        title="Address Space"
        context={model?.context ?? null}
        session={session}
        view={view}
        onView={setView}
        keys={keys}
        goTo={{
          hint: 'go to: buf + 0x2000',
          error: goToError,
          onGoTo: (expression) => void goTo(expression),
        }}
      />
      {model === null || empty !== null ? (
        <Empty message={empty ?? ''} session={session} />
      ) : (
        <div class={selected === null ? 'parts' : 'parts with-card'}>
          <Content />
          {selected !== null && (
            <Card
              vpn={selected}
              page={page}
              onClose={() => {
                select(null);
              }}
            />
          )}
        </div>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
      <Tooltip />
    </main>
  );
}

function Content(): JSX.Element | null {
  const { model, selected, cursor, page } = state.value;
  const scroll = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (scroll.current !== null) scroll.current.scrollTop = restoredScroll;
  }, []);
  if (model === null) return null;
  return (
    <div
      class="content"
      ref={scroll}
      onScroll={() => {
        hover.value = null;
      }}
      onScrollEnd={(event) => {
        rememberScroll(event.currentTarget.scrollTop);
      }}
    >
      <Summary model={model} />
      <Legend model={model} />
      <AddressMap
        model={model}
        selected={selected}
        cursor={cursor}
        hasCard={page !== null}
        onCursor={moveCursor}
        onSelect={select}
        onHover={(next) => {
          hover.value = next;
        }}
      />
    </div>
  );
}

/** For the pointer only: the grid's cells carry the same words for screen readers. */
function Tooltip(): JSX.Element | null {
  const at = hover.value;
  if (at === null) return null;
  const isRight = at.x > window.innerWidth / 2;
  const style = {
    top: `${String(Math.min(at.y + 14, window.innerHeight - 60))}px`,
    ...(isRight ? { right: `${String(window.innerWidth - at.x + 4)}px` } : { left: `${String(at.x + 10)}px` }),
  };
  const [first = '', ...rest] = at.text.split(', ');
  return (
    <div class="tooltip" aria-hidden="true" style={style}>
      <b>{first}</b> {rest.join(', ')}
    </div>
  );
}
